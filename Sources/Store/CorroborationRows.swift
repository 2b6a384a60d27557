public import Exchange

/// What an authority found of a report that it looked at beside an earlier one of another's.
public struct CorroborationRow: Hashable, Sendable {
    /// The report that corroborates, or is a sighting.
    public let item: ID<LedgerItem>
    /// Whose it is.
    public let group: Name
    /// The earlier one.
    public let original: ID<LedgerItem>
    /// Whose that is.
    public let originalGroup: Name
    /// Why it is no more than a sighting; nil where it corroborates.
    public let refusal: Independence.Refusal?
    /// C of the earlier one before.
    public let credibility: Int
    /// The day of the ledger.
    public let day: Int

    /// Puts it together from its parts.
    public init(
        of item: ID<LedgerItem>,
        by group: Name,
        to original: ID<LedgerItem>,
        of originalGroup: Name,
        _ refusal: Independence.Refusal?,
        credibility: Int,
        day: Int
    ) {
        self.item = item
        self.group = group
        self.original = original
        self.originalGroup = originalGroup
        self.refusal = refusal
        self.credibility = credibility
        self.day = day
    }

    init(_ row: any SQLRow) throws {
        let refusal = row.isNull(4) ? nil : Independence.Refusal(rawValue: row.text(4))
        guard let item = ID<LedgerItem>(parsing: row.text(0)), let group = Name(row.text(1)),
            let original = ID<LedgerItem>(parsing: row.text(2)), let originalGroup = Name(row.text(3)),
            row.isNull(4) || refusal != nil
        else { throw DatabaseFault.statement("a corroboration cannot be read") }
        self.init(
            of: item,
            by: group,
            to: original,
            of: originalGroup,
            refusal,
            credibility: Int(row.integer(5)),
            day: Int(row.integer(6))
        )
    }

    static let columns = "item, owner_group, original, original_group, reason, credibility, day"
}

/// Corroborations as rows.
public enum CorroborationRows {
    /// What was found of a report; nil where nothing was.
    public static func found(
        of item: ID<LedgerItem>,
        _ connection: any SQLConnection
    ) throws -> CorroborationRow? {
        try connection.first(
            "select \(CorroborationRow.columns) from corroboration where item = $1",
            .text(item.text),
            make: CorroborationRow.init
        )
    }

    /// Those that count and that a report has a part in, by the order in which they were found.
    public static func counting(
        with item: ID<LedgerItem>,
        _ connection: any SQLConnection
    ) throws -> [CorroborationRow] {
        try connection.rows(
            """
            select \(CorroborationRow.columns) from corroboration
            where (item = $1 or original = $1) and reason is null and undone is null order by number
            """,
            .text(item.text),
            make: CorroborationRow.init
        )
    }

    /// The reports of a group that are no more than sightings, of some days of a ledger.
    public static func sightings(
        of group: Name,
        in pool: Int64,
        on days: Range<Int>,
        _ connection: any SQLConnection
    ) throws -> [CorroborationRow] {
        try connection.rows(
            """
            select \(CorroborationRow.columns) from corroboration where pool = $1 and owner_group = $2
            and day >= $3 and day < $4 and reason is not null order by day, item
            """,
            .integer(pool),
            .text(group.text),
            .integer(Int64(days.lowerBound)),
            .integer(Int64(days.upperBound)),
            make: CorroborationRow.init
        )
    }
}

extension Transaction {
    /// Keeps what an officer had found of a report.
    public func keep(_ row: CorroborationRow, in ledger: LedgerRow, by principal: Principal) throws {
        let tick = nextTick()
        try connection.run(
            """
            insert into corroboration
            (number, pool, item, owner_group, original, original_group, reason, credibility, day)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            .integer(tick.microseconds),
            .integer(ledger.pool),
            .text(row.item.text),
            .text(row.group.text),
            .text(row.original.text),
            .text(row.originalGroup.text),
            row.refusal.map { .text($0.rawValue) } ?? .null,
            .integer(Int64(row.credibility)),
            .integer(Int64(row.day))
        )
        try enter(.corroboration, at: tick, principal: principal.number, pool: ledger.pool)
    }

    /// Notes that one of the two was taken back on a day, so that it counts for neither any more.
    public func undo(_ row: CorroborationRow, on day: Int) throws {
        try connection.run(
            "update corroboration set undone = $2 where item = $1",
            .text(row.item.text),
            .integer(Int64(day))
        )
    }
}
