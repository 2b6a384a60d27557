/// How much a group may take out of a pool, by what it put in; never what it is authorised to see.
public enum Tier: Int, CaseIterable, Sendable, Codable, Comparable {
    case restricted, basic, contributing, anchor

    /// `T0` to `T3`.
    public var code: String { "T\(rawValue)" }

    /// The order, the least first.
    public static func < (left: Tier, right: Tier) -> Bool { left.rawValue < right.rawValue }

    /// The share of the size class's budget that it asks for; nil for the first, which asks for none.
    var threshold: Term? {
        switch self {
        case .restricted: nil
        case .basic: .basicThreshold
        case .contributing: .contributingThreshold
        case .anchor: .anchorThreshold
        }
    }
}

/// How large an ownership group is: benefit grows with size, and so does what is asked for it.
public enum SizeClass: String, CaseIterable, Sendable, Codable {
    case small, medium, large

    /// B, in milli-credits.
    public var budget: Term {
        switch self {
        case .small: .small
        case .medium: .medium
        case .large: .large
        }
    }
}

/// A group's tier, and for how many closes in a row it has been too low for it.
public struct TierState: Hashable, Sendable {
    /// Where new groups begin.
    public static let new = TierState(.basic)

    /// The tier.
    public let tier: Tier
    /// Closes in a row below the line of demotion.
    public let low: Int

    /// Puts it together from its parts.
    public init(_ tier: Tier, low: Int = 0) {
        self.tier = tier
        self.low = low
    }

    /// The state after the close of an epoch: one step at the most.
    ///
    /// - Parameters:
    ///   - age: days since the group joined the pool; in its first 90 it is not demoted.
    public func next(
        standing: Amount<MilliCredit>,
        size: SizeClass,
        reliability: Int,
        age: Int,
        _ terms: ReciprocityTerms
    ) -> TierState {
        /// Whether so many thousandths of what a tier asks for are reached.
        func reaches(_ tier: Tier, _ share: Int) -> Bool {
            guard let threshold = tier.threshold else { return true }
            let needed = Int64(share) * Int64(terms[threshold]) * Int64(terms[size.budget])
            guard standing.count.multipliedReportingOverflow(by: 1_000_000).partialValue >= needed else { return false }
            return tier != .anchor || reliability * 1_000 >= share * terms[.anchorReliability]
        }
        if let higher = Tier(rawValue: tier.rawValue + 1), reaches(higher, 1_000) { return TierState(higher) }
        if reaches(tier, terms[.demotionShare]) || age < terms[.graceDays] { return TierState(tier) }
        guard low + 1 >= terms[.demotionEpochs], let lower = Tier(rawValue: tier.rawValue - 1) else {
            return TierState(tier, low: low + 1)
        }
        return TierState(lower)
    }
}
