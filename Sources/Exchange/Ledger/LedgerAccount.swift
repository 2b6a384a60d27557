/// Where amounts of one ledger stand.
public protocol LedgerAccount: Hashable, Comparable, Sendable {
    /// What it counts.
    associatedtype Unit: LedgerUnit
    /// Its name, which is its key in the store: `earned:harbour-freight`.
    var text: String { get }
    /// Between what its balance stays, pending entries included, under a pool's terms.
    func bounds(_ terms: ReciprocityTerms) -> ClosedRange<Int64>
}

extension LedgerAccount {
    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// Any balance.
private let unbounded = -(Int64.max)...Int64.max
/// What nobody can have less than nothing of.
private let notNegative = 0...Int64.max

/// An account of the contribution ledger of one pool.
public enum CreditAccount: LedgerAccount {
    /// What it counts.
    public typealias Unit = MilliCredit

    /// What all credits come from: its balance is what was issued, with the other sign.
    case issuance
    /// What an ownership group earned and still has.
    case earned(Name)
    /// What it is fined, with the other sign.
    case penalty(Name)
    /// What time took.
    case decay
    /// What was taken back.
    case clawback

    /// Its name.
    public var text: String {
        switch self {
        case .issuance: "issuance"
        case .earned(let group): "earned:\(group)"
        case .penalty(let group): "penalty:\(group)"
        case .decay: "decay"
        case .clawback: "clawback"
        }
    }

    /// What is earned never falls below zero.
    public func bounds(_: ReciprocityTerms) -> ClosedRange<Int64> {
        switch self {
        case .earned: notNegative
        case .issuance, .penalty, .decay, .clawback: unbounded
        }
    }
}

/// What one group owes another for answers, below zero, or is owed, above.
public struct LineAccount: LedgerAccount {
    /// What it counts.
    public typealias Unit = RequestUnit

    /// Whose balance it is.
    public let group: Name
    /// Towards whom.
    public let other: Name

    /// Takes both ends.
    public init(of group: Name, towards other: Name) {
        self.group = group
        self.other = other
    }

    /// Its name: `rq:a:b`.
    public var text: String { "rq:\(group):\(other)" }

    /// The line, either way.
    public func bounds(_ terms: ReciprocityTerms) -> ClosedRange<Int64> {
        -Int64(terms[.line])...Int64(terms[.line])
    }
}

/// Where the vouchers of one customs office stand.
public struct VoucherAccount: LedgerAccount {
    /// What it counts.
    public typealias Unit = Voucher

    /// The states of a voucher, and the account that they come from.
    public enum Part: String, CaseIterable, Sendable {
        case issued, available, reserved, redeemed, expired, void, withdrawn
    }

    /// Which office.
    public let office: Name
    /// Which state.
    public let part: Part

    /// Takes both.
    public init(_ office: Name, _ part: Part) {
        self.office = office
        self.part = part
    }

    /// Its name: `fe:rotterdam:available`.
    public var text: String { "fe:\(office):\(part.rawValue)" }

    /// Only what was issued counts downwards.
    public func bounds(_: ReciprocityTerms) -> ClosedRange<Int64> { part == .issued ? unbounded : notNegative }
}

/// Where the obligations of one authority stand.
public struct DebtAccount: LedgerAccount {
    /// What it counts.
    public typealias Unit = FeedbackDebt

    /// The states of an obligation, and the account that they come from.
    public enum Part: String, CaseIterable, Sendable {
        case incurred, owed, discharged, overdue
    }

    /// Which authority.
    public let authority: Name
    /// Which state.
    public let part: Part

    /// Takes both.
    public init(_ authority: Name, _ part: Part) {
        self.authority = authority
        self.part = part
    }

    /// Its name: `fd:customs:owed`.
    public var text: String { "fd:\(authority):\(part.rawValue)" }

    /// Only what was incurred counts downwards.
    public func bounds(_: ReciprocityTerms) -> ClosedRange<Int64> { part == .incurred ? unbounded : notNegative }
}
