/// What an account has.
public struct LedgerBalance: Hashable, Sendable {
    /// What came less what went.
    public var posted: Int64
    /// What is set aside of it to go.
    public var leaving: Int64
    /// What is set aside elsewhere to come.
    public var coming: Int64

    /// Nothing, unless told otherwise.
    public init(posted: Int64 = 0, leaving: Int64 = 0, coming: Int64 = 0) {
        self.posted = posted
        self.leaving = leaving
        self.coming = coming
    }
}

/// The entries and balances of one ledger, or as much of them as one entry needs: both accounts' balances, the entry
/// of the same key, and of what it settles the pending entry and what settled it.
public struct LedgerBook<Account: LedgerAccount>: Sendable {
    /// The bounds of its accounts.
    public let terms: ReciprocityTerms
    /// The entries, by their keys.
    public private(set) var entries: [EntryKey: LedgerEntry<Account>] = [:]
    /// The balances; an account that is not here has nothing.
    public private(set) var balances: [Account: LedgerBalance] = [:]
    private var settled: Set<EntryKey> = []

    /// A book of what is there already.
    public init(
        _ terms: ReciprocityTerms,
        entries: [LedgerEntry<Account>] = [],
        balances: [Account: LedgerBalance] = [:]
    ) {
        self.terms = terms
        self.balances = balances
        for entry in entries {
            self.entries[entry.key] = entry
            if let pending = entry.settles { settled.insert(pending) }
        }
    }

    /// What an account has.
    public subscript(_ account: Account) -> LedgerBalance { balances[account] ?? LedgerBalance() }

    /// Posts an entry.
    ///
    /// One that is there already changes nothing.
    /// - Returns: whether it is new.
    /// - Throws: `EntryRefusal`; then nothing changed.
    @discardableResult
    public mutating func post(_ entry: LedgerEntry<Account>) throws(EntryRefusal) -> Bool {
        if let held = entries[entry.key] {
            guard held == entry else { throw .keyTaken }
            return false
        }
        guard entry.amount > .zero else { throw .amount }
        guard entry.debit != entry.credit else { throw .sameAccount }
        var debit = self[entry.debit]
        var credit = self[entry.credit]
        let count = entry.amount.count
        if let key = entry.settles {
            guard let pending = entries[key], pending.step == .pending else { throw .notPending }
            guard !settled.contains(key) else { throw .settled }
            guard (pending.debit, pending.credit, pending.amount) == (entry.debit, entry.credit, entry.amount) else {
                throw .otherTransfer
            }
            debit.leaving -= count
            credit.coming -= count
        }
        switch entry.step {
        case .posted, .posts:
            try Self.add(-count, to: &debit.posted)
            try Self.add(count, to: &credit.posted)
        case .pending:
            try Self.add(count, to: &debit.leaving)
            try Self.add(count, to: &credit.coming)
        case .voids: break
        }
        // What was set aside had its room then, and a line that was narrowed since does not take it away.
        if entry.settles == nil {
            let low = debit.posted.subtractingReportingOverflow(debit.leaving)
            guard !low.overflow, low.partialValue >= entry.debit.bounds(terms).lowerBound else { throw .below }
            let high = credit.posted.addingReportingOverflow(credit.coming)
            guard !high.overflow, high.partialValue <= entry.credit.bounds(terms).upperBound else { throw .beyond }
        }
        balances[entry.debit] = debit
        balances[entry.credit] = credit
        entries[entry.key] = entry
        if let key = entry.settles { settled.insert(key) }
        return true
    }

    /// What all accounts have together: zero, whatever was posted.
    public var sum: Int64 { balances.values.reduce(0) { $0 + $1.posted } }

    private static func add(_ change: Int64, to balance: inout Int64) throws(EntryRefusal) {
        let sum = balance.addingReportingOverflow(change)
        guard !sum.overflow else { throw change < 0 ? .below : .beyond }
        balance = sum.partialValue
    }
}

extension LedgerEntry {
    /// The pending entry that it ends; nil for one that ends none.
    public var settles: EntryKey? {
        switch step {
        case .posts(let key), .voids(let key): key
        case .posted, .pending: nil
        }
    }
}
