public import Exchange

/// What an authority publishes that it wants to know.
public struct RequirementRow: Hashable, Sendable {
    /// When it was published: its key in the store.
    public let number: Tick
    /// The number of the authority.
    public let member: Int64
    /// What it is called.
    public let name: Name
    /// What is wanted, in words.
    public let about: String
    /// Of which categories; none for any.
    public let categories: [Category]
    /// Of which kinds of subjects; none for any.
    public let kinds: [SubjectKind]
    /// When it ends by itself.
    public let until: Timestamp

    /// Puts it together from its parts.
    public init(
        number: Tick,
        member: Int64,
        name: Name,
        about: String,
        categories: [Category],
        kinds: [SubjectKind],
        until: Timestamp
    ) {
        self.number = number
        self.member = member
        self.name = name
        self.about = about
        self.categories = categories
        self.kinds = kinds
        self.until = until
    }

    init(_ row: any SQLRow) throws {
        guard let name = Name(row.text(2)) else {
            throw DatabaseFault.statement("requirement.name is no name")
        }
        func codes<Code: RawRepresentable<String>>(_ column: Int) -> [Code] {
            row.text(column).split(separator: " ").compactMap { Code(rawValue: String($0)) }
        }
        self.init(
            number: Tick(microseconds: row.integer(0)),
            member: row.integer(1),
            name: name,
            about: row.text(3),
            categories: codes(4),
            kinds: codes(5),
            until: Timestamp(microseconds: row.integer(6))
        )
    }

    static let columns = "r.number, r.member, r.name, r.about, r.categories, r.kinds, r.until"

    /// The same by the days of a ledger.
    public func requirement(of authority: Name, in days: PoolDays) -> Requirement? {
        Requirement(
            by: authority,
            named: name,
            categories: Set(categories),
            kinds: Set(kinds),
            until: days.day(of: until) + 1
        )
    }
}

/// Requirements as rows.
public enum RequirementRows {
    /// Those that an authority had published and neither ended nor withdrawn at a time.
    public static func requirements(
        of authority: ID<Member>,
        at time: Timestamp,
        _ connection: any SQLConnection
    ) throws -> [RequirementRow] {
        try connection.rows(
            """
            select \(RequirementRow.columns) from requirement r join member m on m.number = r.member
            where m.id = $1 and r.number <= $2 and r.until > $2 and (r.ended is null or r.ended > $2) order by r.number
            """,
            .text(authority.text),
            .integer(time.microseconds),
            make: RequirementRow.init
        )
    }

    /// All in force at a time that were published before one, newest first.
    public static func requirements(
        at time: Timestamp,
        before number: Int64,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [RequirementRow] {
        try connection.rows(
            """
            select \(RequirementRow.columns) from requirement r where r.until > $1 and r.ended is null and r.number < $2
            order by r.number desc limit $3
            """,
            .integer(time.microseconds),
            .integer(number),
            .integer(Int64(count)),
            make: RequirementRow.init
        )
    }

    /// How many of an authority's are in force.
    public static func count(of member: Int64, at time: Timestamp, _ connection: any SQLConnection) throws -> Int {
        try connection.first(
            "select count(*) from requirement where member = $1 and until > $2 and ended is null",
            .integer(member),
            .integer(time.microseconds)
        ) { Int($0.integer(0)) } ?? 0
    }

    /// Whether an authority ever had one of a name.
    public static func isTaken(_ name: Name, of member: Int64, _ connection: any SQLConnection) throws -> Bool {
        try connection.first(
            "select number from requirement where member = $1 and name = $2",
            .integer(member),
            .text(name.text)
        ) { $0.integer(0) } != nil
    }
}

extension Transaction {
    /// Keeps a requirement.
    public func keep(_ requirement: RequirementRow, by principal: Principal) throws {
        try connection.run(
            """
            insert into requirement (number, member, name, about, categories, kinds, until)
            values ($1, $2, $3, $4, $5, $6, $7)
            """,
            .integer(requirement.number.microseconds),
            .integer(requirement.member),
            .text(requirement.name.text),
            .text(requirement.about),
            .text(requirement.categories.map(\.rawValue).joined(separator: " ")),
            .text(requirement.kinds.map(\.rawValue).joined(separator: " ")),
            .integer(requirement.until.microseconds)
        )
        try enter(.requirement, at: requirement.number, principal: principal.number)
    }

    /// Withdraws what a member wanted to know.
    /// - Returns: whether it was in force.
    public func withdraw(_ name: Name, of member: Int64, by principal: Principal) throws -> Bool {
        let tick = nextTick()
        let count = try connection.run(
            "update requirement set ended = $1 where member = $2 and name = $3 and ended is null and until > $1",
            .integer(tick.microseconds),
            .integer(member),
            .text(name.text)
        )
        guard count > 0 else { return false }
        try enter(.requirement, at: tick, principal: principal.number)
        return true
    }
}
