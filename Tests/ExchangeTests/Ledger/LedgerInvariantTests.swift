import Exchange
import Foundation
import TestSupport
import Testing

/// The invariants that compare one world with another.
@Suite("Reciprocity: invariants")
struct LedgerInvariantTests {
    private static let worlds = UInt64(ProcessInfo.processInfo.environment["CAVEAT_WORLDS"] ?? "") ?? 1_000
    private static let batches = stride(from: 0, to: worlds, by: 250).map { $0..<min($0 + 250, worlds) }

    private static func posted(_ run: LedgerRun, _ group: Name) -> Int64 {
        (run.accounts[group]?.lots ?? []).filter { $0.taken == nil }.reduce(0) { $0 + $1.amount.count }
    }

    private static func remaining(_ run: LedgerRun, _ group: Name, _ day: Int) -> Int64 {
        run.accounts[group]?.standing(on: day, .standard).remaining.count ?? 0
    }

    private static func standing(_ run: LedgerRun, _ group: Name, _ day: Int) -> Int64 {
        run.accounts[group]?.standing(on: day, .standard).total.count ?? 0
    }

    @Test("I7: no better part of Q lowers what is posted, nor standing at the close that posts it", arguments: batches)
    func monotone(seeds: Range<UInt64>) {
        for seed in seeds {
            let world = LedgerWorld(seed: seed)
            var random = SplitMix64(seed: seed)
            guard let place = world.claims.indices.randomElement(using: &random) else { continue }
            let claim = world.claims[place]
            // A better lie is fined more.
            let lies = world.clawBacks.filter { $0.cause == .badFaith(LedgerSamples.panel) }.map(\.item)
            if lies.contains(claim.key.item) { continue }
            func raised(_ part: Int) -> Int { Int.random(in: part...1_000, using: &random) }
            let quality = Quality(
                credibility: raised(claim.quality.credibility),
                relevance: raised(claim.quality.relevance),
                novelty: raised(claim.quality.novelty),
                timeliness: raised(claim.quality.timeliness)
            )
            let day = claim.shows.map { ($0 / 30 + 1) * 30 } ?? world.days
            let group = claim.key.group
            func runs(_ world: LedgerWorld) -> (old: LedgerRun, new: LedgerRun) {
                var better = world
                better.claims[place] = world.claims[place].again(quality)
                return (LedgerRun(world, to: day), LedgerRun(better, to: day))
            }
            let (old, new) = runs(world)
            #expect(Self.posted(new, group) >= Self.posted(old, group), "world \(seed)")
            // Parts of a cluster are rounded each by itself: at most a thousandth of a credit for each.
            let mates = Int64(world.claims.filter { $0.cluster == claim.cluster }.count)
            #expect(Self.remaining(new, group, day) >= Self.remaining(old, group, day) - mates, "world \(seed)")
            // Where it masks another's claim, what is counted of one counterpart may be less: apart from that, nothing.
            var apart = world
            apart.claims = zip(world.claims, 1_000...).map { $0.again(cluster: LedgerSamples.id($1)) }
            let (alone, better) = runs(apart)
            #expect(Self.standing(better, group, day) >= Self.standing(alone, group, day), "world \(seed)")
        }
    }

    @Test("I7: earning rises with quality and confirmations, and falls with refutations")
    func earning() {
        var random = SplitMix64(seed: 1)
        let terms = ReciprocityTerms.standard
        for _ in 0..<2_000 {
            let parts = (0..<4).map { _ in Int.random(in: 0...1_000, using: &random) }
            let place = Int.random(in: 0..<4, using: &random)
            var higher = parts
            higher[place] = Int.random(in: parts[place]...1_000, using: &random)
            let (low, high) = (Self.quality(parts), Self.quality(higher))
            let record = TrackRecord(
                confirmed: Int.random(in: 0...50, using: &random),
                refuted: Int.random(in: 0...50, using: &random)
            )
            var confirmed = record
            confirmed.confirmed += 1
            var refuted = record
            refuted.refuted += 1
            for event in EarningEvent.allCases {
                func earns(_ quality: Quality, _ record: TrackRecord) -> Amount<MilliCredit> {
                    event.earns(quality, reliability: record.reliability(terms), terms)
                }
                #expect(earns(low, record) <= earns(high, record))
                #expect(earns(low, record) <= earns(low, confirmed))
                #expect(earns(low, refuted) <= earns(low, record))
            }
        }
    }

    private static func quality(_ parts: [Int]) -> Quality {
        Quality(credibility: parts[0], relevance: parts[1], novelty: parts[2], timeliness: parts[3])
    }

    @Test("I8: an item in parts brings no more than whole", arguments: batches)
    func splitting(seeds: Range<UInt64>) {
        for seed in seeds {
            var world = LedgerWorld(seed: seed)
            var random = SplitMix64(seed: seed)
            guard let report = world.reports.randomElement(using: &random) else { continue }
            // Of an item each event is once: that a second one of a better part counts is no gain of the parts'.
            var events: Set<String> = []
            world.claims.removeAll { claim in
                claim.key.item == report.item && !events.insert("\(claim.key.event) \(claim.key.group)").inserted
            }
            // What was refuted makes later lies worth less, and so their fines: they are errors here.
            world.clawBacks = world.clawBacks.map { back in
                back.item == report.item ? back : ClawBack(back.item, of: back.reporter, on: back.day, .error)
            }
            var split = world
            // Each claim falls to one of the parts, or to several; each part is worth what the whole is.
            split.claims = world.claims.flatMap { claim -> [Claim] in
                guard claim.key.item == report.item else { return [claim] }
                let parts = (1...3).filter { _ in Bool.random(using: &random) }.map(UInt64.init)
                return (parts.isEmpty ? [1] : parts).map { claim.again(item: LedgerSamples.id(9_000 + $0)) }
            }
            split.clawBacks = world.clawBacks.flatMap { back -> [ClawBack] in
                guard back.item == report.item else { return [back] }
                return (1...3).map {
                    ClawBack(LedgerSamples.id(9_000 + $0), of: back.reporter, on: back.day, back.cause)
                }
            }
            let (old, new) = (LedgerRun(world), LedgerRun(split))
            let gained = Self.posted(new, report.group) - Self.posted(old, report.group)
            #expect(gained <= 0, "world \(seed)")
            #expect(
                Self.standing(new, report.group, world.days) <= Self.standing(old, report.group, world.days) + 8,
                "world \(seed)"
            )
        }
    }

    @Test("I10: after an item is taken back, lots are as in the world without it", arguments: batches)
    func neutral(seeds: Range<UInt64>) {
        for seed in seeds {
            var world = LedgerWorld(seed: seed)
            world.clawBacks = []
            var random = SplitMix64(seed: seed)
            guard let report = world.reports.randomElement(using: &random) else { continue }
            // What was confirmed counts in the record while it stands, and the word of an error earns: neither is here.
            world.claims.removeAll { claim in
                claim.key.item == report.item && (claim.key.event.confirms || claim.key.event == .ownError)
            }
            var without = world
            without.claims.removeAll { $0.key.item == report.item }
            let day = Int.random(in: 0...world.days, using: &random)
            world.clawBacks = [ClawBack(report.item, of: report.group, on: day, .retraction)]
            let (back, never) = (LedgerRun(world), LedgerRun(without))
            for (name, account) in back.accounts {
                let left = account.lots.filter { $0.taken == nil }
                #expect(left == never.accounts[name]?.lots, "world \(seed)")
                #expect(back.book[.earned(name)] == never.book[.earned(name)], "world \(seed)")
            }
        }
    }

    @Test("I10: after a corroborator's part of an item is taken back, lots are as without it", arguments: batches)
    func neutralPart(seeds: Range<UInt64>) {
        for seed in seeds {
            var world = LedgerWorld(seed: seed)
            world.clawBacks = []
            var random = SplitMix64(seed: seed)
            let corroborated = world.claims.filter { $0.key.event == .corroborated }
            guard let claim = corroborated.randomElement(using: &random) else { continue }
            var without = world
            without.claims.removeAll { $0 == claim }
            let day = Int.random(in: 0...world.days, using: &random)
            world.clawBacks = [
                ClawBack(claim.key.item, of: claim.key.group, on: day, .retraction, from: claim.counterpart)
            ]
            let (back, never) = (LedgerRun(world), LedgerRun(without))
            for (name, account) in back.accounts {
                #expect(account.lots.filter { $0.taken == nil } == never.accounts[name]?.lots, "world \(seed)")
                #expect(account.record == never.accounts[name]?.record, "world \(seed)")
                #expect(back.book[.earned(name)] == never.book[.earned(name)], "world \(seed)")
            }
        }
    }

    @Test("I15: no byte of a statement tells of what is under an embargo or seal, until it lifts", arguments: batches)
    func silent(seeds: Range<UInt64>) {
        for seed in seeds {
            let world = LedgerWorld(seed: seed)
            guard world.claims.contains(where: \.wasHidden) else { continue }
            let full = LedgerRun(world, isTold: true)
            for hidden in world.claims where hidden.wasHidden {
                var without = world
                without.claims.removeAll { $0 == hidden }
                let end = min(world.days, ((hidden.shows ?? world.days) / 30) * 30)
                let bare = LedgerRun(without, to: end, isTold: true)
                for (name, closes) in bare.closes {
                    #expect(closes == Array((full.closes[name] ?? []).prefix(closes.count)), "world \(seed)")
                }
                break
            }
        }
    }

    @Test("what was under an embargo or seal is in no line of any statement")
    func itemised() {
        var hidden = 0
        for seed in UInt64(0)..<200 {
            let run = LedgerRun(LedgerWorld(seed: seed))
            #expect(!run.tellsHidden, "world \(seed)")
            for (name, account) in run.accounts {
                let lines = run.lines[name] ?? []
                hidden += account.lots.filter(\.claim.wasHidden).count
                #expect(lines.count == account.lots.filter { !$0.claim.wasHidden }.count, "world \(seed)")
            }
        }
        #expect(hidden > 50)
    }

    @Test("I17: an authority's silence costs a reporter nothing that its acceptance would not", arguments: batches)
    func silence(seeds: Range<UInt64>) {
        for seed in seeds {
            var random = SplitMix64(seed: seed)
            let terms = ReciprocityTerms.standard
            let submitted = Int.random(in: 0...100, using: &random)
            let end = submitted + Int.random(in: 181...400, using: &random)
            func run(decided: Int?) -> Int64 {
                guard let day = OwedFeedback.vestingDay(submitted: submitted, decided: decided, terms) ?? decided else {
                    return 0
                }
                var account = GroupAccount(LedgerSamples.name("g"), joined: 0, size: .small)
                let key = Claim.Key(item: LedgerSamples.id(1), event: .accepted, group: account.group)
                let claim = Claim(
                    key,
                    cluster: LedgerSamples.id(1),
                    window: Claim.window(submitted: submitted, terms),
                    from: .authority(LedgerSamples.name("customs")),
                    .full,
                    day: day,
                    shows: day
                )
                var epoch = Epoch(first: terms)
                while epoch.closes <= end + 60 {
                    _ = account.close(epoch, [claim], .standard)
                    epoch = epoch.next(terms)
                }
                return account.lots.reduce(0) { $0 + $1.amount.count }
            }
            let decided = submitted + Int.random(in: 0...300, using: &random)
            #expect(run(decided: nil) == 10_000)
            #expect(run(decided: nil) == run(decided: decided), "world \(seed)")
        }
    }
}
