import Exchange
import Node
import Screening
import Store
import TestSupport
import Testing

/// Random worlds, asked under terms of every length of history and quota: a tier takes away, and never from what is
/// exempt (I12, I13).
@Suite("Quotas take away alone")
struct QuotaAgreementTests {
    private static let names = ["Tamsin Verloop", "Bartholomew Quigg", "Odalys Wrenfield", "Petra Kwong"]
    private static let queries = names.map { Record(id: "q", schema: "Person", properties: ["name": [$0]]) }

    /// What a member is told of each name, by what it is of: objects of official lists, and all others.
    private struct Told: Equatable {
        var listed: Set<String> = []
        var others: Set<String> = []
    }

    @Test("what is told is some of what may be seen, and of what is exempt all of it", arguments: Engine.both, 1...6)
    func worlds(engine: Engine, seed: Int) async throws {
        var random = SplitMix64(seed: UInt64(seed))
        let exchange = try await TestExchange(engine, seed: UInt64(seed))
        let tokens = [try await exchange.join("bank"), try await exchange.join("police", .police)]
        let terms = PoolTerms(title: "", reading: .everyone, writing: .everyone, defaultMarking: .green)
        let pools = [
            try await exchange.pool("warnings", terms),
            try await exchange.node.administration.addPool(Samples.name("list"), .officialList, terms),
        ]
        for number in 0..<24 {
            let name = Self.names[Int.random(in: 0..<Self.names.count, using: &random)]
            let text = """
                {"type":"identity","spec_version":"2.1","id":"identity--\(Samples.uuid(900 + number).text)",\
                "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"\(name)",\
                "identity_class":"individual"}
                """
            let pool = pools[Int.random(in: 0...1, using: &random)]
            _ = try await exchange.publish([text], to: pool, as: tokens[Int.random(in: 0...1, using: &random)])
            exchange.clock.advance(by: .seconds(86_400 * Int64.random(in: 0...40, using: &random)))
        }
        var counts: Set<Int> = []
        for days in [1, 30, 200, 365, 1_825] {
            let limited = try await Self.node(exchange, days: days, screenings: 8)
            for (place, token) in tokens.enumerated() {
                let all = try await Self.told(exchange.node, token, .refuse)
                let (told, beyond) = (
                    try await Self.told(limited, token, .official), try await Self.told(limited, token, .official)
                )
                #expect(told.listed == all.listed && beyond.listed == all.listed)
                #expect(told.others.isSubset(of: all.others) && beyond.others.isSubset(of: told.others))
                // An authority has neither limit.
                if place == 1 { #expect(told == all && beyond == all) }
                if place == 0 { counts.insert(told.others.count) }
            }
            exchange.clock.advance(by: .seconds(86_400))
        }
        #expect(counts.count > 1)
        await exchange.close()
    }

    /// A node whose tiers are all told so much.
    private static func node(_ exchange: TestExchange, days: Int, screenings: Int) async throws -> Node {
        let tiers = ["restricted", "basic", "contributing", "anchor"]
        let figures = tiers.flatMap {
            [("tier.\($0).history_days", days), ("tier.\($0).screenings_per_day", screenings)]
        }
        let terms = try ReciprocityTerms(Dictionary(uniqueKeysWithValues: figures))
        return try await TestExchange.node(over: exchange.database, exchange.clock, seed: UInt64(days), terms: terms)
    }

    private static func told(
        _ node: Node,
        _ token: String,
        _ beyond: ScreeningDesk.BeyondQuota
    ) async throws -> Told {
        let session = try await node.authentication.session(for: .bearer(token), from: "test")
        var question = ScreeningDesk.Question()
        (question.cutoff, question.limit, question.beyondQuota) = (0.95, 100, beyond)
        let answer = try await node.screening.screen(queries, question, for: session)
        var told = Told()
        for hit in answer.hits.joined() {
            if hit.pool.kind == .officialList { told.listed.insert(hit.object) } else { told.others.insert(hit.object) }
        }
        return told
    }
}
