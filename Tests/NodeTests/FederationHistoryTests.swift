import Exchange
import Node
import Store
import Synchronization
import TestSupport
import Testing

/// Random histories of three exchanges in a loop whose messages are lost, doubled and late: at the end each has what
/// stands, once, and every count is back.
@Suite("Federation that is disturbed")
struct FederationHistoryTests {
    @Test("settles on what stands, and every count comes back", arguments: Engine.both, UInt64(0)..<4)
    func settles(engine: Engine, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let loop = try await FederationLoop(engine)
        loop.net.state.withLock { $0.chance = seed + 100 }
        var standing: [(at: String, advisory: Advisory, name: String)] = []
        var recalled: [(at: String, advisory: Advisory)] = []
        for step in 0..<14 {
            let home = FederationLoop.names[Int.random(in: 0..<3, using: &random)]
            let name = "Person\(step) Of \(home)"
            let own = standing.indices.filter { standing[$0].at == home }
            switch own.isEmpty ? 0 : Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let content = try AdvisoryExchange.content(name)
                let made = try await loop[home].published(content, on: AdvisoryTerms(marking: .green))
                standing.append((home, made, name))
            case 2:
                let place = own[Int.random(in: 0..<own.count, using: &random)]
                try await amend(standing[place].advisory, at: loop[home], to: name)
                standing[place].name = name
            default:
                let place = own[Int.random(in: 0..<own.count, using: &random)]
                let (_, advisory, _) = standing.remove(at: place)
                let customs = try await loop[home].session("customs")
                _ = try await loop[home].desk.act(.action(.recall(.error)), on: .id(advisory.id), by: customs)
                recalled.append((home, advisory))
            }
            if Bool.random(using: &random) { try await push(loop) }
            // Some of it is held by the time that it is taken back.
            let reader = FederationLoop.names[Int.random(in: 0..<3, using: &random)]
            if Bool.random(using: &random) { _ = try await loop[reader].versions("bank") }
            for name in FederationLoop.names {
                let late = Int64.random(in: 0...900, using: &random)
                loop[name].exchange.clock.advance(by: .seconds(late))
            }
        }
        loop.net.state.withLock { $0.chance = nil }
        for name in FederationLoop.names { loop[name].exchange.clock.advance(by: Delivery.waitMax) }
        try await loop.settle()
        try await acknowledge(loop)
        try await loop.settle()
        for name in FederationLoop.names {
            let shown = try await facts(loop[name])
            #expect(shown == standing.map { "\($0.name) was seen." }.sorted(), "at \(name), seed \(seed)")
            #expect(loop.net.refusals(of: name).isEmpty, "seed \(seed)")
        }
        for (home, advisory) in recalled {
            let customs = try await loop[home].session("customs")
            guard let tally = try await loop[home].desk.tally(of: .id(advisory.id), for: customs) else { continue }
            #expect(tally.awaited == 0 && tally.acknowledged == tally.holders, "seed \(seed)")
        }
        await loop.close()
    }

    private func push(_ loop: FederationLoop) async throws {
        for name in FederationLoop.names {
            let node = loop[name].node
            try await node.live.follow()
            for wave in try await node.pushing.due() { await node.pushing.push(to: wave) { Issue.record($1) } }
        }
    }

    private func amend(_ advisory: Advisory, at world: AdvisoryExchange, to name: String) async throws {
        let customs = try await world.session("customs")
        let amend = AdvisoryAction.amend(
            try AdvisoryExchange.content(name),
            try AdvisoryTerms(marking: .green),
            what: "The name",
            why: "A second source"
        )
        try await world.approve(try await world.desk.act(.action(amend), on: .id(advisory.id), by: customs))
        _ = try await world.desk.act(.action(.publishAmendment), on: .id(advisory.id), by: customs)
    }

    private func acknowledge(_ loop: FederationLoop) async throws {
        for name in FederationLoop.names {
            let bank = try await loop[name].session("bank")
            for recall in try await loop[name].desk.recalls(for: bank, upTo: 100)
            where recall.owed.acknowledged == nil {
                try await loop[name].desk.acknowledge(try STIXID(parsing: recall.report), nil, by: bank)
            }
        }
    }

    /// The facts of what stands in full, as often as it is shown.
    private func facts(_ world: AdvisoryExchange) async throws -> [String] {
        let all = try await world.exchange.all(world.pool, as: world.tokens["bank"] ?? "")
        return try all.compactMap { version -> String? in
            let object = try JSON(parsing: version.bytes).root
            let said = object["extensions"]?[AdvisoryExtension.id]
            guard object["revoked"]?.boolean != true, said?["rendition"]?.string == "full" else { return nil }
            return said?["facts"]?.string
        }.sorted()
    }
}
