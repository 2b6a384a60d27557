/// Vouchers that a customs office owes a group for its reports, issued at the close of an epoch.
public struct VoucherIssue: Hashable, Sendable {
    /// Which office takes them.
    public let office: Name
    /// The epoch at whose close they were issued.
    public let epoch: Int
    /// The day of the close.
    public let day: Int
    /// How many, above 0.
    public let count: Int

    /// Puts it together from its parts.
    public init(_ office: Name, epoch: Int, day: Int, count: Int) {
        self.office = office
        self.epoch = epoch
        self.day = day
        self.count = count
    }
}
