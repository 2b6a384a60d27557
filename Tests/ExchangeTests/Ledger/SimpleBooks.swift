import Exchange
import Foundation

/// RECIPROCITY said a second time, apart from the code and as simply as can be: with its numbers written out, floating
/// point, and everything counted anew from the whole past each time.
struct SimpleBooks {
    struct Posted {
        let claim: Claim
        let close: Int
        let worth: Int
    }

    private static let base: [EarningEvent: Int] = [
        .accepted: 10_000, .corroborated: 15_000, .corroborating: 8_000, .investigation: 15_000, .seizure: 40_000,
        .arrest: 40_000, .safeguarded: 40_000, .charge: 50_000, .restraint: 50_000, .conviction: 60_000,
        .answer: 6_000, .nilAnswer: 3_000, .feedback: 2_000, .ownError: 1_000,
    ]

    let world: LedgerWorld
    let end: Int
    private(set) var issued = 0
    private(set) var earned: [Name: Int] = [:]
    private(set) var fined: [Name: Int] = [:]
    private(set) var clawed = 0
    private(set) var standings: [Name: [Int]] = [:]
    private(set) var tiers: [Name: [Int]] = [:]
    private(set) var vouchers: [Name: Int] = [:]

    init(_ world: LedgerWorld, to end: Int? = nil) {
        self.world = world
        self.end = end ?? world.days
        for group in world.groups { count(group) }
    }

    /// What time took: what was issued and is nowhere else.
    var decayed: Int {
        issued - earned.values.reduce(0, +) + fined.values.reduce(0, +) - clawed
    }

    private static func left(_ amount: Int, _ days: Int) -> Int {
        Int((1e6 * pow(2, -Double(days) / 180)).rounded()) * amount / 1_000_000
    }

    private static func rho(_ confirmed: Int, _ refuted: Int) -> Int {
        1_000 * (2 + confirmed) / (4 + confirmed + refuted)
    }

    private static func earn(_ claim: Claim, _ rho: Int) -> Int {
        let q = claim.quality
        let score = (400 * q.credibility + 200 * q.relevance + 250 * q.novelty + 150 * q.timeliness) / 1_000
        return (base[claim.key.event] ?? 0) * score * (500 + rho) / 1_000_000
    }

    private static func isProof(_ event: EarningEvent) -> Bool {
        (base[event] ?? 0) >= 15_000 && event != .corroborated
    }

    private static func isSame(_ a: Claim, _ b: Claim) -> Bool {
        let answers: Set<EarningEvent> = [.answer, .nilAnswer]
        return a.key.event == b.key.event || answers.contains(a.key.event) && answers.contains(b.key.event)
    }

    /// What each of those that count brings: what it has over all before it of its cluster, window and event.
    private static func amounts(_ posted: [Posted]) -> [Int] {
        posted.indices.map { place in
            let it = posted[place]
            let before = posted[..<place].filter {
                $0.claim.cluster == it.claim.cluster && $0.claim.window == it.claim.window && isSame($0.claim, it.claim)
            }
            return max(0, it.worth - (before.map(\.worth).max() ?? 0))
        }
    }

    private mutating func count(_ group: LedgerWorld.Group) {
        let backs = world.clawBacks.filter { $0.day <= end }.sorted { ($0.day, $0.item) < ($1.day, $1.item) }
        var live: [Posted] = []
        var everPosted: [Claim] = []
        var taken: Set<ID<LedgerItem>> = []
        var refuted = 0
        var penalties: [(day: Int, amount: Int)] = []
        var tier = 1
        var low = 0
        func confirmed(_ claims: [Claim]) -> Int {
            Set(claims.filter { Self.isProof($0.key.event) }.map { "\($0.cluster) \($0.window)" }).count
        }
        for day in 0...end {
            if day > 0, day % 30 == 0 {
                let now = due(group.name, day, taken, everPosted)
                let rho = Self.rho(confirmed(live.map(\.claim) + now), refuted)
                let first = live.count
                live += now.map { Posted(claim: $0, close: day, worth: Self.earn($0, rho)) }
                everPosted += now
                let amounts = Self.amounts(live)
                issued += amounts[first...].reduce(0, +)
                issueVouchers(group.name, Array(zip(live, amounts))[first...])
                let standing =
                    Self.standing(live, amounts, day) - penalties.reduce(0) { $0 + Self.left($1.amount, day - $1.day) }
                standings[group.name, default: []].append(standing)
                (tier, low) = Self.tier(tier, low, standing, group, rho, day)
                tiers[group.name, default: []].append(tier)
            }
            for back in backs where back.day == day && taken.insert(back.item).inserted {
                let amounts = Self.amounts(live)
                let isHit = { (claim: Claim) in claim.key.item == back.item && claim.key.event != .ownError }
                var worth = 0
                for (it, amount) in zip(live, amounts) where isHit(it.claim) {
                    clawed += Self.left(amount, day - it.close)
                    worth += it.worth
                }
                let old = zip(live, amounts).filter { !isHit($0.0.claim) }.reduce(0) { $0 + $1.1 }
                live.removeAll { isHit($0.claim) }
                issued += Self.amounts(live).reduce(0, +) - old
                guard back.reporter == group.name else { continue }
                if back.cause != .retraction { refuted += 1 }
                guard case .badFaith = back.cause else { continue }
                let waiting = world.claims.filter { claim in
                    claim.key.group == group.name && claim.key.item == back.item && (claim.shows ?? .max) <= day
                        && claim.day <= day
                        && !everPosted.contains { $0.key.item == claim.key.item && Self.isSame($0, claim) }
                }
                let fine = 2 * (worth + waiting.reduce(0) { $0 + Self.earn($1, 500) })
                penalties.append((day, fine))
                clawed += fine
            }
        }
        earned[group.name] = zip(live, Self.amounts(live)).reduce(0) { $0 + Self.left($1.1, end - $1.0.close) }
        fined[group.name] = penalties.reduce(0) { $0 + Self.left($1.amount, end - $1.day) }
    }

    private func due(_ group: Name, _ day: Int, _ taken: Set<ID<LedgerItem>>, _ posted: [Claim]) -> [Claim] {
        let shown = world.claims.filter { $0.key.group == group && ($0.shows ?? .max) < day }
        var due: [Claim] = []
        let order = shown.sorted { ($0.day, $0.key, -Self.earn($0, 500)) < ($1.day, $1.key, -Self.earn($1, 500)) }
        for claim in order {
            let isNew = !(posted + due).contains { $0.key.item == claim.key.item && Self.isSame($0, claim) }
            let isAccepted = shown.contains { $0.key.item == claim.key.item && $0.key.event == .accepted }
            let isFirst = claim.day >= day - 30 && !due.contains { $0.key.event == .ownError }
            let stands = claim.key.event == .ownError ? isAccepted && isFirst : !taken.contains(claim.key.item)
            let isOpen = shown.contains {
                $0.key.item == claim.key.item && Self.isSame($0, claim) && $0.shows == $0.day
            }
            if isNew, stands, claim.shows == claim.day || !isOpen { due.append(claim) }
        }
        return due
    }

    private mutating func issueVouchers(_ group: Name, _ new: some Sequence<(Posted, Int)>) {
        for office in LedgerWorld.offices {
            let credit = new.filter { pair in
                pair.0.claim.office == office
                    && [.accepted, .corroborated, .corroborating].contains(pair.0.claim.key.event)
            }.reduce(0) { $0 + $1.1 }
            vouchers[group, default: 0] += credit / 10_000
        }
    }

    /// What counts: of one group no more than 35 % of what counts, found by halving.
    private static func standing(_ live: [Posted], _ amounts: [Int], _ day: Int) -> Int {
        var free = 0
        var others: [Name: Int] = [:]
        for (it, amount) in zip(live, amounts) {
            switch it.claim.counterpart {
            case .authority: free += left(amount, day - it.close)
            case .group(let name): others[name, default: 0] += left(amount, day - it.close)
            }
        }
        func counted(_ limit: Int) -> Int { others.values.reduce(free) { $0 + min($1, limit) } }
        var (good, bad) = (0, (others.values.max() ?? 0) + 1)
        while bad - good > 1 {
            let middle = (good + bad) / 2
            if 1_000 * middle <= 350 * counted(middle) { good = middle } else { bad = middle }
        }
        return counted(good)
    }

    private static func tier(
        _ tier: Int,
        _ low: Int,
        _ standing: Int,
        _ group: LedgerWorld.Group,
        _ rho: Int,
        _ day: Int
    ) -> (Int, Int) {
        let r = Double(standing) / (group.size == .small ? 40_000 : group.size == .medium ? 120_000 : 400_000)
        let lines = [-Double.infinity, 0.25, 0.75, 1.5, .infinity]
        if r >= lines[tier + 1], tier < 2 || rho >= 700 { return (tier + 1, 0) }
        let isLow = r < 0.8 * lines[tier] || tier == 3 && rho < 560
        if !isLow || day - group.joined < 90 { return (tier, 0) }
        return low == 1 ? (tier - 1, 0) : (tier, low + 1)
    }
}
