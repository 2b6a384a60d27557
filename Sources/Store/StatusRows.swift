public import Exchange
public import Foundation

/// The id of a status: a UUIDv4 (RFC 9562 §5.4) whose first 60 free bits are a tick, and the other 62 random.
///
/// Only its author may read a status, so the time in the id tells nobody anything new.
public enum StatusID {
    /// The id of a status of a tick, with 8 random bytes.
    public static func id(at tick: Tick, random: [UInt8]) -> UUID {
        let time = UInt64(bitPattern: tick.microseconds)
        // The version stands between the upper 48 bits of the tick and the lower 12.
        let low = random.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return UUID((time >> 12) << 16 | time & 0xfff, low, version: 4)
    }

    /// The tick in an id, of whatever origin.
    static func tick(in id: UUID) -> Int64 {
        let bytes = id.uuid
        let high = [bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int64(high << 12 | UInt64(bytes.6 & 0x0f) << 8 | UInt64(bytes.7))
    }
}

/// A status resource as it is kept (TAXII 2.1 §4.3).
public struct StatusRow: Sendable {
    /// A UUIDv4.
    public let id: String
    /// When it was made.
    public let tick: Tick
    /// The author's number.
    public let principal: Int64
    /// The pool's number.
    public let pool: Int64
    /// Whether nothing of it waits any more.
    public let isComplete: Bool
    /// The verdicts, encoded by the caller.
    public let body: [UInt8]

    /// Puts it together from its parts.
    public init(id: String, tick: Tick, principal: Int64, pool: Int64, isComplete: Bool, body: [UInt8]) {
        self.id = id
        self.tick = tick
        self.principal = principal
        self.pool = pool
        self.isComplete = isComplete
        self.body = body
    }

    static let columns = "id, tick, principal, pool, ended, body"

    init(_ row: any SQLRow) {
        self.init(
            id: row.text(0),
            tick: Tick(microseconds: row.integer(1)),
            principal: row.integer(2),
            pool: row.integer(3),
            isComplete: !row.isNull(4),
            body: row.bytes(5)
        )
    }
}

/// Answers to POSTs, and what waits for a second person.
public enum StatusRows {
    /// The status of an id; nil when there is none.
    public static func status(_ id: UUID, _ connection: any SQLConnection) throws -> StatusRow? {
        try connection.first(
            "select \(StatusRow.columns) from status where tick = $1 and id = $2",
            .integer(StatusID.tick(in: id)),
            .text(id.text),
            make: StatusRow.init
        )
    }

    /// Those of a member that wait for a second person, oldest first, after one of them.
    /// - Parameter principal: whose they are; nil for those of any.
    public static func waiting(
        of member: Int64,
        by principal: Int64?,
        after id: UUID?,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [StatusRow] {
        try connection.rows(
            """
            select \(StatusRow.columns) from status where tick in (select status from waiting) and tick > $2
            and principal in (select number from principal where member = $1 and number = coalesce($3, number))
            order by tick limit $4
            """,
            .integer(member),
            .integer(id.map(StatusID.tick) ?? 0),
            SQLValue(principal),
            .integer(Int64(count)),
            make: StatusRow.init
        )
    }

    /// How many of those that wait in a pool one call gives.
    public static let waitingMax = 1_000

    /// Those of a pool that wait for a second person, oldest first.
    public static func waiting(in pool: Int64, _ connection: any SQLConnection) throws -> [StatusRow] {
        try connection.rows(
            """
            select \(StatusRow.columns) from status where tick in (select status from waiting) and pool = $1
            order by tick limit $2
            """,
            .integer(pool),
            .integer(Int64(waitingMax)),
            make: StatusRow.init
        )
    }

    /// The objects that one status waits with, in the order of their envelope.
    public static func objects(waitingIn status: StatusRow, _ connection: any SQLConnection) throws -> [[UInt8]] {
        try connection.rows(
            "select bytes from waiting where status = $1 order by place",
            .integer(status.tick.microseconds)
        ) { $0.bytes(0) }
    }
}

extension Transaction {
    /// Keeps a new status, and the objects that wait in it.
    public func keep(_ status: StatusRow, waiting: [[UInt8]]) throws {
        try connection.run(
            "insert into status (id, tick, principal, pool, ended, body) values ($1, $2, $3, $4, $5, $6)",
            .text(status.id),
            .integer(status.tick.microseconds),
            .integer(status.principal),
            .integer(status.pool),
            status.isComplete ? .integer(status.tick.microseconds) : .null,
            .bytes(status.body)
        )
        for (place, bytes) in waiting.enumerated() {
            try connection.run(
                "insert into waiting (status, place, bytes) values ($1, $2, $3)",
                .integer(status.tick.microseconds),
                .integer(Int64(place)),
                .bytes(bytes)
            )
        }
    }

    /// Ends the waiting of a status: nothing of it waits any more.
    public func complete(_ status: StatusRow, at tick: Tick, body: [UInt8]) throws {
        try connection.run("delete from waiting where status = $1", .integer(status.tick.microseconds))
        try connection.run(
            "update status set ended = $2, body = $3 where tick = $1",
            .integer(status.tick.microseconds),
            .integer(tick.microseconds),
            .bytes(body)
        )
    }

    /// Forgets statuses that were complete before `tick`, the oldest first, at most so many.
    /// - Returns: how many.
    public func forgetStatuses(before tick: Tick, upTo count: Int) throws -> Int {
        try connection.run(
            """
            delete from status where tick in
            (select tick from status where tick < $1 and ended < $1 order by tick limit $2)
            """,
            .integer(tick.microseconds),
            .integer(Int64(count))
        )
    }
}
