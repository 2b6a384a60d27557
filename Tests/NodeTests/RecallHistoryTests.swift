import Exchange
import Node
import Store
import TestSupport
import Testing

/// Readers, recalls, restarts and commits that fail, on one node, or on two over one store that may fall behind.
@Suite("Recalls in random histories")
struct RecallHistoryTests {
    private static let length: UInt64 = 3

    @Test(
        "reach all that have a receipt, and nobody else, whatever fails, restarts or lags behind",
        arguments: Engine.both,
        UInt64(0)..<4
    )
    func reach(engine: Engine, part: UInt64) async throws {
        var (debts, failures) = (0, 0)
        for seed in part * Self.length..<(part + 1) * Self.length {
            var history = try await History(engine, seed: seed)
            debts += try await history.run()
            failures += history.failures
        }
        #expect(debts >= Int(Self.length) && failures >= Int(Self.length))
    }
}

private struct History {
    /// One node, and whether it takes in what others commit before it answers, as the server has it do.
    private struct Place {
        var node: Node
        var isCutOff = false
    }

    /// What the store knows of one advisory at the end, by the names of the readers.
    private struct Truth {
        var isRecalled = false
        var objects: Set<String> = []
        var held: [String: Set<String>] = [:]
        var owing: [String] = []
    }

    private let seed: UInt64
    private let world: AdvisoryExchange
    /// Four banks, one of them abroad, and the originator.
    private let names = (1...4).map { "bank-\($0)" } + ["lena"]
    private var random: SplitMix64
    private var places: [Place] = []
    private var databases: [(database: FaultyDatabase, write: Int)] = []
    private var advisories: [ID<Advisory>] = []
    /// The objects that left for each reader as something else than a stub.
    private var given: [String: Set<String>] = [:]
    private var after: [String: Tick] = [:]

    /// How many commits failed.
    var failures: Int { databases.count { $0.database.writeCount >= $0.write } }

    init(_ engine: Engine, seed: UInt64) async throws {
        self.seed = seed
        random = SplitMix64(seed: seed)
        world = try await AdvisoryExchange(engine, readers: names.dropLast().map { ($0, .bank) })
        _ = try await world.node.administration.changeMember("bank-4") { $0.jurisdiction = "SG" }
        // One process holds a SQLite file.
        for _ in 0..<(engine == .sqlite ? 1 : 2) { places.append(Place(node: try await start())) }
    }

    /// - Returns: how many acknowledgements are owed in the end.
    mutating func run() async throws -> Int {
        for _ in 0..<2 { advisories.append(try await publish(on: anyPlace.node)) }
        for _ in 0..<40 { try await step() }
        for id in advisories.prefix(2) { try await recall(id, on: anyPlace.node) }
        for place in places { try await place.node.live.follow() }
        try await world.node.live.follow()
        var debts = 0
        for id in advisories {
            let truth = try await truth(of: id)
            try await check(truth)
            debts += truth.owing.count
        }
        await world.exchange.close()
        return debts
    }

    // MARK: Steps

    private var anyPlace: Place {
        mutating get { places[Int.random(in: 0..<places.count, using: &random)] }
    }

    private mutating func step() async throws {
        let place = anyPlace
        switch Int.random(in: 0..<10, using: &random) {
        case 0 where advisories.count < 5: advisories.append(try await publish(on: place.node))
        case 1:
            // Somebody reads while it is recalled.
            guard let id = advisories.randomElement(using: &random) else { return }
            let reading = anyReading
            async let page = reading.page()
            try await recall(id, on: place.node)
            take(try await page, by: reading)
        case 2: places[Int.random(in: 0..<places.count, using: &random)].node = try await start()
        case 3 where places.count > 1: places[Int.random(in: 0..<places.count, using: &random)].isCutOff.toggle()
        default:
            let reading = anyReading
            take(try await reading.page(), by: reading)
        }
    }

    /// A node whose store fails one commit, before or after it is durable.
    private mutating func start() async throws -> Node {
        let write = Int.random(in: 3...6, using: &random)
        let fault = FaultyDatabase.Fault.allCases.randomElement(using: &random) ?? .beforeCommit
        let faulty = FaultyDatabase(world.exchange.database, failing: fault, write: write)
        databases.append((faulty, write))
        return try await TestExchange.node(
            over: faulty,
            world.exchange.clock,
            seed: seed << 8 + UInt64(databases.count)
        )
    }

    private func session(_ name: String, on node: Node) async throws -> Session {
        try await node.authentication.session(for: .bearer(world.tokens[name] ?? ""), from: "test")
    }

    private func publish(on node: Node) async throws -> ID<Advisory> {
        let (author, approver) = (try await session("customs", on: node), try await session("lena", on: node))
        let desk = node.advisories
        let content = try AdvisoryExchange.content()
        let terms = try AdvisoryTerms(marking: .amber)
        // What fails after its commit leaves a draft that nobody goes on with.
        let drafted = try await again { try await desk.draft(.subject, content, on: terms, in: "warnings", by: author) }
        let name = AdvisoryName.id(try #require(drafted).id)
        try await again { try await desk.act(.action(.grade(Grade(.usually, .possible))), on: name, by: author) }
        let digest = try #require(try await desk.advisory(name, for: author).pending).digest
        try await again { try await desk.act(.action(.approve(digest: digest)), on: name, by: approver) }
        try await again { try await desk.act(.publish, on: name, by: author) }
        let published = try await desk.advisory(name, for: author)
        #expect(published.state == .published)
        return published.id
    }

    private func recall(_ id: ID<Advisory>, on node: Node) async throws {
        let officer = try await session("customs", on: node)
        do {
            try await again {
                try await node.advisories.act(.action(.recall(.error)), on: .id(id), by: officer)
            }
        } catch AdvisoryFault.refused {}  // It is recalled already.
    }

    /// Does the same again when it is told that it may not have been stored; nil where it then finds it done.
    @discardableResult
    private func again(_ act: () async throws -> Advisory) async throws -> Advisory? {
        do {
            return try await act()
        } catch AdvisoryFault.notStored {
            do { return try await act() } catch AdvisoryFault.refused { return nil } catch AdvisoryFault.notNow {
                return nil
            }
        }
    }

    // MARK: Reading

    /// One page that somebody asks a node for.
    private struct Reading {
        let name: String
        let token: String
        let pool: Pool
        let place: Place
        let question: Disclosure.Question

        /// What comes of it; nil where the receipt could not be kept, or that is not known.
        func page() async throws -> StoredPage? {
            let node = place.node
            if !place.isCutOff, !node.live.isCurrent { try await node.live.follow() }
            let session = try await node.authentication.session(for: .bearer(token), from: "test")
            do {
                return try await node.disclosure.page(question, of: pool, to: session, over: .taxii).stored
            } catch is WriteFault {
                return nil
            }
        }
    }

    private func reading(_ name: String, at place: Place, after: Tick, _ limit: Int) -> Reading {
        let filter = ObjectFilter(versions: VersionFilter(all: true))
        let question = Disclosure.Question(form: .objects, after: after, limit: limit, filter: filter)
        return Reading(name: name, token: world.tokens[name] ?? "", pool: world.pool, place: place, question: question)
    }

    private var anyReading: Reading {
        mutating get {
            let name = names.randomElement(using: &random) ?? ""
            let isAnew = Int.random(in: 0..<4, using: &random) == 0
            let limit = Int.random(in: 1...7, using: &random)
            return reading(name, at: anyPlace, after: isAnew ? .zero : after[name] ?? .zero, limit)
        }
    }

    private mutating func take(_ page: StoredPage?, by reading: Reading) {
        guard let page else { return }
        after[reading.name] = page.examined
        given[reading.name, default: []].formUnion(page.versions.filter { !$0.isRevoked }.map(\.shownID))
    }

    // MARK: The end

    private func truth(of id: ID<Advisory>) async throws -> Truth {
        let directory = world.node.live.directory
        let readers = directory.principals.values.map { ($0.number, $0.name.text) }
        let logins = Dictionary(uniqueKeysWithValues: readers)
        return try await world.exchange.database.read { connection in
            var truth = Truth()
            let row = try #require(try AdvisoryRows.advisory(id, connection))
            truth.isRecalled = if case .recalled = row.advisory.stage { true } else { false }
            let renditions = try AdvisoryRows.renditions(of: row.number, connection)
            let objects = Dictionary(uniqueKeysWithValues: renditions.map { ($0.tick, $0.object) })
            truth.objects = Set(objects.values)
            for receipt in try ReceiptRows.receipts(of: Set(objects.keys), pool: row.pool, connection) {
                let held = receipt.versions.compactMap { objects[$0] }
                truth.held[logins[receipt.principal] ?? "", default: []].formUnion(held)
            }
            truth.owing = try RecallRows.owed(of: row.number, connection).compactMap { owed in
                directory.member(numbered: owed.member)?.name.text
            }
            return truth
        }
    }

    private func check(_ truth: Truth) async throws {
        let holders = truth.held.keys.filter { $0 != "lena" }
        #expect(truth.owing.sorted() == (truth.isRecalled ? holders.sorted() : []), "seed \(seed)")
        for name in names {
            let held = truth.held[name] ?? []
            #expect(held.isSuperset(of: (given[name] ?? []).intersection(truth.objects)), "seed \(seed)")
            guard truth.isRecalled else { continue }
            for place in places {
                let whole = reading(name, at: place, after: .zero, 1_000)
                // Of a node one commit at most fails.
                var page = try await whole.page()
                if page == nil { page = try await whole.page() }
                let shown = try #require(page).versions.filter { truth.objects.contains($0.shownID) }
                #expect(shown.allSatisfy { $0.isRevoked }, "seed \(seed), \(name)")
                #expect(Set(shown.map(\.shownID)) == (name == "lena" ? [] : held), "seed \(seed), \(name)")
            }
        }
    }
}

extension PagedVersion {
    fileprivate var isRevoked: Bool { String(decoding: bytes, as: UTF8.self).contains("\"revoked\":true") }
}
