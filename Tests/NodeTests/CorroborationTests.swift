import Exchange
import Node
import Store
import TestSupport
import Testing

/// Two groups about one box: anchor reports it, swift saw it, too, and its shipper besides.
extension Harbour {
    static let salt = [UInt8](repeating: 7, count: 16)

    /// One whose members are old enough to corroborate.
    static func old(_ engine: Engine) async throws -> Harbour {
        let harbour = try await Harbour(engine)
        harbour.exchange.clock.advance(by: .seconds(90 * 86_400))
        return harbour
    }

    /// Lets all ask each other, too.
    func letAsk() async throws {
        let all = Party(kinds: [.freightForwarder, .customs])
        let gateway = Gateway(
            name: Samples.name("all"),
            title: "All",
            about: "",
            origin: all,
            reader: all,
            relation: .same,
            modes: [.report, .request],
            purposes: Set(Purpose.allCases).subtracting([.strategic])
        )
        try await exchange.node.administration.keep(try #require(Gateways([gateway])))
    }

    /// The box, and where asked for who sent it.
    func box(from shipper: String? = nil, advisory: AdvisoryReference? = nil) throws -> ReportContent {
        let box = try Subject(.container, key: "c1", properties: ["containerNumber": ["MSKU0383250"]])
        let sender = try shipper.map { try Subject(.organisation, key: "o1", properties: ["name": [$0]]) }
        return try ReportContent(
            categories: [try #require(Category(rawValue: "TBM-MIS"))],
            severity: .serious,
            seen: exchange.clock.now.advanced(by: .seconds(-6 * 3_600)),
            facts: "Too heavy",
            subjects: [box] + (sender.map { [$0] } ?? []),
            advisory: advisory
        )
    }

    func commit(_ name: String = "swift") async throws -> ID<Observation> {
        exchange.clock.advance(by: .seconds(1))
        let digest = Observation.digest(of: "box", salt: Self.salt)
        return try await exchange.node.reports.observe(digest, by: try await session(name)).id
    }

    func reported(
        _ content: ReportContent,
        from name: String,
        observed: ID<Observation>? = nil
    ) async throws -> ID<Report> {
        exchange.clock.advance(by: .seconds(1))
        let (desk, session) = (exchange.node.reports, try await session(name))
        let id = try await desk.report(content, to: "customs", by: session).id
        if let observed {
            let told = ObservedText("box", content, salt: Self.salt)
            _ = try await desk.observed(told, as: observed, in: id, by: session)
        }
        try await act(.accept(), on: id)
        return id
    }

    /// The two, both accepted; the second with a shipper and with what was committed.
    func pair() async throws -> (first: ID<Report>, second: ID<Report>) {
        let first = try await reported(try box(), from: "anchor")
        let observed = try await commit()
        return (first, try await reported(try box(from: "Kite Lines"), from: "swift", observed: observed))
    }

    func corroborate(
        _ first: ID<Report>,
        by second: ID<Report>,
        as name: String = "customs",
        on node: Node? = nil
    ) async throws -> CorroborationRow {
        try await (node ?? exchange.node).reports.corroborate(first, by: second, for: try await session(name))
    }

    /// What an officer is told who has looked at what cannot be looked at.
    func refused(_ first: ID<Report>, by second: ID<Report>, as name: String = "customs") async -> String {
        do {
            return "found \(try await corroborate(first, by: second, as: name))"
        } catch {
            return "\(error)"
        }
    }
}

@Suite("Corroboration between reports")
struct CorroborationTests {
    @Test("counts for both at the close, for C 1000, and names neither to the other", arguments: Engine.both)
    func counts(engine: Engine) async throws {
        let harbour = try await Harbour.old(engine)
        let (first, second) = try await harbour.pair()
        let found = try await harbour.corroborate(first, by: second)
        #expect(found.refusal == nil)
        #expect(try await harbour.corroborate(first, by: second) == found)
        try await harbour.act(.conclude(.seizure, seized: nil, note: nil, embargo: nil), on: first)
        try await harbour.pass(days: 31)
        let reporter = try await harbour.statement()
        // C 500, R 300, U 1000, T 917: Q 647; C 1000: Q 847; one confirmed: rho 600.
        #expect(reporter.lines.map(\.lot.claim.key.event) == [.accepted, .corroborated, .seizure])
        #expect(reporter.lines.map(\.score) == [647, 847, 847])
        #expect(reporter.lines.map(\.lot.amount.count) == [7_117, 13_975, 37_268])
        #expect(reporter.counterparts.map(\.name) == ["another group", "customs"])
        let corroborator = try await harbour.statement("swift")
        let lines = corroborator.lines
        #expect(lines.map(\.lot.claim.key.event) == [.accepted, .corroborating])
        #expect(lines.map(\.lot.claim.quality.credibility) == [500, 1_000])
        #expect(lines.allSatisfy { $0.lot.claim.key.item.text == second.text })
        #expect(lines.last.map { $0.lot.amount.count } == lines.last.map { Int64(8 * $0.score) })
        // Of one counterpart no more counts than 35 %.
        let (standing, free) = (corroborator.standing, try #require(lines.first?.lot.amount.count))
        #expect(standing.remaining == corroborator.closing.earned && standing.counted < standing.remaining)
        #expect(standing.counted.count - free == standing.counted.count * 350 / 1_000)
        #expect(corroborator.sightings.isEmpty && reporter.sightings.isEmpty)
        for (statement, others) in [(reporter, ["swift", second.text]), (corroborator, ["anchor", first.text])] {
            let shown = [String(decoding: statement.json, as: UTF8.self), statement.csv, statement.text].joined()
            for other in others { #expect(!shown.contains(other), "\(other)") }
        }
        await harbour.exchange.close()
    }

    /// What makes it a sighting.
    enum Lack: String, CaseIterable {
        case owner, commitment, question, advisory, request, age, facts

        var reason: Independence.Refusal {
            switch self {
            case .owner: .sameGroup
            case .commitment: .uncommitted
            case .question, .advisory: .sharedAncestor
            case .request: .readBefore
            case .age: .bothNew
            case .facts: .nothingNew
            }
        }
    }

    @Test("is a sighting that earns nothing, with its reason", arguments: Engine.both, Lack.allCases)
    func sightings(engine: Engine, lack: Lack) async throws {
        let harbour = lack == .age ? try await Harbour(engine) : try await Harbour.old(engine)
        try await harbour.letAsk()
        let desk = harbour.exchange.node.reports
        let first = try await harbour.reported(try harbour.box(), from: "anchor")
        let name = lack == .owner ? "berth" : "swift"
        if lack == .request {
            _ = try await desk.ask(try harbour.box(), to: "swift", by: try await harbour.session("customs"))
        }
        let observed = try await harbour.commit(name)
        if lack == .question {
            _ = try await desk.ask(try harbour.box(), to: "anchor", by: try await harbour.session("swift"))
        }
        let reference = lack == .advisory ? AdvisoryReference("CVT-2026-00417") : nil
        let content = try harbour.box(from: lack == .facts ? nil : "Kite Lines", advisory: reference)
        let second = try await harbour.reported(content, from: name, observed: lack == .commitment ? nil : observed)
        #expect(try await harbour.corroborate(first, by: second).refusal == lack.reason)
        try await harbour.pass(days: 31)
        let statement = try await harbour.statement(name)
        #expect(statement.sightings.map(\.refusal) == [lack.reason])
        #expect(statement.sightings.map(\.item.text) == [second.text])
        #expect(Set(statement.lines.map(\.lot.claim.key.event)) == [.accepted])
        #expect(statement.csv.contains(",sighting-\(lack.reason.rawValue),\(second.text),"))
        #expect(statement.text.contains(": \(lack.reason.rawValue)"))
        if lack != .owner { #expect(try await harbour.statement().lines.count == 1) }
        try await harbour.pass(days: 30)
        #expect(try await harbour.statement(name).sightings.isEmpty)
        #expect(try await harbour.statement(name, epochs: 2).sightings.count == 1)
        await harbour.exchange.close()
    }

    @Test("is found by an officer alone, of two that were accepted, once, and in their order", arguments: Engine.both)
    func refused(engine: Engine) async throws {
        let harbour = try await Harbour.old(engine)
        let (first, second) = try await harbour.pair()
        #expect(await harbour.refused(first, by: second, as: "anchor").contains("absent"))
        #expect(await harbour.refused(second, by: first).contains("told it after"))
        #expect(await harbour.refused(first, by: ID(Samples.uuid(9))).contains("no report of this id"))
        let open = try await harbour.submitted(from: "swift")
        #expect(await harbour.refused(first, by: open).contains("accept it first"))
        let other = try await harbour.accepted("TGHU7599330", from: "swift")
        #expect(await harbour.refused(first, by: other).contains("no subject"))
        let sister = try await harbour.reported(try harbour.box(), from: "berth")
        _ = try await harbour.corroborate(first, by: second)
        #expect(await harbour.refused(sister, by: second).contains("looked at beside another"))
        let more = try await harbour.reported(try harbour.box(from: "Osprey"), from: "swift")
        #expect(await harbour.refused(first, by: more).contains("same owner corroborates it already"))
        #expect(try await harbour.corroborate(sister, by: more).refusal == .uncommitted)
        #expect(await harbour.refused(second, by: more).contains("looked at beside another"))
        try await harbour.act(.retract, on: second, as: "swift")
        let last = try await harbour.reported(try harbour.box(from: "Tern"), from: "anchor")
        #expect(await harbour.refused(second, by: last).contains("taken back"))
        await harbour.exchange.close()
    }

    @Test("shows what was committed of what the report says, and of nothing else", arguments: Engine.both)
    func committed(engine: Engine) async throws {
        let harbour = try await Harbour.old(engine)
        let desk = harbour.exchange.node.reports
        let (observed, swift) = (try await harbour.commit(), try await harbour.session("swift"))
        let content = try harbour.box(from: "Kite Lines")
        let id = try await desk.report(content, to: "customs", by: swift).id
        func show(_ text: String, _ content: ReportContent, by session: Session) async -> String {
            do {
                let told = ObservedText(text, content, salt: Harbour.salt)
                return try await desk.observed(told, as: observed, in: id, by: session).committed?.text ?? "none"
            } catch {
                return "\(error)"
            }
        }
        #expect(await show("other", content, by: swift).contains("is none of yours"))
        #expect(await show("box", try harbour.box(), by: swift).contains("something else than what was committed"))
        #expect(await show("box", content, by: try await harbour.session("anchor")).contains("is none of yours"))
        let time = await show("box", content, by: swift)
        #expect(time.hasPrefix("20"))
        // What is said anew was not committed.
        try await harbour.act(.add(try harbour.box(from: "Osprey")), on: id, as: "swift")
        #expect(try await desk.report(id, for: swift).committed == nil)
        await harbour.exchange.close()
    }

    @Test("falls for both once either is taken back, and C with it", arguments: Engine.both, ["swift", "anchor"])
    func undone(engine: Engine, name: String) async throws {
        let harbour = try await Harbour.old(engine)
        let (first, second) = try await harbour.pair()
        _ = try await harbour.corroborate(first, by: second)
        try await harbour.pass(days: 31)
        try await harbour.act(.retract, on: name == "swift" ? second : first, as: name)
        try await harbour.conclude(.seizure, on: first)
        try await harbour.pass(days: 30)
        let (reporter, corroborator) = (try await harbour.statement(), try await harbour.statement("swift"))
        #expect(reporter.takenBack.map(\.item.text) == [first.text])
        #expect(corroborator.takenBack.map(\.item.text) == [second.text])
        if name == "swift" {
            #expect(corroborator.closing.earned == .zero)
            // The seizure counts by C as it was, and the acceptance stays.
            #expect(reporter.lines.map(\.score) == [647])
            #expect(reporter.reliability == 600 && reporter.closing.earned == reporter.standing.total)
        } else {
            #expect(reporter.closing.earned == .zero && reporter.lines.isEmpty)
            #expect(corroborator.reliability == 500 && corroborator.closing.earned > .zero)
        }
        await harbour.exchange.close()
    }

    @Test("leaves C as it was once the last of several is taken back", arguments: Engine.both)
    func several(engine: Engine) async throws {
        let harbour = try await Harbour.old(engine)
        _ = try await harbour.exchange.node.administration.changeMember("berth") { $0.group = Samples.name("berth") }
        let (first, second) = try await harbour.pair()
        let observed = try await harbour.commit("berth")
        let third = try await harbour.reported(try harbour.box(from: "Tern"), from: "berth", observed: observed)
        for other in [second, third] { #expect(try await harbour.corroborate(first, by: other).refusal == nil) }
        try await harbour.act(.retract, on: second, as: "swift")
        try await harbour.conclude(.arrest, on: first)
        try await harbour.act(.retract, on: third, as: "berth")
        try await harbour.conclude(.seizure, on: first)
        try await harbour.pass(days: 31)
        let statement = try await harbour.statement()
        // It was corroborated once and for all by one of them while that stood, and nothing of it was posted.
        #expect(statement.lines.map(\.lot.claim.key.event) == [.accepted, .arrest, .seizure])
        #expect(statement.lines.map(\.lot.claim.quality.credibility) == [500, 1_000, 500])
        await harbour.exchange.close()
    }

    @Test("moves no byte of a statement by what is under an embargo", arguments: Engine.both, [true, false])
    func embargo(engine: Engine, isBefore: Bool) async throws {
        var statements: [[UInt8]] = []
        for isTold in [false, true] {
            let harbour = try await Harbour.old(engine)
            let (first, second) = try await harbour.pair()
            if isTold, isBefore { try await harbour.conclude(.mistakenIdentity, on: first, days: 40) }
            #expect(try await harbour.corroborate(first, by: second).refusal == nil)
            if isTold, !isBefore { try await harbour.conclude(.mistakenIdentity, on: first, days: 40) }
            try await harbour.conclude(.seizure, on: first)
            try await harbour.pass(days: 31)
            for name in ["anchor", "swift"] {
                let statement = try await harbour.statement(name)
                statements.append(try await harbour.exchange.node.ledgers.signed(statement))
            }
            try await harbour.pass(days: 30)
            let lifted = try await harbour.statement("swift")
            #expect(lifted.takenBack.isEmpty == !isTold && lifted.closing.earned > .zero)
            await harbour.exchange.close()
        }
        #expect(statements[..<2] == statements[2...])
    }

    @Test(
        "enters the same whatever commit fails, and on nodes side by side once",
        arguments: Engine.both,
        FaultyDatabase.Fault.allCases
    )
    func faults(engine: Engine, fault: FaultyDatabase.Fault) async throws {
        var books: [[String]] = []
        for isFaulty in [false, true] {
            let harbour = try await Harbour.old(engine)
            let (first, second) = try await harbour.pair()
            if isFaulty {
                for write in 1...4 {
                    let faulty = FaultyDatabase(harbour.exchange.database, failing: fault, write: write)
                    let node = try? await TestExchange.node(over: faulty, harbour.exchange.clock, seed: UInt64(write))
                    if let node { _ = try? await harbour.corroborate(first, by: second, on: node) }
                }
            }
            let other = try await TestExchange.node(over: harbour.exchange.database, harbour.exchange.clock, seed: 9)
            async let one = harbour.corroborate(first, by: second, on: other)
            async let two = harbour.corroborate(first, by: second)
            #expect(try await one == two)
            try await harbour.exchange.node.live.follow()
            try await harbour.pass(days: 31)
            let entries = try await harbour.entries().map { $0.filter { !$0.isHexDigit || $0.isNumber } }
            #expect(try await harbour.statement("swift").lines.count == 2)
            books.append(entries + (try await harbour.standings()))
        }
        #expect(books[0] == books[1] && !books[0].isEmpty)
    }
}
