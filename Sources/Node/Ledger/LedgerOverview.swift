public import Exchange
import Store

/// How an exchange's members give and take, for its operator: no member's name, and nothing that few made.
public struct ExchangeOverview: Sendable {
    /// One ledger.
    public struct Ledger: Sendable {
        /// The inbox whose it is.
        public let pool: Name
        /// How many epochs of it closed.
        public let closes: Int
        /// When the last did.
        public let closed: Timestamp
        /// What it tells.
        public let overview: ToldOverview
    }

    /// Of all groups by the best of their tiers, with the sum of their standings, and what they owe each other for
    /// answers.
    public let exchange: ToldOverview
    /// Ledger by ledger, of those that told of anybody.
    public let ledgers: [Ledger]
}

extension LedgerDesk {
    /// How members give and take, as of the last closes.
    ///
    /// Of an authority nothing is counted. A group of which a ledger knows nothing has nothing in it.
    public func overview() async throws -> ExchangeOverview {
        let directory = live.directory
        let groups = directory.groups.filter(\.value.isCounted)
        return try await database.read { connection in
            let last = try StandingRows.last(connection).sorted { $0.key < $1.key }
            var tiers: [Name: Tier] = [:]
            var standings: [Name: Amount<MilliCredit>] = [:]
            let ledgers = last.compactMap { pool, found -> ExchangeOverview.Ledger? in
                let idle = TierTable.Ledger(days: found.ledger.days, closes: found.ledger.closed, found.ledger.terms)
                let all = groups.map { name, owner -> (tier: Tier, standing: Amount<MilliCredit>) in
                    let record = found.records[name]
                    let tier = record?.tier.tier ?? idle.tier(of: name, joined: owner.joined)
                    let standing = record?.standing ?? .zero
                    tiers[name] = max(tiers[name] ?? tier, tier)
                    standings[name, default: .zero] += standing
                    return (tier, standing)
                }
                guard let inbox = directory.pool(numbered: pool) else { return nil }
                let closed = found.ledger.terms.opening(of: found.ledger.closed + 1)
                return ExchangeOverview.Ledger(
                    pool: inbox.name,
                    closes: found.ledger.closed,
                    closed: found.ledger.days.start(of: closed),
                    overview: ToldOverview(ReciprocityOverview(all, [:]))
                )
            }
            let all = groups.keys.map { name in
                (tier: tiers[name] ?? TierState.new.tier, standing: standings[name] ?? .zero)
            }
            let lines = try LineRows.balances(connection)
            return ExchangeOverview(exchange: ToldOverview(ReciprocityOverview(all, lines)), ledgers: ledgers)
        }
    }
}
