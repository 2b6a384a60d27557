public import Exchange

/// A row of a watch list that is alike to one who is known.
public struct WatchHit: Hashable, Sendable {
    /// Which row.
    public let row: WatchRowKey
    /// The keyed digest of all that was known of both.
    public let pair: [UInt8]
    /// The version by which it was found.
    public let version: Tick
    /// The number of the pool.
    public let pool: Int64
    /// The number of the object that is known.
    public let object: Int64
    /// How alike they are, in thousandths.
    public let score: Int

    /// Puts it together from its parts.
    public init(row: WatchRowKey, pair: [UInt8], version: Tick, pool: Int64, object: Int64, score: Int) {
        self.row = row
        self.pair = pair
        self.version = version
        self.pool = pool
        self.object = object
        self.score = score
    }
}

/// Somebody who reads for a member, for one purpose.
public struct WatchReader: Hashable, Sendable {
    /// The principal's number.
    public let principal: Int64
    /// What for.
    public let purpose: Purpose

    /// Puts it together from its parts.
    public init(principal: Int64, purpose: Purpose) {
        self.principal = principal
        self.purpose = purpose
    }
}

/// That a reader is told of a hit.
public struct ToldHit: Sendable {
    /// When, and where it stands in what the reader is told.
    public let tick: Tick
    /// What of.
    public let hit: WatchHit
    /// The list's name.
    public let list: Name
    /// The number of its member.
    public let member: Int64
    /// The row, sealed.
    public let sealed: [UInt8]

    init(_ row: any SQLRow) throws {
        guard let list = Name(row.text(8)) else { throw DatabaseFault.statement("watch_list.name is no name") }
        tick = Tick(microseconds: row.integer(0))
        hit = WatchHit(
            row: WatchRowKey(list: Tick(microseconds: row.integer(1)), reference: row.bytes(2)),
            pair: row.bytes(3),
            version: Tick(microseconds: row.integer(4)),
            pool: row.integer(5),
            object: row.integer(6),
            score: Int(row.integer(7))
        )
        self.list = list
        member = row.integer(9)
        sealed = row.bytes(10)
    }
}

/// Hits on watch lists as rows.
public enum WatchHitRows {
    private static let told = """
        select t.tick, h.list, h.reference, h.pair, h.version, h.pool, h.object, h.score, l.name, l.member, r.sealed
        from watch_told t join watch_hit h on h.number = t.hit join watch_list l on l.number = h.list
        join watch_row r on r.list = h.list and r.reference = h.reference
        """

    /// What a reader is told after a tick, ascending.
    public static func told(
        to reader: WatchReader,
        after tick: Tick,
        through last: Tick,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [ToldHit] {
        try connection.rows(
            "\(told) where t.principal = $1 and t.purpose = $2 and t.tick > $3 and t.tick <= $4 order by t.tick limit $5",
            .integer(reader.principal),
            .text(reader.purpose.rawValue),
            .integer(tick.microseconds),
            .integer(last.microseconds),
            .integer(Int64(count)),
            make: ToldHit.init
        )
    }

    /// What a reader was told of one list before a tick, newest first.
    public static func told(
        to reader: WatchReader,
        of list: Tick,
        before tick: Tick,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [ToldHit] {
        try connection.rows(
            """
            \(told) where t.principal = $1 and t.purpose = $2 and h.list = $3 and t.tick < $4
            order by t.tick desc limit $5
            """,
            .integer(reader.principal),
            .text(reader.purpose.rawValue),
            .integer(list.microseconds),
            .integer(tick.microseconds),
            .integer(Int64(count)),
            make: ToldHit.init
        )
    }

    /// What a member's readers were told of an object.
    public static func told(
        of object: Int64,
        in pool: Int64,
        toMember member: Int64,
        _ connection: any SQLConnection
    ) throws -> [(tick: Tick, reader: WatchReader, pair: [UInt8])] {
        try connection.rows(
            """
            select t.tick, t.principal, t.purpose, h.pair from watch_told t join watch_hit h on h.number = t.hit
            join watch_list l on l.number = h.list where h.pool = $1 and h.object = $2 and l.member = $3
            """,
            .integer(pool),
            .integer(object),
            .integer(member)
        ) { row in
            guard let purpose = Purpose(rawValue: row.text(2)) else {
                throw DatabaseFault.statement("watch_told.purpose is none")
            }
            let reader = WatchReader(principal: row.integer(1), purpose: purpose)
            return (Tick(microseconds: row.integer(0)), reader, row.bytes(3))
        }
    }

    /// The newest tick at which each principal was told of any, by its number.
    public static func newest(_ connection: any SQLConnection) throws -> [Int64: Tick] {
        let all = try connection.rows("select principal, max(tick) from watch_told group by principal") {
            ($0.integer(0), Tick(microseconds: $0.integer(1)))
        }
        return Dictionary(uniqueKeysWithValues: all)
    }

    /// The number of a hit; nil for one that was not found yet.
    static func number(_ hit: WatchHit, _ connection: any SQLConnection) throws -> Int64? {
        try connection.first(
            "select number from watch_hit where list = $1 and reference = $2 and pair = $3",
            .integer(hit.row.list.microseconds),
            .bytes(hit.row.reference),
            .bytes(hit.pair)
        ) { $0.integer(0) }
    }

    /// Who of some readers was not told of a hit yet.
    public static func untold(
        _ readers: Set<WatchReader>,
        of hit: WatchHit,
        _ connection: any SQLConnection
    ) throws -> Set<WatchReader> {
        guard let number = try number(hit, connection) else { return readers }
        let told = try connection.rows("select principal, purpose from watch_told where hit = $1", .integer(number)) {
            ($0.integer(0), Purpose(rawValue: $0.text(1)))
        }
        return readers.subtracting(
            told.compactMap { principal, purpose in
                purpose.map { WatchReader(principal: principal, purpose: $0) }
            }
        )
    }
}

extension Transaction {
    /// Forgets that somebody was told, by when.
    public func forget(told ticks: [Tick]) throws {
        for tick in ticks { try connection.run("delete from watch_told where tick = $1", .integer(tick.microseconds)) }
    }

    /// Tells readers of a hit, each once; nobody where its row is another by now.
    /// - Parameter changed: when the row changed last, as far as is known.
    /// - Returns: how many are told.
    public func tell(_ readers: Set<WatchReader>, of hit: WatchHit, asOf changed: Tick) throws -> Int {
        guard try WatchRows.changed(hit.row, connection) == changed else { return 0 }
        let untold = try WatchHitRows.untold(readers, of: hit, connection)
        guard !untold.isEmpty else { return 0 }
        var number = try WatchHitRows.number(hit, connection)
        if number == nil {
            let tick = nextTick()
            number = tick.microseconds
            try connection.run(
                """
                insert into watch_hit (number, list, reference, pair, version, pool, object, score)
                values ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                .integer(tick.microseconds),
                .integer(hit.row.list.microseconds),
                .bytes(hit.row.reference),
                .bytes(hit.pair),
                .integer(hit.version.microseconds),
                .integer(hit.pool),
                .integer(hit.object),
                .integer(Int64(hit.score))
            )
        }
        let ordered = untold.sorted { ($0.principal, $0.purpose.rawValue) < ($1.principal, $1.purpose.rawValue) }
        for reader in ordered {
            let tick = nextTick()
            try connection.run(
                "insert into watch_told (tick, hit, principal, purpose) values ($1, $2, $3, $4)",
                .integer(tick.microseconds),
                SQLValue(number),
                .integer(reader.principal),
                .text(reader.purpose.rawValue)
            )
            try enter(.watchList, at: tick, principal: reader.principal)
        }
        return untold.count
    }
}
