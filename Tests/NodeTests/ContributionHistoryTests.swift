import Exchange
import Foundation
import Node
import Store
import TestSupport
import Testing

/// Random histories of reports over two nodes, with commits that fail and closes that come late, beside two models that
/// were written apart: what is credited for what, and what accounts make of it.
@Suite("Histories of contribution")
struct ContributionHistoryTests {
    /// Histories on each engine; `CAVEAT_HISTORIES` makes more of them.
    private static let count = UInt64(ProcessInfo.processInfo.environment["CAVEAT_HISTORIES"] ?? "") ?? 8

    @Test(
        "I1, I3, I4, I9: balances are what the simple books say, whatever fails, over whichever node",
        arguments: Engine.both
    )
    func histories(engine: Engine) async throws {
        var seen: Set<String> = []
        for seed in 0..<Self.count {
            var world = try await World(engine, seed: seed)
            for _ in 0..<90 { try await world.step() }
            try await world.pass(seconds: 200 * 86_400)
            try await world.compare()
            seen.formUnion(world.seen)
            await world.harbour.exchange.close()
        }
        let events: [EarningEvent] = [
            .accepted, .corroborated, .corroborating, .investigation, .seizure, .arrest, .safeguarded, .conviction,
            .ownError,
        ]
        let all =
            events.map(\.rawValue) + Independence.Refusal.expected.map(\.rawValue)
            + ["retraction", "error", "bad-faith", "part", "hidden", "silence", "late", "T0", "T1", "T2"]
        #expect(seen.isSuperset(of: all), "never happened: \(Set(all).subtracting(seen))")
    }

    @Test(
        "I15: statements are the same bytes with and without a word under an embargo, until that is lifted",
        arguments: Engine.both
    )
    func secrecy(engine: Engine) async throws {
        var (same, other) = (0, 0)
        for seed in 0..<Self.count {
            var full = try await World(engine, seed: seed)
            for _ in 0..<70 { try await full.step() }
            await full.harbour.exchange.close()
            let counted = full.embargoes.indices.filter { full.embargoes[$0].counts }
            guard !counted.isEmpty else { continue }
            let omitted = counted[Int(seed) % counted.count]
            var bare = try await World(engine, seed: seed, omitting: omitted)
            for _ in 0..<70 { try await bare.step() }
            await bare.harbour.exchange.close()
            let lifts = full.model.day(full.embargoes[omitted].until) + 1
            for (place, statement) in full.told {
                if place.closes <= lifts {
                    #expect(statement == bare.told[place], "seed \(seed): \(place)")
                    same += 1
                } else if statement != bare.told[place] {
                    other += 1
                }
            }
        }
        // Some of it is lifted in time, and then tells.
        #expect(same > 0 && other > 0)
    }

    /// A statement: whose, and the day of the close that it is of.
    private struct Place: Hashable {
        let group: String
        let closes: Int
    }

    private struct World {
        static let containers = ["MSKU0383250", "TGHU7599330", "CSQU3054383"]
        static let outcomes: [Outcome] = [
            .seizure, .arrest, .investigationOpened, .conviction, .victimSafeguarded, .mistakenIdentity,
        ]
        static let groups = ["anchor", "swift", "tern"]
        let harbour: Harbour
        let seed: UInt64
        var tokens: [String: String] = [:]
        var calls: FailingCalls
        var model: SimpleReports
        /// What happened, in words.
        var seen: Set<String> = []
        /// What was said under an embargo, in order: until when, and whether anything comes of it then.
        var embargoes: [(until: Timestamp, counts: Bool)] = []
        /// Which of them is not said, though it is counted.
        let omitted: Int?
        /// All statements, signed.
        var told: [Place: [UInt8]] = [:]
        /// How many epochs closed.
        var closed = 0

        init(_ engine: Engine, seed: UInt64, omitting omitted: Int? = nil) async throws {
            (self.seed, self.omitted) = (seed, omitted)
            harbour = try await Harbour.old(engine)
            let exchange = harbour.exchange
            for name in ["ann", "ben"] {
                tokens[name] = try await exchange.principal(name, of: "customs", roles: [.officer])
            }
            tokens["tern"] = try await exchange.join("tern", .freightForwarder)
            exchange.clock.advance(by: .seconds(90 * 86_400))
            for (name, size) in [("anchor", SizeClass.small), ("berth", .small), ("tern", .large)] {
                _ = try await exchange.node.administration.changeMember(name) { $0.size = size }
            }
            calls = try await FailingCalls(harbour, seed: seed)
            let votes = ["ann", "ben"].map {
                PanelDecision.Vote(by: Samples.name($0), of: Samples.name("customs"), because: "It was old.")
            }
            model = SimpleReports(panel: try PanelDecision(votes, about: []), wantedUntil: 200)
            try await harbour.want(days: 200)
            try await report()
        }

        private func session(_ name: String) async throws -> Session {
            guard let token = tokens[name] else { return try await harbour.session(name) }
            return try await harbour.exchange.session(token)
        }

        private mutating func chance(_ share: Double) -> Bool { calls.chance(share) }
        private mutating func number(_ range: ClosedRange<Int>) -> Int { calls.number(range) }

        private mutating func once<Output>(
            _ name: String,
            _ body: (Node, Session, KeyedCall) async throws -> Output
        ) async throws -> Output? {
            try await calls.once(by: try await session(name), body)
        }

        mutating func step() async throws {
            let now = harbour.exchange.clock.now
            switch number(0...19) {
            case 0...4: try await report()
            case 5...8: try await accept()
            case 9: try await act("customs", .refuse(.tooLittle, nil)) { try $0.decide($1, accepted: nil, at: now) }
            case 10, 11: try await conclude()
            case 12: try await retract()
            case 13...15: try await corroborate()
            case 16: try await condemn()
            case 17: harbour.exchange.clock.advance(by: .seconds(Int64(number(1...900_000))))
            default: try await pass(seconds: Int64(number(1...2_600_000)))
            }
            try await compare()
        }

        private mutating func report() async throws {
            harbour.exchange.clock.advance(by: .seconds(Int64(number(1...3_000))))
            let now = harbour.exchange.clock.now
            let name = ["anchor", "berth", "swift", "tern"][number(0...3)]
            let (container, hours) = (number(0...2), Int64(number(0...120)))
            let (place, isWanted) = (chance(0.6) ? ["NLRTM", "DEHAM"][number(0...1)] : nil, chance(0.5))
            let (isCommitted, session) = (chance(0.7), try await session(name))
            let content = try ReportContent.box(
                Self.containers[container],
                at: place,
                hours: hours,
                isWanted: isWanted,
                before: now
            )
            let made = try await calls.report(content, isCommitted: isCommitted, by: session)
            model.submit(
                SimpleReports.Told(
                    id: made.id,
                    group: name == "berth" ? "anchor" : name,
                    container: container,
                    place: place,
                    submitted: made.submitted,
                    secondsSeen: hours * 3_600 + (isCommitted ? 1 : 0),
                    isWanted: isWanted,
                    isCommitted: isCommitted
                )
            )
        }

        private mutating func act(
            _ name: String,
            _ action: ReportAction,
            on known: ID<Report>? = nil,
            _ follow: (inout SimpleReports, ID<Report>) throws -> Void
        ) async throws {
            guard let id = known ?? model.reports.randomElement(using: &calls.random)?.id else { return }
            let done = try await once(name) { try await $0.reports.act(action, on: id, by: $1, as: $2) }
            if done != nil { try follow(&model, id) }
        }

        private mutating func accept() async throws {
            let now = harbour.exchange.clock.now
            let grades: [(Grade.Credibility, Int)] = [
                (.confirmed, 1_000), (.probable, 750), (.possible, 500), (.doubtful, 250), (.improbable, 0),
                (.unknown, 500),
            ]
            let grade = chance(0.7) ? grades[number(0...5)] : nil
            // The latest, as an inbox is worked off, or any.
            let id = chance(0.6) ? model.reports.last { !$0.isDecided }?.id : nil
            try await act("customs", .accept(grade.map { Grade(.usually, $0.0) }), on: id) {
                try $0.decide($1, accepted: .some(grade?.1), at: now)
            }
        }

        private mutating func conclude() async throws {
            let now = harbour.exchange.clock.now
            let outcome = Self.outcomes[number(0...5)]
            let embargo = chance(0.4) ? now.advanced(by: .seconds(Int64(number(1...5_000_000)))) : nil
            let action = ReportAction.conclude(outcome, seized: nil, note: nil, embargo: embargo)
            let events: [Outcome: EarningEvent] = [
                .seizure: .seizure, .arrest: .arrest, .investigationOpened: .investigation, .conviction: .conviction,
                .victimSafeguarded: .safeguarded,
            ]
            let accepted = model.reports.filter { $0.credibility != nil }
            let id = (chance(0.7) ? accepted : model.reports).randomElement(using: &calls.random)?.id
            guard let id else { return }
            if let embargo {
                embargoes.append((embargo, false))
                if embargoes.count - 1 == omitted { return _ = try await once("customs") { _, _, _ in } }
            }
            let before = model.claims.count + model.clawBacks.count
            try await act("customs", action, on: id) {
                try $0.conclude(events[outcome], on: $1, embargo: embargo, at: now)
            }
            if embargo != nil {
                embargoes[embargoes.count - 1].counts = model.claims.count + model.clawBacks.count > before
            }
        }

        private mutating func retract() async throws {
            let now = harbour.exchange.clock.now
            guard let told = model.reports.suffix(8).randomElement(using: &calls.random) else { return }
            let name = told.group == "anchor" ? (chance(0.5) ? "anchor" : "berth") : told.group
            guard (try? await calls.nodes[0].reports.report(told.id, for: try await session(name))) != nil else {
                return
            }
            try await act(name, .retract, on: told.id) { try $0.retract($1, at: now) }
        }

        private mutating func condemn() async throws {
            let now = harbour.exchange.clock.now
            guard let id = model.reports.randomElement(using: &calls.random)?.id else { return }
            var isProposed = false
            try await act("ann", .proposeBadFaith("It was old."), on: id) { model, _ in
                isProposed = true
                try model.vest(id, at: now)
            }
            guard isProposed else { return }
            try await act("ben", .secondBadFaith("It knew that."), on: id) { try $0.condemn($1, at: now) }
        }

        private mutating func corroborate() async throws {
            let now = harbour.exchange.clock.now
            let pairs = model.reports.flatMap { first in
                model.reports.filter { $0.container == first.container && first.submitted < $0.submitted }
                    .map { (first.id, $0.id) }
            }
            // What counts comes seldom by itself.
            let good = pairs.filter { model.counts($0.0, by: $0.1, at: now) }
            guard let (first, second) = (chance(0.4) ? good : pairs).randomElement(using: &calls.random) else { return }
            let expected = model.finding(first, by: second, at: now)
            let isNew = model.looked[second] == nil
            let found = try await once("customs") { node, session, _ in
                try await node.reports.corroborate(first, by: second, for: session)
            }
            guard let found else { return }
            if isNew { #expect(found.refusal == expected, "seed \(seed), call \(calls.made)") }
            if let expected { seen.insert(expected.rawValue) }
            try model.corroborate(first, by: second, at: now)
        }

        /// Lets time pass, on some node.
        mutating func pass(seconds: Int64) async throws {
            harbour.exchange.clock.advance(by: .seconds(seconds))
            try await calls.elapse()
            let before = model.claims.count
            try model.pass(at: harbour.exchange.clock.now)
            if model.claims.count > before { seen.insert("silence") }
            let day = model.day(harbour.exchange.clock.now)
            if day / 30 > closed + 1 { seen.insert("late") }
            closed = day / 30
        }

        mutating func compare() async throws {
            guard closed > 0 else { return }
            note()
            let groups = Self.groups.map {
                SimpleBooks.Group(
                    Samples.name($0),
                    joined: $0 == "tern" ? -90 : -180,
                    size: $0 == "anchor" ? .small : $0 == "tern" ? .large : .medium
                )
            }
            let end = 30 * closed
            // What is taken back on the day of a close is of the next epoch.
            let books = SimpleBooks(groups, model.claims, model.clawBacks.filter { $0.day < end }, to: end)
            for group in Self.groups {
                let name = group == "anchor" && calls.made.isMultiple(of: 2) ? "berth" : group
                let session = try await session(name)
                let statement = try await calls.nodes[0].ledgers.statement(of: Samples.name("customs"), for: session)
                let (key, what) = (
                    Samples.name(group), "seed \(seed), call \(calls.made), day \(30 * closed): \(group)"
                )
                #expect(statement.period.last.closes == 30 * closed, "\(what)")
                #expect(statement.closing.earned.count == Int64(books.earned[key] ?? 0), "\(what)")
                #expect(statement.closing.penalty.count == Int64(books.fined[key] ?? 0), "\(what)")
                #expect(statement.standing.total.count == Int64(books.standings[key]?.last ?? 0), "\(what)")
                #expect(statement.reliability == books.reliabilities[key]?.last, "\(what)")
                #expect(statement.tier.rawValue == books.tiers[key]?.last, "\(what)")
                seen.insert(statement.tier.code)
                let signed = try await calls.nodes[1].ledgers.signed(statement)
                let place = Place(group: group, closes: end)
                #expect(told[place].map { $0 == signed } ?? true, "\(what): it is another than before")
                told[place] = signed
            }
            try await harbour.checkBooks()
        }

        private mutating func note() {
            seen.formUnion(model.claims.map(\.key.event.rawValue))
            if model.claims.contains(where: \.wasHidden) { seen.insert("hidden") }
            for back in model.clawBacks {
                switch back.cause {
                case .retraction: seen.insert(back.part == nil ? "retraction" : "part")
                case .error: seen.insert("error")
                case .badFaith: seen.insert("bad-faith")
                }
            }
        }
    }
}

extension Independence.Refusal {
    /// What these histories come to.
    fileprivate static let expected: [Self] = [.sameGroup, .frozen, .uncommitted, .nothingNew]
}
