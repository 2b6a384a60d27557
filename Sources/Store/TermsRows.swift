public import Exchange

/// The terms of ledgers as rows: one is never changed, but that it ends before it counts.
public enum TermsRows {
    /// Those of a pool's ledger, whether it has begun or not.
    public static func history(of pool: Int64, _ connection: any SQLConnection) throws -> TermsHistory {
        TermsHistory(
            try connection.rows(
                "select \(columns) from ledger_terms where pool = $1 order by version",
                .integer(pool),
                make: version
            )
        )
    }

    /// Those of all pools that have any but the defaults.
    static func all(_ connection: any SQLConnection) throws -> [Int64: TermsHistory] {
        let rows = try connection.rows("select \(columns), pool from ledger_terms") { ($0.integer(5), try version($0)) }
        return Dictionary(grouping: rows, by: \.0).mapValues { TermsHistory($0.map(\.1)) }
    }

    private static let columns = "version, epoch, proposed, ended, body"

    private static func version(_ row: any SQLRow) throws -> TermsVersion {
        let figures: [String: Int] = try LedgerRows.read(row.bytes(4))
        let terms: ReciprocityTerms
        do throws(TermsFault) {
            terms = try ReciprocityTerms(figures)
        } catch {
            throw DatabaseFault.statement("terms of a ledger cannot be read: \(error)")
        }
        return TermsVersion(
            number: Int(row.integer(0)),
            epoch: Int(row.integer(1)),
            proposed: Timestamp(microseconds: row.integer(2)),
            ended: row.isNull(3) ? nil : Timestamp(microseconds: row.integer(3)),
            terms
        )
    }
}

extension Transaction {
    /// Keeps a proposal, which takes the place of another where that is given.
    public func keep(_ version: TermsVersion, inPlaceOf other: TermsVersion?, for pool: Pool) throws {
        if let other { try end(other, for: pool) }
        try connection.run(
            "insert into ledger_terms (pool, version, epoch, proposed, body) values ($1, $2, $3, $4, $5)",
            .integer(pool.number),
            .integer(Int64(version.number)),
            .integer(Int64(version.epoch)),
            .integer(version.proposed.microseconds),
            .bytes(LedgerRows.body(of: version.terms.changes))
        )
        try enter(.terms, at: nextTick(), principal: nil, pool: pool.number)
    }

    /// Withdraws a proposal.
    public func withdraw(_ version: TermsVersion, for pool: Pool) throws {
        try end(version, for: pool)
        try enter(.terms, at: nextTick(), principal: nil, pool: pool.number)
    }

    /// Enters in the journal that terms begin to count, where any do with an epoch.
    func noteTerms(in epoch: Int, _ terms: TermsHistory, of pool: Int64) throws {
        let stage = terms.stage(in: epoch)
        guard stage.epoch == epoch, stage.version > 0 else { return }
        try enter(.terms, at: nextTick(), principal: nil, pool: pool)
    }

    private func end(_ version: TermsVersion, for pool: Pool) throws {
        try connection.run(
            "update ledger_terms set ended = $3 where pool = $1 and version = $2 and ended is null",
            .integer(pool.number),
            .integer(Int64(version.number)),
            .integer(now.microseconds)
        )
    }
}
