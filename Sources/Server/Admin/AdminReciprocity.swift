import Exchange
import Node

extension AdminServer {
    func reciprocity(_ call: AdminCall) async throws -> Response {
        guard call.method == "GET", call.name == nil else { throw HTTPFault.absent }
        return .json(ReciprocityResource(try await node.ledgers.overview()), MediaType.json)
    }
}

/// How members give and take; what few made is null.
private struct ReciprocityResource: Encodable {
    let groups_min = ToldOverview.groupsMin
    let exchange: Told
    let ledgers: [Ledger]

    struct Ledger: Encodable {
        let pool, closed: String
        let closes: Int
        let told: Told

        enum CodingKeys: String, CodingKey {
            case pool, closed, closes
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(pool, forKey: .pool)
            try container.encode(closed, forKey: .closed)
            try container.encode(closes, forKey: .closes)
            try told.encode(to: encoder)
        }
    }

    struct Told: Encodable {
        let groups, restricted_share, gini: Int?
        let tiers: [String: Int?]
        let standing_quarters: [Int64]?
        let owed, owed_most: Int64?

        init(_ told: ToldOverview) {
            (groups, restricted_share, gini) = (told.groups, told.restrictedShare, told.gini)
            tiers = Dictionary(uniqueKeysWithValues: zip(Tier.allCases.map(\.code), told.tiers))
            standing_quarters = told.quarters.map { $0.map(\.count) }
            (owed, owed_most) = (told.owed?.count, told.owedMost?.count)
        }
    }

    init(_ overview: ExchangeOverview) {
        exchange = Told(overview.exchange)
        ledgers = overview.ledgers.map { ledger in
            Ledger(
                pool: ledger.pool.text,
                closed: ledger.closed.text,
                closes: ledger.closes,
                told: Told(ledger.overview)
            )
        }
    }
}
