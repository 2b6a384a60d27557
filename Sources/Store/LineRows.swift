public import Exchange

/// A request that its asker's group owes for.
public struct LineRequestRow: Hashable, Sendable {
    /// The request's number: its key in the store.
    public let number: Int64
    /// Which request.
    public let item: ID<LedgerItem>
    /// Whose it is.
    public let asker: Name
    /// Whose member it named; nil where it is to a pool.
    public let responder: Name?
    /// How much it asks.
    public let weight: RequestWeight
    /// When its time is over.
    public let due: Timestamp

    /// Puts it together from its parts.
    public init(
        number: Int64,
        item: ID<LedgerItem>,
        asker: Name,
        responder: Name?,
        weight: RequestWeight,
        due: Timestamp
    ) {
        (self.number, self.item, self.asker, self.responder) = (number, item, asker, responder)
        (self.weight, self.due) = (weight, due)
    }

    init(_ row: any SQLRow) throws {
        guard let item = ID<LedgerItem>(parsing: row.text(1)), let asker = Name(row.text(2)),
            let weight = RequestWeight(rawValue: row.text(4))
        else { throw LineRows.unreadable }
        self.init(
            number: row.integer(0),
            item: item,
            asker: asker,
            responder: row.isNull(3) ? nil : Name(row.text(3)),
            weight: weight,
            due: Timestamp(microseconds: row.integer(5))
        )
    }

    static let columns = "number, item, asker, responder, weight, due"

    /// What it puts on the line to a group; nil for its asker's own.
    public func line(to group: Name) -> LineRequest? { LineRequest(item, by: asker, of: group, weight) }
}

/// What a request puts on the line to one group.
public struct LineHold: Hashable, Sendable {
    /// Which group.
    public let responder: Name
    /// Whom of it was asked.
    public let members: Set<ID<Member>>

    /// Puts it together from its parts.
    public init(responder: Name, members: Set<ID<Member>>) {
        (self.responder, self.members) = (responder, members)
    }

    init(_ row: any SQLRow) throws {
        guard let name = Name(row.text(0)) else { throw LineRows.unreadable }
        let ids = row.text(1).split(separator: " ").map { ID<Member>(parsing: String($0)) }
        self.init(responder: name, members: Set(ids.compactMap(\.self)))
    }

    var text: String { members.map(\.text).sorted().joined(separator: " ") }
}

/// Request lines as rows.
public enum LineRows {
    static let unreadable = DatabaseFault.statement("a request line cannot be read")

    /// What a group has towards each other one that it ever had something with.
    public static func balances(of group: Name, _ connection: any SQLConnection) throws -> [LineAccount: LedgerBalance]
    {
        try balances("where owner_group = $1", [.text(group.text)], connection)
    }

    /// All lines, both ends of each.
    public static func balances(_ connection: any SQLConnection) throws -> [LineAccount: LedgerBalance] {
        try balances("", [], connection)
    }

    private static func balances(
        _ condition: String,
        _ values: [SQLValue],
        _ connection: any SQLConnection
    ) throws -> [LineAccount: LedgerBalance] {
        var all: [LineAccount: LedgerBalance] = [:]
        try connection.run(
            "select owner_group, other, posted, leaving, coming from line_balance \(condition)",
            values
        ) { row in
            guard let group = Name(row.text(0)), let other = Name(row.text(1)) else { throw unreadable }
            all[LineAccount(of: group, towards: other)] = LedgerBalance(
                posted: row.integer(2),
                leaving: row.integer(3),
                coming: row.integer(4)
            )
        }
        return all
    }

    /// What others owed a group before an instant, by their names, and below zero what it owed them.
    public static func posted(
        of group: Name,
        before time: Timestamp,
        _ connection: any SQLConnection
    ) throws -> [Name: LedgerBalance] {
        let rows = try connection.rows(
            """
            select debit, credit, sum(amount) from line_entry
            where (debit = $1 or credit = $1) and number < $2 and step in ('posted', 'posts') group by debit, credit
            """,
            .text(group.text),
            .integer(time.microseconds)
        ) { (debit: Name($0.text(0)), credit: Name($0.text(1)), amount: $0.integer(2)) }
        return try rows.reduce(into: [:]) { balances, row in
            guard let debit = row.debit, let credit = row.credit else { throw unreadable }
            let isDebit = debit == group
            balances[isDebit ? credit : debit, default: LedgerBalance()].posted += isDebit ? -row.amount : row.amount
        }
    }

    /// What a group owes and has asked, as far as it may know.
    public static func asked(by group: Name, at now: Timestamp, _ connection: any SQLConnection) throws -> AskedLines {
        let rows = try connection.rows(
            """
            select \(LineRequestRow.columns) from line_request
            where asker = $1 and open = 1 and due >= $2 order by number
            """,
            .text(group.text),
            .integer(now.microseconds),
            make: LineRequestRow.init
        )
        let posted = try balances(of: group, connection).map { ($0.key.other, $0.value.posted) }
        return AskedLines(
            posted: Dictionary(uniqueKeysWithValues: posted),
            open: try rows.map { row in
                let answered = try connection.rows(
                    "select responder from line_hold where request = $1 and state = 'posted'",
                    .integer(row.number)
                ) { Name($0.text(0)) }
                return AskedLines.Open(row.weight, of: row.responder, answered: Set(answered.compactMap(\.self)))
            }
        )
    }

    /// A request that is open; nil where it is not, or nothing is owed for it.
    public static func open(_ number: Int64, _ connection: any SQLConnection) throws -> LineRequestRow? {
        try connection.first(
            "select \(LineRequestRow.columns) from line_request where number = $1 and open = 1",
            .integer(number),
            make: LineRequestRow.init
        )
    }

    /// Requests that are open and whose time is over, the first of them.
    /// - Parameter asker: whose; nil for anybody's.
    public static func due(
        by now: Timestamp,
        of asker: Name? = nil,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [LineRequestRow] {
        try connection.rows(
            """
            select \(LineRequestRow.columns) from line_request
            where open = 1 and due < $1 and ($2 = '' or asker = $2) order by due, number limit $3
            """,
            .integer(now.microseconds),
            .text(asker?.text ?? ""),
            .integer(Int64(count)),
            make: LineRequestRow.init
        )
    }

    /// What a request still puts on lines.
    /// - Parameter member: one that was asked, for that of its group alone; nil for all.
    public static func holds(
        of request: Int64,
        with member: ID<Member>? = nil,
        _ connection: any SQLConnection
    ) throws -> [LineHold] {
        try connection.rows(
            """
            select responder, members from line_hold
            where request = $1 and state = 'pending' and members like $2 order by responder
            """,
            .integer(request),
            .text("%\(member?.text ?? "")%"),
            make: LineHold.init
        )
    }

    /// The last month that was netted; nil before the first request.
    public static func netted(_ connection: any SQLConnection) throws -> LineMonth? {
        try connection.first("select month from line_month order by month desc limit 1") {
            LineMonth(number: Int($0.integer(0)))
        }
    }

    /// As much of the book as an entry needs.
    fileprivate static func book(
        for entry: LedgerEntry<LineAccount>,
        _ terms: ReciprocityTerms,
        _ connection: any SQLConnection
    ) throws -> LedgerBook<LineAccount> {
        let keys = [entry.key, entry.settles].compactMap(\.self).map { SQLValue.text($0.text) }
        var entries: [LedgerEntry<LineAccount>] = []
        try connection.run(
            """
            select key, cause, item, debit, credit, amount, step, settles, day from line_entry
            where key = $1 or key = $2 or settles = $2
            """,
            [keys[0], keys.last ?? keys[0]]
        ) { entries.append(try self.entry($0)) }
        let condition = "where (owner_group = $1 and other = $2) or (owner_group = $2 and other = $1)"
        let ends = [SQLValue.text(entry.debit.group.text), .text(entry.credit.group.text)]
        return LedgerBook(terms, entries: entries, balances: try balances(condition, ends, connection))
    }

    private static func entry(_ row: any SQLRow) throws -> LedgerEntry<LineAccount> {
        guard let cause = EntryCause(rawValue: row.text(1)), let debit = Name(row.text(3)),
            let credit = Name(row.text(4))
        else { throw unreadable }
        let settles = row.isNull(7) ? nil : EntryKey(row.text(7))
        let step: LedgerEntry<LineAccount>.Step =
            switch (row.text(6), settles) {
            case ("posted", nil): .posted
            case ("pending", nil): .pending
            case ("posts", let key?): .posts(key)
            case ("voids", let key?): .voids(key)
            default: throw unreadable
            }
        return LedgerEntry(
            EntryKey(row.text(0)),
            cause,
            item: row.isNull(2) ? nil : ID<LedgerItem>(parsing: row.text(2)),
            debit: LineAccount(of: debit, towards: credit),
            credit: LineAccount(of: credit, towards: debit),
            Amount(row.integer(5)),
            step,
            day: Int(row.integer(8))
        )
    }
}

extension LedgerEntry.Step {
    fileprivate var name: String {
        switch self {
        case .posted: "posted"
        case .pending: "pending"
        case .posts: "posts"
        case .voids: "voids"
        }
    }
}

extension Transaction {
    /// Posts an entry of a request line, once.
    ///
    /// What it may not do no input can cause: who asks is told before that its line has no room.
    public func post(_ entry: LedgerEntry<LineAccount>, _ terms: ReciprocityTerms) throws {
        var book = try LineRows.book(for: entry, terms, connection)
        do throws(EntryRefusal) {
            guard try book.post(entry) else { return }
        } catch {
            throw DatabaseFault.statement("an entry of a request line was refused: \(error.rawValue)")
        }
        try connection.run(
            """
            insert into line_entry (number, key, cause, item, debit, credit, amount, step, settles, day)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            .integer(nextTick().microseconds),
            .text(entry.key.text),
            .text(entry.cause.rawValue),
            entry.item.map { .text($0.text) } ?? .null,
            .text(entry.debit.group.text),
            .text(entry.credit.group.text),
            .integer(entry.amount.count),
            .text(entry.step.name),
            entry.settles.map { .text($0.text) } ?? .null,
            .integer(Int64(entry.day))
        )
        for account in [entry.debit, entry.credit] {
            let balance = book[account]
            try connection.run(
                """
                insert into line_balance (owner_group, other, posted, leaving, coming) values ($1, $2, $3, $4, $5)
                on conflict (owner_group, other) do update set posted = excluded.posted, leaving = excluded.leaving,
                coming = excluded.coming
                """,
                .text(account.group.text),
                .text(account.other.text),
                .integer(balance.posted),
                .integer(balance.leaving),
                .integer(balance.coming)
            )
        }
    }

    /// Keeps a request that is owed for, and what it puts on each line.
    public func keep(_ row: LineRequestRow, _ holds: [LineHold], _ terms: ReciprocityTerms) throws {
        try connection.run(
            "insert into line_request (\(LineRequestRow.columns)) values ($1, $2, $3, $4, $5, $6)",
            .integer(row.number),
            .text(row.item.text),
            .text(row.asker.text),
            row.responder.map { .text($0.text) } ?? .null,
            .text(row.weight.rawValue),
            .integer(row.due.microseconds)
        )
        let day = LineMonth.days.day(of: now)
        for hold in holds {
            guard let line = row.line(to: hold.responder) else { continue }
            try connection.run(
                "insert into line_hold (request, responder, members) values ($1, $2, $3)",
                .integer(row.number),
                .text(hold.responder.text),
                .text(hold.text)
            )
            try post(line.asked(on: day, terms), terms)
        }
        // Debts are cancelled at the end of this month for the first time.
        guard try LineRows.netted(connection) == nil else { return }
        try keep(netted: LineMonth(at: now).previous)
    }

    /// Posts or voids what a request put on one line.
    public func settle(
        _ hold: LineHold,
        of row: LineRequestRow,
        as state: InformationRequest.LineState,
        on day: Int,
        _ terms: ReciprocityTerms
    ) throws {
        guard let line = row.line(to: hold.responder) else { return }
        let asked = line.asked(on: day, terms)
        switch state {
        case .pending: return
        case .posted: try post(line.answered(asked, on: day), terms)
        case .void: try post(line.lapsed(asked, on: day), terms)
        }
        try connection.run(
            "update line_hold set state = $3 where request = $1 and responder = $2",
            .integer(row.number),
            .text(hold.responder.text),
            .text(state.rawValue)
        )
    }

    /// Notes that nothing more comes of a request.
    public func end(_ row: LineRequestRow) throws {
        try connection.run("update line_request set open = 0 where number = $1", .integer(row.number))
    }

    /// Notes that a month is netted.
    public func keep(netted month: LineMonth) throws {
        try connection.run("insert into line_month (month) values ($1)", .integer(Int64(month.number)))
    }
}
