import Exchange
import Node
import Store
import TestSupport
import Testing

/// What a reader may see ends by itself, though it read a moment before and nobody changed anything.
@Suite("The end of a right, by the clock alone")
struct EndTests {
    private static let fact = "partnership:harbour"

    /// What ends: a fact of the originator or of the reader, the gateway itself, or a clearance.
    enum End: CaseIterable {
        case originsFact, readersFact, gateway, clearance
    }

    @Test("takes the full text away from who read it a moment before", arguments: Engine.both, End.allCases)
    func ends(engine: Engine, end: End) async throws {
        let world = try await AdvisoryExchange(engine)
        let administration = world.node.administration
        let until = world.exchange.clock.now.advanced(by: .seconds(60))
        let fact = try #require(Precondition(Self.fact))
        let partners = Gateway(
            name: Samples.name("partners"),
            title: "Partners",
            about: "",
            origin: Party(kinds: [.customs], preconditions: [fact]),
            reader: Party(kinds: [.bank], preconditions: [fact]),
            relation: .same,
            modes: [.published],
            purposes: [.monitoring],
            until: end == .gateway ? until : nil
        )
        try await administration.keep(try #require(Gateways([partners])))
        _ = try await administration.changeMember("customs") {
            $0.facts[fact] = .some(end == .originsFact ? until : nil)
        }
        _ = try await administration.changeMember("bank") { $0.facts[fact] = .some(end == .readersFact ? until : nil) }
        let harbour = Samples.name("harbour")
        for name in ["customs", "lena"] {
            _ = try await administration.changePrincipal(name) { $0.clearances = [harbour: nil] }
        }
        _ = try await administration.changePrincipal("bank") {
            $0.clearances = [harbour: end == .clearance ? until : nil]
        }
        _ = try await world.published(on: try AdvisoryTerms(marking: .amber, compartment: harbour))
        #expect(try await world.reports("bank") == ["full"])
        world.exchange.clock.advance(by: .seconds(59))
        #expect(try await world.reports("bank") == ["full"])
        world.exchange.clock.advance(by: .seconds(1))
        #expect(try await world.reports("bank") == (end == .clearance ? [] : ["non-nominal"]))
        await world.exchange.close()
    }

    @Test("a rendition is not to be had from anybody but the exchange", arguments: Engine.both)
    func forged(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        let advisory = try await world.published()
        let genuine = try #require(try await world.versions("bank").first { $0.shownID.hasPrefix("report--") })
        let text = String(decoding: genuine.bytes, as: UTF8.self)
        let id = "report--\(Samples.uuid(7).text)"
        let forged = text.replacing(genuine.id, with: id)
        let customs = try #require(world.tokens["customs"])
        let status = try await world.exchange.publish([forged], to: world.pool, as: customs)
        #expect(status.failures?.first?.message?.contains("rendition: is for the exchange to say") == true)
        // What is there already, said again by who sees it, is no more than that.
        let again = try await world.exchange.publish([text], to: world.pool, as: customs)
        #expect(again.successCount == 1 && advisory.state.name == "published")
        await world.exchange.close()
    }

    @Test("a danger to somebody needs words for them, and members that there are")
    func affected() async throws {
        let world = try await AdvisoryExchange(.sqlite)
        let customs = try await world.session("customs")
        func draft(_ content: AdvisoryContent, _ affected: AffectedPopulation) async throws {
            let terms = try AdvisoryTerms(affected: affected)
            _ = try await world.desk.draft(.safety, content, on: terms, in: "warnings", by: customs)
        }
        let carriers = try AffectedPopulation(kinds: [.carrier])
        await #expect(throws: AdvisoryFault.self) {
            try await draft(try AdvisoryExchange.content(tearline: nil, category: "SAF-PER"), carriers)
        }
        let nobody = try AffectedPopulation(members: [ID(Samples.uuid(77))])
        await #expect(throws: AdvisoryFault.self) {
            try await draft(try AdvisoryExchange.content(category: "SAF-PER"), nobody)
        }
        try await draft(try AdvisoryExchange.content(category: "SAF-PER"), carriers)
        await world.exchange.close()
    }
}
