import Exchange
import Merkle
import Node
import Store
import TestSupport
import Testing

@Suite("The closing of a task force")
struct TaskForceClosingTests {
    /// A task force with advisories and objects of customs and objects of a bank, and what is chosen for some.
    private struct Force {
        let world: AdvisoryExchange
        /// By the rule of the pool, by choice, and a draft.
        let advisories: [Disposal: Advisory]
        let draft: Advisory

        init(_ engine: Engine) async throws {
            world = try await AdvisoryExchange(engine, closing: .giveBack)
            _ = try await world.node.administration.changePrincipal("bank") { $0.roles = [.reader, .publisher] }
            try await world.enrol("bank")
            var advisories: [Disposal: Advisory] = [:]
            for disposal in Disposal.allCases { advisories[disposal] = try await world.published() }
            self.advisories = advisories
            let customs = try await world.session("customs")
            draft = try await world.desk.draft(
                .subject,
                try AdvisoryExchange.content("Anton Quell"),
                on: try AdvisoryTerms(),
                in: "warnings",
                by: customs
            )
            try await choose(.destroy, .advisory(.id(draft.id)), "customs")
            for (disposal, advisory) in advisories where disposal != .giveBack {
                let name =
                    disposal == .keep ? AdvisoryName.id(advisory.id) : .reference(try #require(advisory.reference))
                try await choose(disposal, .advisory(name), "customs")
            }
            // More than one batch of them.
            let many = (0..<150).map { Samples.indicator($0) }
            _ = try await world.exchange.publish(many, to: world.pool, as: world.tokens["bank"] ?? "")
            try await choose(.destroy, .all, "bank")
            try await choose(.giveBack, .object(try Samples.object(many[140]).id), "bank")
            try await choose(.keep, .object(try Samples.object(many[3]).id), "bank")
            #expect(try await world.reports("bank") == ["full", "full", "full"])
        }

        func choose(_ disposal: Disposal, _ which: TaskForceDesk.Contribution, _ name: String) async throws {
            try await world.node.forces.choose(disposal, for: which, to: "warnings", by: try await world.session(name))
        }

        func count(_ sql: String) async throws -> Int64 {
            try await world.exchange.database.read { try $0.first(sql) { $0.integer(0) } ?? 0 }
        }
    }

    @Test(
        "returns, keeps or destroys each contribution by its owner's choice, whatever commit fails",
        arguments: Engine.both,
        FaultyDatabase.Fault.allCases
    )
    func choices(engine: Engine, fault: FaultyDatabase.Fault) async throws {
        let force = try await Force(engine)
        let world = force.world
        let commitments =
            "select count(*) from journal where leaf is not null and tick <= \(try await world.head.microseconds)"
        let leaves = try await force.count(commitments)
        world.exchange.clock.advance(by: AdvisoryExchange.lifetime)
        try await checkHidden(force)
        for write in 3...6 {
            let faulty = FaultyDatabase(world.exchange.database, failing: fault, write: write)
            let node = try await TestExchange.node(over: faulty, world.exchange.clock, seed: UInt64(write))
            // Of several batches one at most is lost, and is done again.
            try? await node.forces.elapse()
        }
        while try await world.node.forces.isAnythingDue() { try await world.node.forces.elapse() }
        try await world.node.live.follow()
        #expect(try await force.count(commitments) == leaves)
        try await checkAdvisories(force)
        try await checkObjects(force)
        // What was carried out cannot be chosen again, and an end is an end.
        await #expect(throws: AdvisoryFault.self) { try await force.choose(.keep, .all, "bank") }
        await #expect(throws: AdministrationFault.self) {
            let later = world.exchange.clock.now.advanced(by: .seconds(60))
            _ = try await world.node.administration.changePool("warnings") { $0.ends = later }
        }
        await world.exchange.close()
    }

    /// From the end on nobody is shown anything, be it closed yet or not.
    private func checkHidden(_ force: Force) async throws {
        let world = force.world
        for name in ["customs", "lena", "bank", "carrier"] {
            let session = try await world.session(name)
            #expect(try await world.node.feed.events(after: .zero, for: session, over: .events).isEmpty)
            #expect(try await world.versions(name).isEmpty)
            #expect(PoolRights(world.pool, session.reader, at: world.exchange.clock.now).sees == false)
        }
        let carrier = try await world.session("carrier")
        await #expect(throws: AdvisoryFault.self) { try await world.node.forces.view("warnings", for: carrier) }
        // A holder may say nothing of what does not exist any more.
        let bank = try await world.session("bank")
        let id = try #require(force.advisories[.keep]).id
        await #expect(throws: AdvisoryFault.self) { try await world.desk.dispute(.id(id), "No.", by: bank) }
        await #expect(throws: AdvisoryFault.self) {
            try await world.node.reports.feedback(on: .id(id), for: bank, upTo: 10)
        }
        // Owners choose until it is carried out.
        try await force.choose(.destroy, .all, "bank")
    }

    private func checkAdvisories(_ force: Force) async throws {
        let world = force.world
        let customs = try await world.session("customs")
        for (disposal, advisory) in force.advisories {
            let now = try await world.desk.advisory(.id(advisory.id), for: customs)
            #expect(now.content.title.contains("Verloop") == (disposal != .destroy))
            let row = try await world.exchange.database.read { try AdvisoryRows.advisory(advisory.id, $0)?.number ?? 0 }
            let held = try await force.count(
                """
                select count(*) from content
                where tick in (select tick from rendition where advisory = \(row) and rendition <> 'stub')
                """
            )
            #expect((held > 0) == (disposal == .keep))
        }
        let draft = try await world.desk.advisory(.id(force.draft.id), for: customs)
        #expect(!draft.content.title.contains("Quell"))
        // A copy that somebody holds can be called back all the same.
        let gone = try #require(force.advisories[.destroy])
        _ = try await world.desk.act(.action(.recall(.error)), on: .id(gone.id), by: customs)
        #expect(try await world.desk.recalls(for: try await world.session("bank"), upTo: 10).map(\.reason) == [.error])
    }

    private func checkObjects(_ force: Force) async throws {
        let world = force.world
        let bank = try await world.session("bank")
        let kept = try await world.node.forces.kept(for: bank, after: .zero)
        let returned = Samples.indicator(140)
        #expect(kept.objects.filter(\.isReturned).map { String(decoding: $0.bytes, as: UTF8.self) } == [returned])
        #expect(
            kept.objects.filter { !$0.isReturned }.map { String(decoding: $0.bytes, as: UTF8.self) }
                == [Samples.indicator(3)]
        )
        let left = try await force.count(
            """
            select count(*) from content c join version v on v.tick = c.tick join object o on o.number = v.object
            where o.id like 'indicator--%'
            """
        )
        #expect(left == 1)
        let carrier = try await world.session("carrier")
        #expect(try await world.node.forces.kept(for: carrier, after: .zero).objects.isEmpty)
        let id = try Samples.object(returned).id
        await #expect(throws: AdvisoryFault.self) { try await world.node.forces.received(id, by: carrier) }
        try await world.node.forces.received(id, by: bank)
        #expect(try await world.node.forces.kept(for: bank, after: .zero).objects.map(\.isReturned) == [false])
        #expect(try await force.count("select count(*) from returned") == 0)
    }

    @Test("refuses what waits for a second person")
    func waiting() async throws {
        let world = try await AdvisoryExchange(.sqlite, closing: .keep)
        _ = try await world.node.administration.changePool("warnings") { $0.release = .secondPerson }
        let token = world.tokens["customs"] ?? ""
        let report = try await world.exchange.publish([Samples.indicator(1)], to: world.pool, as: token)
        world.exchange.clock.advance(by: AdvisoryExchange.lifetime)
        let id = try #require(ID<StatusReport>(parsing: report.id))
        let lena = try await world.session("lena")
        await #expect(throws: AcceptanceFault.self) {
            _ = try await world.node.acceptance.settle(id, .approve, by: lena)
        }
        while try await world.node.forces.isAnythingDue() { try await world.node.forces.elapse() }
        #expect(try await world.node.statuses.waiting(for: lena, upTo: 10).isEmpty)
        await world.exchange.close()
    }

    @Test("lets nothing out that was held back until after the end, and looks at it once", arguments: Engine.both)
    func heldBack(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine, closing: .keep)
        let clock = world.exchange.clock
        let terms = try AdvisoryTerms(marking: .amber, embargo: clock.now.advanced(by: AdvisoryExchange.lifetime))
        await #expect(throws: AdvisoryFault.self) { try await world.published(on: terms) }
        let soon = clock.now.advanced(by: AdvisoryExchange.lifetime - .seconds(60))
        let held = try await world.published(on: try AdvisoryTerms(marking: .amber, embargo: soon))
        // The daemon was down when it was due.
        clock.advance(by: AdvisoryExchange.lifetime)
        while try await world.node.forces.isAnythingDue() { try await world.node.forces.elapse() }
        #expect(try await world.desk.elapse() == 1)
        let customs = try await world.session("customs")
        #expect(try await world.desk.advisory(.id(held.id), for: customs).state == .expired)
        #expect(try await world.desk.isAnythingDue() == false)
        await world.exchange.close()
    }

    @Test("is not for who does not know of what is in a compartment to choose or release")
    func compartment() async throws {
        let world = try await AdvisoryExchange(.sqlite, closing: .keep)
        let harbour = Samples.name("harbour")
        for name in ["customs", "lena"] {
            _ = try await world.node.administration.changePrincipal(name) { $0.clearances = [harbour: nil] }
        }
        try await world.enrol("bank")
        let hidden = try await world.published(on: try AdvisoryTerms(compartment: harbour))
        let token = try await world.exchange.principal("clerk", of: "customs", roles: [.reader, .approver])
        let clerk = try await world.exchange.session(token)
        let reference = AdvisoryName.reference(try #require(hidden.reference))
        let absent = AdvisoryName.id(ID(Samples.uuid(9)))
        let report = try #require(try await world.versions("customs").map(\.id).first { $0.hasPrefix("report--") })
        let names = [TaskForceDesk.Contribution.advisory(reference), .object(try STIXID(parsing: report))]
        for contribution in names + [.advisory(absent)] {
            let fault = await #expect(throws: AdvisoryFault.self) {
                try await world.node.forces.choose(.destroy, for: contribution, to: "warnings", by: clerk)
            }
            guard case .noSuch(field: "contribution", _) = fault else {
                Issue.record("\(contribution) is told apart: \(String(describing: fault))")
                continue
            }
        }
        for name in [reference, absent] {
            let fault = await #expect(throws: AdvisoryFault.self) {
                try await world.node.forces.release(.advisory(name), of: "warnings", to: "bank", by: clerk)
            }
            guard case .noSuch(field: "advisory", _) = fault else {
                Issue.record("\(name) is told apart")
                continue
            }
        }
        await world.exchange.close()
    }
}
