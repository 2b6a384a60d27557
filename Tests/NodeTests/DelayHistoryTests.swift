import Exchange
import Node
import Store
import TestSupport
import Testing

/// Random histories of releases, tiers, nodes, failures and clocks, beside a list of what was released.
@Suite("Histories of delays")
struct DelayHistoryTests {
    /// What was released, and what each poller got of it.
    private struct World {
        let exchange: TestExchange
        let pool: Pool
        let terms: ReciprocityTerms
        var random: SplitMix64
        var tokens: [String: String] = [:]
        var nodes: [Node] = []
        /// By its number: who brought it, from when its delays count, and its last version.
        var released: [Int: (by: String, at: Timestamp, version: Int)] = [:]
        /// By the poller: how far it is, and what it got.
        var cursors: [String: Tick] = [:]
        var got: [String: [String]] = [:]

        init(_ engine: Engine, seed: UInt64) async throws {
            terms = try ReciprocityTerms(["tier.basic.delay_hours": 24, "tier.restricted.delay_hours": 48])
            exchange = try await TestExchange(engine, terms: terms)
            random = SplitMix64(seed: seed)
            for (name, kind) in [("customs", MemberKind.customs), ("bank", .bank), ("swift", .carrier)] {
                tokens[name] = try await exchange.join(name, kind)
            }
            pool = try await exchange.pool("open", .open)
            nodes = [
                exchange.node, try await TestExchange.node(over: exchange.database, exchange.clock, terms: terms),
            ]
            try await exchange.node.delays.elapse()
            exchange.clock.advance(by: Delays.step * 2)
        }

        mutating func release() async throws {
            let old = released.keys.sorted().randomElement(using: &random)
            let number = Bool.random(using: &random) ? old ?? 1 : released.count + 1
            let by = released[number]?.by ?? ["customs", "bank", "swift"].randomElement(using: &random) ?? "bank"
            let version = (released[number]?.version ?? 0) + 1
            let now = exchange.clock.now
            let node = nodes.randomElement(using: &random) ?? exchange.node
            let session = try await node.authentication.session(for: .bearer(tokens[by] ?? ""), from: "x")
            guard session.member.standing == .active else { return }
            let modified = "2026-02-01T00:\(version / 60 + 10):\(version % 60 + 10).000Z"
            let envelope = try Samples.envelope([Samples.indicator(number, modified: modified)])
            let status = try await node.acceptance.accept(envelope, to: pool, from: session)
            guard status.successCount == 1 else { return }
            let at = try #require(Delays(terms).count(from: now, in: .sharing))
            released[number] = (by, released[number]?.at ?? at, version)
        }

        /// Gives what is due on some node, by terms that put things off or do not, through a commit that may fail.
        mutating func elapse() async throws {
            let terms = Int.random(in: 0..<6, using: &random) == 0 ? ReciprocityTerms.standard : self.terms
            let fault = [FaultyDatabase.Fault.beforeCommit, .afterCommit].randomElement(using: &random)
            if let fault, Int.random(in: 0..<3, using: &random) == 0 {
                let counting = FaultyDatabase(exchange.database, failing: fault, write: .max)
                _ = try await TestExchange.node(over: counting, exchange.clock, terms: terms)
                let faulty = FaultyDatabase(exchange.database, failing: fault, write: counting.writeCount + 1)
                let node = try await TestExchange.node(over: faulty, exchange.clock, terms: terms)
                if try await node.delays.isAnythingDue() {
                    await #expect(throws: (any Error).self) { try await node.delays.elapse() }
                }
            } else {
                let known = nodes.randomElement(using: &random) ?? exchange.node
                let other = try await TestExchange.node(over: exchange.database, exchange.clock, terms: terms)
                try await (terms == self.terms ? known : other).delays.elapse()
            }
            for node in nodes { try await node.live.follow() }
        }

        private func visible(to name: String) throws -> Set<Int> {
            let member = try #require(exchange.node.live.directory.member(named: Samples.name(name)))
            guard member.standing == .active else { return [] }
            return Set(
                released.filter { _, one in
                    one.by == name || member.kind.isAuthority || member.given.map { one.at <= $0 } ?? true
                }.keys
            )
        }

        /// Reads what came after the cursor, and holds it against what was released.
        mutating func poll(_ name: String, _ seed: UInt64) async throws {
            let node = nodes.randomElement(using: &random) ?? exchange.node
            let session = try await node.authentication.session(for: .bearer(tokens[name] ?? ""), from: "x")
            var more = true
            while more {
                let limit = Int.random(in: 1...4, using: &random)
                let question = Disclosure.Question(
                    form: .objects,
                    after: cursors[name] ?? .zero,
                    limit: limit,
                    filter: ObjectFilter()
                )
                let page = try await node.disclosure.page(question, of: pool, to: session, over: .taxii).stored
                let visible = try visible(to: name)
                for version in page.versions {
                    let number = Int(version.shownID.suffix(3)) ?? 0
                    #expect(visible.contains(number), "seed \(seed): \(name) has \(number) too early")
                    got[name, default: []].append("\(number) \(String(decoding: version.bytes, as: UTF8.self))")
                }
                cursors[name] = page.more ? page.examined : page.versions.last?.tick ?? cursors[name]
                more = page.more
            }
            // A client that goes on from what others were given meanwhile, as from an event stream's heartbeat.
            cursors[name] = Swift.max(
                cursors[name] ?? .zero,
                try await exchange.database.read { try JournalRows.head($0) }
            )
            try check(name, seed)
            for number in released.keys {
                let id = try STIXID(parsing: "indicator--\(Samples.uuid(number).text)")
                let holds = try await node.disclosure.holds(id, in: pool, for: session)
                #expect(try visible(to: name).contains(number) == holds, "seed \(seed): \(name) by id")
            }
        }

        func check(_ name: String, _ seed: UInt64) throws {
            let texts = got[name] ?? []
            for number in try visible(to: name) {
                let version = released[number]?.version ?? 0
                let last = "\"modified\":\"2026-02-01T00:\(version / 60 + 10):\(version % 60 + 10).000Z\""
                let isThere = texts.contains { $0.hasPrefix("\(number) ") && $0.contains(last) }
                #expect(isThere, "seed \(seed): \(name) never got version \(version) of \(number)")
            }
        }
    }

    @Test("nobody misses anything, and nothing comes too early", arguments: Engine.both, [1, 2, 3] as [UInt64])
    func histories(engine: Engine, seed: UInt64) async throws {
        var world = try await World(engine, seed: seed)
        for _ in 0..<90 {
            // Two processes over one store of SQLite do not hear of each other.
            for node in world.nodes { try await node.live.follow() }
            switch Int.random(in: 0..<10, using: &world.random) {
            case 0...3: try await world.release()
            case 4, 5: try await world.elapse()
            case 6:
                let seconds = Int64.random(in: 60...50_000, using: &world.random)
                world.exchange.clock.advance(by: .seconds(seconds))
            case 7:
                let isActive = Bool.random(using: &world.random)
                _ = try await world.exchange.node.administration.changeMember("swift") {
                    $0.standing = isActive ? .active : .suspended
                }
                for node in world.nodes { try await node.live.follow() }
            default:
                for name in ["customs", "bank", "swift"] where Bool.random(using: &world.random) {
                    try await world.poll(name, seed)
                }
            }
        }
        _ = try await world.exchange.node.administration.changeMember("swift") { $0.standing = .active }
        world.exchange.clock.advance(by: .seconds(100 * 3_600))
        try await world.exchange.node.delays.elapse()
        for node in world.nodes { try await node.live.follow() }
        for name in ["customs", "bank", "swift"] { try await world.poll(name, seed) }
        #expect(world.released.count > 5)
        await world.exchange.close()
    }
}
