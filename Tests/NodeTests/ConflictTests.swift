import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Conflicts")
struct ConflictTests {
    /// Whom an advisory was hidden from, by its reference, oldest first.
    private func noted(_ world: AdvisoryExchange) async throws -> [String] {
        try await world.node.administration.conflicts(before: Tick(microseconds: .max), upTo: 100).reversed().map {
            "\($0.member.name) \($0.reference ?? "?")"
        }
    }

    private func world(_ engine: Engine) async throws -> AdvisoryExchange {
        let world = try await AdvisoryExchange(
            engine,
            readers: [("bank", .bank), ("broker", .bank), ("carrier", .carrier)]
        )
        _ = try await world.node.administration.changeMember("broker") { $0.group = Samples.name("bank") }
        return world
    }

    @Test(
        "are told to operators when the advisory is released, for each of the owner's members",
        arguments: Engine.both
    )
    func released(engine: Engine) async throws {
        let world = try await world(engine)
        try await world.node.administration.link("bank", to: try AdvisoryExchange.content().subjects)
        #expect(try await noted(world).isEmpty)
        let advisory = try await world.published()
        let reference = try #require(advisory.reference).text
        #expect(try await noted(world) == ["bank \(reference)", "broker \(reference)"])
        for name in ["bank", "broker"] { #expect(try await world.reports(name) == []) }
        #expect(try await world.reports("carrier") == ["full"])
        // A page goes on where the one before ended.
        let newest = try await world.node.administration.conflicts(before: Tick(microseconds: .max), upTo: 1)
        let tick = try #require(newest.first).tick
        let rest = try await world.node.administration.conflicts(before: tick, upTo: 10)
        #expect((newest + rest).map(\.member.name.text) == ["broker", "bank"])
        await world.exchange.close()
    }

    @Test("are told of what is out when a link is declared, once, and of nothing that is not", arguments: Engine.both)
    func declared(engine: Engine) async throws {
        let world = try await world(engine)
        let customs = try await world.session("customs")
        let standing = try #require(try await world.published().reference).text
        let ended = try await world.published()
        _ = try await world.desk.act(.action(.withdraw(.resolved)), on: .id(ended.id), by: customs)
        _ = try await world.published(try AdvisoryExchange.content("Wilma Oudekerk"))
        #expect(try await world.reports("bank").count == 2)
        let subjects = try AdvisoryExchange.content().subjects
        for _ in 0..<2 { try await world.node.administration.link("broker", to: subjects) }
        #expect(try await noted(world) == ["bank \(standing)", "broker \(standing)"])
        #expect(try await world.reports("bank").count == 1)
        // Who comes to that owner has declared it, too.
        _ = try await world.node.administration.changeMember("carrier") { $0.group = Samples.name("bank") }
        #expect(try await noted(world).last == "carrier \(standing)")
        _ = try await world.node.administration.changeMember("carrier") { $0.title = "Carrier" }
        #expect(try await noted(world).count == 3)
        // Its own advisories are not hidden from customs.
        try await world.node.administration.link("customs", to: subjects)
        #expect(try await noted(world).count == 3)
        await world.exchange.close()
    }
}
