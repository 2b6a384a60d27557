import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Embargoes")
struct EmbargoTests {
    private static let time = Duration.seconds(3_600)

    /// A published advisory, and an amendment of it that is published and under an embargo.
    private func waiting(_ world: AdvisoryExchange, on marking: TLP = .amber) async throws -> Advisory {
        let customs = try await world.session("customs")
        let advisory = try await world.published()
        for name in ["bank", "abroad"] { _ = try await world.reports(name) }
        let terms = try AdvisoryTerms(marking: marking, embargo: world.exchange.clock.now.advanced(by: Self.time))
        let content = try AdvisoryExchange.content("Wilma Oudekerk")
        let amend = AdvisoryAction.amend(content, terms, what: "who", why: "papers")
        let amended = try await world.desk.act(.action(amend), on: .id(advisory.id), by: customs)
        try await world.approve(amended)
        return try await world.desk.act(.action(.publishAmendment), on: .id(advisory.id), by: customs)
    }

    private func world(_ engine: Engine) async throws -> AdvisoryExchange {
        let world = try await AdvisoryExchange(engine, readers: [("bank", .bank), ("abroad", .bank)])
        _ = try await world.node.administration.changeMember("abroad") { $0.jurisdiction = "SG" }
        return world
    }

    /// What an auditor is told: version, rendition and the row that decided, with a plus where it is given.
    private func explained(_ advisory: Advisory, _ member: String, _ world: AdvisoryExchange) async throws -> [String] {
        let rulings = try await world.desk.decisions(
            on: .id(advisory.id),
            to: member,
            as: nil,
            for: nil,
            asked: try await world.session("lena")
        )
        return rulings.map { one in
            let given = one.decision.isPermitted ? "+" : "-"
            return "\(one.version) \(one.rendition.rawValue) \(given)\(one.decision.row.rawValue)"
        }
    }

    @Test("keep an amendment back, while a dispute marks what is out", arguments: Engine.both)
    func disputed(engine: Engine) async throws {
        let world = try await world(engine)
        let advisory = try await waiting(world)
        #expect(advisory.version.number == 1 && advisory.amendment?.progress == .waiting)
        let head = try await world.head
        let report = AdvisoryName.report(try await world.report("bank"))
        try await world.desk.dispute(report, "Another person.", by: try await world.session("bank"))
        for name in ["bank", "abroad"] {
            let text = String(decoding: try await world.versions(name, after: head).flatMap(\.bytes), as: UTF8.self)
            #expect(text.contains(#""state":"restricted""#) && !text.contains("Oudekerk"), "\(name)")
            #expect(try await world.reports(name, after: head).count == 1, "\(name)")
        }
        // A confirmation is of what is out, too: the bank holds all of that.
        let gone = "1 full -9, 1 tearline -9, 1 non-nominal +9, 2 full -9, 2 tearline -9, 2 non-nominal -16"
        #expect(try await explained(advisory, "abroad", world) == gone.split(separator: ", ").map(String.init))
        let told = ["1 full +15", "1 tearline -15", "1 non-nominal -15", "2 full -16", "2 tearline -15"]
        #expect(try await explained(advisory, "bank", world) == told + ["2 non-nominal -15"])
        let waits = try await world.head
        world.exchange.clock.advance(by: Self.time - .microseconds(1))
        #expect(try await world.desk.elapse() == 0)
        world.exchange.clock.advance(by: .microseconds(1))
        #expect(try await world.desk.isAnythingDue())
        #expect(try await world.desk.elapse() == 1)
        let text = String(decoding: try await world.versions("bank", after: waits).flatMap(\.bytes), as: UTF8.self)
        #expect(text.contains(#""state":"restricted""#) && text.contains("Oudekerk") && !text.contains("Verloop"))
        let now = try await explained(advisory, "bank", world)
        #expect(now == ["2 full +15", "2 tearline -15", "2 non-nominal -15"])
        await world.exchange.close()
    }

    @Test("are told of to an auditor for whom the first version waits, and no obligation once it has ended")
    func first() async throws {
        let world = try await world(.sqlite)
        let terms = try AdvisoryTerms(embargo: world.exchange.clock.now.advanced(by: Self.time))
        let advisory = try await world.published(on: terms)
        #expect(try await explained(advisory, "bank", world) == ["1 full -16", "1 tearline -15", "1 non-nominal -15"])
        #expect(
            try await explained(advisory, "abroad", world) == ["1 full -9", "1 tearline -9", "1 non-nominal -16"]
        )
        world.exchange.clock.advance(by: Self.time)
        try await world.desk.elapse()
        #expect(try await explained(advisory, "bank", world).first == "1 full +15")
        #expect(try await world.reports("bank") == ["full"])
        let customs = try await world.session("customs")
        _ = try await world.desk.act(.action(.withdraw(.resolved)), on: .id(advisory.id), by: customs)
        for (name, given) in [("bank", "+"), ("abroad", "-")] {
            #expect(try await explained(advisory, name, world) == ["1 stub \(given)1"])
        }
        let rulings = try await world.desk.decisions(
            on: .id(advisory.id),
            to: "bank",
            as: nil,
            for: nil,
            asked: try await world.session("lena")
        )
        #expect(rulings.map(\.decision) == [.permitted(by: .recalled, [])])
        await world.exchange.close()
    }

    @Test(
        "are over at once for a recall: it calls back what is out, and what waits never comes",
        arguments: Engine.both
    )
    func recalled(engine: Engine) async throws {
        let world = try await world(engine)
        let advisory = try await waiting(world)
        let customs = try await world.session("customs")
        _ = try await world.desk.act(.action(.recall(.error)), on: .id(advisory.id), by: customs)
        world.exchange.clock.advance(by: Self.time)
        #expect(try await world.desk.elapse() == 0)
        #expect(try await world.reports("bank") == ["stubx"])
        await world.exchange.close()
    }
}
