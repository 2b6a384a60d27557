import Exchange
import Node
import Store
import TestSupport
import Testing

/// From an advisory's terms and content to what is served.
@Suite("Handling caveats")
struct HandlingTests {
    /// One gateway from customs to everybody, wherever they are: what keeps a reader off is the caveat.
    private func world(_ engine: Engine) async throws -> AdvisoryExchange {
        let world = try await AdvisoryExchange(engine, readers: [("bank", .bank), ("abroad", .bank)])
        _ = try await world.node.administration.changeMember("abroad") { $0.jurisdiction = "SG" }
        let known = try #require(AdvisoryExchange.gateways.all.first)
        let anywhere = Gateway(
            name: known.name,
            title: known.title,
            about: "",
            origin: known.origin,
            reader: known.reader,
            relation: .any,
            modes: known.modes,
            purposes: known.purposes
        )
        try await world.node.administration.keep(try #require(Gateways([anywhere])))
        return world
    }

    @Test("decide what a reader is given, and are said in it", arguments: Engine.both, HandlingCaveat.allCases)
    func served(engine: Engine, caveat: HandlingCaveat) async throws {
        let world = try await world(engine)
        let bank = try await world.session("bank").member.identity
        _ = try await world.published(
            on: try AdvisoryTerms(marking: .amber, addressees: [], caveats: [caveat])
        )
        let (home, abroad): (String, String) =
            switch caveat {
            case .noExport: ("full", "non-nominal")
            case .noOnward, .originatorControlled, .reportDerived: ("tearline", "tearline")
            case .crimePrevention, .notInCourt, .other, .noVictim: ("full", "full")
            }
        #expect(try await world.reports("bank") == [home])
        #expect(try await world.reports("abroad") == [abroad])
        let versions = try await world.versions("bank").filter { $0.shownID.hasPrefix("report--") }
        let said = try versions.map {
            try JSON(parsing: $0.bytes).root["extensions"]?[AdvisoryExtension.id]?["caveats"]
        }
        #expect(said.map { $0?.elements.compactMap(\.string) ?? [] } == [[caveat.rawValue]])
        // H2 and ORCON are for those beyond the addressees, SARX for everybody but the unit.
        let head = try await world.head
        _ = try await world.published(
            on: try AdvisoryTerms(marking: .amber, addressees: [bank], caveats: [caveat])
        )
        let addressed = caveat == .reportDerived ? "tearline" : "full"
        #expect(try await world.reports("bank", after: head) == [addressed])
        await world.exchange.close()
    }

    @Test("need none where it is about victims alone: no reader is given their names", arguments: Engine.both)
    func victims(engine: Engine) async throws {
        let world = try await world(engine)
        let content = try AdvisoryExchange.content()
        let person = try #require(content.subjects.first)
        let protected = try AdvisoryContent(
            title: "Recruited by advertisement",
            facts: "Several were taken along.",
            categories: Set(content.categories),
            severity: .serious,
            subjects: [
                try Subject(.person, key: "s1", properties: person.properties, standing: .victim)
            ],
            action: .internalOnly
        )
        _ = try await world.published(protected)
        for name in ["bank", "abroad"] { #expect(try await world.reports(name) == ["non-nominal"]) }
        let text = String(decoding: try await world.versions("bank").flatMap(\.bytes), as: UTF8.self)
        #expect(!text.contains("Verloop") && !text.contains("1971"))
        await world.exchange.close()
    }

    @Test("let a purpose that a credential is bound to later have what was out before, once", arguments: Engine.both)
    func laterPurpose(engine: Engine) async throws {
        let world = try await world(engine)
        _ = try await world.published(on: try AdvisoryTerms(marking: .amber, purposes: [.diligence]))
        #expect(try await world.reports("bank") == [])
        let bank = try await world.session("bank")
        #expect(bank.acting(for: .diligence) == nil)
        // A client that goes on from the end would pass it by.
        let head = try await world.head
        _ = try await world.node.administration.changeCredential(bank.credential.id.text) {
            $0.purposes.append(.diligence)
        }
        #expect(try await world.reports("bank", after: head, for: .diligence) == ["full"])
        #expect(try await world.reports("bank", after: head) == [])
        let given = try await world.head
        _ = try await world.node.administration.changeCredential(bank.credential.id.text) { $0.purposes.reverse() }
        #expect(try await world.reports("bank", after: given) == [])
        await world.exchange.close()
    }
}
