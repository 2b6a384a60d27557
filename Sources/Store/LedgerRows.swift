public import Exchange
import Foundation

/// The contribution ledger of one inbox: its days, and the epoch that is open.
public struct LedgerRow: Hashable, Sendable {
    /// The pool's number.
    public let pool: Int64
    /// When its days begin.
    public let days: PoolDays
    /// The epoch that is open.
    public let epoch: Epoch
    /// The number of the last epoch of which all is posted; 0 before the first.
    public let closed: Int
    /// Its terms, epoch by epoch.
    public let terms: TermsHistory

    /// Whether an epoch before the open one is still to be posted.
    public var isClosing: Bool { closed + 1 < epoch.number }

    /// The terms of today, by the days of the ledger.
    public func terms(at now: Timestamp) -> ReciprocityTerms { terms[day: days.day(of: now)] }

    fileprivate init(_ row: any SQLRow, _ terms: TermsHistory) {
        self.terms = terms
        pool = row.integer(0)
        days = PoolDays(start: Timestamp(microseconds: row.integer(1)))
        epoch = Epoch(number: Int(row.integer(2)), opens: Int(row.integer(3)), closes: Int(row.integer(4)))
        closed = Int(row.integer(5))
    }

    static let columns = "pool, started, epoch, opens, closes, closed"
}

/// An item that was told before, as far as others are compared with it.
public struct LedgerItemRow: Codable, Sendable {
    /// Whose it is.
    public let group: Name
    /// What it is about.
    public let cluster: ID<SubjectCluster>
    /// What it tells.
    public let features: ItemFeatures
    /// Why the parts of its quality are what they are.
    public let reason: ItemReason
    /// How good it is.
    public let quality: Quality
    /// When it was submitted.
    public let submitted: Timestamp

    /// Puts it together from its parts.
    public init(
        group: Name,
        cluster: ID<SubjectCluster>,
        features: ItemFeatures,
        reason: ItemReason,
        quality: Quality,
        submitted: Timestamp
    ) {
        self.group = group
        self.cluster = cluster
        self.features = features
        self.reason = reason
        self.quality = quality
        self.submitted = submitted
    }

    /// The same with another C.
    public func graded(_ credibility: Int) -> LedgerItemRow {
        LedgerItemRow(
            group: group,
            cluster: cluster,
            features: features,
            reason: reason,
            quality: Quality(
                credibility: credibility,
                relevance: quality.relevance,
                novelty: quality.novelty,
                timeliness: quality.timeliness
            ),
            submitted: submitted
        )
    }
}

/// Ledgers as rows.
public enum LedgerRows {
    /// How many items that share a mark are compared with a new one, the newest of them.
    public static let comparedMax = 1_000

    /// The ledger of a pool; nil before its first item.
    public static func ledger(_ pool: Int64, _ connection: any SQLConnection) throws -> LedgerRow? {
        let terms = try TermsRows.history(of: pool, connection)
        return try connection.first("select \(LedgerRow.columns) from ledger where pool = $1", .integer(pool)) { row in
            LedgerRow(row, terms)
        }
    }

    /// All of them.
    public static func all(_ connection: any SQLConnection) throws -> [LedgerRow] {
        let terms = try TermsRows.all(connection)
        return try connection.rows("select \(LedgerRow.columns) from ledger order by pool") { row in
            LedgerRow(row, terms[row.integer(0)] ?? .standard)
        }
    }

    /// The ownership groups that have events in a ledger, in order, after one of them.
    public static func groups(
        in pool: Int64,
        after group: String,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [Name] {
        try connection.rows(
            """
            select distinct owner_group from ledger_event where pool = $1 and owner_group > $2 order by owner_group
            limit $3
            """,
            .integer(pool),
            .text(group),
            .integer(Int64(count))
        ) { row in
            guard let name = Name(row.text(0)) else { throw unreadable("group") }
            return name
        }
    }

    /// The events of a group, in order, each with the epoch that was open.
    public static func events(
        of group: Name,
        in pool: Int64,
        _ connection: any SQLConnection
    ) throws -> [EnteredEvent] {
        try connection.rows(
            "select epoch, body from ledger_event where pool = $1 and owner_group = $2 order by number",
            .integer(pool),
            .text(group.text)
        ) { EnteredEvent(epoch: Int($0.integer(0)), event: try read($0.bytes(1))) }
    }

    /// What was told of items that share a mark with one: of each mark the newest.
    public static func items(
        sharing marks: Set<SubjectMark>,
        in pool: Int64,
        _ connection: any SQLConnection
    ) throws -> [(item: String, marks: Set<SubjectMark>, row: LedgerItemRow)] {
        var found: [String: (marks: Set<SubjectMark>, row: LedgerItemRow)] = [:]
        for mark in marks.sorted() {
            let rows = try connection.rows(
                """
                select i.item, i.body from ledger_mark m join ledger_item i on i.item = m.item
                where m.pool = $1 and m.mark = $2 order by i.number desc limit $3
                """,
                .integer(pool),
                .text(mark.text),
                .integer(Int64(comparedMax))
            ) { (item: $0.text(0), row: try read($0.bytes(1)) as LedgerItemRow) }
            for (item, row) in rows { found[item, default: ([], row)].marks.insert(mark) }
        }
        return found.map { (item: $0.key, marks: $0.value.marks, row: $0.value.row) }.sorted { $0.item < $1.item }
    }

    /// What was told of an item; nil where nothing was.
    public static func item(_ item: ID<LedgerItem>, _ connection: any SQLConnection) throws -> LedgerItemRow? {
        try connection.first("select body from ledger_item where item = $1", .text(item.text)) { try read($0.bytes(0)) }
    }

    /// What was told of the items of a group.
    public static func items(
        of group: Name,
        in pool: Int64,
        _ connection: any SQLConnection
    ) throws -> [ID<LedgerItem>: LedgerItemRow] {
        let rows = try connection.rows(
            "select item, body from ledger_item where pool = $1 and owner_group = $2",
            .integer(pool),
            .text(group.text)
        ) { (item: ID<LedgerItem>(parsing: $0.text(0)), row: try read($0.bytes(1)) as LedgerItemRow) }
        return rows.reduce(into: [:]) { items, row in
            if let item = row.item { items[item] = row.row }
        }
    }

    /// How much the entries of a group up to an epoch put on, and took from, each of its two accounts.
    public static func balance(
        of group: Name,
        in pool: Int64,
        through epoch: Int,
        _ connection: any SQLConnection
    ) throws -> [String: Int64] {
        let rows = try connection.rows(
            """
            select debit, credit, sum(amount) from ledger_entry
            where pool = $1 and owner_group = $2 and epoch <= $3 group by debit, credit
            """,
            .integer(pool),
            .text(group.text),
            .integer(Int64(epoch))
        ) { ($0.text(0), $0.text(1), $0.integer(2)) }
        return rows.reduce(into: [:]) { balances, row in
            balances[row.0, default: 0] -= row.2
            balances[row.1, default: 0] += row.2
        }
    }

    static func read<Value: Decodable>(_ bytes: [UInt8]) throws -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(bytes))
        } catch {
            throw unreadable("body: \(error)")
        }
    }

    static func body(of value: some Encodable) -> [UInt8] {
        do {
            return Array(try JSONEncoder().encode(value))
        } catch {
            preconditionFailure("what a ledger holds has a JSON form")
        }
    }

    private static func unreadable(_ what: String) -> DatabaseFault {
        .statement("a ledger's \(what) cannot be read")
    }
}

extension Transaction {
    /// The ledger of a pool; it begins now where there is none yet.
    public func ledger(of pool: Pool) throws -> LedgerRow {
        if let known = try LedgerRows.ledger(pool.number, connection) { return known }
        let terms = try TermsRows.history(of: pool.number, connection)
        let epoch = Epoch(first: terms[epoch: 1])
        try connection.run(
            "insert into ledger (pool, started, epoch, opens, closes) values ($1, $2, $3, $4, $5)",
            .integer(pool.number),
            .integer(now.microseconds),
            .integer(Int64(epoch.number)),
            .integer(Int64(epoch.opens)),
            .integer(Int64(epoch.closes))
        )
        try noteTerms(in: epoch.number, terms, of: pool.number)
        guard let begun = try LedgerRows.ledger(pool.number, connection) else {
            throw DatabaseFault.statement("a ledger that was begun is not there")
        }
        return begun
    }

    /// Enters an event of a cause, once.
    public func enter(_ event: LedgerEvent, from cause: String, in ledger: LedgerRow) throws {
        try connection.run(
            """
            insert into ledger_event (number, pool, owner_group, key, epoch, body) values ($1, $2, $3, $4, $5, $6)
            on conflict (pool, key) do nothing
            """,
            .integer(nextTick().microseconds),
            .integer(ledger.pool),
            .text(event.group.text),
            .text(event.key(from: cause)),
            .integer(Int64(ledger.epoch.number)),
            .bytes(LedgerRows.body(of: event))
        )
    }

    /// Keeps what an item tells.
    public func keep(_ row: LedgerItemRow, of item: ID<LedgerItem>, in ledger: LedgerRow) throws {
        let isNew = try connection.run(
            """
            insert into ledger_item (number, item, pool, owner_group, body) values ($1, $2, $3, $4, $5)
            on conflict (item) do nothing
            """,
            .integer(nextTick().microseconds),
            .text(item.text),
            .integer(ledger.pool),
            .text(row.group.text),
            .bytes(LedgerRows.body(of: row))
        )
        guard isNew > 0 else { return }
        for mark in row.features.clusterMarks.sorted() {
            try connection.run(
                "insert into ledger_mark (pool, mark, item) values ($1, $2, $3)",
                .integer(ledger.pool),
                .text(mark.text),
                .text(item.text)
            )
        }
    }

    /// Keeps an item with another quality: what it tells stays as it was.
    public func change(_ row: LedgerItemRow, of item: ID<LedgerItem>) throws {
        try connection.run(
            "update ledger_item set body = $2 where item = $1",
            .text(item.text),
            .bytes(LedgerRows.body(of: row))
        )
    }

    /// Posts the entries of a group's close; those that were posted before are passed over.
    public func post(
        _ entries: [LedgerEntry<CreditAccount>],
        of group: Name,
        at epoch: Epoch,
        in ledger: LedgerRow
    ) throws {
        for entry in entries {
            try connection.run(
                """
                insert into ledger_entry
                (number, pool, owner_group, key, epoch, cause, item, debit, credit, amount, day)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (pool, key) do nothing
                """,
                .integer(nextTick().microseconds),
                .integer(ledger.pool),
                .text(group.text),
                .text(entry.key.text),
                .integer(Int64(epoch.number)),
                .text(entry.cause.rawValue),
                entry.item.map { .text($0.text) } ?? .null,
                .text(entry.debit.text),
                .text(entry.credit.text),
                .integer(entry.amount.count),
                .integer(Int64(entry.day))
            )
        }
    }

    /// Opens the next epoch: what is entered from now on is of that.
    ///
    /// Terms that count from it on do so with the same commit.
    public func open(_ epoch: Epoch, in ledger: LedgerRow) throws {
        let count = try connection.run(
            "update ledger set epoch = $2, opens = $3, closes = $4 where pool = $1 and epoch = $5",
            .integer(ledger.pool),
            .integer(Int64(epoch.number)),
            .integer(Int64(epoch.opens)),
            .integer(Int64(epoch.closes)),
            .integer(Int64(ledger.epoch.number))
        )
        if count > 0 { try noteTerms(in: epoch.number, ledger.terms, of: ledger.pool) }
    }

    /// Notes that all of the epoch after the last that was closed is posted.
    public func closeEpoch(in ledger: LedgerRow) throws {
        let count = try connection.run(
            "update ledger set closed = $2 where pool = $1 and closed = $3",
            .integer(ledger.pool),
            .integer(Int64(ledger.closed) + 1),
            .integer(Int64(ledger.closed))
        )
        if count > 0 { try enter(.ledger, at: nextTick(), principal: nil, pool: ledger.pool) }
    }
}
