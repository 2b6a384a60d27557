import Exchange
import Foundation
import TestSupport
import Testing

@Suite("Reciprocity: worlds")
struct LedgerWorldTests {
    /// Worlds of each batch; `CAVEAT_WORLDS` makes more of them.
    private static let batch: UInt64 = 250
    private static let worlds = UInt64(ProcessInfo.processInfo.environment["CAVEAT_WORLDS"] ?? "") ?? 2_000
    private static let batches = stride(from: 0, to: worlds, by: Int(batch)).map { $0..<min($0 + batch, worlds) }

    /// Everything in which the ledger and the simple books differ.
    static func differences(_ run: LedgerRun, _ books: SimpleBooks) -> [String] {
        var differences = run.faults
        func compare(_ what: String, _ got: some Equatable, _ expected: some Equatable) {
            if "\(got)" != "\(expected)" { differences.append("\(what) is \(got), expected \(expected)") }
        }
        compare("issuance", -run.book[.issuance].posted, books.issued)
        compare("decay", run.book[.decay].posted, books.decayed)
        compare("clawback", run.book[.clawback].posted, books.clawed)
        for (name, account) in run.accounts.sorted(by: { $0.key < $1.key }) {
            compare("earned:\(name)", run.book[.earned(name)].posted, books.earned[name] ?? 0)
            compare("penalty:\(name)", -run.book[.penalty(name)].posted, books.fined[name] ?? 0)
            let closes = run.closes[name] ?? []
            compare("standings of \(name)", closes.map(\.standing.count), (books.standings[name] ?? []).map(Int64.init))
            compare("tiers of \(name)", closes.map(\.tier.rawValue), books.tiers[name] ?? [])
            compare("vouchers of \(name)", account.issues.reduce(0) { $0 + $1.count }, books.vouchers[name] ?? 0)
        }
        return differences
    }

    @Test("the simple books predict every balance, whatever is done twice or cut short", arguments: batches)
    func predicted(seeds: Range<UInt64>) {
        for seed in seeds {
            let world = LedgerWorld(seed: seed)
            let books = SimpleBooks(world)
            let calm = LedgerRun(world)
            #expect(Self.differences(calm, books).isEmpty, "I1, I5: world \(seed)")
            let troubled = LedgerRun(world, .standard, .much(seed))
            #expect(Self.differences(troubled, books).isEmpty, "I3, I11: world \(seed)")
            #expect(Self.lotFaults(calm, day: world.days).isEmpty, "I2, I4: world \(seed)")
        }
    }

    @Test("the simple books predict every balance where terms change on the way", arguments: batches)
    func termsChange(seeds: Range<UInt64>) {
        for seed in seeds {
            let world = LedgerWorld(seed: seed)
            var random = SplitMix64(seed: seed)
            var versions: [TermsVersion] = []
            var figures: [Int: [String: Int]] = [:]
            var epoch = 1
            for number in 1...3 {
                epoch += Int.random(in: number == 1 ? 0...2 : 1...3, using: &random)
                let terms = TermsHistoryTests.terms(using: &random)
                versions.append(
                    TermsVersion(number: number, epoch: epoch, proposed: LedgerSamples.start, terms)
                )
                figures[epoch] = Dictionary(uniqueKeysWithValues: Term.allCases.map { ($0.rawValue, terms[$0]) })
            }
            let run = LedgerRun(world, under: TermsHistory(versions), .much(seed))
            let books = SimpleBooks(world, SimpleFigures(figures))
            #expect(Self.differences(run, books).isEmpty, "world \(seed)")
        }
    }

    /// What does not hold of the lots, each alone and all together.
    private static func lotFaults(_ run: LedgerRun, day: Int) -> [String] {
        var faults: [String] = []
        for (name, account) in run.accounts {
            var sum = Amount<MilliCredit>.zero
            for lot in account.lots {
                let taken = lot.taken?.amount ?? .zero
                if lot.amount != lot.remaining(on: day) + lot.decayed(by: day) + taken { faults.append("\(lot)") }
                if lot.amount < .zero || taken < .zero { faults.append("below zero: \(lot)") }
                sum += lot.remaining(on: day)
            }
            if sum.count != run.book[.earned(name)].posted { faults.append("lots of \(name) are not its balance") }
            let keys = account.lots.map {
                "\($0.claim.key.item) \($0.claim.key.event == .nilAnswer ? .answer : $0.claim.key.event)"
            }
            if Set(keys).count != keys.count { faults.append("posted twice for \(name)") }
        }
        return faults
    }

    @Test("each rule, where it is broken, is noticed by some world", arguments: BrokenLedgerRule.allCases)
    func notices(rule: BrokenLedgerRule) throws {
        let seed = try (0..<UInt64(200)).first { seed in
            let world = LedgerWorld(seed: seed)
            let run = LedgerRun(rule.broken(world), try rule.terms, .none())
            return !Self.differences(run, SimpleBooks(world)).isEmpty
        }
        #expect(seed != nil)
    }

    @Test("worlds have everything in them")
    func full() {
        var counts: [String: Int] = [:]
        for seed in UInt64(0)..<150 {
            let world = LedgerWorld(seed: seed)
            let run = LedgerRun(world)
            for lot in run.accounts.values.flatMap(\.lots) {
                counts[lot.claim.key.event.rawValue, default: 0] += 1
                if lot.worth > lot.amount { counts["masked", default: 0] += 1 }
                if lot.claim.wasHidden { counts["hidden", default: 0] += 1 }
                if lot.taken != nil { counts["taken back", default: 0] += 1 }
            }
            for entry in run.book.entries.values { counts[entry.cause.rawValue, default: 0] += 1 }
            for close in run.closes.values.flatMap({ $0 }) { counts[close.tier.code, default: 0] += 1 }
        }
        let all =
            EarningEvent.allCases.map(\.rawValue) + ["masked", "hidden", "taken back", "restored", "faded", "penalty"]
            + ["relief", "T0", "T1", "T2", "T3"]
        for what in all { #expect(counts[what, default: 0] > 1, "\(what)") }
    }
}

/// A rule that the ledger is made to break, by what it is given.
enum BrokenLedgerRule: String, CaseIterable {
    case noClusters, noWindows, embargoIgnored, retractionCounts, errorForgiven, noPenalty, noDecay, noCap, noHysteresis
    case everyWord, noGrace, itemsConfirmTwice, vouchersCheaper, claimsTwice, lateClose

    var terms: ReciprocityTerms {
        get throws {
            switch self {
            case .noPenalty: try ReciprocityTerms(["limits.penalty_factor": 0])
            case .noDecay: try ReciprocityTerms(["decay.half_life_days": 181])
            case .noCap: try ReciprocityTerms(["limits.counterpart_share": 1_000])
            case .everyWord: try ReciprocityTerms(["limits.feedback_share": 10_000])
            case .noHysteresis: try ReciprocityTerms(["tier.demotion_epochs": 1])
            case .noGrace: try ReciprocityTerms(["tier.grace_days": 0])
            case .vouchersCheaper: try ReciprocityTerms(["entitlements.credit_each": 9_000])
            case .lateClose: try ReciprocityTerms(["epoch.days": 31])
            case .noClusters, .noWindows, .embargoIgnored, .retractionCounts, .errorForgiven, .itemsConfirmTwice,
                .claimsTwice:
                .standard
            }
        }
    }

    func broken(_ world: LedgerWorld) -> LedgerWorld {
        var world = world
        switch self {
        case .noClusters:
            world.claims = world.claims.map { $0.again(cluster: LedgerSamples.id(UInt64($0.day) + 1_000)) }
        case .noWindows: world.claims = world.claims.map { $0.again(window: 0) }
        case .embargoIgnored: world.claims = world.claims.map { $0.again(shows: .some($0.day)) }
        case .itemsConfirmTwice:
            world.claims = world.claims.map { $0.key.event == .arrest ? $0.again(cluster: LedgerSamples.id(99)) : $0 }
        case .claimsTwice:
            world.claims += world.claims.map { $0.again(item: LedgerSamples.id(UInt64($0.day) + 5_000)) }
        case .retractionCounts:
            world.clawBacks = world.clawBacks.map { back in
                back.cause == .retraction ? ClawBack(back.item, of: back.reporter, on: back.day, .error) : back
            }
        case .errorForgiven:
            world.clawBacks = world.clawBacks.map { back in
                back.cause == .error ? ClawBack(back.item, of: back.reporter, on: back.day, .retraction) : back
            }
        case .noPenalty, .noDecay, .noCap, .everyWord, .noHysteresis, .noGrace, .vouchersCheaper, .lateClose: break
        }
        return world
    }
}

extension Claim {
    /// The same claim, but for what is given.
    func again(
        item: ID<LedgerItem>? = nil,
        group: Name? = nil,
        cluster: ID<SubjectCluster>? = nil,
        window: Int? = nil,
        _ quality: Quality? = nil,
        shows: Int?? = nil
    ) -> Claim {
        Claim(
            Key(item: item ?? key.item, event: key.event, group: group ?? key.group),
            cluster: cluster ?? self.cluster,
            window: window ?? self.window,
            from: counterpart,
            office: office,
            quality ?? self.quality,
            day: day,
            shows: shows ?? self.shows
        )
    }
}
