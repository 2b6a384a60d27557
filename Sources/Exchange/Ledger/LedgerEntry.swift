/// What an entry is known by: it follows from what caused it, so that the same cause never posts twice.
public struct EntryKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Of the cause's parts, with `/` between them.
    public let text: String
    /// The same, for people to read.
    public var description: String { text }

    /// Takes the text.
    public init(_ text: String) {
        self.text = text
    }

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// What an entry is posted for.
public enum EntryCause: String, CaseIterable, Sendable, Codable {
    /// CR: the close of an epoch.
    case close
    /// CR: what time took, of what was earned or of a penalty.
    case decay, relief
    /// CR: an item was taken back; what it masked came back with it, less what time had taken of that.
    case clawBack = "claw-back"
    case restored, faded
    /// CR: an item in bad faith.
    case penalty
    /// FE: the close of an epoch.
    case issued
    /// FE: what a voucher's holder, its office or time did.
    case reserved, returned, redeemed, expired, void
    /// FE: what it was issued for was taken back.
    case withdrawn
    /// RQ: what became of a request.
    case asked, answered, lapsed
    /// RQ: what groups owed each other in a circle.
    case netting
    /// FD: what became of an obligation.
    case incurred, overdue, discharged
}

/// A transfer from one account to another of the same ledger; it never changes, and is corrected by others alone.
public struct LedgerEntry<Account: LedgerAccount>: Hashable, Sendable {
    /// What it does.
    public enum Step: Hashable, Sendable {
        /// Moves the amount.
        case posted
        /// Sets the amount aside until another entry posts or voids it.
        case pending
        /// Moves what a pending entry set aside.
        case posts(EntryKey)
        /// Gives back what a pending entry set aside.
        case voids(EntryKey)
    }

    /// What it is known by.
    public let key: EntryKey
    /// What it is posted for.
    public let cause: EntryCause
    /// The item that it is of; nil where it is a total.
    public let item: ID<LedgerItem>?
    /// Which account gets less.
    public let debit: Account
    /// Which account gets more.
    public let credit: Account
    /// How much, above zero.
    public let amount: Amount<Account.Unit>
    /// What it does.
    public let step: Step
    /// The day of the pool that it is of, from 0.
    public let day: Int

    /// Puts it together from its parts.
    public init(
        _ key: EntryKey,
        _ cause: EntryCause,
        item: ID<LedgerItem>?,
        debit: Account,
        credit: Account,
        _ amount: Amount<Account.Unit>,
        _ step: Step = .posted,
        day: Int
    ) {
        self.key = key
        self.cause = cause
        self.item = item
        self.debit = debit
        self.credit = credit
        self.amount = amount
        self.step = step
        self.day = day
    }
}

/// Why an entry is not posted; each case is one reason.
public enum EntryRefusal: String, Error, CaseIterable, Sendable, Codable {
    /// The amount is not above zero.
    case amount
    /// It goes from an account to itself.
    case sameAccount = "same-account"
    /// Another entry has its key.
    case keyTaken = "key-taken"
    /// The entry that it posts or voids is not there, or was never pending.
    case notPending = "not-pending"
    /// The entry that it posts or voids was posted or voided before.
    case settled
    /// It is not of the accounts and the amount of the entry that it posts or voids.
    case otherTransfer = "other-transfer"
    /// An account would have less than it may.
    case below = "below-minimum"
    /// An account would have more than it may.
    case beyond = "beyond-maximum"
}
