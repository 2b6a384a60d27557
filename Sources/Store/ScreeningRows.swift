public import Exchange

/// What is screened against, and who screened, as rows.
public enum ScreeningRows {
    private static let columns = "v.tick, v.label, v.instant, v.pool, v.object, v.standing, o.id, v.version, c.bytes"
    private static let tables = """
        version v join object o on o.number = v.object join content c on c.tick = v.tick
        """

    /// The versions of objects of some types that are somebody's last and were released after a tick, ascending.
    public static func versions(
        ofTypes types: [String],
        after tick: Tick,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [ReleasedVersion] {
        let isOfType = types.map { "o.id like '\($0)--%'" }.joined(separator: " or ")
        return try connection.rows(
            """
            select \(columns) from \(tables)
            where v.tick > $1 and v.standing <> 0 and (\(isOfType)) order by v.tick limit $2
            """,
            .integer(tick.microseconds),
            .integer(Int64(count)),
            make: version
        )
    }

    /// The versions of one object in one pool that are somebody's last.
    public static func versions(
        of object: Int64,
        in pool: Int64,
        _ connection: any SQLConnection
    ) throws -> [ReleasedVersion] {
        try connection.rows(
            "select \(columns) from \(tables) where v.object = $1 and v.pool = $2 and v.standing <> 0 order by v.tick",
            .integer(object),
            .integer(pool),
            make: version
        )
    }

    /// The content of some versions, by the ticks at which they were released; what was erased is left out.
    public static func contents(_ ticks: Set<Tick>, _ connection: any SQLConnection) throws -> [Tick: [UInt8]] {
        let found = try Contents.read(ticks.map(\.microseconds).sorted(), connection)
        return Dictionary(uniqueKeysWithValues: found.map { ($0.released, $0.bytes) })
    }

    private static func version(_ row: any SQLRow) -> ReleasedVersion {
        ReleasedVersion(
            placed: PlacedVersion(row),
            pool: row.integer(3),
            object: row.integer(4),
            standing: VersionStanding(rawValue: row.integer(5)) ?? .contested,
            id: row.text(6),
            version: row.text(7),
            bytes: row.bytes(8)
        )
    }
}

extension Transaction {
    /// Keeps that a principal of a group screened.
    /// - Parameter digests: of each that was asked for, as many bytes each.
    /// - Returns: what names it.
    public func keepScreening(
        by principal: Int64,
        of group: Name,
        for purpose: Purpose,
        _ digests: [[UInt8]]
    ) throws -> Tick {
        let tick = nextTick()
        try connection.run(
            """
            insert into screening (tick, principal, owner_group, purpose, count, digests)
            values ($1, $2, $3, $4, $5, $6)
            """,
            .integer(tick.microseconds),
            .integer(principal),
            .text(group.text),
            .text(purpose.rawValue),
            .integer(Int64(digests.count)),
            .bytes(digests.flatMap(\.self))
        )
        try enter(.screening, at: tick, principal: principal)
        return tick
    }
}
