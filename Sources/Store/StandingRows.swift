public import Exchange

/// What groups came to at closes of epochs, and what they used of their quotas, as rows.
public enum StandingRows {
    /// What was written down of a group at each close of a ledger, by the epochs' numbers.
    public static func records(
        of group: Name,
        in pool: Int64,
        _ connection: any SQLConnection
    ) throws -> [Int: StandingRecord] {
        let records = try connection.rows(
            "select \(columns) from ledger_standing s where s.pool = $1 and s.owner_group = $2",
            .integer(pool),
            .text(group.text),
            make: record
        )
        return Dictionary(uniqueKeysWithValues: records.map { ($0.epoch, $0) })
    }

    /// What was written down at the last close of each ledger that told of anybody, by the ledgers' pools.
    public static func last(
        _ connection: any SQLConnection
    ) throws -> [Int64: (ledger: LedgerRow, records: [Name: StandingRecord])] {
        var last: [Int64: (ledger: LedgerRow, records: [Name: StandingRecord])] = [:]
        for ledger in try LedgerRows.all(connection) {
            let records = try connection.rows(
                "select \(columns), s.owner_group from ledger_standing s where s.pool = $1 and s.epoch = $2",
                .integer(ledger.pool),
                .integer(Int64(ledger.closed))
            ) { row in
                guard let group = Name(row.text(5)) else { throw unreadable }
                return (group, try record(row))
            }
            guard !records.isEmpty else { continue }
            last[ledger.pool] = (ledger, Dictionary(uniqueKeysWithValues: records))
        }
        return last
    }

    /// The tiers of all groups as of the last closes.
    public static func tiers(_ connection: any SQLConnection) throws -> TierTable {
        let last = try last(connection).sorted { $0.key < $1.key }
        return TierTable(
            last.map { _, found in
                TierTable.Ledger(
                    days: found.ledger.days,
                    closes: found.ledger.closed,
                    found.ledger.terms,
                    tiers: found.records.mapValues(\.tier.tier)
                )
            }
        )
    }

    /// How much a group used of a quota since it was whole last.
    /// - Parameter began: when that was.
    public static func used(
        _ quota: Discretionary.Quota,
        by group: Name,
        since began: Timestamp,
        _ connection: any SQLConnection
    ) throws -> Int {
        // What another node counted in a period that has not begun here is of this one: its clock is ahead.
        let used = try connection.first(
            "select used from quota_use where owner_group = $1 and quota = $2 and began >= $3",
            .text(group.text),
            .text(quota.rawValue),
            .integer(began.microseconds)
        ) { $0.integer(0) }
        return Int(used ?? 0)
    }

    private static let columns = "s.epoch, s.standing, s.size, s.tier, s.low"

    private static func record(_ row: any SQLRow) throws -> StandingRecord {
        guard let size = SizeClass(rawValue: row.text(2)), let tier = Tier(rawValue: Int(row.integer(3))) else {
            throw unreadable
        }
        return StandingRecord(
            epoch: Int(row.integer(0)),
            standing: Amount(row.integer(1)),
            size: size,
            tier: TierState(tier, low: Int(row.integer(4)))
        )
    }

    private static var unreadable: DatabaseFault { .statement("a standing cannot be read") }
}

extension Transaction {
    /// Writes down what a group came to at a close; what was written down before stays.
    public func keep(_ record: StandingRecord, of group: Name, in ledger: LedgerRow) throws {
        try connection.run(
            """
            insert into ledger_standing (pool, epoch, owner_group, standing, size, tier, low)
            values ($1, $2, $3, $4, $5, $6, $7) on conflict (pool, epoch, owner_group) do nothing
            """,
            .integer(ledger.pool),
            .integer(Int64(record.epoch)),
            .text(group.text),
            .integer(record.standing.count),
            .text(record.size.rawValue),
            .integer(Int64(record.tier.tier.rawValue)),
            .integer(Int64(record.tier.low))
        )
    }

    /// Counts what a group uses of a quota.
    ///
    /// What was used before the quota was whole last no longer counts.
    public func use(_ count: Int, of quota: Discretionary.Quota, by group: Name) throws {
        try connection.run(
            """
            insert into quota_use (owner_group, quota, began, used) values ($1, $2, $3, $4)
            on conflict (owner_group, quota) do update set
                used = case when quota_use.began >= excluded.began then quota_use.used + excluded.used
                    else excluded.used end,
                began = case when quota_use.began >= excluded.began then quota_use.began else excluded.began end
            """,
            .text(group.text),
            .text(quota.rawValue),
            .integer(Allowance.began(quota, at: now).microseconds),
            .integer(Int64(count))
        )
    }
}
