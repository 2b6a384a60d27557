public import Exchange
import Store

/// The ledgers of contribution: their epochs are closed by time, and each member is told of its own group's account.
public final class LedgerDesk: Sendable {
    /// How many groups one transaction closes.
    static let groupsMax = 100
    /// How many epochs one statement tells of.
    public static let epochsMax = 120

    let live: LiveState
    let database: any Database
    let commits: GroupCommit
    let clock: @Sendable () -> Timestamp
    private let debts: DebtCalendar
    private let lines: LineCalendar
    private let own: OwnKey
    private let voucherIDs: KeyedIDs

    init(
        _ live: LiveState,
        _ database: any Database,
        _ commits: GroupCommit,
        _ watch: WatchDesk,
        _ own: OwnKey,
        key: [UInt8],
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.live = live
        self.database = database
        self.commits = commits
        self.clock = clock
        self.own = own
        voucherIDs = KeyedIDs(key: key, use: "entitlement")
        debts = DebtCalendar(live, database, commits, watch, clock: clock)
        lines = LineCalendar(live, commits)
    }

    /// Whether an epoch is to be closed, or time changes what is owed: a look that writes nothing.
    public func isAnythingDue() async throws -> Bool {
        let now = clock()
        return try await database.read { connection in
            try LedgerRows.all(connection).contains { $0.isClosing || $0.isOver(at: now) }
                || !DebtRows.due(by: now, upTo: 1, connection).isEmpty || LineCalendar.isDue(at: now, connection)
        }
    }

    /// Closes the epochs of all ledgers whose days are over.
    ///
    /// The next one is opened first, so that what is entered meanwhile is of that. Then group after group is posted,
    /// some in one transaction: a daemon that is stopped goes on there, and what was posted is posted once.
    public func elapse() async throws {
        let numbers = try await database.read { try LedgerRows.all($0).map(\.pool) }
        var fault: (any Error)?
        // What silence accepts is entered first, so that the epoch that it fell in posts it.
        do { try await debts.elapse() } catch { fault = error }
        do { try await lines.elapse() } catch { fault = fault ?? error }
        for number in numbers {
            do { while try await close(number) {} } catch { fault = fault ?? error }
        }
        // One that cannot be closed holds up no other, and is closed with what silence accepts in it, or not yet.
        if let fault { throw fault }
    }

    /// Closes the open epoch of a ledger.
    /// - Returns: false where its days are not over, or what silence accepted in them is not entered.
    private func close(_ number: Int64) async throws -> Bool {
        let ledger = try await commits.write { transaction in
            let ledger = try LedgerRows.ledger(number, transaction.connection)
            guard let ledger, !ledger.isClosing, ledger.isOver(at: transaction.now) else { return ledger }
            // What silence accepted in these days could not be entered: it would be posted later than it should.
            let end = ledger.days.start(of: ledger.epoch.closes)
            guard try !DebtRows.isAnyDue(in: number, by: end, transaction.connection) else { return ledger }
            let next = ledger.epoch.number + 1
            try transaction.open(ledger.epoch.next(ledger.terms[epoch: next]), in: ledger)
            return try LedgerRows.ledger(number, transaction.connection)
        }
        guard let ledger, ledger.isClosing else { return false }
        var last = ""
        while let next = try await close(ledger, after: last) { last = next }
        return true
    }

    /// Posts the epoch that is being closed for the groups after one.
    /// - Returns: the last of them; nil once all are posted.
    private func close(_ ledger: LedgerRow, after last: String) async throws -> String? {
        try await commits.write(weight: Self.groupsMax) { [live, voucherIDs] transaction in
            let directory = try live.directory(in: transaction)
            let connection = transaction.connection
            let groups = try LedgerRows.groups(in: ledger.pool, after: last, upTo: Self.groupsMax, connection)
            for group in groups {
                let events = try LedgerRows.events(of: group, in: ledger.pool, connection)
                let records = try StandingRows.records(of: group, in: ledger.pool, connection)
                let closes = Self.closes(
                    of: group,
                    in: ledger,
                    through: ledger.closed + 1,
                    events,
                    records,
                    directory
                )
                let terms = ledger.terms[epoch: closes.last.number]
                try transaction.keep(closes.record(terms), of: group, in: ledger)
                try transaction.post(closes.entries(since: closes.last.number), of: group, at: closes.last, in: ledger)
                let issues = closes.account.issues.filter { $0.epoch == closes.last.number }
                try transaction.issue(issues, to: group, in: ledger, voucherIDs, terms)
                try transaction.withdraw(closes.account.unearned(ledger.terms), of: group, in: ledger, terms)
            }
            if let last = groups.last, groups.count == Self.groupsMax { return last.text }
            try transaction.closeEpoch(in: ledger)
            return nil
        }
    }

    /// The statement of the caller's ownership group in the ledger of an authority, or of a pool that its member reads,
    /// of the last epochs that closed.
    /// - Parameter epochs: of how many.
    public func statement(
        of name: Name,
        epochs count: Int = 1,
        for session: Session
    ) async throws -> GroupStatement {
        try session.reader.checkBusiness(evenSuspended: false)
        guard (1...Self.epochsMax).contains(count) else {
            throw AdvisoryFault.invalid(field: "epochs", rule: "must be 1 to \(Self.epochsMax)")
        }
        let directory = session.directory
        let pool = try Self.pool(of: name, for: session.member, directory)
        let group = session.member.group
        return try await database.read { connection in
            guard let ledger = try LedgerRows.ledger(pool.number, connection), ledger.closed > 0 else {
                let terms = try TermsRows.history(of: pool.number, connection)[epoch: 1]
                let what = pool.kind == .inbox ? "report to it" : "answer to a request, or feedback, in it"
                throw AdvisoryFault.notNow(
                    "\(name) has closed no epoch yet; the first closes \(terms[.epochDays]) days after the first \(what)"
                )
            }
            let last = ledger.closed
            let first = max(1, last - count + 1)
            let events = try LedgerRows.events(of: group, in: ledger.pool, connection)
            let records = try StandingRows.records(of: group, in: ledger.pool, connection)
            let closes = Self.closes(of: group, in: ledger, through: last, events, records, directory)
            let balance = try LedgerRows.balance(of: group, in: ledger.pool, through: first - 1, connection)
            let items = try LedgerRows.items(of: group, in: ledger.pool, connection)
            let opens = closes.epoch(first).opens
            let end = ledger.days.start(of: closes.last.closes)
            return GroupStatement(
                pool: pool.name,
                of: pool.kind == .inbox ? pool.owner.flatMap { directory.members[$0]?.name } : nil,
                closes.account,
                GroupStatement.Period(from: closes.epoch(first), to: closes.last, in: ledger.days),
                opening: GroupStatement.Balance(
                    earned: Amount(balance[CreditAccount.earned(group).text] ?? 0),
                    penalty: Amount(-(balance[CreditAccount.penalty(group).text] ?? 0))
                ),
                entries: closes.entries(since: first),
                reasons: items.mapValues(\.reason),
                sightings: try CorroborationRows.sightings(
                    of: group,
                    in: ledger.pool,
                    on: opens..<closes.last.closes,
                    connection
                ).compactMap { row in row.refusal.map { Sighting(row.item, $0, on: row.day) } },
                owed: try DebtRows.debts(to: group, at: end, connection).map {
                    $0.awaited.owed(before: end, in: ledger.days)
                },
                entitlements: try EntitlementRows.entitlements(
                    of: group,
                    in: ledger.pool,
                    lastingBeyond: opens,
                    connection
                ),
                requests: try LineRows.posted(of: group, before: end, connection),
                ledger.terms
            )
        }
    }

    /// The pool whose ledger is meant: an authority's first inbox, by its name or the authority's, else a pool that a
    /// member reads.
    static func pool(of name: Name, for member: Member, _ directory: Directory) throws(AdvisoryFault) -> Pool {
        if let authority = directory.member(named: name), let inbox = directory.inbox(of: authority.id) {
            return inbox
        }
        let named = directory.pool(addressed: name.text)
        // Statements tell everybody what an authority's first inbox is called.
        if let named, named.kind == .inbox, named.number == named.owner.flatMap({ directory.inbox(of: $0) })?.number {
            return named
        }
        guard let pool = named, pool.kind != .inbox, pool.isRead(by: member) else {
            throw .noSuch(
                field: "authority",
                rule: "no authority with an inbox, and no pool that you read, has this name"
            )
        }
        return pool
    }

    /// A statement in JSON, signed by the exchange: the same of the same, while its key is.
    public func signed(_ statement: GroupStatement) async throws -> [UInt8] {
        let now = clock()
        return statement.signed(by: try await database.read { [own] in try own.signing($0, at: now) })
    }

    /// A group's account made anew of all that was entered, with what each close posts.
    private struct Closes {
        var account: GroupAccount
        var entries: [(epoch: Epoch, entries: [LedgerEntry<CreditAccount>])] = []
        var last: Epoch

        func epoch(_ number: Int) -> Epoch { entries[number - 1].epoch }

        func entries(since first: Int) -> [LedgerEntry<CreditAccount>] {
            entries.filter { $0.epoch.number >= first }.flatMap(\.entries)
        }

        /// What the last close is to be remembered by.
        func record(_ terms: ReciprocityTerms) -> StandingRecord {
            StandingRecord(
                epoch: last.number,
                standing: account.standing(on: last.closes, terms).total,
                size: account.size,
                tier: account.tier
            )
        }
    }

    private static func closes(
        of group: Name,
        in ledger: LedgerRow,
        through last: Int,
        _ events: [EnteredEvent],
        _ records: [Int: StandingRecord],
        _ directory: Directory
    ) -> Closes {
        let owner = directory.groups[group]
        let joined = owner.map { ledger.days.day(of: $0.joined) } ?? 0
        let size = owner?.size ?? .medium
        var closes = Closes(
            account: GroupAccount(group, joined: joined, size: size),
            last: Epoch(first: ledger.terms[epoch: 1])
        )
        while true {
            closes.account.size = size
            let entries = closes.account.close(
                closes.last,
                entered: events,
                recorded: records[closes.last.number],
                ledger.terms
            )
            closes.entries.append((closes.last, entries))
            guard closes.last.number < last else { return closes }
            closes.last = closes.last.next(ledger.terms[epoch: closes.last.number + 1])
        }
    }
}

extension LedgerRow {
    /// Whether the days of the open epoch are over.
    fileprivate func isOver(at now: Timestamp) -> Bool { days.start(of: epoch.closes) <= now }
}
