public import Exchange

/// A voucher as it is kept.
public struct EntitlementRow: Hashable, Sendable {
    /// The tick at which it was issued: its key in the store.
    public let number: Int64
    /// The ledger that it is of, by its pool's number.
    public let pool: Int64
    /// What it is.
    public var entitlement: Entitlement
    /// Why its office ended a reservation of it last; nil where it did not.
    public var reason: String?

    init(_ row: any SQLRow) throws {
        number = row.integer(0)
        pool = row.integer(2)
        reason = row.isNull(12) ? nil : row.text(12)
        guard let id = ID<Entitlement>(parsing: row.text(1)), let office = Name(row.text(3)),
            let group = Name(row.text(4)), let part = VoucherAccount.Part(rawValue: row.text(7))
        else { throw Self.unreadable }
        let reservation: Entitlement.Reservation? = row.isNull(9) ? nil : try LedgerRows.read(row.bytes(9))
        entitlement = Entitlement(
            id,
            of: office,
            for: group,
            issued: Int(row.integer(5)),
            expires: Int(row.integer(6)),
            try Self.state(part, reservation, redeemed: row.isNull(10) ? nil : Int(row.integer(10))),
            reservations: Int(row.integer(8))
        )
    }

    private static func state(
        _ part: VoucherAccount.Part,
        _ reservation: Entitlement.Reservation?,
        redeemed day: Int?
    ) throws -> Entitlement.State {
        switch (part, reservation, day) {
        case (.available, nil, nil): .available
        case (.reserved, let reservation?, nil): .reserved(reservation)
        case (.redeemed, let reservation?, let day?): .redeemed(reservation, on: day)
        case (.expired, nil, nil): .expired
        case (.void, nil, nil): .void
        case (.withdrawn, nil, nil): .withdrawn
        default: throw unreadable
        }
    }

    private static let unreadable = DatabaseFault.statement("an entitlement cannot be read")

    static let columns = """
        number, id, pool, office, owner_group, issued, expires, state, reservations, reservation, redeemed, due, reason
        """
}

/// Entitlements as rows.
public enum EntitlementRows {
    /// The one of an id; nil when there is none.
    public static func entitlement(
        _ id: ID<Entitlement>,
        _ connection: any SQLConnection
    ) throws -> EntitlementRow? {
        try first("where id = $1", .text(id.text), connection)
    }

    /// The one of a number; nil when there is none.
    public static func entitlement(
        numbered number: Int64,
        _ connection: any SQLConnection
    ) throws -> EntitlementRow? {
        try first("where number = $1", .integer(number), connection)
    }

    private static func first(
        _ condition: String,
        _ value: SQLValue,
        _ connection: any SQLConnection
    ) throws -> EntitlementRow? {
        try connection.first(
            "select \(EntitlementRow.columns) from entitlement \(condition)",
            value,
            make: EntitlementRow.init
        )
    }

    /// What a member is listed: its group's, and what it redeemed or ended as their office; the newest first, those
    /// issued before one of them.
    public static func entitlements(
        of member: Member,
        before number: Int64,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [EntitlementRow] {
        try connection.rows(
            """
            select \(EntitlementRow.columns) from entitlement
            where (owner_group = $1 or (office = $2 and (state = 'redeemed' or reason is not null))) and number < $3
            order by number desc limit $4
            """,
            .text(member.group.text),
            .text(member.name.text),
            .integer(number),
            .integer(Int64(count)),
            make: EntitlementRow.init
        )
    }

    /// Those of a group at an office that are not used up.
    public static func open(
        of group: Name,
        at office: Name,
        _ connection: any SQLConnection
    ) throws -> [EntitlementRow] {
        try connection.rows(
            """
            select \(EntitlementRow.columns) from entitlement
            where owner_group = $1 and office = $2 and state in ('available', 'reserved') order by number
            """,
            .text(group.text),
            .text(office.text),
            make: EntitlementRow.init
        )
    }

    /// All of a group in a ledger at an office, the oldest first.
    public static func all(
        of group: Name,
        at office: Name,
        in pool: Int64,
        _ connection: any SQLConnection
    ) throws -> [EntitlementRow] {
        try connection.rows(
            """
            select \(EntitlementRow.columns) from entitlement
            where owner_group = $1 and office = $2 and pool = $3 order by number
            """,
            .text(group.text),
            .text(office.text),
            .integer(pool),
            make: EntitlementRow.init
        )
    }

    /// Those of a group in a ledger whose days lasted beyond one.
    public static func entitlements(
        of group: Name,
        in pool: Int64,
        lastingBeyond day: Int,
        _ connection: any SQLConnection
    ) throws -> [Entitlement] {
        try connection.rows(
            """
            select \(EntitlementRow.columns) from entitlement
            where owner_group = $1 and pool = $2 and expires > $3 order by number
            """,
            .text(group.text),
            .integer(pool),
            .integer(Int64(day)),
            make: { try EntitlementRow($0).entitlement }
        )
    }

    /// Those of a ledger that time alone changes by a day, in order.
    public static func due(
        in pool: Int64,
        by day: Int,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [EntitlementRow] {
        try connection.rows(
            "select \(EntitlementRow.columns) from entitlement where pool = $1 and due <= $2 order by due, number limit $3",
            .integer(pool),
            .integer(Int64(day)),
            .integer(Int64(count)),
            make: EntitlementRow.init
        )
    }

    /// What an account has.
    static func balance(
        of account: VoucherAccount,
        in pool: Int64,
        _ connection: any SQLConnection
    ) throws -> Int64? {
        try connection.first(
            "select balance from entitlement_balance where pool = $1 and account = $2",
            .integer(pool),
            .text(account.text)
        ) { $0.integer(0) }
    }
}

extension Transaction {
    /// Keeps vouchers that are issued, with the entry that issues them; nothing where that was posted before.
    public func issue(
        _ entitlements: [Entitlement],
        _ entry: LedgerEntry<VoucherAccount>,
        in pool: Int64,
        _ terms: ReciprocityTerms
    ) throws {
        guard let group = entitlements.first?.group, try post([entry], of: group, in: pool, terms) > 0 else { return }
        for entitlement in entitlements {
            let number = nextTick().microseconds
            try connection.run(
                """
                insert into entitlement
                (number, id, pool, office, owner_group, issued, expires, state, reservations, due)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """,
                .integer(number),
                .text(entitlement.id.text),
                .integer(pool),
                .text(entitlement.office.text),
                .text(entitlement.group.text),
                .integer(Int64(entitlement.issued)),
                .integer(Int64(entitlement.expires)),
                .text(entitlement.state.part.rawValue),
                .integer(Int64(entitlement.reservations)),
                SQLValue(entitlement.due.map(Int64.init))
            )
        }
        try enter(.entitlement, at: nextTick(), principal: nil, pool: pool)
    }

    /// Keeps what became of a voucher, with the entries that go with it.
    /// - Parameter principal: who did it; nil for time.
    public func change(
        _ row: EntitlementRow,
        _ entries: [LedgerEntry<VoucherAccount>],
        by principal: Principal?,
        _ terms: ReciprocityTerms
    ) throws {
        let entitlement = row.entitlement
        var redeemed: Int?
        if case .redeemed(_, let day) = entitlement.state { redeemed = day }
        try post(entries, of: entitlement.group, in: row.pool, terms)
        try connection.run(
            """
            update entitlement set state = $2, reservations = $3, reservation = $4, redeemed = $5, due = $6, reason = $7
            where number = $1
            """,
            .integer(row.number),
            .text(entitlement.state.part.rawValue),
            .integer(Int64(entitlement.reservations)),
            entitlement.reservation.map { .bytes(LedgerRows.body(of: $0)) } ?? .null,
            SQLValue(redeemed.map(Int64.init)),
            SQLValue(entitlement.due.map(Int64.init)),
            row.reason.map { .text($0) } ?? .null
        )
        try enter(.entitlement, at: nextTick(), principal: principal?.number, pool: row.pool)
    }

    /// Posts entries; those that were posted before are passed over.
    /// - Returns: how many are new.
    @discardableResult
    private func post(
        _ entries: [LedgerEntry<VoucherAccount>],
        of group: Name,
        in pool: Int64,
        _ terms: ReciprocityTerms
    ) throws -> Int {
        var count = 0
        for entry in entries {
            let isNew = try connection.run(
                """
                insert into entitlement_entry
                (number, pool, owner_group, key, cause, debit, credit, amount, day)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (pool, key) do nothing
                """,
                .integer(nextTick().microseconds),
                .integer(pool),
                .text(group.text),
                .text(entry.key.text),
                .text(entry.cause.rawValue),
                .text(entry.debit.text),
                .text(entry.credit.text),
                .integer(entry.amount.count),
                .integer(Int64(entry.day))
            )
            guard isNew > 0 else { continue }
            count += 1
            try book(entry, in: pool, terms)
        }
        return count
    }

    /// Moves what an entry moves, where its accounts have room: the schema holds them to the same.
    private func book(
        _ entry: LedgerEntry<VoucherAccount>,
        in pool: Int64,
        _ terms: ReciprocityTerms
    ) throws {
        let accounts = [entry.debit, entry.credit]
        let held = try accounts.map { try EntitlementRows.balance(of: $0, in: pool, connection) }
        let balances = zip(accounts, held).map { ($0, LedgerBalance(posted: $1 ?? 0)) }
        var book = LedgerBook(terms, balances: Dictionary(uniqueKeysWithValues: balances))
        do throws(EntryRefusal) {
            try book.post(entry)
        } catch {
            throw DatabaseFault.statement("the entry \(entry.key) is refused: \(error.rawValue)")
        }
        for (account, known) in zip(accounts, held) {
            let sql =
                known == nil
                ? "insert into entitlement_balance (pool, account, balance) values ($1, $2, $3)"
                : "update entitlement_balance set balance = $3 where pool = $1 and account = $2"
            try connection.run(sql, .integer(pool), .text(account.text), .integer(book[account].posted))
        }
    }
}
