import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Task forces")
struct TaskForceTests {
    /// The last two digits of everything that a reader is shown by every way of reading, in their order.
    private func shown(_ name: String, _ world: AdvisoryExchange, after: Tick = .zero) async throws -> Set<String> {
        let session = try await world.session(name)
        var ids: [Set<String>] = []
        for form in [Disclosure.Form.objects, .manifest, .versions] {
            let filter = ObjectFilter(versions: VersionFilter(all: true))
            let question = Disclosure.Question(form: form, after: after, limit: 1_000, filter: filter)
            let page = try await world.node.disclosure.page(question, of: world.pool, to: session, over: .taxii)
            ids.append(Set(page.stored.versions.map(\.shownID)))
        }
        ids.append(
            Set(try await world.node.feed.events(after: after, for: session, over: .events).map(\.version.shownID))
        )
        #expect(Set(ids).count == 1, "one way of reading shows what another does not")
        return ids[0]
    }

    /// All ids that were ever brought to the exchange.
    private func all(_ world: AdvisoryExchange) async throws -> [STIXID] {
        try await world.exchange.database.read { connection in
            try connection.rows("select id from object") { try STIXID(parsing: $0.text(0)) }
        }
    }

    private func publish(_ number: Int, as name: String, _ world: AdvisoryExchange) async throws -> String {
        let text = Samples.indicator(number)
        let report = try await world.exchange.publish([text], to: world.pool, as: world.tokens[name] ?? "")
        #expect(report.successCount == 1)
        return try Samples.object(text).id.text
    }

    private func release(_ past: TaskForceDesk.Past, to member: String, by name: String, _ world: AdvisoryExchange)
        async throws
    {
        try await world.node.forces.release(past, of: "warnings", to: member, by: try await world.session(name))
    }

    @Test("show a late joiner what the lead releases, and no sign of anything else of before", arguments: Engine.both)
    func lateJoiner(engine: Engine) async throws {
        let readers: [(name: String, kind: MemberKind)] = [("bank", .bank), ("carrier", .carrier), ("port", .port)]
        let world = try await AdvisoryExchange(engine, readers: readers, closing: .giveBack)
        _ = try await world.node.administration.changePrincipal("bank") { $0.roles.insert(.reporter) }
        try await world.enrol("bank")
        let (first, second) = (try await world.published(), try await world.published())
        let indicator = try await publish(1, as: "bank", world)
        #expect(try await world.reports("bank") == ["full", "full"])
        try await world.enrol("carrier")
        try await world.enrol("port")
        for name in ["carrier", "port"] { #expect(try await shown(name, world).isEmpty) }
        // What time, a dispute or a confirmation changes of an advisory of before is of before.
        let report = try #require(try await world.versions("bank").first { $0.shownID.hasPrefix("report--") })
        try await world.desk.dispute(.report(STIXID(parsing: report.id)), "No.", by: try await world.session("bank"))
        let carrier = try await world.session("carrier")
        for id in try await all(world) {
            #expect(try await !world.node.disclosure.holds(id, in: world.pool, for: carrier))
        }
        #expect(try await shown("carrier", world).isEmpty)
        // What comes after it joined is for it.
        let third = try await world.published()
        #expect(try await world.reports("carrier") == ["full"])
        // What the lead releases comes to a poller that knows added_after alone, and to nobody else.
        var head = try await world.head
        try await release(.advisory(.id(first.id)), to: "carrier", by: "customs", world)
        #expect(try await world.reports("carrier", after: head) == ["full"])
        #expect(try await world.reports("port") == ["full"])
        head = try await world.head
        try await release(.all, to: "carrier", by: "customs", world)
        #expect(try await world.reports("carrier", after: head) == ["full"])
        #expect(try await shown("carrier", world, after: head).contains(indicator))
        #expect(try await world.reports("carrier") == ["full", "full", "full"])
        #expect(try await world.reports("port") == ["full"])
        // Another way in is no way round: rights that change leave the joining what it is, and who comes again is late.
        try await world.enrol("port")
        #expect(try await world.reports("port") == ["full"])
        try await world.enrol("bank", false)
        try await world.enrol("bank")
        #expect(try await shown("bank", world).isEmpty)
        let explained = try await world.desk.decisions(
            on: .id(second.id),
            to: "port",
            as: nil,
            for: nil,
            asked: try await world.session("lena")
        )
        #expect(Set(explained.map(\.decision)) == [.hidden(by: .compartment)])
        #expect(third.reference != nil)
        await world.exchange.close()
    }

    @Test("let the lead alone release, and only what it sees, to whom takes part")
    func lead() async throws {
        let world = try await AdvisoryExchange(.sqlite, closing: .giveBack)
        try await world.enrol("bank")
        let advisory = try await world.published()
        let other = try await world.exchange.pool("other", .open)
        try await world.enrol("carrier")
        let past = TaskForceDesk.Past.advisory(.id(advisory.id))
        let fault: (TaskForceDesk.Past, String, String) async throws -> AdvisoryFault? = { past, member, name in
            do {
                try await release(past, to: member, by: name, world)
                return nil
            } catch { return error as? AdvisoryFault }
        }
        guard case .forbidden = try await fault(past, "carrier", "bank"),
            case .noSuch("member", _) = try await fault(past, "nobody", "customs"),
            case .noSuch("advisory", _) = try await fault(.advisory(.id(ID(Samples.uuid(7)))), "carrier", "customs")
        else {
            Issue.record("another refusal")
            return
        }
        _ = try await world.node.administration.changeMember("customs") { $0.standing = .suspended }
        guard case .forbidden = try await fault(past, "carrier", "customs") else {
            Issue.record("a suspended lead releases")
            return
        }
        #expect(try await world.node.forces.view("warnings", for: try await world.session("customs")).members == nil)
        _ = try await world.node.administration.changeMember("customs") { $0.standing = .active }
        let view = try await world.node.forces.view("warnings", for: try await world.session("customs"))
        #expect(view.members?.map(\.joining.cohort) == [2, 3, 1])
        try await world.enrol("bank", false)
        guard case .absent = try await fault(past, "carrier", "bank") else {
            Issue.record("who left knows of it")
            return
        }
        await #expect(throws: AdministrationFault.self) { try await world.enrol("customs", false) }
        await #expect(throws: AdministrationFault.self) {
            _ = try await world.node.administration.changePool("warnings") { $0.ends = nil }
        }
        await #expect(throws: AdministrationFault.self) {
            _ = try await world.node.administration.changePool("warnings") { $0.reading = .everyone }
        }
        await #expect(throws: AdministrationFault.self) {
            _ = try await world.node.administration.changePool(other.name.text) { $0.force = world.pool.terms.force }
        }
        await world.exchange.close()
    }

    @Test("tell a suspended member, and one that left, of recalls of what it holds, and nothing else")
    func recallsOnly() async throws {
        let readers: [(name: String, kind: MemberKind)] = [("bank", .bank), ("carrier", .carrier), ("port", .port)]
        let world = try await AdvisoryExchange(.sqlite, readers: readers, closing: .giveBack)
        for (name, _) in readers { try await world.enrol(name) }
        let advisory = try await world.published()
        for name in ["bank", "carrier"] { #expect(try await world.reports(name) == ["full"]) }
        _ = try await world.node.administration.changeMember("bank") { $0.standing = .suspended }
        try await world.enrol("carrier", false)
        try await world.enrol("port", false)
        let head = try await world.head
        _ = try await world.published()
        let customs = try await world.session("customs")
        _ = try await world.desk.act(.action(.recall(.error)), on: .id(advisory.id), by: customs)
        #expect(try await world.reports("bank", after: head) == ["stubx"])
        for name in ["bank", "carrier", "port"] {
            let session = try await world.session(name)
            let events = try await world.node.feed.events(after: head, for: session, over: .events)
            let isHolder = name != "port"
            #expect(events.isEmpty != isHolder)
            #expect(
                events.allSatisfy { String(decoding: $0.version.bytes, as: UTF8.self).contains("\"revoked\":true") }
            )
            #expect(try await world.desk.recalls(for: session, upTo: 10).count == (isHolder ? 1 : 0))
        }
        world.exchange.clock.advance(by: AdvisoryExchange.lifetime)
        while try await world.node.forces.isAnythingDue() { try await world.node.forces.elapse() }
        for name in ["bank", "carrier"] {
            let session = try await world.session(name)
            #expect(try await world.node.feed.events(after: .zero, for: session, over: .events).isEmpty)
            let recall = try #require(try await world.desk.recalls(for: session, upTo: 10).first)
            try await world.desk.acknowledge(STIXID(parsing: recall.report), nil, by: session)
        }
        await world.exchange.close()
    }
}
