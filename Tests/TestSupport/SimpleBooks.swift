public import Exchange
import Foundation

/// RECIPROCITY said a second time, apart from the code and as simply as can be: with its numbers written out, floating
/// point, and everything counted anew from the whole past each time.
public struct SimpleBooks {
    /// Whose account there is.
    public struct Group: Sendable {
        /// What it is called.
        public let name: Name
        /// The day on which it joined.
        public let joined: Int
        /// How large it is.
        public let size: SizeClass

        /// Takes all three.
        public init(_ name: Name, joined: Int, size: SizeClass) {
            (self.name, self.joined, self.size) = (name, joined, size)
        }
    }

    struct Posted {
        let claim: Claim
        let close: Int
        let rho: Int
        let worth: Int
    }

    private let groups: [Group]
    private let claims: [Claim]
    private let clawBacks: [ClawBack]
    private let figures: SimpleFigures
    private let end: Int
    /// All that was issued.
    public private(set) var issued = 0
    /// What is left of what each earned.
    public private(set) var earned: [Name: Int] = [:]
    /// What is left of each one's fines.
    public private(set) var fined: [Name: Int] = [:]
    /// All that was taken back, fines with it.
    public private(set) var clawed = 0
    /// What each came to at each close.
    public private(set) var standings: [Name: [Int]] = [:]
    /// The tier of each after each close.
    public private(set) var tiers: [Name: [Int]] = [:]
    /// rho of each at each close.
    public private(set) var reliabilities: [Name: [Int]] = [:]
    /// How many vouchers each was issued.
    public private(set) var vouchers: [Name: Int] = [:]

    /// Counts until a day, with it, what was claimed and taken back.
    public init(
        _ groups: [Group],
        _ claims: [Claim],
        _ clawBacks: [ClawBack],
        _ figures: SimpleFigures = SimpleFigures(),
        to end: Int
    ) {
        (self.groups, self.claims, self.figures, self.end) = (groups, claims, figures, end)
        self.clawBacks = clawBacks.filter { $0.day <= end }.sorted {
            ($0.day, $0.item, Self.scope($0)) < ($1.day, $1.item, Self.scope($1))
        }
        for group in groups { count(group) }
    }

    /// What time took: what was issued and is nowhere else.
    public var decayed: Int {
        issued - earned.values.reduce(0, +) + fined.values.reduce(0, +) - clawed
    }

    private static func scope(_ back: ClawBack) -> String { back.part.map { "\($0)" } ?? "" }

    private static func isBad(_ back: ClawBack) -> Bool {
        if case .badFaith = back.cause { true } else { false }
    }

    private static func left(_ amount: Int, _ days: Int, _ halfLife: Int) -> Int {
        Int((1e6 * pow(2, -Double(days) / Double(halfLife))).rounded()) * amount / 1_000_000
    }

    private func left(_ amount: Int, of it: Posted, on day: Int) -> Int {
        Self.left(amount, day - it.close, figures["decay.half_life_days", it.claim.day])
    }

    private func rho(_ confirmed: Int, _ refuted: Int, _ day: Int) -> Int {
        let (good, bad) = (figures["reliability.prior_confirmed", day], figures["reliability.prior_refuted", day])
        return 1_000 * (good + confirmed) / (good + bad + confirmed + refuted)
    }

    /// - Parameter day: by the figures of which day; that of the event, unless told otherwise.
    private func earn(_ claim: Claim, _ rho: Int, by day: Int? = nil) -> Int {
        let (q, day) = (claim.quality, day ?? claim.day)
        let score =
            (figures["quality.credibility", day] * q.credibility + figures["quality.relevance", day] * q.relevance
                + figures["quality.novelty", day] * q.novelty + figures["quality.timeliness", day] * q.timeliness)
            / 1_000
        let base = figures["earning." + claim.key.event.rawValue.replacing("-", with: "_"), day]
        return base * score * (figures["reliability.least_share", day] + rho) / 1_000_000
    }

    private static func isProof(_ event: EarningEvent) -> Bool {
        [.investigation, .seizure, .arrest, .safeguarded, .charge, .restraint, .conviction].contains(event)
    }

    private static func isSame(_ a: Claim, _ b: Claim) -> Bool {
        let answers: Set<EarningEvent> = [.answer, .nilAnswer]
        return a.key.event == b.key.event || answers.contains(a.key.event) && answers.contains(b.key.event)
    }

    private static func isHit(_ claim: Claim, _ back: ClawBack) -> Bool {
        claim.key.item == back.item && (back.part == nil || back.part == claim.counterpart)
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

    /// A group's past, as far as it went.
    private struct Past {
        var live: [Posted] = []
        var gone: [Posted] = []
        var backs: [ClawBack] = []
        var fines: [(day: Int, amount: Int)] = []
        var issues: [(office: Name, day: Int, count: Int)] = []
        var tier = 1
        var low = 0

        var everPosted: [Claim] { (live + gone).map(\.claim) }
    }

    private mutating func count(_ group: Group) {
        var past = Past()
        for day in 0...end {
            if day > 0, day % 30 == 0 { close(group, day, &past) }
            for back in clawBacks where back.day == day { take(back, from: group.name, &past) }
        }
        earned[group.name] = zip(past.live, Self.amounts(past.live)).reduce(0) { $0 + left($1.1, of: $1.0, on: end) }
        fined[group.name] = fines(past, on: end)
    }

    private func fines(_ past: Past, on day: Int) -> Int {
        past.fines.reduce(0) { $0 + Self.left($1.amount, day - $1.day, figures["decay.half_life_days", $1.day]) }
    }

    private func record(_ claims: [Claim], _ group: Name, _ past: Past, _ day: Int) -> Int {
        let confirmed = Set(claims.filter { Self.isProof($0.key.event) }.map { "\($0.cluster) \($0.window)" })
        let wrong = past.backs.filter { $0.reporter == group && $0.cause != .retraction }
        return rho(confirmed.count, Set(wrong.map(\.item)).count, day)
    }

    private mutating func close(_ group: Group, _ day: Int, _ past: inout Past) {
        let now = due(group.name, day, past)
        // What closes on a day is of the epoch of the day before.
        let rho = record(past.live.map(\.claim) + now, group.name, past, day - 1)
        let first = past.live.count
        past.live += now.map { Posted(claim: $0, close: day, rho: rho, worth: earn($0, rho)) }
        let amounts = Self.amounts(past.live)
        issued += amounts[first...].reduce(0, +)
        issueVouchers(group.name, day, Array(zip(past.live, amounts))[first...], &past)
        let standing = counted(Array(zip(past.live, amounts)), of: group.size, day) - fines(past, on: day)
        standings[group.name, default: []].append(standing)
        reliabilities[group.name, default: []].append(rho)
        (past.tier, past.low) = tier(past, standing, group, rho, day)
        tiers[group.name, default: []].append(past.tier)
    }

    private mutating func take(_ back: ClawBack, from group: Name, _ past: inout Past) {
        let before = past.backs.filter { $0.item == back.item && $0.part == back.part }
        if !before.isEmpty, !Self.isBad(back) || before.contains(where: Self.isBad) { return }
        let parts = past.backs.filter { $0.part != nil }
        /// Whether it is taken: the word of an own error where it was none, and never what another took already.
        func isTaken(_ claim: Claim) -> Bool {
            Self.isHit(claim, back) && (claim.key.event != .ownError || Self.isBad(back))
                && !parts.contains { Self.isHit(claim, $0) }
        }
        past.backs.append(back)
        let amounts = Self.amounts(past.live)
        let old = zip(past.live, amounts).filter { !isTaken($0.0.claim) }.reduce(0) { $0 + $1.1 }
        for (it, amount) in zip(past.live, amounts) where isTaken(it.claim) {
            clawed += left(amount, of: it, on: back.day)
        }
        let worth = (past.live + past.gone).filter { isTaken($0.claim) && $0.claim.key.event != .ownError }
        past.gone += past.live.filter { isTaken($0.claim) }
        past.live.removeAll { isTaken($0.claim) }
        issued += Self.amounts(past.live).reduce(0, +) - old
        guard Self.isBad(back), back.reporter == group else { return }
        let posted = past.everPosted
        let waiting = claims.filter { claim in
            claim.key.group == group && (claim.shows ?? .max) <= back.day && claim.day <= back.day && isTaken(claim)
                && claim.key.event != .ownError
                && !posted.contains { $0.key.item == claim.key.item && Self.isSame($0, claim) }
        }
        let day = back.day
        let sum = worth.reduce(0) { $0 + $1.worth } + waiting.reduce(0) { $0 + earn($1, rho(0, 0, day), by: day) }
        let fine = figures["limits.penalty_factor", day] * sum
        past.fines.append((day, fine))
        clawed += fine
    }

    private func due(_ group: Name, _ day: Int, _ past: Past) -> [Claim] {
        let shown = claims.filter { $0.key.group == group && ($0.shows ?? .max) < day && $0.day < day }
        let posted = past.everPosted
        var due: [Claim] = []
        let order = shown.sorted {
            ($0.day, $0.key, -earn($0, 500), $0.shows ?? .max) < ($1.day, $1.key, -earn($1, 500), $1.shows ?? .max)
        }
        for claim in order {
            let isNew = !(posted + due).contains { $0.key.item == claim.key.item && Self.isSame($0, claim) }
            let isAccepted = shown.contains { $0.key.item == claim.key.item && $0.key.event == .accepted }
            let isFirst = claim.day >= day - 30 && !due.contains { $0.key.event == .ownError }
            let isLie = past.backs.contains { $0.item == claim.key.item && Self.isBad($0) }
            let stands =
                claim.key.event == .ownError
                ? isAccepted && isFirst && !isLie : !past.backs.contains { Self.isHit(claim, $0) }
            let isOpen = shown.contains {
                $0.key.item == claim.key.item && Self.isSame($0, claim) && $0.shows == $0.day
            }
            if isNew, stands, claim.shows == claim.day || !isOpen { due.append(claim) }
        }
        return due
    }

    private mutating func issueVouchers(
        _ group: Name,
        _ day: Int,
        _ new: some Sequence<(Posted, Int)>,
        _ past: inout Past
    ) {
        for office in Set(new.compactMap(\.0.claim.office)) {
            let credit = new.filter { pair in
                pair.0.claim.office == office
                    && [.accepted, .corroborated, .corroborating].contains(pair.0.claim.key.event)
            }.reduce(0) { $0 + $1.1 }
            let quarter = figures["entitlements.quarter_days", day - 1]
            let recent = past.issues.filter { $0.office == office && $0.day > day - quarter }.reduce(0) {
                $0 + $1.count
            }
            let room = max(0, figures["entitlements.per_quarter", day - 1] - recent)
            let count = min(credit / figures["entitlements.credit_each", day - 1], room)
            past.issues.append((office, day, count))
            vouchers[group, default: 0] += count
        }
    }

    /// What counts: with feedback no more than a quarter of B over what does without it.
    private func counted(_ posted: [(Posted, Int)], of size: SizeClass, _ day: Int) -> Int {
        let budget = figures["size.\(size.rawValue)", day - 1]
        let quarter = budget * figures["limits.feedback_share", day - 1] / 1_000
        let others = posted.filter { $0.0.claim.key.event != .feedback }
        return min(shared(posted, day), shared(others, day) + quarter)
    }

    /// Of one group no more than 35 % of what counts, found by halving.
    private func shared(_ posted: [(Posted, Int)], _ day: Int) -> Int {
        var free = 0
        var others: [Name: Int] = [:]
        for (it, amount) in posted {
            switch it.claim.counterpart {
            case .authority: free += left(amount, of: it, on: day)
            case .group(let name): others[name, default: 0] += left(amount, of: it, on: day)
            }
        }
        let share = figures["limits.counterpart_share", day - 1]
        func counted(_ limit: Int) -> Int { others.values.reduce(free) { $0 + min($1, limit) } }
        var (good, bad) = (0, (others.values.max() ?? 0) + 1)
        while bad - good > 1 {
            let middle = (good + bad) / 2
            if 1_000 * middle <= share * counted(middle) { good = middle } else { bad = middle }
        }
        return counted(good)
    }

    private func tier(_ past: Past, _ standing: Int, _ group: Group, _ rho: Int, _ day: Int) -> (Int, Int) {
        func figure(_ name: String) -> Int { figures[name, day - 1] }
        let lines = ["basic", "contributing", "anchor"].map { figure("tier.\($0).threshold") }
        func reaches(_ tier: Int, _ share: Int) -> Bool {
            guard tier > 0 else { return true }
            let line = Double(share) * Double(lines[tier - 1]) * Double(figure("size.\(group.size.rawValue)")) / 1e6
            return Double(standing) >= line && (tier < 3 || 1_000 * rho >= share * figure("tier.anchor.reliability"))
        }
        if past.tier < 3, reaches(past.tier + 1, 1_000) { return (past.tier + 1, 0) }
        if reaches(past.tier, figure("tier.demotion_share")) || day - group.joined < figure("tier.grace_days") {
            return (past.tier, 0)
        }
        return past.low + 1 >= figure("tier.demotion_epochs") && past.tier > 0
            ? (past.tier - 1, 0) : (past.tier, past.low + 1)
    }
}
