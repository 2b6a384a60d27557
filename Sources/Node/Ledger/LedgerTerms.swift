public import Exchange
import Store

/// The terms of a pool's ledger, whether it has begun or not.
public struct LedgerTerms: Sendable {
    /// The pool whose ledger it is.
    public let pool: Name
    /// The number of the epoch that today lies in; 1 where the ledger has not begun.
    public let epoch: Int
    /// The days that it counts in; nil where it has not begun, or where that is not told.
    public let days: PoolDays?
    /// All of its terms.
    public let history: TermsHistory

    /// What counts today.
    public var now: TermsHistory.Stage { history.stage(in: epoch) }
    /// What counts today, and what is to count later.
    public var stages: [TermsHistory.Stage] { history.stages(from: epoch) }

    /// The day on which an epoch opens; nil where the days are not told.
    public func opening(of epoch: Int) -> String? { days.map { $0.date(of: history.opening(of: epoch)) } }
}

/// Terms of ledgers: operators propose them, and whoever may see a ledger reads them before they count.
extension LedgerDesk {
    /// The terms of a ledger, for an operator.
    /// - Parameter name: a pool, or an authority for its first inbox.
    public func terms(of name: Name) async throws -> LedgerTerms {
        let pool = try Self.pool(of: name, live.directory)
        let now = clock()
        return try await database.read { try Self.terms(of: pool, at: now, $0).view }
    }

    /// Those of the ledger of an authority, or of a pool that the caller's member reads.
    ///
    /// Of a ledger that has closed no epoch no day is told, since nobody is told before when it began.
    public func terms(of name: Name, for session: Session) async throws -> LedgerTerms {
        try session.reader.checkBusiness(evenSuspended: false)
        let pool = try Self.pool(of: name, for: session.member, session.directory)
        let now = clock()
        return try await database.read { connection in
            let (view, ledger) = try Self.terms(of: pool, at: now, connection)
            guard ledger?.closed == 0 else { return view }
            return LedgerTerms(pool: view.pool, epoch: view.epoch, days: nil, history: view.history)
        }
    }

    /// Proposes terms for a ledger, in place of what was proposed before and does not count yet.
    ///
    /// They count from the next epoch that opens on, and from the first of a ledger that has not begun. What is
    /// proposed again changes nothing.
    /// - Throws: `AdministrationFault`.
    public func propose(_ terms: ReciprocityTerms, for name: Name) async throws -> LedgerTerms {
        try await change(name) { transaction, pool, view in
            let announced = view.history.announced(from: view.proposable)
            let version: TermsVersion?
            do throws(TermsFault) {
                version = try view.history.proposal(of: terms, from: view.proposable, at: transaction.now)
            } catch {
                throw AdministrationFault.invalid(field: error.key, rule: error.rule)
            }
            if let version { try transaction.keep(version, inPlaceOf: announced, for: pool) }
        }
    }

    /// Withdraws what is proposed for a ledger and does not count yet.
    /// - Throws: `AdministrationFault`.
    public func withdrawTerms(of name: Name) async throws -> LedgerTerms {
        try await change(name) { transaction, pool, view in
            guard let announced = view.history.announced(from: view.proposable) else {
                throw AdministrationFault.absent(
                    "no terms are proposed for \(pool.name); those that count are changed by proposing others"
                )
            }
            try transaction.withdraw(announced, for: pool)
        }
    }

    /// A ledger's terms, with the first epoch that is neither open nor over.
    private struct Changeable {
        let history: TermsHistory
        let proposable: Int
    }

    private func change(
        _ name: Name,
        _ body: @escaping @Sendable (Transaction, Pool, Changeable) throws -> Void
    ) async throws -> LedgerTerms {
        do {
            return try await commits.write { [live] transaction in
                let pool = try Self.pool(of: name, try live.directory(in: transaction))
                let (view, ledger) = try Self.terms(of: pool, at: transaction.now, transaction.connection)
                // A close may be late, and a clock behind that of whoever closed: it is by the later of the two.
                let proposable = ledger.map { max($0.epoch.number, view.epoch) + 1 } ?? 1
                try body(transaction, pool, Changeable(history: view.history, proposable: proposable))
                return try Self.terms(of: pool, at: transaction.now, transaction.connection).view
            }
        } catch let fault as WriteFault {
            throw AdministrationFault.notStored(fault)
        }
    }

    private static func terms(
        of pool: Pool,
        at now: Timestamp,
        _ connection: any SQLConnection
    ) throws -> (view: LedgerTerms, ledger: LedgerRow?) {
        guard let ledger = try LedgerRows.ledger(pool.number, connection) else {
            let history = try TermsRows.history(of: pool.number, connection)
            return (LedgerTerms(pool: pool.name, epoch: 1, days: nil, history: history), nil)
        }
        let epoch = ledger.terms.epoch(on: ledger.days.day(of: now))
        return (LedgerTerms(pool: pool.name, epoch: epoch, days: ledger.days, history: ledger.terms), ledger)
    }

    /// The pool whose ledger an operator means: an authority's first inbox, else a pool.
    private static func pool(of name: Name, _ directory: Directory) throws(AdministrationFault) -> Pool {
        if let authority = directory.member(named: name), let inbox = directory.inbox(of: authority.id) { return inbox }
        guard let pool = directory.pool(named: name) else {
            throw .absent("no pool is called \(name), and no authority with an inbox; caveat admin pool list has them")
        }
        return pool
    }
}
