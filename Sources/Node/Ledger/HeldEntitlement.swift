public import Exchange

/// An entitlement as one of its two sides sees it.
public struct HeldEntitlement: Sendable {
    /// What it is.
    public let entitlement: Entitlement
    /// The days that it counts in.
    public let days: PoolDays
    /// Why its office ended a reservation of it last; nil for its holder.
    public let reason: String?
    /// What its holder shows at the office, signed now; nil where it is not reserved, and for the office.
    public let token: String?
}
