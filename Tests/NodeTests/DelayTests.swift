import Exchange
import Node
import Screening
import Store
import TestSupport
import Testing

/// What the tiers of groups put off (row 14), over whole nodes and real stores.
@Suite("Delays of a node")
struct DelayTests {
    /// All members are basic: 24 hours later than others.
    private static func terms(_ basic: Int = 24) throws -> ReciprocityTerms {
        try ReciprocityTerms(["tier.basic.delay_hours": basic, "tier.restricted.delay_hours": max(basic, 48)])
    }

    private static let hour = Duration.seconds(3_600)

    /// What is due is given.
    private static func pass(_ node: Node) async throws {
        if try await node.delays.isAnythingDue() { try await node.delays.elapse() }
        #expect(try await !node.delays.isAnythingDue())
    }

    private static func names(_ world: AdvisoryExchange, on node: Node? = nil) async throws -> [String: Int] {
        let node = node ?? world.node
        var question = ScreeningDesk.Question()
        question.cutoff = 0.95
        let asked = [Record(id: "q", schema: "Person", properties: ["name": ["Tamsin Verloop"]])]
        var found: [String: Int] = [:]
        for name in ["bank", "police"] {
            found[name] = try await node.screening.screen(asked, question, for: try await world.session(name)).hits[0]
                .count
        }
        return found
    }

    private static func world(_ engine: Engine, _ terms: ReciprocityTerms) async throws -> AdvisoryExchange {
        let world = try await AdvisoryExchange(
            engine,
            readers: [("bank", .bank), ("carrier", .carrier), ("police", .police)],
            terms: terms
        )
        try await pass(world.node)
        // What is released in this step is given like all before.
        world.exchange.clock.advance(by: Delays.step * 2)
        return world
    }

    @Test(
        "an advisory reaches a basic member a day later by every way out, and an authority at once",
        arguments: Engine.both
    )
    func ways(engine: Engine) async throws {
        let world = try await Self.world(engine, try Self.terms())
        let (node, clock) = (world.node, world.exchange.clock)
        let row = WatchedRow(
            reference: "c1",
            record: Record(id: "c1", schema: "Person", properties: ["name": ["Tamsin Verloop"]])
        )
        for name in ["bank", "police"] {
            let upload = WatchDesk.Upload("u-\(name)", [0: row], others: .kept)
            _ = try await node.watch.upload(upload, to: Samples.name("customers"), by: try await world.session(name))
        }
        _ = try await world.published()
        let id = try await world.report("customs")
        func seen(by name: String) async throws -> [String: Int] {
            let session = try await world.session(name)
            var found: [String: Int] = [:]
            for form in [Disclosure.Form.objects, .manifest, .versions] {
                let question = Disclosure.Question(form: form, after: .zero, limit: 100, filter: ObjectFilter())
                let page = try await node.disclosure.page(question, of: world.pool, to: session, over: .taxii)
                found[form.rawValue] = page.stored.versions.isEmpty ? 0 : 1
                var named = question
                named.filter.ids = [id.text]
                let one = try await node.disclosure.page(named, of: world.pool, to: session, over: nil)
                found["one \(form.rawValue)"] = one.stored.versions.count
            }
            found["holds"] = try await node.disclosure.holds(id, in: world.pool, for: session) ? 1 : 0
            found["feed"] = try await node.feed.events(after: .zero, for: session, over: .events)
                .filter { $0.version.shownID == id.text }.count
            found["mail"] = try await node.feed.events(after: .zero, for: session, over: .mail)
                .filter { $0.version.shownID == id.text }.count
            found["screening"] = try await Self.names(world)[name]
            try await node.watch.catchUp()
            found["watch"] = try await node.watch.hits(
                of: Samples.name("customers"),
                before: Tick(microseconds: .max),
                upTo: 10,
                for: session
            ).count
            return found
        }
        let all = try await seen(by: "police")
        #expect(all.values.allSatisfy { $0 > 0 }, "\(all)")
        let none = try await seen(by: "bank")
        // The definitions of our extensions are everybody's.
        let exempt: Set<String> = ["objects", "manifest", "versions"]
        #expect(none.filter { !exempt.contains($0.key) }.values.allSatisfy { $0 == 0 }, "\(none)")
        #expect(try await world.reports("bank") == [])
        let before = try await world.head
        clock.advance(by: Self.hour * 24 - .seconds(1))
        try await Self.pass(node)
        #expect(try await world.reports("bank") == [])
        clock.advance(by: Delays.step + .seconds(1))
        try await Self.pass(node)
        #expect(try await world.reports("bank", after: before) == ["full"])
        #expect(try await world.reports("bank") == ["full"])
        let later = try await seen(by: "bank")
        #expect(later.filter { !exempt.contains($0.key) } == all.filter { !exempt.contains($0.key) })
        let share = try #require(try await node.quotas.share(of: try await world.session("bank")))
        #expect(try #require(share.given) <= clock.now.advanced(by: Self.hour * -24))
        #expect(try await node.quotas.share(of: try await world.session("police")) == nil)
        await world.exchange.close()
    }

    @Test("what is recalled before it was given is nobody's to know, and no debt", arguments: Engine.both)
    func recalled(engine: Engine) async throws {
        let world = try await Self.world(engine, try Self.terms())
        let customs = try await world.session("customs")
        let advisory = try await world.published()
        #expect(try await world.reports("police") == ["full"])
        world.exchange.clock.advance(by: Self.hour)
        _ = try await world.desk.act(.action(.recall(.mistakenIdentity)), on: .id(advisory.id), by: customs)
        #expect(try await world.reports("police") == ["stubx"])
        for _ in 0..<2 {
            #expect(try await world.reports("bank") == [])
            #expect(try await world.desk.recalls(for: try await world.session("bank"), upTo: 10).isEmpty)
            world.exchange.clock.advance(by: Self.hour * 30)
            try await Self.pass(world.node)
        }
        let owed = try await world.desk.sights(of: .id(advisory.id), for: customs, upTo: 100).owed
        #expect(owed.map(\.member.name.text) == ["police"])
        await world.exchange.close()
    }

    @Test("a warning of danger and what is disputed are never put off", arguments: Engine.both)
    func exempt(engine: Engine) async throws {
        let world = try await Self.world(engine, try Self.terms())
        let affected = try AffectedPopulation(kinds: [.carrier])
        let danger = try AdvisoryExchange.content(category: "SAF-PER")
        let terms = try AdvisoryTerms(marking: .amber, affected: affected)
        _ = try await world.published(danger, on: terms, kind: .safety)
        #expect(try await world.reports("carrier") == ["tearline"])
        #expect(try await world.reports("bank") == ["full"])
        let given = try await world.head
        _ = try await world.published()
        #expect(try await world.reports("bank", after: given) == [])
        let report = try await world.report("police")
        try await world.desk.dispute(.report(report), "Another person.", by: try await world.session("police"))
        #expect(try await world.reports("bank", after: given) == ["full"])
        await world.exchange.close()
    }

    @Test(
        "a rise gives what was put off, a fall takes nothing back; nodes differ, commits fail",
        arguments: Engine.both
    )
    func tiers(engine: Engine) async throws {
        for fault in FaultyDatabase.Fault.allCases {
            let world = try await Self.world(engine, try Self.terms())
            let clock = world.exchange.clock
            _ = try await world.published()
            let seen = try await world.head
            #expect(try await world.reports("bank") == [])
            // As if its group had risen: nothing is put off on this node.
            let counting = FaultyDatabase(world.exchange.database, failing: fault, write: .max)
            _ = try await TestExchange.node(over: counting, clock)
            let faulty = FaultyDatabase(world.exchange.database, failing: fault, write: counting.writeCount + 1)
            let risen = try await TestExchange.node(over: faulty, clock)
            await #expect(throws: (any Error).self) { try await risen.delays.elapse() }
            try await risen.live.follow()
            try await Self.pass(risen)
            try await world.node.live.follow()
            #expect(try await world.reports("bank", after: seen) == ["full"])
            let once = try await world.head
            // And fallen again: what it has stays, and is given once.
            try await Self.pass(world.node)
            #expect(try await world.reports("bank") == ["full"])
            #expect(try await world.reports("bank", after: once) == [])
            clock.advance(by: Delays.step * 2)
            _ = try await world.published(try AdvisoryExchange.content("Ottoline Brack"))
            #expect(try await world.reports("bank") == ["full"])
            // Stopped when it fell due, and another node is there.
            clock.advance(by: Self.hour * 100)
            let other = try await TestExchange.node(over: world.exchange.database, clock, terms: try Self.terms())
            try await Self.pass(other)
            try await world.node.live.follow()
            #expect(try await world.reports("bank", after: once) == ["full"])
            #expect(try await world.reports("bank") == ["full", "full"])
            let end = try await world.head
            try await Self.pass(world.node)
            #expect(try await world.reports("bank", after: end) == [])
            await world.exchange.close()
        }
    }

    @Test("who lost its right before it was due gets nothing, and gets it with its right", arguments: Engine.both)
    func rights(engine: Engine) async throws {
        let world = try await Self.world(engine, try Self.terms())
        _ = try await world.published()
        let seen = try await world.head
        let administration = world.node.administration
        _ = try await administration.changeMember("bank") { $0.standing = .suspended }
        world.exchange.clock.advance(by: Self.hour * 30)
        try await Self.pass(world.node)
        #expect(try await world.reports("bank") == [])
        _ = try await administration.changeMember("bank") { $0.standing = .active }
        #expect(try await world.reports("bank", after: seen) == ["full"])
        // Who joins is put off like others, of what was there before as well.
        _ = try await world.published(try AdvisoryExchange.content("Ottoline Brack"))
        world.exchange.clock.advance(by: Delays.step)
        let token = try await world.exchange.join("late", .bank)
        try await Self.pass(world.node)
        let count = try await world.exchange.all(world.pool, as: token).filter { $0.shownID.hasPrefix("report--") }
            .count
        #expect(count == 1)
        await world.exchange.close()
    }

    @Test("with the defaults no label says when it was released, and nobody is put off", arguments: Engine.both)
    func defaults(engine: Engine) async throws {
        let world = try await Self.world(engine, .standard)
        _ = try await world.published()
        #expect(try await world.reports("bank") == ["full"])
        #expect(try await !world.node.delays.isAnythingDue())
        #expect(try await world.node.delays.elapse() == 0)
        let labels = try await world.exchange.database.read { try JournalRows.labels(after: 0, $0) }
        #expect(labels.allSatisfy { $0.label.release == nil } && !labels.isEmpty)
        #expect(world.node.live.directory.members.values.allSatisfy { $0.given == nil })
        await world.exchange.close()
    }
}
