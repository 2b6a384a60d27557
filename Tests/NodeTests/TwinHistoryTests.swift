import Exchange
import Foundation
import Node
import Store
import TestSupport
import Testing

/// The invariants that compare one world with another, through nodes whose commits fail: histories that are played
/// twice, with one thing changed.
@Suite("Histories and their twins")
struct TwinHistoryTests {
    /// Histories on each engine; `CAVEAT_HISTORIES` makes more of them.
    private static let count = UInt64(ProcessInfo.processInfo.environment["CAVEAT_HISTORIES"] ?? "") ?? 6
    /// The day up to which each is played: silence accepts within it.
    private static let until: Int64 = 270

    /// What rounding parts of a cluster by themselves makes of a balance at most, in milli-credits: which of two of one
    /// day is the first goes by their ids.
    private static let rounding: Int64 = 10

    private static func isSame(_ one: Amount<MilliCredit>, _ other: Amount<MilliCredit>) -> Bool {
        abs(one.count - other.count) <= rounding
    }

    /// One script and its twin, both played.
    private struct Twins {
        let one: ReportRun
        let other: ReportRun
        /// What both say of each group at each close that neither was late for.
        private(set) var closes: [(group: String, day: Int, one: GroupStatement, other: GroupStatement)] = []

        init(_ script: ReportScript, _ twin: ReportScript, _ engine: Engine, seed: UInt64) async throws {
            one = try await ReportRun(script, engine, seed: seed, until: until)
            other = try await ReportRun(twin, engine, seed: seed + 500, until: until)
            for group in ReportScript.groups {
                let (first, second) = (try #require(one.statements[group]), try #require(other.statements[group]))
                // A close that came late is in the statement after it.
                for close in Set(first.keys).intersection(second.keys).sorted() {
                    guard let one = first[close], let other = second[close] else { continue }
                    closes.append((group, one.period.last.closes, one, other))
                }
            }
        }
    }

    @Test(
        "I7: no better part of Q lowers what is posted, nor standing at the close that posts it",
        arguments: Engine.both
    )
    func monotone(engine: Engine) async throws {
        var rose = 0
        for seed in 0..<Self.count {
            var random = SplitMix64(seed: seed)
            let kind = ReportScript.Kind(corroborates: seed.isMultiple(of: 2), concludes: true)
            let script = ReportScript(kind, using: &random)
            guard let number = script.accepted.randomElement(using: &random), let told = script.told(number) else {
                continue
            }
            var better = script
            better.raise(number, using: &random)
            let twins = try await Twins(script, better, engine, seed: seed)
            for (group, day, before, after) in twins.closes {
                let what: Comment = "seed \(seed), \(group), day \(day)"
                guard group == told.group else {
                    #expect(before.posted == after.posted, what)
                    #expect(Self.isSame(before.standing.total, after.standing.total), what)
                    continue
                }
                #expect(after.posted >= before.posted, what)
                if after.posted > before.posted { rose += 1 }
                let isFirst = after.lines.allSatisfy {
                    $0.lot.epoch == after.period.last.number || $0.lot.claim.key.item != twins.other.id(number)
                }
                // What two of one counterpart share of a matter may count for less.
                guard isFirst, !kind.corroborates else { continue }
                #expect(after.standing.total.count >= before.standing.total.count - Self.rounding, what)
            }
        }
        #expect(rose > 0)
    }

    @Test("I8: a report in parts, by whichever member of an owner, brings no more than whole", arguments: Engine.both)
    func splitting(engine: Engine) async throws {
        var earned = 0
        for seed in 0..<Self.count {
            var random = SplitMix64(seed: 100 + seed)
            let kind = ReportScript.Kind(corroborates: seed.isMultiple(of: 2), concludes: true, mistakes: 0.3)
            let script = ReportScript(kind, using: &random)
            guard let number = script.accepted.randomElement(using: &random), let told = script.told(number) else {
                continue
            }
            var split = script
            split.split(number, into: Int.random(in: 2...3, using: &random), using: &random)
            let twins = try await Twins(script, split, engine, seed: seed)
            for (group, day, before, after) in twins.closes where group == told.group {
                let what: Comment = "seed \(seed), day \(day)"
                #expect(after.closing.earned.count <= before.closing.earned.count + Self.rounding, what)
                if before.lines.contains(where: { $0.lot.claim.key.item == twins.one.id(number) }) { earned += 1 }
            }
        }
        #expect(earned > 0)
    }

    @Test(
        "I10: once a report is taken back in time, all have what they had without its acceptance",
        arguments: Engine.both
    )
    func neutral(engine: Engine) async throws {
        var posted = 0
        for seed in 0..<Self.count {
            var random = SplitMix64(seed: 200 + seed)
            var script = ReportScript(.init(concludes: true, mistakes: 0.3), using: &random)
            let (number, second) = (100, (30 * Int64.random(in: 1...2, using: &random) - 2) * ReportScript.day)
            let told = ReportScript.Told(
                member: Bool.random(using: &random) ? "anchor" : "berth",
                container: 3,
                place: "NLRTM",
                hours: 0,
                isWanted: true,
                isCommitted: false
            )
            // Accepted before a close, taken back after it: what it had masked counts again.
            script.add(number + 1, second + 3_600, .tell(told))
            script.add(number + 1, second + 3_601, .accept(nil))
            var (with, without) = (script, script)
            with.add(number, second, .tell(told))
            with.add(number, second + 1, .accept(Grade(.usually, .confirmed)))
            with.add(number, second + 4 * ReportScript.day, .retract)
            without.add(number, second, .tell(told))
            without.add(number, second + 1, .refuse)
            let twins = try await Twins(without, with, engine, seed: seed)
            for (group, day, before, after) in twins.closes {
                let what: Comment = "seed \(seed), \(group), day \(day)"
                let own = after.lines.filter { $0.lot.claim.key.item == twins.other.id(number) }
                if own.contains(where: { $0.lot.claim.key.event == .accepted }) { posted += 1 }
                guard Int64(day) * ReportScript.day > second + 4 * ReportScript.day else { continue }
                // The word of its own error is paid for, and counts for nothing else.
                let word = own.filter { $0.lot.claim.key.event == .ownError }.map { $0.lot.remaining(on: day) }
                #expect(Self.isSame(after.closing.earned, word.reduce(before.closing.earned, +)), what)
                #expect(after.reliability == before.reliability, what)
            }
        }
        #expect(posted > 0)
    }

    @Test("I10: once a corroborator takes its own back, all have what they had without it", arguments: Engine.both)
    func neutralPart(engine: Engine) async throws {
        var counted = 0
        for seed in 0..<Self.count {
            var random = SplitMix64(seed: 300 + seed)
            var script = ReportScript(.init(concludes: true), using: &random)
            // Two of them about a box of their own, the later from the other owner.
            let second = (30 * Int64.random(in: 1...2, using: &random) - 2) * ReportScript.day
            let (first, later) = (100, 101)
            func told(_ member: String, _ place: String) -> ReportScript.Told {
                .init(member: member, container: 4, place: place, hours: 3, isWanted: false, isCommitted: true)
            }
            script.add(first, second, .tell(told("anchor", "NLRTM")))
            script.add(first, second + 5, .accept(nil))
            script.add(later, second + 10, .tell(told("swift", "DEHAM")))
            script.add(later, second + 15, .accept(nil))
            var with = script
            with.add(later, second + 20, .corroborates(first))
            let end = second + 4 * ReportScript.day
            with.add(later, end, .retract)
            script.add(later, end, .retract)
            for (group, day, before, after) in try await Twins(script, with, engine, seed: seed).closes {
                if after.posted > before.posted { counted += 1 }
                guard Int64(day) * ReportScript.day > end else { continue }
                let what: Comment = "seed \(seed), \(group), day \(day)"
                #expect(Self.isSame(after.closing.earned, before.closing.earned), what)
                #expect(after.reliability == before.reliability, what)
            }
        }
        #expect(counted > 0)
    }

    @Test(
        "I17: an authority that never says a word costs nobody what its acceptance would bring",
        arguments: Engine.both
    )
    func silence(engine: Engine) async throws {
        var gained = 0
        for seed in 0..<Self.count {
            var random = SplitMix64(seed: 400 + seed)
            let best: Grade.Credibility = seed.isMultiple(of: 2) ? .possible : .doubtful
            let script = ReportScript(.init(isShared: false, best: best), using: &random)
            var silent = script
            silent.steps = script.steps.filter { step in
                if case .tell = step.what { true } else { false }
            }
            let closes = try await Twins(script, silent, engine, seed: seed).closes
            for (group, _, said, unsaid) in closes where said.period.last.number == closes.last?.one.period.last.number
            {
                #expect(unsaid.posted >= said.posted, "seed \(seed), \(group)")
                #expect(unsaid.lines.allSatisfy { $0.lot.claim.quality.credibility == 500 })
                if unsaid.posted > .zero { gained += 1 }
            }
        }
        #expect(gained > 0)
    }
}

extension ReportScript {
    /// Makes one part of what a report is worth better: its grade, its time, or what it is about.
    fileprivate mutating func raise(_ number: Int, using random: inout SplitMix64) {
        let part = Int.random(in: 0...2, using: &random)
        for place in steps.indices where steps[place].report == number {
            switch steps[place].what {
            case .tell(var told) where part != 0:
                if part == 1 {
                    told.hours = Int64.random(in: 0...told.hours, using: &random)
                } else {
                    told.isWanted = true
                }
                steps[place].what = .tell(told)
            case .accept(let grade) where part == 0:
                let rank = Self.credibilities.firstIndex(of: grade?.credibility ?? .possible) ?? 0
                let better = Self.credibilities[rank...].randomElement(using: &random) ?? .confirmed
                steps[place].what = .accept(Grade(.usually, better))
            default: break
            }
        }
    }

    /// Tells a report in parts, each of which says what box it is about; all that becomes of it becomes of each.
    fileprivate mutating func split(_ number: Int, into parts: Int, using random: inout SplitMix64) {
        steps = steps.flatMap { step -> [Step] in
            guard step.report == number else { return [step] }
            return (0..<parts).map { part in
                var step = step
                if case .tell(var told) = step.what {
                    if part > 0, Bool.random(using: &random) { told.place = nil }
                    if told.member != "swift" { told.member = Bool.random(using: &random) ? "anchor" : "berth" }
                    step.what = .tell(told)
                }
                return Step(second: step.second, report: part == 0 ? number : 1_000 + part, what: step.what)
            }
        }
    }
}
