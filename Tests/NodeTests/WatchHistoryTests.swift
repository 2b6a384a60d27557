import Exchange
import Node
import Screening
import Store
import TestSupport
import Testing

/// Advisories come and go, lists change, nodes restart and lag behind: in the end each reader was told just of what a
/// screening of its rows finds.
@Suite("Watch lists in random histories")
struct WatchHistoryTests {
    @Test(
        "tell of what a screening finds, and of nothing that was never for their reader",
        arguments: Engine.both,
        UInt64(0)..<4
    )
    func agrees(engine: Engine, seed: UInt64) async throws {
        var history = try await History(engine, seed: seed)
        for _ in 0..<40 { try await history.step() }
        try await history.end()
        for name in ["bank", "carrier"] {
            let (told, found) = try await history.both(name)
            #expect(told == found, "\(name), seed \(seed)")
            #expect(!found.isEmpty)
        }
        let notices = history.world.notices()
        #expect(!notices.isEmpty)
        #expect(notices.allSatisfy { notice in !history.hidden.contains { notice.contains($0) } })
        await history.world.exchange.close()
    }
}

private struct History {
    private static let names = [
        "Tamsin Verloop", "Bartholomew Quigg", "Odalys Wrenfield", "Ignatius Brome", "Petra Kwong",
        "Quillon Sentinelle",
    ]

    let world: WatchWorld
    /// What was never for the bank.
    private(set) var hidden: Set<String> = []
    private var random: SplitMix64
    private var nodes: [Node]
    private var advisories: [ID<Advisory>] = []
    private var rows: [String: [String: WatchedRow]] = ["bank": [:], "carrier": [:]]
    private var count = 0

    init(_ engine: Engine, seed: UInt64) async throws {
        world = try await WatchWorld(engine, seed: seed)
        random = SplitMix64(seed: seed)
        nodes = [world.node]
        if engine == .postgresql { nodes.append(try await world.another()) }
        _ = try await world.subscribe()
        for name in ["bank", "carrier"] { try await upload(by: name) }
        try await publish()
    }

    private var node: Node {
        mutating get { nodes[Int.random(in: 0..<nodes.count, using: &random)] }
    }

    mutating func step() async throws {
        count += 1
        world.exchange.clock.advance(by: .seconds(Int64.random(in: 1...90, using: &random)))
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1, 2: try await publish()
        case 3: try await recall()
        case 4: try await upload(by: "bank")
        case 5: try await upload(by: "carrier")
        case 6: try await removeRow()
        case 7:
            // A process goes on where another stopped; over SQLite there is one at a time.
            let fresh = try await world.another(seed: UInt64(count) + 100)
            nodes[Int.random(in: 0..<nodes.count, using: &random)] = fresh
        default: try await pass(node)
        }
    }

    mutating func end() async throws {
        // Whatever went before, each has something to be told of.
        try await publish("Petra Kwong", isHidden: false)
        for name in ["bank", "carrier"] {
            let row = WatchWorld.row("Z", "Petra Kwong")
            try await world.upload([row], as: "last", by: name, on: node)
            rows[name]?["Z"] = row
        }
        for node in nodes + nodes { try await pass(node) }
        world.exchange.clock.advance(by: Pushing.claim)
        for node in nodes { try await pass(node) }
    }

    private func pass(_ node: Node) async throws {
        try await node.live.follow()
        try await world.pass(node)
    }

    private func name(_ random: inout SplitMix64) -> String {
        let name = Self.names[Int.random(in: 0..<Self.names.count, using: &random)]
        // Some with a letter left out.
        return Bool.random(using: &random) ? name : name.replacing("r", with: "", maxReplacements: 1)
    }

    private mutating func publish() async throws {
        try await publish(name(&random), isHidden: Int.random(in: 0..<3, using: &random) == 0)
    }

    private mutating func publish(_ name: String, isHidden: Bool) async throws {
        let content = try AdvisoryExchange.content(name, tearline: nil)
        var terms = try AdvisoryTerms(marking: .amber)
        if isHidden {
            let carrier = try #require(world.node.live.directory.member(named: Samples.name("carrier")))
            terms = try AdvisoryTerms(marking: .amberStrict, addressees: [carrier.identity])
        }
        let made = try await world.world.published(content, on: terms)
        advisories.append(made.id)
        guard isHidden else { return }
        let shown = try await world.world.versions("carrier").map(\.shownID)
        let open = Set(try await world.world.versions("bank").map(\.shownID))
        hidden.formUnion(shown.filter { $0.hasPrefix("identity--") && !open.contains($0) })
    }

    private mutating func recall() async throws {
        guard let id = advisories.popLast() else { return }
        let customs = try await world.session("customs")
        _ = try await world.world.desk.act(.action(.recall(.error)), on: .id(id), by: customs)
    }

    private mutating func upload(by name: String) async throws {
        let references = ["A", "B", "C", "D"].filter { _ in Bool.random(using: &random) }
        let some = references.map { reference in
            WatchWorld.row(reference, self.name(&random), born: Bool.random(using: &random) ? "1971-02-04" : nil)
        }
        let isWhole = Int.random(in: 0..<3, using: &random) == 0 && !some.isEmpty
        try await world.upload(some, as: "u\(count)", others: isWhole ? .removed : .kept, by: name, on: node)
        if isWhole { rows[name] = [:] }
        for row in some { rows[name]?[row.reference] = row }
    }

    private mutating func removeRow() async throws {
        guard let reference = rows["bank"]?.keys.sorted().first else { return }
        let node = node
        let session = try await world.session()
        try await node.live.follow()
        try await node.watch.remove(reference, from: Samples.name("customers"), by: session)
        rows["bank"]?[reference] = nil
    }

    private static func text(_ row: WatchedRow) -> String {
        "\(row.reference) \(row.record["name"]) \(row.record["birthDate"])"
    }

    /// What a reader was told, as it reads it, and what a screening of its rows finds.
    mutating func both(_ name: String) async throws -> (told: [String], found: [String]) {
        let node = node
        let session = try await world.session(name)
        let told = try await world.hits(for: name, on: node).compactMap { told -> String? in
            guard case .known(let hit) = told.standing else { return nil }
            return "\(Self.text(told.row)) \(hit.object) \(hit.score)"
        }
        var question = ScreeningDesk.Question()
        (question.limit, question.cutoff) = (50, WatchDesk.threshold)
        var found: [String] = []
        for row in (rows[name] ?? [:]).values {
            let hits = try await node.screening.screen([row.record], question, for: session).hits[0]
            found += hits.map { "\(Self.text(row)) \($0.object) \($0.score)" }
        }
        return (told.sorted(), found.sorted())
    }
}
