public import Exchange
public import Foundation

/// A judgement as it is kept.
public struct JudgementRow: Hashable, Sendable {
    /// A subject: an object of a rendition of an advisory.
    public struct End: Hashable, Sendable {
        /// The advisory.
        public let advisory: ID<Advisory>
        /// The STIX object.
        public let object: String
        /// A digest of what was known of it when it was judged.
        public let facts: [UInt8]

        /// Puts it together from its parts.
        public init(_ advisory: ID<Advisory>, _ object: String, _ facts: [UInt8]) {
            self.advisory = advisory
            self.object = object
            self.facts = facts
        }
    }

    /// When it was made: its key in the store.
    public let number: Tick
    /// Its id.
    public let id: UUID
    /// The number of the member for whom it was made.
    public let member: Int64
    /// The number of who made it.
    public let principal: Int64
    /// The two subjects.
    public let left, right: End
    /// What was judged, in one word.
    public let verdict: String
    /// Why.
    public let reason: String

    /// Puts it together from its parts.
    public init(
        number: Tick,
        id: UUID,
        member: Int64,
        principal: Int64,
        left: End,
        right: End,
        verdict: String,
        reason: String
    ) {
        self.number = number
        self.id = id
        self.member = member
        self.principal = principal
        self.left = left
        self.right = right
        self.verdict = verdict
        self.reason = reason
    }

    static let columns = """
        number, id, member, principal, left_advisory, left_object, right_advisory, right_object, verdict, reason,
        left_facts, right_facts
        """

    init(_ row: any SQLRow) throws {
        guard let id = UUID(uuidString: row.text(1)), let left = ID<Advisory>(parsing: row.text(4)),
            let right = ID<Advisory>(parsing: row.text(6))
        else { throw DatabaseFault.statement("judgement holds an id that is no UUID") }
        self.init(
            number: Tick(microseconds: row.integer(0)),
            id: id,
            member: row.integer(2),
            principal: row.integer(3),
            left: End(left, row.text(5), row.bytes(10)),
            right: End(right, row.text(7), row.bytes(11)),
            verdict: row.text(8),
            reason: row.text(9)
        )
    }
}

/// Judgements and notices as rows.
public enum JudgementRows {
    /// All judgements that stand, in the order in which they were made.
    public static func standing(_ connection: any SQLConnection) throws -> [JudgementRow] {
        try connection.rows(
            "select \(JudgementRow.columns) from judgement where withdrawn is null order by number",
            make: JudgementRow.init
        )
    }

    /// When the last was made or taken back; zero for never.
    public static func last(_ connection: any SQLConnection) throws -> Tick {
        let last = try connection.first(
            "select max(coalesce(withdrawn, number)) from judgement",
            make: { $0.isNull(0) ? 0 : $0.integer(0) }
        )
        return Tick(microseconds: last ?? 0)
    }

    /// A notice that was given.
    public struct NoticeRow: Hashable, Sendable {
        /// Of which advisory.
        public let advisory: ID<Advisory>
        /// The number of its originator.
        public let member: Int64
        /// On which day, counted from 1970.
        public let day: Int

        init(_ row: any SQLRow) throws {
            guard let advisory = ID<Advisory>(parsing: row.text(0)) else {
                throw DatabaseFault.statement("notice.advisory is no UUID")
            }
            self.advisory = advisory
            member = row.integer(1)
            day = Int(row.integer(2))
        }
    }

    /// All notices that were given.
    public static func notices(_ connection: any SQLConnection) throws -> [NoticeRow] {
        try connection.rows("select advisory, member, day from notice", make: NoticeRow.init)
    }

    /// The notices to one member, the newest first.
    public static func notices(to member: Int64, _ connection: any SQLConnection) throws -> [NoticeRow] {
        try connection.rows(
            "select advisory, member, day from notice where member = $1 order by day desc, advisory",
            .integer(member),
            make: NoticeRow.init
        )
    }

    /// The last day on which it was looked whom to tell; nil for never.
    public static func lastNoticeDay(_ connection: any SQLConnection) throws -> Int? {
        try connection.first("select max(day) from notice_day") { $0.isNull(0) ? nil : Int($0.integer(0)) } ?? nil
    }
}

extension Transaction {
    /// Keeps a judgement.
    public func keep(_ row: JudgementRow) throws {
        try connection.run(
            """
            insert into judgement (\(JudgementRow.columns)) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            .integer(row.number.microseconds),
            .text(row.id.text),
            .integer(row.member),
            .integer(row.principal),
            .text(row.left.advisory.text),
            .text(row.left.object),
            .text(row.right.advisory.text),
            .text(row.right.object),
            .text(row.verdict),
            .text(row.reason),
            .bytes(row.left.facts),
            .bytes(row.right.facts)
        )
        try enter(.crossReference, at: row.number, principal: row.principal)
    }

    /// Takes a judgement of a member back.
    /// - Returns: whether it stood, and was the member's.
    public func withdraw(judgement id: UUID, by principal: Principal, of member: Member) throws -> Bool {
        let tick = nextTick()
        let count = try connection.run(
            """
            update judgement set withdrawn = $3, withdrawer = $4 where id = $1 and member = $2 and withdrawn is null
            """,
            .text(id.text),
            .integer(member.number),
            .integer(tick.microseconds),
            .integer(principal.number)
        )
        guard count > 0 else { return false }
        try enter(.crossReference, at: tick, principal: principal.number)
        return true
    }

    /// Forgets what people judged of the subjects of an advisory that is erased: reasons tell of them.
    public func forgetJudgements(of advisory: ID<Advisory>) throws {
        let count = try connection.run(
            "delete from judgement where left_advisory = $1 or right_advisory = $1",
            .text(advisory.text)
        )
        if count > 0 { try enter(.crossReference, at: nextTick(), principal: nil) }
    }

    /// Keeps that it was looked whom to tell on a day, and who was told.
    /// - Returns: false where that was done already, and nothing is kept.
    public func tell(_ notices: [(advisory: ID<Advisory>, member: Member)], on day: Int) throws -> Bool {
        let isDone = try connection.first(
            "select 1 from notice_day where day = $1",
            .integer(Int64(day)),
            make: { _ in true }
        )
        guard isDone == nil else { return false }
        try connection.run("insert into notice_day (day) values ($1)", .integer(Int64(day)))
        for notice in notices {
            try connection.run(
                "insert into notice (advisory, member, day) values ($1, $2, $3)",
                .text(notice.advisory.text),
                .integer(notice.member.number),
                .integer(Int64(day))
            )
        }
        try enter(.crossReference, at: nextTick(), principal: nil)
        return true
    }
}
