public import Exchange
public import Foundation

/// That one who was asked about and one who is known are two.
public struct ClearedPair: Hashable, Sendable {
    /// When it was said: its key in the store.
    public let number: Tick
    /// Its id.
    public let id: UUID
    /// The number of who said it.
    public let principal: Int64
    /// The STIX object that is known.
    public let object: String
    /// Why they are two.
    public let reason: String

    init(_ row: any SQLRow) throws {
        guard let id = UUID(uuidString: row.text(1)) else {
            throw DatabaseFault.statement("cleared_pair.id is no UUID")
        }
        number = Tick(microseconds: row.integer(0))
        self.id = id
        principal = row.integer(2)
        object = row.text(3)
        reason = row.text(4)
    }

    static let columns = "number, id, principal, object, reason"
}

/// Cleared pairs as rows.
public enum ClearedPairRows {
    /// What a member said of a pair; nil where it said nothing.
    public static func clearedPair(
        of pair: [UInt8],
        by member: Int64,
        _ connection: any SQLConnection
    ) throws -> ClearedPair? {
        try connection.first(
            "select \(ClearedPair.columns) from cleared_pair where member = $1 and pair = $2",
            .integer(member),
            .bytes(pair),
            make: ClearedPair.init
        )
    }

    /// The one of an id that a member said; nil where there is none.
    public static func clearedPair(
        _ id: UUID,
        by member: Int64,
        _ connection: any SQLConnection
    ) throws -> ClearedPair? {
        try connection.first(
            "select \(ClearedPair.columns) from cleared_pair where member = $1 and id = $2",
            .integer(member),
            .text(id.text),
            make: ClearedPair.init
        )
    }

    /// The numbers of the labels that versions of an object bear.
    public static func labels(of object: String, _ connection: any SQLConnection) throws -> Set<Int64> {
        Set(
            try connection.rows(
                "select distinct v.label from version v join object o on o.number = v.object where o.id = $1",
                .text(object)
            ) { $0.integer(0) }
        )
    }

    /// Whether a member said it of any pair.
    public static func isAny(by member: Int64, _ connection: any SQLConnection) throws -> Bool {
        try connection.first("select number from cleared_pair where member = $1 limit 1", .integer(member)) {
            $0.integer(0)
        } != nil
    }

    /// What a member said before one, newest first.
    public static func clearedPairs(
        by member: Int64,
        before number: Int64,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [ClearedPair] {
        try connection.rows(
            """
            select \(ClearedPair.columns) from cleared_pair where member = $1 and number < $2
            order by number desc limit $3
            """,
            .integer(member),
            .integer(number),
            .integer(Int64(count)),
            make: ClearedPair.init
        )
    }
}

extension Transaction {
    /// Keeps that a pair is two; what was said of it before stands.
    public func clear(
        _ pair: [UInt8],
        _ object: String,
        as id: UUID,
        because reason: String,
        by principal: Principal,
        of member: Member
    ) throws -> ClearedPair {
        if let known = try ClearedPairRows.clearedPair(of: pair, by: member.number, connection) { return known }
        let tick = nextTick()
        try connection.run(
            """
            insert into cleared_pair (number, id, member, principal, pair, object, reason)
            values ($1, $2, $3, $4, $5, $6, $7)
            """,
            .integer(tick.microseconds),
            .text(id.text),
            .integer(member.number),
            .integer(principal.number),
            .bytes(pair),
            .text(object),
            .text(reason)
        )
        try enter(.clearedPair, at: tick, principal: principal.number)
        guard let made = try ClearedPairRows.clearedPair(of: pair, by: member.number, connection) else {
            throw DatabaseFault.statement("a pair that was cleared is not there")
        }
        return made
    }

    /// Takes back that a pair is two.
    /// - Returns: whether the member had said it.
    public func reopen(_ id: UUID, by principal: Principal, of member: Member) throws -> Bool {
        let count = try connection.run(
            "delete from cleared_pair where member = $1 and id = $2",
            .integer(member.number),
            .text(id.text)
        )
        guard count > 0 else { return false }
        try enter(.clearedPair, at: nextTick(), principal: principal.number)
        return true
    }
}
