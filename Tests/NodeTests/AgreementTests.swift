import Exchange
import Node
import Store
import TestSupport
import Testing

/// What is served equals what the policy permits, for random worlds, by every way of reading.
@Suite("Agreement of what is served and what is permitted")
struct AgreementTests {
    /// What the test remembers of a version that was taken.
    private struct Known {
        let id: String
        let text: String
        let instant: Int64
        let label: Label
        let order: Int
    }

    @Test("holds for random worlds on SQLite", arguments: UInt64(0)..<24)
    func sqlite(seed: UInt64) async throws {
        try await run(.sqlite, seed)
    }

    @Test("holds for random worlds on PostgreSQL", arguments: UInt64(100)..<104)
    func postgresql(seed: UInt64) async throws {
        try await run(.postgresql, seed)
    }

    private func run(_ engine: Engine, _ seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let exchange = try await TestExchange(engine)
        var tokens: [String] = []
        for number in 0..<4 {
            tokens.append(try await exchange.join("member-\(number)", number == 0 ? .customs : .bank))
            tokens.append(
                try await exchange.principal("clerk-\(number)", of: "member-\(number)", roles: [.reader, .reporter])
            )
        }
        var pools: [Pool] = []
        for (number, reading) in [Audience.everyone, .authorities, .enrolled].enumerated() {
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
        var known: [ID<Pool>: [Known]] = [:]
        for step in 0..<30 {
            try await act(exchange, pools, tokens, step, &known, &random)
        }
        if Bool.random(using: &random) {
            _ = try await exchange.node.administration.changeMember("member-2") { $0.standing = .suspended }
        }
        for pool in pools {
            for token in tokens { try await compare(exchange, pool, token, known[pool.id] ?? [], &random) }
        }
        await exchange.close()
    }

    /// One random publication.
    private func act(
        _ exchange: TestExchange,
        _ pools: [Pool],
        _ tokens: [String],
        _ step: Int,
        _ known: inout [ID<Pool>: [Known]],
        _ random: inout SplitMix64
    ) async throws {
        let directory = exchange.node.live.directory
        let identities = directory.members.values.map(\.identity) + directory.principals.values.map(\.identity)
        let index = Int.random(in: 0..<tokens.count, using: &random)
        let session = try await exchange.session(tokens[index])
        let pool = pools[Int.random(in: 0..<pools.count, using: &random)]
        // The author's number goes into the id: a version by another would only be refused.
        let number = (index / 2) * 10 + Int.random(in: 0..<4, using: &random)
        let day = Int.random(in: 10...28, using: &random)
        let addressees =
            Bool.random(using: &random)
            ? [identities.sorted()[Int.random(in: 0..<identities.count, using: &random)]] : []
        let text = Samples.indicator(
            number,
            modified: "2026-01-\(day)T00:00:00.000Z",
            marking: TLP.allCases.randomElement(using: &random),
            addressees: addressees,
            ",\"step\":\(step)"
        )
        let report = try await exchange.publish([text], to: pool, as: tokens[index])
        exchange.clock.advance(by: .milliseconds(Int.random(in: -5...20, using: &random)))
        guard report.successCount == 1 else { return }
        let object = try Samples.object(text)
        known[pool.id, default: []].append(
            Known(
                id: object.id.text,
                text: text,
                instant: object.version?.instant.nanoseconds ?? 0,
                label: Label(of: object, in: pool, from: session.principal),
                order: step
            )
        )
    }

    private func compare(
        _ exchange: TestExchange,
        _ pool: Pool,
        _ token: String,
        _ known: [Known],
        _ random: inout SplitMix64
    ) async throws {
        guard let session = try? await exchange.session(token) else {
            return  // Suspended: nothing is served at all.
        }
        let visible = known.filter {
            AccessPolicy.decide(session.reader, $0.label, at: exchange.clock.now).isPermitted
        }
        let lasts = visible.filter { version in
            !visible.contains { $0.id == version.id && ($0.instant, $0.order) > (version.instant, version.order) }
        }
        let firsts = visible.filter { version in
            !visible.contains { $0.id == version.id && ($0.instant, $0.order) < (version.instant, version.order) }
        }
        let limit = Int.random(in: 1...7, using: &random)
        for (filter, expected) in [
            (VersionFilter.last, lasts), (VersionFilter(all: true), visible), (VersionFilter(first: true), firsts),
        ] {
            for form in [Disclosure.Form.objects, .manifest] {
                let served = try await exchange.all(
                    pool,
                    as: token,
                    limit: limit,
                    filter: ObjectFilter(versions: filter),
                    form: form
                )
                #expect(served.map(\.id) == expected.map(\.id))
                #expect(served.map(\.tick) == served.map(\.tick).sorted())
                if form == .objects {
                    #expect(served.map { String(decoding: $0.bytes, as: UTF8.self) } == expected.map(\.text))
                }
            }
        }
        let ids = Set(known.map(\.id))
        for id in ids {
            let holds = try await exchange.node.disclosure.holds(try STIXID(parsing: id), in: pool, for: session)
            #expect(holds == visible.contains { $0.id == id })
            let byID = try await exchange.all(
                pool,
                as: token,
                limit: limit,
                filter: ObjectFilter(ids: [id], versions: VersionFilter(all: true))
            )
            #expect(
                byID.map { String(decoding: $0.bytes, as: UTF8.self) } == visible.filter { $0.id == id }.map(\.text)
            )
        }
    }
}
