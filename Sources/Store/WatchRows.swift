public import Exchange

/// A watch list.
public struct WatchListRow: Hashable, Sendable {
    /// Its key in the store: when it was made.
    public let number: Tick
    /// The number of its member.
    public let member: Int64
    /// Its name, of those of its member.
    public let name: Name
    /// When anything of it changed last.
    public let changed: Tick
    /// When rows were taken from it last.
    public let removed: Tick

    static let columns = "number, member, name, changed, removed"

    init(_ row: any SQLRow) throws {
        guard let name = Name(row.text(2)) else { throw DatabaseFault.statement("watch_list.name is no name") }
        number = Tick(microseconds: row.integer(0))
        member = row.integer(1)
        self.name = name
        changed = Tick(microseconds: row.integer(3))
        removed = Tick(microseconds: row.integer(4))
    }
}

/// What tells a row of a watch list from all others.
public struct WatchRowKey: Hashable, Sendable {
    /// The list's key.
    public let list: Tick
    /// The keyed digest of what its member calls it.
    public let reference: [UInt8]

    /// Puts it together from its parts.
    public init(list: Tick, reference: [UInt8]) {
        self.list = list
        self.reference = reference
    }
}

/// A row of a watch list as it is kept.
public struct SealedWatchRow: Hashable, Sendable {
    /// Which one.
    public let key: WatchRowKey
    /// The keyed digest of all that it says.
    public let content: [UInt8]
    /// What it says, sealed.
    public let sealed: [UInt8]

    /// Puts it together from its parts.
    public init(key: WatchRowKey, content: [UInt8], sealed: [UInt8]) {
        self.key = key
        self.content = content
        self.sealed = sealed
    }
}

/// Watch lists as rows: names, counts and what is sealed.
public enum WatchRows {
    /// All lists, in the order in which they were made.
    public static func lists(_ connection: any SQLConnection) throws -> [WatchListRow] {
        try connection.rows("select \(WatchListRow.columns) from watch_list order by number", make: WatchListRow.init)
    }

    /// One list of a member; nil where it has none of the name.
    public static func list(
        _ name: Name,
        of member: Int64,
        _ connection: any SQLConnection
    ) throws -> WatchListRow? {
        try connection.first(
            "select \(WatchListRow.columns) from watch_list where member = $1 and name = $2",
            .integer(member),
            .text(name.text),
            make: WatchListRow.init
        )
    }

    /// How many rows each list of a member has, by their keys, and how many bytes of it are sealed.
    public static func sizes(
        of member: Int64,
        _ connection: any SQLConnection
    ) throws -> [(list: WatchListRow, rows: Int, bytes: Int)] {
        try connection.rows(
            """
            select l.number, l.member, l.name, l.changed, l.removed, count(r.list),
            cast(coalesce(sum(length(r.sealed)), 0) as bigint)
            from watch_list l left join watch_row r on r.list = l.number where l.member = $1
            group by l.number, l.member, l.name, l.changed, l.removed order by l.name
            """,
            .integer(member)
        ) { (try WatchListRow($0), Int($0.integer(5)), Int($0.integer(6))) }
    }

    /// How many lists, and rows in all of them, each member has, by the numbers of members.
    public static func counts(
        _ connection: any SQLConnection
    ) throws -> [(member: Int64, lists: Int, rows: Int)] {
        try connection.rows(
            """
            select l.member, count(distinct l.number), count(r.list) from watch_list l
            left join watch_row r on r.list = l.number group by l.member order by l.member
            """
        ) { ($0.integer(0), Int($0.integer(1)), Int($0.integer(2))) }
    }

    /// What a member's lists are sealed with, sealed; nil where it has none.
    public static func key(of member: Int64, _ connection: any SQLConnection) throws -> SealedSecret? {
        try connection.first("select sealed from watch_key where member = $1", .integer(member)) {
            SealedSecret(bytes: $0.bytes(0))
        }
    }

    /// Rows of all lists that changed after a tick, in the order of their changes.
    public static func rows(
        changedAfter tick: Tick,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [(row: SealedWatchRow, changed: Tick)] {
        try connection.rows(
            """
            select list, reference, content, sealed, changed from watch_row where changed > $1 order by changed limit $2
            """,
            .integer(tick.microseconds),
            .integer(Int64(count))
        ) { (row($0), Tick(microseconds: $0.integer(4))) }
    }

    /// The references of the rows of a list.
    public static func references(of list: Tick, _ connection: any SQLConnection) throws -> Set<[UInt8]> {
        Set(
            try connection.rows("select reference from watch_row where list = $1", .integer(list.microseconds)) {
                $0.bytes(0)
            }
        )
    }

    /// When a row changed last; nil where there is no such row.
    static func changed(_ key: WatchRowKey, _ connection: any SQLConnection) throws -> Tick? {
        try connection.first(
            "select changed from watch_row where list = $1 and reference = $2",
            .integer(key.list.microseconds),
            .bytes(key.reference)
        ) { Tick(microseconds: $0.integer(0)) }
    }

    /// From the columns list, reference, content, sealed, in this order from 0.
    private static func row(_ row: any SQLRow) -> SealedWatchRow {
        SealedWatchRow(
            key: WatchRowKey(list: Tick(microseconds: row.integer(0)), reference: row.bytes(1)),
            content: row.bytes(2),
            sealed: row.bytes(3)
        )
    }
}

extension Transaction {
    /// What came of keeping a row.
    public enum WatchRowChange: Hashable, Sendable {
        case added, changed, same
        /// The same upload had another row of the same reference.
        case twice
    }

    /// Keeps what a member's lists are sealed with; nothing happens where it has that.
    public func keep(_ key: SealedSecret, of member: Int64) throws {
        try connection.run(
            "insert into watch_key (member, sealed) values ($1, $2) on conflict (member) do nothing",
            .integer(member),
            .bytes(key.bytes)
        )
    }

    /// Makes a list.
    public func makeWatchList(_ name: Name, of member: Int64, by principal: Principal) throws -> WatchListRow {
        let tick = nextTick()
        try connection.run(
            "insert into watch_list (number, member, name, changed, removed, finished) values ($1, $2, $3, $1, 0, '')",
            .integer(tick.microseconds),
            .integer(member),
            .text(name.text)
        )
        try enter(.watchList, at: tick, principal: principal.number)
        guard let made = try WatchRows.list(name, of: member, connection) else {
            throw DatabaseFault.statement("a watch list that was made is not there")
        }
        return made
    }

    /// Keeps a row as an upload has it; hits of what it said before are forgotten.
    public func keep(_ row: SealedWatchRow, from upload: String) throws -> WatchRowChange {
        let (list, reference) = (SQLValue.integer(row.key.list.microseconds), SQLValue.bytes(row.key.reference))
        let known = try connection.first(
            "select content, upload from watch_row where list = $1 and reference = $2",
            list,
            reference
        ) { ($0.bytes(0), $0.text(1)) }
        guard let known else {
            try connection.run(
                """
                insert into watch_row (list, reference, changed, upload, content, sealed)
                values ($1, $2, $3, $4, $5, $6)
                """,
                list,
                reference,
                .integer(nextTick().microseconds),
                .text(upload),
                .bytes(row.content),
                .bytes(row.sealed)
            )
            return .added
        }
        if known.0 == row.content {
            if known.1 != upload { try touch(row.key, in: upload) }
            return .same
        }
        guard known.1 != upload else { return .twice }
        try forgetHits(ofList: row.key.list, "and reference = $2", reference)
        try connection.run(
            """
            update watch_row set changed = $3, upload = $4, content = $5, sealed = $6
            where list = $1 and reference = $2
            """,
            list,
            reference,
            .integer(nextTick().microseconds),
            .text(upload),
            .bytes(row.content),
            .bytes(row.sealed)
        )
        return .changed
    }

    /// Whether an upload was the last to end: rows that it had would be taken for those of another of the name.
    public func isFinished(_ upload: String, of list: Tick) throws -> Bool {
        try connection.first(
            "select 1 from watch_list where number = $1 and finished = $2",
            .integer(list.microseconds),
            .text(upload)
        ) { $0.integer(0) } != nil
    }

    /// Whether there is a row.
    public func has(_ key: WatchRowKey) throws -> Bool { try WatchRows.changed(key, connection) != nil }

    /// Notes that an upload has a row, whatever it says of it.
    public func touch(_ key: WatchRowKey, in upload: String) throws {
        try connection.run(
            "update watch_row set upload = $3 where list = $1 and reference = $2",
            .integer(key.list.microseconds),
            .bytes(key.reference),
            .text(upload)
        )
    }

    /// Takes all rows from a list that an upload has not, which ends it.
    /// - Returns: how many.
    public func removeWatchRows(of list: Tick, notIn upload: String) throws -> Int {
        let (number, text) = (SQLValue.integer(list.microseconds), SQLValue.text(upload))
        try connection.run("update watch_list set finished = $2 where number = $1", number, text)
        let others = "and reference in (select reference from watch_row where list = $1 and upload <> $2)"
        try forgetHits(ofList: list, others, text)
        return try connection.run("delete from watch_row where list = $1 and upload <> $2", number, text)
    }

    /// Takes one row from a list.
    /// - Returns: whether it was there.
    public func removeWatchRow(_ key: WatchRowKey) throws -> Bool {
        let reference = SQLValue.bytes(key.reference)
        try forgetHits(ofList: key.list, "and reference = $2", reference)
        return try connection.run(
            "delete from watch_row where list = $1 and reference = $2",
            .integer(key.list.microseconds),
            reference
        ) > 0
    }

    /// Notes that a list changed.
    public func enterChange(ofWatchList list: Tick, by principal: Principal, removing: Bool) throws {
        let tick = nextTick()
        try connection.run(
            "update watch_list set changed = $2\(removing ? ", removed = $2" : "") where number = $1",
            .integer(list.microseconds),
            .integer(tick.microseconds)
        )
        try enter(.watchList, at: tick, principal: principal.number)
    }

    /// Removes a list with all its rows; with its last one, what a member's lists were sealed with.
    public func removeWatchList(_ list: WatchListRow, by principal: Principal) throws {
        let number = SQLValue.integer(list.number.microseconds)
        try forgetHits(ofList: list.number, "and reference <> $2", .bytes([]))
        try connection.run("delete from watch_row where list = $1", number)
        try connection.run("delete from watch_list where number = $1", number)
        try connection.run(
            "delete from watch_key where member = $1 and not exists (select 1 from watch_list where member = $1)",
            .integer(list.member)
        )
        try enter(.watchList, at: nextTick(), principal: principal.number)
    }

    /// Forgets hits of some rows of a list, and who was told of them.
    private func forgetHits(ofList list: Tick, _ those: String, _ value: SQLValue) throws {
        let number = SQLValue.integer(list.microseconds)
        try connection.run(
            "delete from watch_told where hit in (select number from watch_hit where list = $1 \(those))",
            number,
            value
        )
        try connection.run("delete from watch_hit where list = $1 \(those)", number, value)
    }
}
