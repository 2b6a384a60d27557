import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("What feedback on advisories earns")
struct FeedbackCreditTests {
    /// A bank, its branch, and what each says of an advisory that it was given.
    private struct Desk {
        let world: AdvisoryExchange

        init(_ engine: Engine) async throws {
            world = try await AdvisoryExchange(engine, readers: [("bank", .bank), ("branch", .bank), ("port", .port)])
            _ = try await world.node.administration.changeMember("branch") { $0.group = Samples.name("bank") }
        }

        func say(_ outcome: Outcome, by name: String) async throws {
            let report = try await world.report(name)
            _ = try await world.node.reports.say(outcome, nil, on: report, by: try await world.session(name))
        }

        func pass(days: Int64) async throws {
            world.exchange.clock.advance(by: .seconds(days * 86_400))
            while try await world.node.ledgers.isAnythingDue() { try await world.node.ledgers.elapse() }
        }

        func statement(_ name: String, epochs: Int = 1) async throws -> GroupStatement {
            let session = try await world.session(name)
            return try await world.node.ledgers.statement(of: world.pool.name, epochs: epochs, for: session)
        }

        var claims: Int64 {
            get async throws {
                try await world.exchange.database.read { connection in
                    try connection.first("select count(*) from ledger_event") { $0.integer(0) } ?? 0
                }
            }
        }
    }

    @Test("is credited once for an item and owner, in a total that names no advisory", arguments: Engine.both)
    func once(engine: Engine) async throws {
        let desk = try await Desk(engine)
        let advisory = try await desk.world.published()
        try await desk.say(.falseMatch, by: "bank")
        try await desk.say(.usefulContext, by: "bank")
        try await desk.say(.noMatch, by: "branch")
        try await desk.pass(days: 31)
        let statement = try await desk.statement("bank")
        #expect(statement.closing.earned.text == "2.000" && statement.standing.total.text == "2.000")
        #expect(statement.lines.isEmpty && statement.notItemised.text == "2.000" && statement.counterparts.isEmpty)
        let branch = try await desk.statement("branch")
        #expect(branch == statement)
        for text in [statement.text, statement.csv, String(decoding: statement.json, as: UTF8.self)] {
            #expect(!text.contains(advisory.id.text) && !text.contains("customs"))
        }
        await desk.world.exchange.close()
    }

    @Test("is nothing for what comes late, for exits, and for what was reported", arguments: Engine.both)
    func nothing(engine: Engine) async throws {
        let desk = try await Desk(engine)
        _ = try await desk.world.published()
        try await desk.say(.reported, by: "bank")
        try await desk.say(.declined, by: "bank")
        #expect(try await desk.claims == 0)
        _ = try await desk.world.report("port")
        try await desk.pass(days: 89)
        try await desk.say(.controlsApplied, by: "bank")
        #expect(try await desk.claims == 1)
        try await desk.pass(days: 1)
        try await desk.say(.retained, by: "port")
        #expect(try await desk.claims == 1)
        await desk.world.exchange.close()
    }

    @Test("is entered with what is said, once, whatever commit fails", arguments: FaultyDatabase.Fault.allCases)
    func faults(fault: FaultyDatabase.Fault) async throws {
        for engine in Engine.both {
            let desk = try await Desk(engine)
            _ = try await desk.world.published()
            let report = try await desk.world.report("bank")
            let faulty = try await desk.world.exchange.faulty(fault)
            let session = try await desk.world.session("bank")
            await #expect(throws: AdvisoryFault.self) {
                _ = try await faulty.reports.say(.falseMatch, nil, on: report, by: session)
            }
            #expect(try await desk.claims == (fault == .afterCommit ? 1 : 0))
            _ = try? await desk.world.node.reports.say(.falseMatch, nil, on: report, by: session)
            #expect(try await desk.claims == 1)
            await desk.world.exchange.close()
        }
    }
}
