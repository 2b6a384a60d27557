import Exchange

/// Which renditions of which advisories members were given: what the receipts tell, found by advisory and member.
enum HoldingRows {
    /// How many old receipts one transaction reads.
    static let receiptsMax = 1_000
    /// Ticks as values of one statement, always as many, so that its text is always the same.
    private static let batch = 64

    private static let insert = """
        insert into holding (advisory, member, rendition)
        select distinct r.advisory, p.member, r.rendition from rendition r join principal p on p.number = $\(batch + 1)
        where r.tick in (\((1...batch).map { "$\($0)" }.joined(separator: ","))) and r.rendition <> 'stub'
        on conflict do nothing
        """

    /// Keeps what a principal was given; stubs say nothing that its member did not know.
    static func keep(_ versions: [Tick], of principal: Int64, _ connection: any SQLConnection) throws {
        guard let oldest = versions.min(), let newest = versions.max() else { return }
        // Most pages have no rendition: of those this is all.
        let hasAny = try connection.first(
            "select tick from rendition where tick between $1 and $2 limit 1",
            .integer(oldest.microseconds),
            .integer(newest.microseconds)
        ) { _ in true }
        guard hasAny != nil else { return }
        for start in stride(from: 0, to: versions.count, by: batch) {
            var values = versions[start..<min(start + batch, versions.count)].map { SQLValue.integer($0.microseconds) }
            while values.count < batch { values.append(values[values.count - 1]) }
            try connection.run(insert, values + [.integer(principal)]) { _ in }
        }
    }

    /// Fills in what receipts tell that were kept before there were holdings; what was stopped goes on where it was.
    static func fill(_ database: any Database) async throws {
        let isDone = try await database.read { try unread($0) == 0 }
        if isDone { return }
        while try await database.write({ try fillSome($0) }) {}
    }

    private static func unread(_ connection: any SQLConnection) throws -> Int64 {
        try connection.first("select tick from holding_unread") { $0.integer(0) } ?? 0
    }

    /// - Returns: whether there is more.
    private static func fillSome(_ connection: any SQLConnection) throws -> Bool {
        let last = try unread(connection)
        guard last > 0 else { return false }
        let old = try connection.rows(
            "select tick, principal, versions from receipt where tick <= $1 order by tick desc limit $2",
            .integer(last),
            .integer(Int64(receiptsMax))
        ) { (tick: $0.integer(0), principal: $0.integer(1), versions: TickList.ticks(of: $0.bytes(2)) ?? []) }
        for receipt in old { try keep(receipt.versions, of: receipt.principal, connection) }
        let next = old.count == receiptsMax ? old[old.count - 1].tick - 1 : 0
        try connection.run("update holding_unread set tick = $1", .integer(next))
        return next > 0
    }
}
