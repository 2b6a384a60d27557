import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Recalls")
struct RecallTests {
    @Test("reach every holder as a stub and a debt, nobody else, and leave nothing to be had", arguments: Engine.both)
    func everyHolder(engine: Engine) async throws {
        let readers: [(name: String, kind: MemberKind)] = (1...5).map { ("bank-\($0)", .bank) }
        let world = try await AdvisoryExchange(engine, readers: readers)
        _ = try await world.node.administration.changeMember("bank-3") { $0.jurisdiction = "SG" }
        let advisory = try await world.published()
        for number in 1...4 { _ = try await world.reports("bank-\(number)") }
        let report = try #require(try await world.versions("bank-1").first { $0.shownID.hasPrefix("report--") })
        let id = try STIXID(parsing: report.id)
        for decision in ["account 17 restricted", "account 18 restricted"] {
            let recalled = try await world.desk.rely(on: id, for: decision, by: try await world.session("bank-1"))
            #expect(recalled == nil)
        }
        await #expect(throws: AdvisoryFault.self) {
            try await world.desk.rely(on: id, for: "x", by: try await world.session("bank-5"))
        }
        let head = try await world.head
        let customs = try await world.session("customs")
        _ = try await world.desk.act(.action(.recall(.mistakenIdentity)), on: .id(advisory.id), by: customs)
        let late = try await world.desk.rely(
            on: id,
            for: "account 19 restricted",
            by: try await world.session("bank-1")
        )
        #expect(late?.reason == .mistakenIdentity && late?.at == world.exchange.clock.now)
        for number in 1...4 {
            #expect(try await world.reports("bank-\(number)", after: head) == ["stubx"])
            #expect(try await world.reports("bank-\(number)") == ["stubx"])
            let bytes = try await world.versions("bank-\(number)").flatMap(\.bytes)
            #expect(!String(decoding: bytes, as: UTF8.self).contains("Verloop"))
        }
        #expect(try await world.reports("bank-5") == [])
        let (sights, owed) = try await world.desk.sights(
            of: .id(advisory.id),
            for: try await world.session("lena"),
            upTo: 100
        )
        #expect(Set(sights.map(\.member.name.text)).isSuperset(of: (1...4).map { "bank-\($0)" }))
        #expect(owed.map(\.member.name.text).sorted() == (1...4).map { "bank-\($0)" })
        let mine = try #require(try await world.desk.recalls(for: try await world.session("bank-1"), upTo: 100).first)
        #expect(mine.decisions == [17, 18, 19].map { "account \($0) restricted" } && mine.report == report.id)
        // One acknowledges here, one by a note over TAXII; the others are overdue after a day, until they do.
        try await world.desk.acknowledge(id, nil, by: try await world.session("bank-1"))
        try await acknowledge(report.id, by: "bank-2", world)
        world.exchange.clock.advance(by: .seconds(86_400))
        let now = world.exchange.clock.now
        let overdue = try await world.desk.sights(of: .id(advisory.id), for: customs, upTo: 100).owed.filter {
            $0.1.isOverdue(at: now)
        }
        #expect(overdue.map(\.member.name.text).sorted() == ["bank-3", "bank-4"])
        await #expect(throws: AdvisoryFault.self) {
            try await world.desk.acknowledge(id, nil, by: try await world.session("bank-5"))
        }
        await world.exchange.close()
    }

    @Test("are named by what the member was given, and acknowledged by that", arguments: Engine.both)
    func names(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        let advisory = try await world.published()
        let bank = try await world.session("bank")
        // It polls for people alone.
        let filter = ObjectFilter(types: ["identity"])
        let question = Disclosure.Question(form: .objects, after: .zero, limit: 10, filter: filter)
        let page = try await world.node.disclosure.page(question, of: world.pool, to: bank, over: .taxii).stored
        let held = page.versions.map(\.id)
        #expect(!held.isEmpty)
        let customs = try await world.session("customs")
        _ = try await world.desk.act(.action(.recall(.error)), on: .id(advisory.id), by: customs)
        let recall = try #require(try await world.desk.recalls(for: bank, upTo: 10).first)
        #expect(held.contains(recall.report))
        let place = try #require(AdvisoryDesk.RecallPlace(recall))
        #expect(try await world.desk.recalls(for: bank, after: AdvisoryDesk.RecallPlace(place.text), upTo: 10).isEmpty)
        try await world.desk.acknowledge(try STIXID(parsing: recall.report), nil, by: bank)
        #expect(try await world.desk.recalls(for: bank, upTo: 10).first?.owed.acknowledged != nil)
        await world.exchange.close()
    }

    @Test(
        "are acknowledged by a note that waits for a second person when that releases it, and not where it refuses",
        arguments: Engine.both,
        [true, false]
    )
    func waiting(engine: Engine, isReleased: Bool) async throws {
        let world = try await AdvisoryExchange(engine)
        let advisory = try await world.published()
        let report = try await world.report("bank")
        let customs = try await world.session("customs")
        _ = try await world.desk.act(.action(.recall(.error)), on: .id(advisory.id), by: customs)
        let second = try await world.exchange.principal("eve", of: "bank", roles: [.reader, .approver])
        var terms = PoolTerms.open
        terms.release = .secondPerson
        let status = try await say(of: report.text, by: "bank", in: terms, world)
        #expect(status.pendingCount == 1)
        let bank = try await world.session("bank")
        #expect(try await world.desk.recalls(for: bank, upTo: 10).first?.owed.acknowledged == nil)
        world.exchange.clock.advance(by: .seconds(60))
        _ = try await world.node.acceptance.settle(
            try #require(ID(parsing: status.id)),
            isReleased ? .approve : .refuse(reason: "no"),
            by: try await world.exchange.session(second)
        )
        let owed = try #require(try await world.desk.recalls(for: bank, upTo: 10).first).owed
        #expect(owed.acknowledged.map { $0 >= world.exchange.clock.now } == (isReleased ? true : nil))
        await world.exchange.close()
    }

    @Test("are announced once in the feed of each holder, before the first object of it", arguments: Engine.both)
    func notices(engine: Engine) async throws {
        let readers: [(name: String, kind: MemberKind)] = [
            ("bank", .bank), ("carrier", .carrier), ("mover", .bank), ("late", .bank),
        ]
        let world = try await AdvisoryExchange(engine, readers: readers)
        let advisory = try await world.published()
        let people = Disclosure.Question(
            form: .objects,
            after: .zero,
            limit: 10,
            filter: ObjectFilter(types: ["identity"])
        )
        _ = try await world.node.disclosure.page(
            people,
            of: world.pool,
            to: try await world.session("bank"),
            over: .taxii
        )
        for name in ["carrier", "mover"] { #expect(try await world.reports(name) == ["full"]) }
        _ = try await world.node.administration.changeMember("mover") { $0.jurisdiction = "SG" }
        #expect(try await world.reports("mover") == ["non-nominal"])
        let customs = try await world.session("customs")
        _ = try await world.desk.act(.action(.recall(.error)), on: .id(advisory.id), by: customs)
        // What somebody revokes by itself is no recall.
        let own = Samples.indicator(1, ",\"revoked\":true")
        _ = try await world.exchange.publish(
            [own],
            to: try await world.exchange.pool("talk", .open),
            as: try await world.exchange.principal("clerk", of: "carrier", roles: [.reporter])
        )
        for name in ["bank", "carrier", "mover", "late"] {
            let session = try await world.session(name)
            let events = try await world.node.feed.events(after: .zero, for: session, over: .events)
            let owed = try await world.desk.recalls(for: session, upTo: 10)
            #expect(owed.count == (name == "late" ? 0 : 1))
            #expect(events.compactMap(\.recall).map(\.report) == owed.map(\.report), "\(name)")
            #expect(events.compactMap(\.recall).map(\.owed) == owed.map(\.owed))
            #expect(events.contains { $0.version.id == "indicator--\(Samples.uuid(1).text)" && $0.recall == nil })
            guard let place = events.firstIndex(where: { $0.recall != nil }) else { continue }
            let revoked = try events.firstIndex { try JSON(parsing: $0.version.bytes).root["revoked"]?.boolean == true }
            #expect(place == revoked)
            let rest = try await world.node.feed.events(after: events[place].version.tick, for: session, over: .events)
            #expect(rest.allSatisfy { $0.recall == nil })
        }
        await world.exchange.close()
    }

    @Test(
        "are acknowledged in an open pool before nobody's eyes but the originator's, with what is said",
        arguments: Engine.both,
        ["note", "opinion"]
    )
    func inConfidence(engine: Engine, type: String) async throws {
        let world = try await AdvisoryExchange(engine)
        let advisory = try await world.published()
        let report = try await world.report("bank").text
        let customs = try await world.session("customs")
        _ = try await world.desk.act(.action(.recall(.error)), on: .id(advisory.id), by: customs)
        let said = String(repeating: "w", count: AdvisoryDesk.textCharactersMax)
        #expect(try await say(said + "more", of: report, by: "bank", in: .open, as: type, world).successCount == 1)
        let owed = try await world.desk.sights(of: .id(advisory.id), for: customs, upTo: 10).owed.map(\.1)
        #expect(owed.map(\.note) == [said] && owed.allSatisfy { $0.acknowledged != nil })
        let pool = try #require(world.node.live.directory.pool(named: Samples.name("talk")))
        let id = "\(type)--\(Samples.uuid(50).text)"
        for (name, isSeen) in [("bank", true), ("customs", true), ("lena", true), ("carrier", false)] {
            let shown = try await world.exchange.all(pool, as: world.tokens[name] ?? "").map(\.shownID)
            #expect(shown == (isSeen ? [id] : []), "\(name)")
        }
        // Who owes nothing says something to everybody.
        _ = try await world.node.administration.changePrincipal("carrier") { $0.roles.insert(.reporter) }
        let open = Self.saying("Is that all?", of: report, as: type, number: 51)
        #expect(try await world.exchange.publish([open], to: pool, as: world.tokens["carrier"] ?? "").successCount == 1)
        #expect(try await world.exchange.all(pool, as: world.tokens["bank"] ?? "").count == 2)
        await world.exchange.close()
    }

    @Test("are owed still where an opinion disagrees, which the originator alone sees beside its author")
    func disagreement() async throws {
        let world = try await AdvisoryExchange(.sqlite)
        let advisory = try await world.published()
        let report = try await world.report("bank").text
        let customs = try await world.session("customs")
        _ = try await world.desk.act(.action(.recall(.error)), on: .id(advisory.id), by: customs)
        let status = try await say(
            "We keep it.",
            of: report,
            by: "bank",
            in: .open,
            as: "opinion",
            opinion: "disagree",
            world
        )
        #expect(status.successes?.first?.message?.contains("does not acknowledge") == true)
        let owed = try await world.desk.sights(of: .id(advisory.id), for: customs, upTo: 10).owed.map(\.1)
        #expect(owed.map(\.acknowledged) == [nil])
        let pool = try #require(world.node.live.directory.pool(named: Samples.name("talk")))
        for (name, count) in [("bank", 1), ("customs", 1), ("carrier", 0)] {
            #expect(try await world.exchange.all(pool, as: world.tokens[name] ?? "").count == count, "\(name)")
        }
        await world.exchange.close()
    }

    private func acknowledge(_ report: String, by name: String, _ world: AdvisoryExchange) async throws {
        #expect(try await say(of: report, by: name, in: .open, world).successCount == 1)
    }

    /// Posts something about a report to a new pool.
    private func say(
        _ text: String = "Withdrawn from our screening.",
        of report: String,
        by name: String,
        in terms: PoolTerms,
        as type: String = "note",
        opinion: String = "agree",
        _ world: AdvisoryExchange
    ) async throws -> StatusReport {
        _ = try await world.node.administration.changePrincipal(name) { $0.roles.insert(.reporter) }
        let pool = try await world.exchange.pool("talk", terms)
        let object = Self.saying(text, of: report, as: type, opinion: opinion, number: 50)
        return try await world.exchange.publish([object], to: pool, as: world.tokens[name] ?? "")
    }

    private static func saying(
        _ text: String,
        of report: String,
        as type: String,
        opinion: String = "agree",
        number: Int
    ) -> String {
        let own = type == "note" ? #""content":"\#(text)""# : #""opinion":"\#(opinion)","explanation":"\#(text)""#
        return """
            {"type":"\(type)","spec_version":"2.1","id":"\(type)--\(Samples.uuid(number).text)",\
            "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z",\
            \(own),"object_refs":["\(report)"]}
            """
    }
}
