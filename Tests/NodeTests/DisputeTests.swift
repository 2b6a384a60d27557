import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Disputes")
struct DisputeTests {
    /// What a reader's feed sends of reports: each as its rendition, with a mark where it bears the banner.
    private struct Listener {
        let name: String
        var after = Tick.zero

        mutating func hear(_ world: AdvisoryExchange) async throws -> [String] {
            let events = try await world.node.feed.events(
                after: after,
                for: try await world.session(name),
                over: .events
            )
            after = events.last?.version.tick ?? after
            return try events.map(\.version).filter { $0.id.hasPrefix("report--") }.map { version in
                let details = try JSON(parsing: version.bytes).root["extensions"]?[AdvisoryExtension.id]
                let rendition = details?["rendition"]?.string ?? "?"
                return details?["state"]?.string == "restricted" ? "\(rendition)!" : rendition
            }
        }
    }

    @Test(
        "show a banner to holders, and push the advisory to nobody else until they are settled",
        arguments: Engine.both
    )
    func frozen(engine: Engine) async throws {
        let world = try await AdvisoryExchange(
            engine,
            readers: [("bank", .bank), ("carrier", .carrier), ("late", .bank), ("police", .police)]
        )
        _ = try await world.node.administration.changeMember("late") { $0.jurisdiction = "SG" }
        let advisory = try await world.published()
        var (bank, carrier, late) = (Listener(name: "bank"), Listener(name: "carrier"), Listener(name: "late"))
        #expect(try await bank.hear(world) == ["full"])
        #expect(try await late.hear(world) == ["non-nominal"])
        let held = try #require(try await world.versions("bank").first { $0.shownID.hasPrefix("report--") })
        let report = AdvisoryName.report(try STIXID(parsing: held.id))
        try await world.desk.dispute(report, "Another person.", by: try await world.session("bank"))
        #expect(try await bank.hear(world) == ["full!"])
        #expect(try await late.hear(world) == ["non-nominal!"])
        #expect(try await carrier.hear(world) == [])
        // What it gains meanwhile is no less disputed.
        _ = try await world.node.administration.changeMember("late") { $0.jurisdiction = "NL" }
        #expect(try await late.hear(world) == [])
        // No receipt says that anybody was given what was not sent; who asks is given it, with the banner.
        let customs = try await world.session("customs")
        let seen = try await world.desk.sights(of: .id(advisory.id), for: customs, upTo: 100).sights
        #expect(Set(seen.map(\.member.name.text)) == ["bank", "late"])
        #expect(try await world.reports("police") == ["full"])
        _ = try await world.desk.settle(.id(advisory.id), by: try await world.session("lena"))
        for name in ["bank", "carrier", "late"] {
            var listener = [bank, carrier, late].first { $0.name == name } ?? bank
            #expect(try await listener.hear(world) == ["full"], "\(name)")
        }
        await world.exchange.close()
    }

    @Test("are one of each ownership group of each version, and made once by their key", arguments: Engine.both)
    func again(engine: Engine) async throws {
        let world = try await AdvisoryExchange(
            engine,
            readers: [("bank", .bank), ("broker", .freightForwarder), ("carrier", .carrier)]
        )
        _ = try await world.node.administration.changeMember("broker") { $0.group = Samples.name("bank") }
        let advisory = try await world.published()
        let report = AdvisoryName.report(try await world.report("bank"))
        for name in ["broker", "carrier"] { _ = try await world.reports(name) }
        let key = world.node.call("k-1", by: try await world.session("bank"), asked: [1])
        for _ in 0..<2 {
            try await world.desk.dispute(report, "Another person.", by: try await world.session("bank"), as: key)
        }
        for name in ["bank", "broker"] {
            let session = try await world.session(name)
            let fault = await #expect(throws: AdvisoryFault.self) {
                try await world.desk.dispute(report, "Another person.", by: session)
            }
            guard case .refused(.disputed) = fault else {
                Issue.record("\(name): \(String(describing: fault))")
                continue
            }
        }
        try await world.desk.dispute(report, "She was abroad.", by: try await world.session("carrier"))
        #expect(try await disputes(of: advisory, world) == ["Another person.", "She was abroad."])
        // What was settled stands, whoever says it again; another version may be disputed anew.
        _ = try await world.desk.settle(.id(advisory.id), by: try await world.session("lena"))
        for name in ["carrier", "broker"] {
            let session = try await world.session(name)
            await #expect(throws: AdvisoryFault.self) { try await world.desk.dispute(report, "Again.", by: session) }
        }
        world.exchange.clock.advance(by: .seconds(60))
        let customs = try await world.session("customs")
        let more = AdvisoryAction.amend(try AdvisoryExchange.content(), advisory.terms, what: "More", why: "Seen")
        _ = try await world.desk.act(.action(more), on: .id(advisory.id), by: customs)
        try await world.approve(advisory)
        _ = try await world.desk.act(.action(.publishAmendment), on: .id(advisory.id), by: customs)
        try await world.desk.dispute(report, "Look again.", by: try await world.session("carrier"))
        try await world.desk.dispute(report, "Once more.", by: try await world.session("broker"))
        #expect(try await disputes(of: advisory, world).suffix(2) == ["Look again.", "Once more."])
        await world.exchange.close()
    }

    private func disputes(of advisory: Advisory, _ world: AdvisoryExchange) async throws -> [String] {
        let customs = try await world.session("customs")
        return try await world.node.reports.feedback(on: .id(advisory.id), for: customs, upTo: 100)
            .filter { $0.said.outcome == .contradicted }.compactMap(\.said.note)
    }
}
