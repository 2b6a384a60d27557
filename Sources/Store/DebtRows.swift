public import Exchange

/// A report that an authority owes a word on, as it is kept.
public struct DebtRow: Sendable {
    /// The report's number: its key in the store.
    public let number: Int64
    /// The pool whose ledger it is in.
    public let pool: Int64
    /// What it is.
    public let awaited: AwaitedReport

    /// Puts it together from its parts.
    public init(number: Int64, pool: Int64, awaited: AwaitedReport) {
        self.number = number
        self.pool = pool
        self.awaited = awaited
    }

    init(_ row: any SQLRow) throws {
        guard let item = ID<LedgerItem>(parsing: row.text(2)), let authority = Name(row.text(3)),
            let group = Name(row.text(4))
        else { throw DatabaseFault.statement("a report that is awaited cannot be read") }
        func time(_ column: Int) -> Timestamp? {
            row.isNull(column) ? nil : Timestamp(microseconds: row.integer(column))
        }
        number = row.integer(0)
        pool = row.integer(1)
        awaited = AwaitedReport(
            item,
            of: authority,
            to: group,
            submitted: Timestamp(microseconds: row.integer(5)),
            due: Timestamp(microseconds: row.integer(6)),
            vests: Timestamp(microseconds: row.integer(7)),
            answered: time(8),
            decided: time(9),
            isOverdue: row.integer(10) == 1
        )
    }

    static let columns =
        "number, pool, item, authority, owner_group, submitted, due, vests, answered, decided, overdue"
}

/// What authorities owe as rows.
public enum DebtRows {
    /// What is owed on a report; nil where nothing ever was.
    public static func debt(of item: ID<LedgerItem>, _ connection: any SQLConnection) throws -> DebtRow? {
        try connection.first(
            "select \(DebtRow.columns) from debt where item = $1",
            .text(item.text),
            make: DebtRow.init
        )
    }

    /// Those that time changes by an instant, in the order in which they were submitted: of two that silence accepts
    /// the later one is compared with the earlier, however late it is looked at.
    public static func due(
        by time: Timestamp,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [DebtRow] {
        try connection.rows(
            "select \(DebtRow.columns) from debt where next <= $1 order by number limit $2",
            .integer(time.microseconds),
            .integer(Int64(count)),
            make: DebtRow.init
        )
    }

    /// Whether time changes one of a ledger's by an instant.
    public static func isAnyDue(in pool: Int64, by time: Timestamp, _ connection: any SQLConnection) throws -> Bool {
        try connection.first(
            "select 1 from debt where next <= $1 and pool = $2 limit 1",
            .integer(time.microseconds),
            .integer(pool),
            make: { _ in true }
        ) ?? false
    }

    /// What was owed to a group at an instant, in the order in which it was submitted.
    public static func debts(
        to group: Name,
        at time: Timestamp,
        _ connection: any SQLConnection
    ) throws -> [DebtRow] {
        try connection.rows(
            """
            select \(DebtRow.columns) from debt
            where owner_group = $1 and submitted < $2 and (answered is null or answered >= $2) order by number
            """,
            .text(group.text),
            .integer(time.microseconds),
            make: DebtRow.init
        )
    }

    /// What an authority owes, the oldest first, after one of them.
    public static func debts(
        of authority: Name,
        after number: Int64,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [DebtRow] {
        try connection.rows(
            """
            select \(DebtRow.columns) from debt
            where authority = $1 and answered is null and number > $2 order by number limit $3
            """,
            .text(authority.text),
            .integer(number),
            .integer(Int64(count)),
            make: DebtRow.init
        )
    }
}

extension Transaction {
    /// Keeps what is owed on a report, and posts the entries that are of it by now: each of them once.
    public func keep(_ row: DebtRow, in ledger: LedgerRow) throws {
        let awaited = row.awaited
        try connection.run(
            """
            insert into debt (\(DebtRow.columns), next) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            on conflict (number) do update set answered = excluded.answered, decided = excluded.decided,
            overdue = excluded.overdue, next = excluded.next
            """,
            .integer(row.number),
            .integer(row.pool),
            .text(awaited.item.text),
            .text(awaited.authority.text),
            .text(awaited.group.text),
            .integer(awaited.submitted.microseconds),
            .integer(awaited.due.microseconds),
            .integer(awaited.vests.microseconds),
            SQLValue(awaited.answered?.microseconds),
            SQLValue(awaited.decided?.microseconds),
            SQLValue(awaited.isOverdue),
            SQLValue(awaited.next?.microseconds)
        )
        let owed = awaited.owed(in: ledger.days)
        for entry in owed.entries(to: ledger.days.day(of: now)) {
            try connection.run(
                """
                insert into debt_entry (number, pool, key, cause, item, debit, credit, amount, day)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (pool, key) do nothing
                """,
                .integer(nextTick().microseconds),
                .integer(row.pool),
                .text(entry.key.text),
                .text(entry.cause.rawValue),
                .text(awaited.item.text),
                .text(entry.debit.text),
                .text(entry.credit.text),
                .integer(entry.amount.count),
                .integer(Int64(entry.day))
            )
        }
    }
}
