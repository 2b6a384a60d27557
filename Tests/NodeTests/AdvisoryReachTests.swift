import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Advisories and how far they reach")
struct AdvisoryReachTests {
    @Test("are had by a consent as the last one says, and not at all once it is taken back", arguments: Engine.both)
    func consentTakenBack(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        let lena = try await world.session("lena")
        let terms = try AdvisoryTerms(marking: .amber, caveats: [.originatorControlled])
        let name = AdvisoryName.id(try await world.published(on: terms).id)
        func consent(_ rendition: Rendition, days: Int) async throws {
            let until = world.exchange.clock.now.advanced(by: .seconds(days * 86_400))
            _ = try await world.desk.consent(
                to: name,
                reader: "bank",
                for: .monitoring,
                rendition,
                until: until,
                by: lena
            )
        }
        try await consent(.full, days: 30)
        #expect(try await world.reports("bank") == ["full"])
        try await consent(.full, days: 1)
        world.exchange.clock.advance(by: .seconds(86_400))
        #expect(try await world.reports("bank") == ["tearline"])
        try await consent(.full, days: 30)
        #expect(try await world.reports("bank").last == "full")
        try await world.desk.refuseConsent(to: name, reader: "bank", for: .monitoring, by: lena)
        #expect(try await world.reports("bank") == ["tearline"])
        let given = try await world.desk.consentRequests(of: name, for: lena).given
        #expect(
            given.map(\.reader.name.text) == ["bank"]
                && given.allSatisfy { $0.consent.until <= world.exchange.clock.now }
        )
        await #expect(throws: AdvisoryFault.self) {
            try await world.desk.refuseConsent(to: name, reader: "bank", for: .monitoring, by: lena)
        }
        await world.exchange.close()
    }

    @Test("are brought to no other pool by those that have them", arguments: Engine.both)
    func reposted(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine, readers: [("bank", .bank), ("abroad", .bank)])
        _ = try await world.node.administration.changeMember("abroad") { $0.jurisdiction = "SG" }
        _ = try await world.published(on: try AdvisoryTerms(marking: .amber, caveats: [.originatorControlled]))
        let open = try await world.exchange.pool("open", .open)
        // A tearline bears no author by which it would be known.
        let held = try await world.versions("bank").filter { !$0.shownID.hasPrefix("extension-definition--") }
            .map { String(decoding: $0.bytes, as: UTF8.self) }
            .filter { !$0.contains("created_by_ref") && !$0.contains("\"id\":\"identity--b3c6b1c4") }
        #expect(held.count == 2)
        for (member, words) in [("bank", "is of an advisory"), ("abroad", AcceptancePlan.owned)] {
            let clerk = try await world.exchange.principal("clerk-\(member)", of: member, roles: [.reader, .reporter])
            let refused = try await world.exchange.publish(held, to: open, as: clerk)
            #expect(refused.failureCount == held.count, "\(member)")
            #expect(refused.failures?.allSatisfy { $0.message?.contains(words) ?? false } ?? false, "\(member)")
            #expect(try await world.exchange.all(open, as: clerk).isEmpty)
        }
        await world.exchange.close()
    }

    @Test("about the safety of people name nobody in full before a second person has read them", arguments: Engine.both)
    func safetyOfPersons(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        let person = try AdvisoryExchange.content().subjects
        let content = try AdvisoryContent(
            title: "A threat",
            facts: "Tamsin Verloop said so.",
            categories: [try #require(Category(rawValue: "SAF-EXP"))],
            severity: .critical,
            subjects: person,
            tearline: "Clear quay 4.",
            action: .externalAction
        )
        let customs = try await world.session("customs")
        let terms = try AdvisoryTerms(marking: .amber)
        let made = try await world.desk.draft(.safety, content, on: terms, in: "warnings", by: customs)
        let grade = AdvisoryAction.grade(Grade(.usually, .possible))
        _ = try await world.desk.act(.action(grade), on: .id(made.id), by: customs)
        let published = try await world.desk.act(.publish, on: .id(made.id), by: customs)
        #expect(try await world.reports("bank") == ["tearline"])
        let ratify = AdvisoryAction.ratify(digest: published.version.digest)
        _ = try await world.desk.act(.action(ratify), on: .id(made.id), by: try await world.session("lena"))
        #expect(try await world.reports("bank") == ["full"])
        await world.exchange.close()
    }

    @Test(
        "are found by those that have them, also by receipts that were kept before there were holdings",
        arguments: Engine.both
    )
    func holdings(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine, readers: [("bank", .bank), ("carrier", .carrier)])
        let advisory = try await world.published()
        let report = try await world.report("bank")
        try await world.exchange.database.write { connection in
            try connection.run("delete from holding")
            try connection.run("update holding_unread set tick = (select max(tick) from receipt)")
        }
        let (bank, carrier) = (try await world.session("bank"), try await world.session("carrier"))
        let names: [AdvisoryName] = [.report(report), .id(advisory.id)]
        for name in names {
            await #expect(throws: AdvisoryFault.self) { try await world.desk.ownView(of: name, for: bank) }
        }
        try await Migrator.migrate(world.exchange.database)
        for name in names {
            #expect(try await world.desk.ownView(of: name, for: bank).map(\.rendition) == [.full])
            await #expect(throws: AdvisoryFault.self) { try await world.desk.ownView(of: name, for: carrier) }
        }
        await world.exchange.close()
    }

    @Test("say why they were recalled to nobody who held no name", arguments: Engine.both)
    func reason(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine, readers: [("bank", .bank), ("abroad", .bank)])
        _ = try await world.node.administration.changeMember("abroad") { $0.jurisdiction = "SG" }
        let advisory = try await world.published()
        #expect(try await world.reports("bank") == ["full"])
        #expect(try await world.reports("abroad") == ["non-nominal"])
        let reports = ["bank": try await world.report("bank"), "abroad": try await world.report("abroad")]
        let recall = AdvisoryAction.recall(.mistakenIdentity)
        _ = try await world.desk.act(.action(recall), on: .id(advisory.id), by: try await world.session("customs"))
        for (name, reason) in [("bank", RecallReason.mistakenIdentity), ("abroad", nil)] {
            let session = try await world.session(name)
            let told = try await world.desk.recalls(for: session, upTo: 9)
            #expect(
                told.map(\.reason) == [reason] && told.map(\.reference) == [reason.flatMap { _ in advisory.reference }]
            )
            let report = try #require(reports[name])
            #expect(try await world.desk.rely(on: report, for: "account 17", by: session)?.reason == reason)
        }
        await world.exchange.close()
    }
}
