import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Advisories on their way out")
struct AdvisoryTests {
    @Test("are seen by each reader in the one rendition that is lawful", arguments: Engine.both)
    func views(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        _ = try await world.node.administration.changeMember("carrier") { $0.jurisdiction = "SG" }
        let advisory = try await world.published()
        #expect(advisory.reference?.year == 2027)
        #expect(try await world.reports("customs") == ["full"])
        #expect(try await world.reports("bank") == ["full"])
        #expect(try await world.reports("carrier") == ["non-nominal"])
        let bytes = try await world.versions("carrier").flatMap(\.bytes)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("Verloop"))
        // Everything that one rendition refers to is in it, or is who it is from.
        for name in ["bank", "carrier"] {
            let versions = try await world.versions(name)
            let ids = Set(versions.map(\.id)).union([try await world.session("customs").member.identity.text])
            for version in versions where version.id.hasPrefix("report--") {
                let refs = try JSON(parsing: version.bytes).root["object_refs"]?.elements.compactMap(\.string) ?? []
                #expect(!refs.isEmpty && refs.allSatisfy { ids.contains($0) })
            }
        }
        await world.exchange.close()
    }

    @Test("tell nothing by their times of how much a reader does not see", arguments: Engine.both)
    func times(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        _ = try await world.node.administration.changeMember("carrier") { $0.jurisdiction = "SG" }
        _ = try await world.published()
        var told: [[Int64]] = []
        for (count, tearline) in [(1, nil), (1, "A pattern."), (7, nil), (20, "A pattern.")] {
            let head = try await world.head
            let subjects = try (0..<count).map { number in
                try Subject(
                    .person,
                    key: "s\(number)",
                    properties: ["name": ["Person \(number)"], "birthDate": ["1971-02-04"]],
                    standing: .suspect
                )
            }
            let content = try AdvisoryContent(
                title: "T",
                facts: "F",
                categories: try AdvisoryExchange.content().categories.reduce(into: []) { $0.insert($1) },
                severity: .serious,
                subjects: subjects,
                tearline: tearline,
                action: .internalOnly
            )
            let advisory = try await world.published(content)
            func distances(after tick: Tick) async throws -> [Int64] {
                try await world.versions("carrier", after: tick).map { version in
                    let text = try JSON(parsing: version.bytes).root["modified"]?.string
                    let modified = try Timestamp(parsing: try #require(text))
                    return version.tick.microseconds - modified.microseconds
                }
            }
            var times = try await distances(after: head)
            let out = try await world.head
            _ = try await world.versions("bank")
            let customs = try await world.session("customs")
            _ = try await world.desk.act(.action(.recall(.error)), on: .id(advisory.id), by: customs)
            times += try await distances(after: out)
            told.append(times)
        }
        #expect(Set(told).count == 1 && told[0].count == 4, "\(told)")
        await world.exchange.close()
    }

    @Test("have references of their own that do not count what there is", arguments: Engine.both)
    func references(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        var serials: [Int] = []
        for _ in 0..<12 { serials.append(try #require(try await world.published().reference?.serial)) }
        #expect(Set(serials).count == serials.count && serials.allSatisfy { $0 <= 99_999 })
        #expect(zip(serials, serials.dropFirst()).contains { $1 != $0 + 1 })
        await world.exchange.close()
    }

    @Test("under ORCON show the tearline, and a consent shows more until it ends by itself", arguments: Engine.both)
    func consent(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine, readers: [("bank", .bank), ("other", .bank), ("abroad", .bank)])
        _ = try await world.node.administration.changeMember("abroad") { $0.jurisdiction = "SG" }
        let terms = try AdvisoryTerms(marking: .amber, caveats: [.originatorControlled])
        let advisory = try await world.published(on: terms)
        for name in ["bank", "other"] { #expect(try await world.reports(name) == ["tearline"]) }
        #expect(try await world.reports("abroad") == ["non-nominal"])
        // A reader is told what is its own, and nothing of the rest.
        let (bank, abroad) = (try await world.session("bank"), try await world.session("abroad"))
        let copies = [try await world.report("bank"), try await world.report("abroad")]
        let held = try await world.desk.ownView(of: .report(copies[0]), for: bank)
        #expect(held.map(\.rendition) == [.tearline] && held.first?.decision.obligations == [.mayAskConsent])
        for stranger in [AdvisoryName.report(copies[0]), .id(advisory.id)] {
            await #expect(throws: AdvisoryFault.self) { try await world.desk.ownView(of: stranger, for: abroad) }
        }
        for (session, copy) in [(bank, copies[0]), (abroad, copies[1])] {
            _ = try await world.desk.askConsent(to: copy, for: .monitoring, "Our client.", by: session)
        }
        let head = try await world.head
        let until = world.exchange.clock.now.advanced(by: .seconds(30 * 86_400))
        for reader in ["bank", "abroad"] {
            _ = try await world.desk.consent(
                to: .id(advisory.id),
                reader: reader,
                for: .monitoring,
                .full,
                until: until,
                by: try await world.session("lena")
            )
        }
        // It comes to a poller that only knows added_after; another member has no more than before.
        #expect(try await world.reports("bank", after: head) == ["full"])
        #expect(try await world.reports("other", after: head) == [])
        let wider = try await world.desk.ownView(of: .report(copies[0]), for: try await world.session("bank"))
        #expect(wider.map(\.rendition) == [.full] && wider.first?.decision.obligations == [])
        // No consent is a legal basis, and who asked for one is told that it changes nothing.
        #expect(try await world.reports("abroad") == ["non-nominal"])
        for (session, isEffective) in [(bank, true), (abroad, false)] {
            let asked = try await world.desk.consentRequests(by: session, before: .max, upTo: 9)
            #expect(asked.map(\.isEffective) == [isEffective])
            #expect(asked.map { $0.state(at: world.exchange.clock.now) } == ["granted"])
        }
        // Day 31: nothing tells it, and it is served no more.
        world.exchange.clock.advance(by: .seconds(30 * 86_400))
        #expect(try await world.reports("bank") == ["tearline"])
        let over = try await world.desk.consentRequests(by: bank, before: .max, upTo: 9)
        #expect(over.map { $0.state(at: world.exchange.clock.now) } == ["ended"])
        #expect(over.map(\.isEffective) == [nil])
        await world.exchange.close()
    }

    @Test(
        "reach the endangered even when suspended, and are recalled in a day unless ratified",
        arguments: Engine.both,
        [true, false]
    )
    func safety(engine: Engine, isRatified: Bool) async throws {
        let world = try await AdvisoryExchange(
            engine,
            readers: [("bank", .bank), ("carrier", .carrier), ("lapsed", .carrier)]
        )
        // No gateway leads to it any more.
        _ = try await world.node.administration.changeMember("lapsed") {
            ($0.standing, $0.jurisdiction) = (.suspended, "SG")
        }
        let customs = try await world.session("customs")
        let container = try Subject(.container, key: "c", properties: ["containerNumber": ["CSQU3054383"]])
        let content = try AdvisoryContent(
            title: "People in a container",
            facts: "A driver heard knocking.",
            categories: [try #require(Category(rawValue: "SAF-PER"))],
            severity: .critical,
            subjects: [container],
            tearline: "Open CSQU 305438 3 at once; call 112.",
            action: .externalAction
        )
        let terms = try AdvisoryTerms(marking: .amber, affected: try AffectedPopulation(kinds: [.carrier]))
        let drafted = try await world.desk.draft(
            .safety,
            content,
            on: terms,
            in: "warnings",
            by: customs
        )
        let published = try await world.desk.act(.publish, on: .id(drafted.id), by: customs)
        for name in ["carrier", "lapsed"] {
            #expect(try await world.reports(name) == ["tearline"])
            // What the exchange itself defines has it for author.
            let told = try await world.versions(name).filter { !$0.shownID.hasPrefix("extension-definition--") }
            let text = told.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
            #expect(text.contains("Open CSQU") && !text.contains("knocking"))
            #expect(!text.contains("created_by_ref") && !text.contains("customs"))
            #expect(!text.contains(customs.member.id.text) && !text.contains(customs.principal.id.text))
        }
        #expect(try await world.reports("bank") == ["full"])
        if isRatified {
            let ratify = AdvisoryAction.ratify(digest: published.version.digest)
            _ = try await world.desk.act(.action(ratify), on: .id(drafted.id), by: try await world.session("lena"))
        }
        world.exchange.clock.advance(by: .seconds(86_400 - 1))
        #expect(try await world.desk.isAnythingDue() == false)
        world.exchange.clock.advance(by: .seconds(1))
        #expect(try await world.desk.isAnythingDue() == !isRatified)
        try await world.desk.elapse()
        let (carrier, bank) = (try await world.reports("lapsed"), try await world.reports("bank"))
        #expect(carrier == (isRatified ? ["tearline"] : ["stubx"]) && bank == (isRatified ? ["full"] : ["stubx"]))
        await world.exchange.close()
    }

    @Test("under an embargo leave when it ends, and wait for nobody", arguments: Engine.both)
    func embargo(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        let ends = world.exchange.clock.now.advanced(by: .seconds(3_600))
        _ = try await world.published(on: try AdvisoryTerms(marking: .amber, embargo: ends))
        #expect(try await world.reports("bank") == [])
        world.exchange.clock.advance(by: .seconds(3_599))
        try await world.desk.elapse()
        #expect(try await world.reports("bank") == [])
        world.exchange.clock.advance(by: .seconds(1))
        try await world.desk.elapse()
        #expect(try await world.reports("bank") == ["full"])
        await world.exchange.close()
    }

    @Test("amended come as later versions with what changed, and disputed ones with a banner", arguments: Engine.both)
    func amended(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        let advisory = try await world.published()
        let first = try await world.versions("bank")
        let customs = try await world.session("customs")
        let amend = AdvisoryAction.amend(
            try AdvisoryExchange.content("Tamsin Verlop"),
            try AdvisoryTerms(marking: .amber),
            what: "The name",
            why: "A typing mistake"
        )
        let amended = try await world.desk.act(.action(amend), on: .id(advisory.id), by: customs)
        #expect(try await world.versions("bank").map(\.released) == first.map(\.released))
        try await world.approve(amended)
        let head = try await world.head
        _ = try await world.desk.act(.action(.publishAmendment), on: .id(advisory.id), by: customs)
        let news = try await world.versions("bank", after: head)
        #expect(Set(news.map(\.id)).isSubset(of: Set(first.map(\.id))))
        let report = try #require(news.first { $0.id.hasPrefix("report--") })
        #expect(String(decoding: report.bytes, as: UTF8.self).contains("A typing mistake"))
        // A member that holds it disputes it; one that does not is told that there is nothing.
        await #expect(throws: AdvisoryFault.self) {
            try await world.desk.dispute(.id(advisory.id), "Somebody else.", by: try await world.session("carrier"))
        }
        try await world.desk.dispute(.id(advisory.id), "Somebody else.", by: try await world.session("bank"))
        let banner = try #require(try await world.versions("bank").first { $0.shownID.hasPrefix("report--") })
        #expect(String(decoding: banner.bytes, as: UTF8.self).contains("\"restricted\""))
        await #expect(throws: AdvisoryFault.self) { try await world.desk.settle(.id(advisory.id), by: customs) }
        _ = try await world.desk.settle(.id(advisory.id), by: try await world.session("lena"))
        let after = try #require(try await world.versions("bank").first { $0.shownID.hasPrefix("report--") })
        #expect(String(decoding: after.bytes, as: UTF8.self).contains("\"published\""))
        await world.exchange.close()
    }

    @Test("about a linked person do not exist for the linked member", arguments: Engine.both)
    func conflict(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        let linked = try Subject(
            .person,
            key: "d",
            properties: ["name": ["TAMSIN VERLOOP"], "birthDate": ["1971-02-04"]]
        )
        try await world.node.administration.link("bank", to: [linked])
        let advisory = try await world.published()
        #expect(
            try await world.versions("bank").allSatisfy {
                $0.id.hasPrefix("extension-definition") || $0.id.hasPrefix("identity--b3c6b1c4")
            }
        )
        #expect(try await world.reports("carrier") == ["full"])
        let decisions = try await world.desk.decisions(
            on: .id(advisory.id),
            to: "bank",
            as: nil,
            for: nil,
            asked: try await world.session("lena")
        )
        #expect(decisions.map(\.decision.row) == [.conflict, .conflict, .conflict])
        let conflicts = try await world.exchange.database.read { connection in
            try connection.first(
                "select count(*) from journal where kind = $1",
                .integer(EntryKind.conflict.rawValue)
            ) { $0.integer(0) }
        }
        #expect(conflicts == 1)
        await world.exchange.close()
    }

    @Test("have no versions but those that were approved, whoever posts or deletes them", arguments: Engine.both)
    func posted(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        let advisory = try await world.published()
        let report = try #require(try await world.versions("customs").first { $0.shownID.hasPrefix("report--") })
        let text = String(decoding: report.bytes, as: UTF8.self)
        let forged = text.replacing(/"modified":"[^"]*"/, with: "\"modified\":\"2099-01-01T00:00:00.000Z\"")
        let token = world.tokens["customs"] ?? ""
        let status = try await world.exchange.publish([forged], to: world.pool, as: token)
        #expect(status.failures?.first?.message?.contains("is of an advisory") == true)
        // What it holds already is no error.
        #expect(try await world.exchange.publish([text], to: world.pool, as: token).successCount == 1)
        let session = try await world.session("customs")
        let permitted = world.node.disclosure.permitted(in: world.pool, for: session)
        await #expect(throws: AcceptanceFault.self) {
            let id = try STIXID(parsing: report.id)
            try await world.node.acceptance.delete(id, nil, from: world.pool, by: session, seeing: permitted)
        }
        #expect(try await world.reports("bank") == ["full"])
        // One that ends under an embargo never leaves, and is due no more.
        let ends = world.exchange.clock.now.advanced(by: .seconds(60))
        let held = try await world.published(on: try AdvisoryTerms(marking: .amber, embargo: ends))
        _ = try await world.desk.act(.action(.withdraw(.resolved)), on: .id(held.id), by: session)
        world.exchange.clock.advance(by: .seconds(61))
        #expect(try await world.desk.isAnythingDue() == false)
        #expect(try await world.reports("bank").count == 1 && advisory.state == .published)
        await world.exchange.close()
    }

    /// How an advisory ends without a recall.
    enum Ending: CaseIterable {
        case expired, unfounded
    }

    @Test(
        "that have ended are taken from those that hold them, and given to nobody else",
        arguments: Engine.both,
        Ending.allCases
    )
    func ended(engine: Engine, ending: Ending) async throws {
        let world = try await AdvisoryExchange(engine)
        let review = world.exchange.clock.now.advanced(by: .seconds(86_400))
        let advisory = try await world.published(on: try AdvisoryTerms(marking: .amber, review: review))
        let before = try await world.versions("bank")
        let head = try await world.head
        let session = try await world.session("customs")
        world.exchange.clock.advance(by: .seconds(86_400) - .microseconds(1))
        #expect(try await world.desk.elapse() == 0)
        switch ending {
        case .expired:
            world.exchange.clock.advance(by: .microseconds(1))
            #expect(try await world.desk.elapse() == 1)
        case .unfounded: _ = try await world.desk.act(.action(.withdraw(.unfounded)), on: .id(advisory.id), by: session)
        }
        let state: AdvisoryState = ending == .expired ? .expired : .withdrawn(.unfounded)
        #expect(try await world.desk.advisory(.id(advisory.id), for: session).state == state)
        let news = try await world.versions("bank", after: head)
        // But for the definitions of our extensions, and whose they are.
        let kept = Set(before.map(\.id).filter { !$0.hasPrefix("extension-") && !$0.hasPrefix("identity--b3c6b1c4") })
        #expect(Set(news.map(\.id)) == kept && !kept.isEmpty)
        let text = String(decoding: news.flatMap(\.bytes), as: UTF8.self)
        #expect(text.contains(#""state":"\#(state.name)""#) && !text.contains("Verloop"))
        #expect(try await world.reports("bank") == ["stubx"])
        // Who did not hold it learns nothing of it.
        #expect(try await world.reports("carrier") == [])
        #expect(try await world.desk.recalls(for: try await world.session("bank"), upTo: 10).isEmpty)
        #expect(try await world.desk.isAnythingDue() == false)
        await world.exchange.close()
    }
}
