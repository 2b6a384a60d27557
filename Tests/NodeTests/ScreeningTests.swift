import Exchange
import Node
import Screening
import Store
import TestSupport
import Testing

/// What members are told of those that they ask about, over whole nodes and real stores.
@Suite("Screening")
struct ScreeningTests {
    private static func person(_ name: String) -> Record {
        Record(id: "q", schema: "Person", properties: ["name": [name]])
    }

    /// What a session is told of one name.
    private static func hits(
        _ name: String,
        _ node: Node,
        _ session: Session,
        _ change: (inout ScreeningDesk.Question) -> Void = { _ in }
    ) async throws -> [ScreeningDesk.Hit] {
        var question = ScreeningDesk.Question()
        question.cutoff = 0.9
        change(&question)
        return try await node.screening.screen([person(name)], question, for: session).hits[0]
    }

    private static let name = "Tamsin Verloop"

    @Test(
        "finds the subject of an advisory that one may see, leaves a receipt, and forgets what is recalled",
        arguments: Engine.both
    )
    func found(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        let bank = try await world.session("bank")
        #expect(try await Self.hits(Self.name, world.node, bank).isEmpty)
        let advisory = try await world.published()
        let shown = try await Self.hits(Self.name, world.node, bank)
        #expect(shown.map { $0.record?["name"] } == [[Self.name]])
        #expect(shown.first?.advisory?.reference == advisory.reference)
        #expect(shown.first?.advisory?.report?.hasPrefix("report--") == true)
        #expect(shown.first?.pool.name.text == "warnings")
        #expect(try await Self.hits("Bartholomew Quigg", world.node, bank).isEmpty)
        let customs = try await world.session("customs")
        let sights = try await world.desk.sights(of: .id(advisory.id), for: customs, upTo: 10).sights
        #expect(sights.map(\.receipt.channel) == [.screening])
        _ = try await world.desk.act(.action(.recall(.mistakenIdentity)), on: .id(advisory.id), by: customs)
        #expect(try await Self.hits(Self.name, world.node, bank).isEmpty)
        #expect(try await world.desk.recalls(for: bank, upTo: 10).count == 1)
        await world.exchange.close()
    }

    @Test("asks those pools alone that are named, and not those that are left out", arguments: Engine.both)
    func pools(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        let bank = try await world.session("bank")
        _ = try await world.published()
        let warnings = try TestExchange.name("warnings")
        let other = try TestExchange.name("other")
        #expect(try await Self.hits(Self.name, world.node, bank) { $0.pools = [warnings] }.count == 1)
        #expect(try await Self.hits(Self.name, world.node, bank) { $0.pools = [other] }.isEmpty)
        #expect(try await Self.hits(Self.name, world.node, bank) { $0.without = [warnings] }.isEmpty)
        await world.exchange.close()
    }

    @Test("tells of a victim nothing but that there is somebody to be protected", arguments: Engine.both)
    func victim(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        let bank = try await world.session("bank")
        for (name, others) in [
            ("Odalys Wrenfield", []), ("Ignatius Brome", [try Self.subject("Petra Kwong", .suspect)]),
        ] {
            let content = try AdvisoryContent(
                title: "Bought and sold",
                facts: "They were seen.",
                categories: [try #require(Category(rawValue: "TRF-HUM"))],
                severity: .serious,
                subjects: [try Self.subject(name, .victim, key: "v1")] + others,
                action: .internalOnly
            )
            _ = try await world.published(content)
            let hits = try await Self.hits(name, world.node, bank)
            #expect(hits.count == 1)
            #expect(hits.first?.record == nil)
            #expect(hits.first?.advisory == nil)
            let shown = try await world.exchange.all(world.pool, as: world.tokens["bank"] ?? "")
            #expect(!shown.contains { String(decoding: $0.bytes, as: UTF8.self).contains(name) })
        }
        #expect(try await Self.hits("Petra Kwong", world.node, bank).first?.record?["name"] == ["Petra Kwong"])
        await world.exchange.close()
    }

    private static func subject(_ name: String, _ standing: DataSubject, key: String = "s1") throws -> Subject {
        try Subject(.person, key: key, properties: ["name": [name]], standing: standing)
    }

    @Test("is no business of operators and suspended members, and is asked within limits")
    func refused() async throws {
        let world = try await AdvisoryExchange(.sqlite)
        let operating = try await world.exchange.session(
            try await world.exchange.principal("ops", of: "bank", roles: [.operator])
        )
        await #expect(throws: AdvisoryFault.self) { try await Self.hits(Self.name, world.node, operating) }
        let bank = try await world.session("bank")
        for change: @Sendable (inout ScreeningDesk.Question) -> Void in [
            { $0.limit = 0 }, { $0.limit = ScreeningDesk.limitMax + 1 }, { $0.cutoff = 1.1 }, { $0.threshold = -0.1 },
        ] {
            await #expect(throws: AdvisoryFault.self) { try await Self.hits(Self.name, world.node, bank, change) }
        }
        for count in [0, ScreeningDesk.queriesMax + 1] {
            let queries = Array(repeating: Self.person(Self.name), count: count)
            await #expect(throws: AdvisoryFault.self) {
                try await world.node.screening.screen(queries, ScreeningDesk.Question(), for: bank)
            }
        }
        _ = try await world.node.administration.changeMember("carrier") { $0.standing = .suspended }
        // A suspended member opens no session, or is refused.
        if let carrier = try? await world.session("carrier") {
            await #expect(throws: AdvisoryFault.self) { try await Self.hits(Self.name, world.node, carrier) }
        }
        await world.exchange.close()
    }

    @Test("keeps what was asked as keyed digests alone")
    func digests() async throws {
        let world = try await AdvisoryExchange(.sqlite)
        let bank = try await world.session("bank")
        for name in [Self.name, Self.name, "Bartholomew Quigg"] { _ = try await Self.hits(name, world.node, bank) }
        let kept = try await world.exchange.database.read { connection in
            try connection.rows("select digests, count, purpose from screening order by tick") {
                ($0.bytes(0), $0.integer(1), $0.text(2))
            }
        }
        #expect(kept.map(\.1) == [1, 1, 1])
        #expect(kept.allSatisfy { $0.0.count == 32 && $0.2 == "P02" })
        #expect(kept[0].0 == kept[1].0)
        #expect(kept[0].0 != kept[2].0)
        await world.exchange.close()
    }

    @Test("tells nothing before it is durable", arguments: FaultyDatabase.Fault.allCases)
    func durable(fault: FaultyDatabase.Fault) async throws {
        let world = try await AdvisoryExchange(.sqlite)
        let advisory = try await world.published()
        // Opening a node writes twice: the third write is the screening's.
        let faulty = FaultyDatabase(world.exchange.database, failing: fault, write: 3)
        let node = try await TestExchange.node(over: faulty, world.exchange.clock, seed: 3)
        let session = try await node.authentication.session(for: .bearer(world.tokens["bank"] ?? ""), from: "x")
        await #expect(throws: (any Error).self) { try await Self.hits(Self.name, node, session) }
        #expect(try await Self.hits(Self.name, node, session).count == 1)
        let customs = try await world.session("customs")
        #expect(try await !world.desk.sights(of: .id(advisory.id), for: customs, upTo: 10).sights.isEmpty)
        await world.exchange.close()
    }
}

/// Random histories of what is published, revoked and deleted: whoever asks is told of exactly what it may read.
@Suite("Screening agrees with reading")
struct ScreeningAgreementTests {
    private static let names = [
        "Tamsin Verloop", "Bartholomew Quigg", "Odalys Wrenfield", "Ignatius Brome", "Petra Kwong", "Zoltan Farkas",
    ]

    @Test("in random worlds, after a restart too", arguments: Engine.both, 1...6)
    func worlds(engine: Engine, seed: Int) async throws {
        var random = SplitMix64(seed: UInt64(seed))
        let exchange = try await TestExchange(engine, seed: UInt64(seed))
        var tokens: [String] = []
        for number in 1...3 { tokens.append(try await exchange.join("member-\(number)")) }
        var pools: [Pool] = []
        for (number, reading) in [Audience.everyone, .enrolled].enumerated() {
            let terms = PoolTerms(title: "", reading: reading, writing: .everyone, defaultMarking: .amber)
            let pool = try await exchange.pool("pool-\(number)", terms)
            pools.append(
                try await exchange.node.administration.enrol(
                    "member-1",
                    in: pool.name.text,
                    Enrolment(reads: true, writes: true)
                )
            )
        }
        for step in 0..<40 {
            try await act(exchange, pools, tokens, step, &random)
            if step % 10 == 9 { try await compare(exchange.node, exchange, pools, tokens) }
        }
        let other = try await TestExchange.node(over: exchange.database, exchange.clock, seed: 9)
        try await compare(other, exchange, pools, tokens)
        await exchange.close()
    }

    private func act(
        _ exchange: TestExchange,
        _ pools: [Pool],
        _ tokens: [String],
        _ step: Int,
        _ random: inout SplitMix64
    ) async throws {
        let directory = exchange.node.live.directory
        let identities = (directory.members.values.map(\.identity) + directory.principals.values.map(\.identity))
            .sorted()
        let index = Int.random(in: 0..<tokens.count, using: &random)
        let pool = pools[Int.random(in: 0..<pools.count, using: &random)]
        let number = index * 10 + Int.random(in: 0..<4, using: &random)
        let day = Int.random(in: 10...28, using: &random)
        let marking = TLP.allCases.randomElement(using: &random).map {
            ",\"object_marking_refs\":[\"\($0.definition.text)\"]"
        }
        let addressees = Bool.random(using: &random) ? identities.randomElement(using: &random) : nil
        let addressing = addressees.map {
            ",\"extensions\":{\"\(STIXObject.addressing)\":{\"extension_type\":\"property-extension\","
                + "\"addressees\":[\"\($0.text)\"]}}"
        }
        let isRevoked = Int.random(in: 0..<8, using: &random) == 0
        let name = Self.names[Int.random(in: 0..<Self.names.count, using: &random)]
        let text = """
            {"type":"identity","spec_version":"2.1","id":"identity--\(Samples.uuid(900 + number).text)",\
            "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-\(day)T00:00:00.\(100 + step)Z","name":"\(name)",\
            "identity_class":"individual","revoked":\(isRevoked)\(marking ?? "")\(addressing ?? "")}
            """
        _ = try await exchange.publish([text], to: pool, as: tokens[index])
        exchange.clock.advance(by: .milliseconds(Int.random(in: 0...20, using: &random)))
    }

    /// Of each name each reader is told of those of its last versions, not revoked, that bear it.
    private func compare(
        _ node: Node,
        _ exchange: TestExchange,
        _ pools: [Pool],
        _ tokens: [String]
    ) async throws {
        for token in tokens {
            let session = try await node.authentication.session(for: .bearer(token), from: "test")
            var expected: [String: [String]] = [:]
            for pool in pools {
                for version in try await exchange.all(pool, as: token) {
                    let object = try JSON(parsing: version.bytes).root
                    guard object["revoked"]?.boolean != true, let name = object["name"]?.string else { continue }
                    expected[name, default: []].append(
                        "\(pool.name) \(object["id"]?.string ?? "") \(object["modified"]?.string ?? "")"
                    )
                }
            }
            var question = ScreeningDesk.Question()
            (question.cutoff, question.limit) = (0.95, 100)
            let queries = Self.names.map { Record(id: "q", schema: "Person", properties: ["name": [$0]]) }
            let answer = try await node.screening.screen(queries, question, for: session)
            for (name, hits) in zip(Self.names, answer.hits) {
                #expect(
                    hits.map { "\($0.pool.name) \($0.object) \($0.modified ?? "")" }.sorted()
                        == (expected[name] ?? []).sorted()
                )
            }
        }
    }
}
