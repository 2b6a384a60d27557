/// What one of the four ledgers counts: an amount of one never fits where another's is asked for.
public protocol LedgerUnit: Sendable {
    /// The ledger's code.
    static var code: String { get }
}

/// Milli-credits of contribution, which nobody can spend.
public enum MilliCredit: LedgerUnit {
    /// The contribution ledger.
    public static let code = "CR"
}

/// Units of requests, which two members owe each other within a line.
public enum RequestUnit: LedgerUnit {
    /// The request lines.
    public static let code = "RQ"
}

/// Vouchers of facilitation, which one customs office takes.
public enum Voucher: LedgerUnit {
    /// The facilitation entitlements.
    public static let code = "FE"
}

/// Obligations to say what became of a report.
public enum FeedbackDebt: LedgerUnit {
    /// The feedback debts.
    public static let code = "FD"
}

/// A whole number of a ledger's units; below zero where it is a balance or a change.
public struct Amount<Unit: LedgerUnit>: Hashable, Comparable, Sendable, AdditiveArithmetic {
    /// None.
    public static var zero: Amount { Amount(0) }

    /// How many.
    public let count: Int64

    /// Takes the count.
    public init(_ count: Int64) {
        self.count = count
    }

    /// The order in which they are listed.
    public static func < (left: Amount, right: Amount) -> Bool { left.count < right.count }
    /// The sum.
    public static func + (left: Amount, right: Amount) -> Amount { Amount(left.count + right.count) }
    /// The difference.
    public static func - (left: Amount, right: Amount) -> Amount { Amount(left.count - right.count) }
    /// The amount with the other sign.
    public static prefix func - (amount: Amount) -> Amount { Amount(-amount.count) }
}

extension Amount<MilliCredit> {
    /// In credits, with the three digits of thousandths: `7.870`.
    public var text: String { ThousandthText.of(count) }
}

/// Writes a count of thousandths as people read it.
enum ThousandthText {
    static func of(_ count: Int64) -> String {
        let digits = String(count.magnitude % 1_000)
        return "\(count < 0 ? "-" : "")\(count.magnitude / 1_000)."
            + String(repeating: "0", count: 3 - digits.count) + digits
    }
}
