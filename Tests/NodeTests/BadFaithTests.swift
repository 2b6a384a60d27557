import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Bad faith")
struct BadFaithTests {
    /// A harbour with officers beside the one that accepts.
    private struct Office {
        let harbour: Harbour
        private var tokens: [String: String] = [:]

        init(_ harbour: Harbour) async throws {
            self.harbour = harbour
            for name in ["ann", "ben"] {
                tokens[name] = try await harbour.exchange.principal(name, of: "customs", roles: [.officer])
            }
        }

        func session(_ name: String) async throws -> Session {
            guard let token = tokens[name] else { return try await harbour.session(name) }
            return try await harbour.exchange.session(token)
        }

        func act(
            _ action: ReportAction,
            on id: ID<Report>,
            as name: String,
            on node: Node? = nil
        ) async throws -> Report {
            let session = try await session(name)
            return try await (node ?? harbour.exchange.node).reports.act(action, on: id, by: session)
        }

        /// What is said to whoever may not do something.
        func refused(_ action: ReportAction, on id: ID<Report>, as name: String) async -> String {
            do {
                return "done: \(try await act(action, on: id, as: name).state)"
            } catch {
                return "\(error)"
            }
        }

        func condemn(_ id: ID<Report>) async throws {
            _ = try await act(.proposeBadFaith("The pictures are old."), on: id, as: "ann")
            _ = try await act(.secondBadFaith("It knew that."), on: id, as: "ben")
        }
    }

    @Test("is two officers' to find, each for reasons, and not of who accepted the report", arguments: Engine.both)
    func people(engine: Engine) async throws {
        let office = try await Office(try await Harbour(engine))
        let id = try await office.harbour.submitted()
        let (propose, second) = (ReportAction.proposeBadFaith("Old."), ReportAction.secondBadFaith("Old."))
        #expect(
            await office.refused(propose, on: id, as: "ann").contains(
                "cannot propose bad faith of one that is submitted"
            )
        )
        try await office.harbour.act(.accept(), on: id)
        #expect(await office.refused(second, on: id, as: "ann").contains("nobody has proposed it"))
        for action in [propose, second] {
            #expect(await office.refused(action, on: id, as: "anchor").contains("it is the other side"))
            #expect(await office.refused(action, on: id, as: "swift").contains("absent"))
        }
        #expect(await office.refused(propose, on: id, as: "customs").contains("whoever accepted"))
        #expect(await office.refused(.proposeBadFaith(" . "), on: id, as: "ann").contains("with a letter among them"))
        let long = String(repeating: "x", count: PanelDecision.reasonCharactersMax + 1)
        #expect(await office.refused(.proposeBadFaith(long), on: id, as: "ann").contains("2048"))
        #expect(await office.refused(propose, on: id, as: "ann").contains("done"))
        #expect(await office.refused(second, on: id, as: "ann").contains("two people decide"))
        #expect(await office.refused(second, on: id, as: "customs").contains("whoever accepted"))
        #expect(await office.refused(propose, on: id, as: "ben").contains("another officer has proposed it"))
        // Until it is decided the member sees nothing of it, by a tag neither.
        let (forwarder, now) = (try await office.session("anchor"), office.harbour.exchange.clock.now)
        let shown = try await office.harbour.exchange.node.reports.report(id, for: forwarder)
        #expect(shown.badFaith(for: forwarder.member.id) == nil && shown.badFaith(for: shown.authority) != nil)
        let tag = shown.tag(for: forwarder.member.id, at: now)
        let renewed = try await office.act(.proposeBadFaith("Very old."), on: id, as: "ann")
        #expect(renewed.tag(for: forwarder.member.id, at: now) == tag)
        let decided = try await office.act(second, on: id, as: "ben")
        #expect(decided.tag(for: forwarder.member.id, at: now) != tag)
        #expect(decided.badFaith(for: forwarder.member.id)?.votes.map(\.reason) == ["Very old.", "Old."])
        for action in [propose, second] {
            #expect(await office.refused(action, on: id, as: "ann").contains("it is decided"))
        }
        // Of one's own owner's report nobody judges.
        let administration = office.harbour.exchange.node.administration
        let own = try await office.harbour.accepted("TGHU7599330", from: "swift")
        _ = try await administration.changeMember("swift") { $0.group = Samples.name("customs") }
        #expect(await office.refused(propose, on: own, as: "ann").contains("your authority is of the owner"))
        await office.harbour.exchange.close()
    }

    @Test("takes back all, fines twice that, and lets nobody corroborate for 90 days", arguments: Engine.both)
    func penalty(engine: Engine) async throws {
        let office = try await Office(try await Harbour.old(engine))
        let harbour = office.harbour
        let (first, second) = try await harbour.pair()
        _ = try await harbour.corroborate(first, by: second)
        try await harbour.pass(days: 31)
        let before = try await harbour.statement("swift")
        try await office.condemn(second)
        // At once it corroborates nobody.
        let (box, observed) = (try harbour.box(from: "Osprey"), try await harbour.commit())
        let third = try await harbour.reported(box, from: "swift", observed: observed)
        let early = try await harbour.reported(try harbour.box(), from: "anchor")
        let fourth = try await harbour.reported(box, from: "swift", observed: observed)
        #expect(try await harbour.corroborate(first, by: third).refusal == .frozen)
        try await harbour.pass(days: 30)
        let after = try await harbour.statement("swift")
        #expect(after.takenBack.map(\.item.text) == [second.text])
        #expect(after.fined.count == 2 * before.posted.count)
        #expect(after.closing.penalty > .zero && after.standing.total.count < 0)
        #expect(after.reliability == 400)
        #expect(String(decoding: after.json, as: UTF8.self).contains("\"fined\":\(after.fined.count)"))
        // Who was corroborated by it is so no more, and nothing else.
        let reporter = try await harbour.statement()
        #expect(reporter.takenBack.map(\.item.text) == [first.text] && reporter.fined == .zero)
        #expect(reporter.reliability == 500 && reporter.standing.total > .zero)
        try await harbour.pass(days: 60)
        #expect(try await harbour.corroborate(early, by: fourth).refusal == nil)
        await harbour.exchange.close()
    }

    @Test("lets its group reserve no entitlement of that office for 90 days", arguments: Engine.both)
    func frozen(engine: Engine) async throws {
        let office = try await Office(try await Harbour(engine))
        let harbour = office.harbour
        let reports = try await harbour.issued()
        try await office.condemn(reports[0])
        #expect(await refusal { try await harbour.reserve() }.hasPrefix("frozen:"))
        await harbour.exchange.close()
    }

    @Test("fines what its member had taken back before, too", arguments: Engine.both, [0, 31])
    func retracted(engine: Engine, days: Int) async throws {
        let office = try await Office(try await Harbour(engine))
        let harbour = office.harbour
        let id = try await harbour.accepted()
        try await harbour.pass(days: days)
        try await harbour.act(.retract, on: id, as: "anchor")
        harbour.exchange.clock.advance(by: .seconds(86_400))
        try await office.condemn(id)
        try await harbour.pass(days: 31)
        let statement = try await harbour.statement()
        #expect(statement.fined.count == 2 * 6_470 && statement.reliability == 400)
        // Each fine has its item, and each row of a spreadsheet the epoch of its day.
        #expect(statement.fines.map(\.item.text) == [id.text] && statement.text.contains("\(id.text) day"))
        let all = try await harbour.statement(epochs: days > 0 ? 2 : 1).csv.split(separator: "\r\n")
        let epoch = days > 0 ? 2 : 1
        #expect(all.contains { $0.hasPrefix("\(epoch),") && $0.contains("fined-bad-faith,\(id.text),") })
        // Nor is it paid for having told of an error that was none.
        #expect(statement.closing.earned == .zero)
        // What is decided is final.
        let other = try await harbour.accepted("TGHU7599330")
        try await office.condemn(other)
        #expect(await office.refused(.retract, on: other, as: "anchor").contains("it is decided"))
        await harbour.exchange.close()
    }

    @Test("is fined the same whatever is said to have come of the report afterwards", arguments: Engine.both)
    func outcomes(engine: Engine) async throws {
        let office = try await Office(try await Harbour(engine))
        let harbour = office.harbour
        let id = try await harbour.accepted()
        try await office.condemn(id)
        for outcome in [Outcome.seizure, .charge, .conviction] { try await harbour.conclude(outcome, on: id) }
        try await harbour.pass(days: 31)
        let statement = try await harbour.statement()
        #expect(statement.fined.count == 2 * 6_470 && statement.posted == .zero && statement.reliability == 400)
        await harbour.exchange.close()
    }

    @Test("lets its group redeem nothing that it had reserved before", arguments: Engine.both)
    func reserved(engine: Engine) async throws {
        let office = try await Office(try await Harbour(engine))
        let harbour = office.harbour
        let reports = try await harbour.issued()
        let held = try await harbour.reserve().entitlement.id
        try await office.condemn(try #require(reports.last))
        #expect(await refusal { try await harbour.redeem(held) }.hasPrefix("frozen: a report of its holder's group"))
        try await harbour.checkBooks()
        await harbour.exchange.close()
    }

    @Test(
        "is entered once whatever commit fails, and on nodes side by side",
        arguments: Engine.both,
        FaultyDatabase.Fault.allCases
    )
    func faults(engine: Engine, fault: FaultyDatabase.Fault) async throws {
        var books: [[String]] = []
        for isFaulty in [false, true] {
            let office = try await Office(try await Harbour(engine))
            let (harbour, second) = (office.harbour, ReportAction.secondBadFaith("It knew that."))
            let id = try await harbour.accepted()
            _ = try await office.act(.proposeBadFaith("The pictures are old."), on: id, as: "ann")
            if isFaulty {
                for write in 1...4 {
                    let faulty = FaultyDatabase(harbour.exchange.database, failing: fault, write: write)
                    let node = try? await TestExchange.node(over: faulty, harbour.exchange.clock, seed: UInt64(write))
                    if let node { _ = try? await office.act(second, on: id, as: "ben", on: node) }
                }
            }
            let other = try await TestExchange.node(over: harbour.exchange.database, harbour.exchange.clock, seed: 9)
            async let one = try? office.act(second, on: id, as: "ben", on: other)
            async let two = try? office.act(second, on: id, as: "ben")
            let done = [await one, await two].compactMap(\.self)
            #expect(done.count == (isFaulty ? 0 : 1))
            try await harbour.exchange.node.live.follow()
            try await harbour.pass(days: 31)
            #expect(try await harbour.statement().fined.count == 2 * 6_470)
            books.append(try await harbour.entries().map { $0.filter { !$0.isHexDigit || $0.isNumber } })
        }
        #expect(books[0] == books[1] && !books[0].isEmpty)
    }
}
