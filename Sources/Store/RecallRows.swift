public import Exchange

/// An acknowledgement of a recall that a member owes, or gave.
public struct OwedRow: Hashable, Sendable {
    /// The advisory's number.
    public let advisory: Int64
    /// The member's number.
    public let member: Int64
    /// When it was recalled.
    public let recalled: Timestamp
    /// When it is overdue.
    public let ends: Timestamp
    /// When it was acknowledged; nil while it is owed.
    public let acknowledged: Timestamp?
    /// What the member said with it; nil for nothing.
    public let note: String?

    /// Puts it together from its parts.
    public init(
        advisory: Int64,
        member: Int64,
        recalled: Timestamp,
        ends: Timestamp,
        acknowledged: Timestamp?,
        note: String? = nil
    ) {
        self.advisory = advisory
        self.member = member
        self.recalled = recalled
        self.ends = ends
        self.acknowledged = acknowledged
        self.note = note
    }

    /// Whether it is late.
    public func isOverdue(at now: Timestamp) -> Bool { acknowledged == nil && now >= ends }

    fileprivate init(_ row: any SQLRow) {
        self.init(
            advisory: row.integer(0),
            member: row.integer(1),
            recalled: Timestamp(microseconds: row.integer(2)),
            ends: Timestamp(microseconds: row.integer(3)),
            acknowledged: row.isNull(4) ? nil : Timestamp(microseconds: row.integer(4)),
            note: row.isNull(5) ? nil : row.text(5)
        )
    }
}

/// Recalls as rows: who owes what, and which decisions relied on what was recalled.
public enum RecallRows {
    private static let columns = "advisory, member, recalled, ends, acknowledged, note"

    /// What a member owes, or gave, for each version that is a stub of what was recalled.
    public static func owed(
        by member: Int64,
        for versions: [Tick],
        _ connection: any SQLConnection
    ) throws -> [Tick: OwedRow] {
        var owed: [Tick: OwedRow] = [:]
        for version in versions {
            // What was revoked before the recall, when its holder lost sight of it, is no notice of that.
            owed[version] = try connection.first(
                """
                select \(columns) from owed where member = $1 and recalled <= $2 and advisory in
                (select advisory from rendition where tick = $2 and rendition = 'stub')
                """,
                .integer(member),
                .integer(version.microseconds),
                make: OwedRow.init
            )
        }
        return owed
    }

    /// The versions that tell of a recall, in the order of their release, each with the number of its label.
    public static func stubs(
        of owed: OwedRow,
        _ connection: any SQLConnection
    ) throws -> [(tick: Tick, label: Int64)] {
        try connection.rows(
            """
            select r.tick, v.label from rendition r join version v on v.tick = r.tick
            where r.advisory = $1 and r.rendition = 'stub' and r.tick >= $2 order by r.tick
            """,
            .integer(owed.advisory),
            .integer(owed.recalled.microseconds)
        ) { (Tick(microseconds: $0.integer(0)), $0.integer(1)) }
    }

    /// The versions after a tick that tell of the recalls that a member owes, or gave, an acknowledgement of, in the
    /// order of their release, each with the number of its pool.
    public static func stubs(
        owedBy member: Int64,
        after tick: Tick,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [(tick: Tick, pool: Int64)] {
        try connection.rows(
            """
            select r.tick, v.pool from owed o join rendition r on r.advisory = o.advisory
            join version v on v.tick = r.tick
            where o.member = $1 and r.rendition = 'stub' and r.tick >= o.recalled and r.tick > $2
            order by r.tick limit $3
            """,
            .integer(member),
            .integer(tick.microseconds),
            .integer(Int64(count))
        ) { (Tick(microseconds: $0.integer(0)), $0.integer(1)) }
    }

    /// Who owes, or gave, an acknowledgement of one advisory's recall.
    public static func owed(of advisory: Int64, _ connection: any SQLConnection) throws -> [OwedRow] {
        try connection.rows(
            "select \(columns) from owed where advisory = $1 order by member",
            .integer(advisory),
            make: OwedRow.init
        )
    }

    /// What a member owes an acknowledgement of one advisory's recall, or gave; nil for nothing.
    public static func owed(
        of advisory: Int64,
        by member: Int64,
        _ connection: any SQLConnection
    ) throws -> OwedRow? {
        try connection.first(
            "select \(columns) from owed where advisory = $1 and member = $2",
            .integer(advisory),
            .integer(member),
            make: OwedRow.init
        )
    }

    /// What a member owes, then what it gave, each the newest recall first.
    /// - Parameter place: the row that the last page ended with, as it was then; nil for the first page.
    public static func owed(
        by member: Int64,
        after place: (isGiven: Bool, OwedRow)?,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [OwedRow] {
        let isGiven = "case when acknowledged is null then 0 else 1 end"
        return try connection.rows(
            """
            select \(columns) from owed where member = $1 and (\(isGiven), -recalled, advisory) > ($2, $3, $4)
            order by \(isGiven), recalled desc, advisory limit $5
            """,
            .integer(member),
            .integer(place.map { $0.isGiven ? 1 : 0 } ?? -1),
            .integer(place.map { -$0.1.recalled.microseconds } ?? 0),
            .integer(place?.1.advisory ?? 0),
            .integer(Int64(count)),
            make: OwedRow.init
        )
    }

    /// The decisions of a member that relied on an advisory, oldest first, those noted after one of them.
    public static func reliances(
        on advisory: Int64,
        of member: Int64,
        after number: Int64,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [(number: Int64, decision: String)] {
        try connection.rows(
            """
            select number, decision from reliance where advisory = $1 and member = $2 and number > $3
            order by number limit $4
            """,
            .integer(advisory),
            .integer(member),
            .integer(number),
            .integer(Int64(count))
        ) { ($0.integer(0), $0.text(1)) }
    }
}

extension Transaction {
    /// Notes that a member owes an acknowledgement.
    public func owe(_ row: OwedRow) throws {
        try connection.run(
            "insert into owed (advisory, member, recalled, ends) values ($1, $2, $3, $4)",
            .integer(row.advisory),
            .integer(row.member),
            .integer(row.recalled.microseconds),
            .integer(row.ends.microseconds)
        )
    }

    /// Notes that a member acknowledged a recall; again is no error.
    /// - Returns: whether it owed one, or had given it.
    public func acknowledge(
        _ advisory: Int64,
        _ note: String?,
        by principal: Principal,
        of member: Member,
        in pool: Int64
    ) throws -> Bool {
        let owed = try connection.first(
            "select acknowledged from owed where advisory = $1 and member = $2",
            .integer(advisory),
            .integer(member.number)
        ) { $0.isNull(0) }
        guard let owed else { return false }
        guard owed else { return true }
        let tick = nextTick()
        try connection.run(
            "update owed set acknowledged = $3, note = $4 where advisory = $1 and member = $2",
            .integer(advisory),
            .integer(member.number),
            .integer(tick.microseconds),
            note.map { .text($0) } ?? .null
        )
        try enter(.acknowledged, at: tick, principal: principal.number, pool: pool)
        try enterCount(ofAdvisory: advisory)
        return true
    }

    /// Notes that a decision of a member relied on an advisory.
    /// - Returns: the note's number.
    public func rely(
        on advisory: Int64,
        for decision: String,
        by principal: Principal,
        of member: Member,
        in pool: Int64
    ) throws -> Int64 {
        let tick = nextTick()
        try connection.run(
            "insert into reliance (number, advisory, member, decision) values ($1, $2, $3, $4)",
            .integer(tick.microseconds),
            .integer(advisory),
            .integer(member.number),
            .text(decision)
        )
        try enter(.relied, at: tick, principal: principal.number, pool: pool)
        return tick.microseconds
    }
}
