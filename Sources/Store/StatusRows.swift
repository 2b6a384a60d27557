public import Exchange

/// A status resource as it is kept (TAXII 2.1 §4.3).
public struct StatusRow: Sendable {
    /// A UUIDv4.
    public let id: String
    /// When it was kept, or completed.
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

    static let columns = "id, tick, principal, pool, complete, body"

    init(_ row: any SQLRow) {
        self.init(
            id: row.text(0),
            tick: Tick(microseconds: row.integer(1)),
            principal: row.integer(2),
            pool: row.integer(3),
            isComplete: row.integer(4) == 1,
            body: row.bytes(5)
        )
    }
}

/// Answers to POSTs, and what waits for a second person.
public enum StatusRows {
    /// The status of an id; nil when there is none.
    public static func status(_ id: String, _ connection: any SQLConnection) throws -> StatusRow? {
        try connection.first(
            "select \(StatusRow.columns) from status where id = $1",
            .text(id),
            make: StatusRow.init
        )
    }

    /// Those that wait for a second person, oldest first.
    public static func waiting(_ connection: any SQLConnection) throws -> [StatusRow] {
        try connection.rows(
            "select \(StatusRow.columns) from status where complete = 0 order by tick",
            make: StatusRow.init
        )
    }

    /// The objects that one status waits with, in the order of their envelope.
    public static func objects(waitingIn status: String, _ connection: any SQLConnection) throws -> [[UInt8]] {
        try connection.rows(
            "select bytes from waiting where status = $1 order by place",
            .text(status)
        ) { $0.bytes(0) }
    }
}

extension Transaction {
    /// Keeps a new status, and the objects that wait in it.
    public func keep(_ status: StatusRow, waiting: [[UInt8]]) throws {
        try connection.run(
            "insert into status (id, tick, principal, pool, complete, body) values ($1, $2, $3, $4, $5, $6)",
            .text(status.id),
            .integer(status.tick.microseconds),
            .integer(status.principal),
            .integer(status.pool),
            SQLValue(status.isComplete),
            .bytes(status.body)
        )
        for (place, bytes) in waiting.enumerated() {
            try connection.run(
                "insert into waiting (status, place, bytes) values ($1, $2, $3)",
                .text(status.id),
                .integer(Int64(place)),
                .bytes(bytes)
            )
        }
    }

    /// Ends the waiting of a status: nothing of it waits any more.
    public func complete(_ status: String, at tick: Tick, body: [UInt8]) throws {
        try connection.run("delete from waiting where status = $1", .text(status))
        try connection.run(
            "update status set complete = 1, tick = $2, body = $3 where id = $1",
            .text(status),
            .integer(tick.microseconds),
            .bytes(body)
        )
    }

    /// Forgets statuses that were complete before `tick`.
    /// - Returns: how many.
    @discardableResult
    public func forgetStatuses(before tick: Tick) throws -> Int {
        try connection.run("delete from status where complete = 1 and tick < $1", .integer(tick.microseconds))
    }
}
