public import Exchange

/// That an advisory is hidden from a member because of whom it is about.
public struct ConflictRow: Hashable, Sendable {
    /// When it was noted.
    public let tick: Tick
    /// The member's number.
    public let member: Int64
    /// The advisory's reference; nil for what was noted before references were kept here.
    public let reference: String?
}

/// Conflicts as rows.
public enum ConflictRows {
    /// Those that were noted before a tick, newest first.
    public static func conflicts(
        before tick: Tick,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [ConflictRow] {
        try connection.rows(
            """
            select c.tick, c.member, a.reference from conflict c left join advisory a on a.number = c.advisory
            where c.tick < $1 order by c.tick desc limit $2
            """,
            .integer(tick.microseconds),
            .integer(Int64(count))
        ) { row in
            ConflictRow(
                tick: Tick(microseconds: row.integer(0)),
                member: row.integer(1),
                reference: row.isNull(2) ? nil : row.text(2)
            )
        }
    }
}

extension Transaction {
    /// Notes that an advisory is about somebody that a member declared as itself or as linked to it.
    public func noteConflict(with member: Member, over advisory: AdvisoryRow) throws {
        let tick = nextTick()
        try connection.run(
            "insert into conflict (tick, member, advisory) values ($1, $2, $3)",
            .integer(tick.microseconds),
            .integer(member.number),
            .integer(advisory.number)
        )
        try enter(.conflict, at: tick, principal: nil, pool: advisory.pool, object: member.number)
    }
}
