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
public enum SizeClass: String, CaseIterable, Sendable, Codable, Comparable {
    case small, medium, large

    /// B, in milli-credits.
    public var budget: Term {
        switch self {
        case .small: .small
        case .medium: .medium
        case .large: .large
        }
    }

    /// The order, the smallest first.
    public static func < (left: SizeClass, right: SizeClass) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .small: 0
        case .medium: 1
        case .large: 2
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

    /// The state of a group that a ledger knows nothing of after so many closes: what it would be with an account in
    /// which nothing is.
    /// - Parameter joined: the day of the ledger on which the group's first member joined.
    public static func idle(after closes: Int, joined: Int, _ history: TermsHistory) -> TierState {
        var state = TierState.new
        var epoch = Epoch(first: history[epoch: 1])
        while epoch.number <= closes, state.tier != .restricted {
            let terms = history[epoch: epoch.number]
            state = state.next(
                standing: .zero,
                size: .medium,
                reliability: TrackRecord().reliability(terms),
                age: epoch.closes - joined,
                terms
            )
            epoch = epoch.next(terms)
        }
        return state
    }

    /// The last day on which a group of which a ledger knows nothing can have joined and be restricted after so many
    /// closes; nil where none is.
    ///
    /// Who joined earlier was in its days of grace at no more closes, and nothing lifts who has nothing: so one day
    /// parts them.
    static func sunk(after closes: Int, _ history: TermsHistory) -> Int? {
        func isSunk(_ joined: Int) -> Bool { idle(after: closes, joined: joined, history).tier == .restricted }
        var low = -Term.graceDays.range.upperBound
        // Who joins after the last close has no days.
        var high = history.opening(of: closes + 1) + 1
        guard isSunk(low) else { return nil }
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if isSunk(middle) { low = middle } else { high = middle }
        }
        return low
    }
}

/// What a group came to at the close of an epoch: it is written down then, and nothing later changes it.
public struct StandingRecord: Hashable, Sendable {
    /// The number of the epoch.
    public let epoch: Int
    /// What counted, less the penalties.
    public let standing: Amount<MilliCredit>
    /// How large the group was.
    public let size: SizeClass
    /// Its tier since then.
    public let tier: TierState

    /// Puts it together from its parts.
    public init(epoch: Int, standing: Amount<MilliCredit>, size: SizeClass, tier: TierState) {
        self.epoch = epoch
        self.standing = standing
        self.size = size
        self.tier = tier
    }
}

/// The tiers of all groups as of the last closes, to be looked up and never computed.
public struct TierTable: Hashable, Sendable {
    /// One ledger, as of the last epoch of it that closed.
    public struct Ledger: Hashable, Sendable {
        /// The days that it counts in.
        public let days: PoolDays
        /// How many epochs closed.
        public let closes: Int
        /// Its terms.
        public let terms: TermsHistory
        /// The tiers of the groups that it knows.
        public var tiers: [Name: Tier]
        /// The last day on which a group that it does not know can have joined and have sunk below new ones since.
        private let sunk: Int?

        /// Puts it together from its parts.
        public init(days: PoolDays, closes: Int, _ terms: TermsHistory, tiers: [Name: Tier] = [:]) {
            self.days = days
            self.closes = closes
            self.terms = terms
            self.tiers = tiers
            sunk = TierState.sunk(after: closes, terms)
        }

        /// The tier of a group, whether it is known or not.
        /// - Parameter joined: when the group's first member joined the exchange.
        public func tier(of group: Name, joined: Timestamp) -> Tier {
            if let tier = tiers[group] { return tier }
            return sunk.map { days.day(of: joined) <= $0 } == true ? .restricted : TierState.new.tier
        }
    }

    /// The ledgers of which an epoch closed that told of anybody.
    public let ledgers: [Ledger]

    /// Puts it together.
    public init(_ ledgers: [Ledger] = []) {
        self.ledgers = ledgers
    }

    /// What counts for the exchange as a whole: the best that a group has in any ledger; where no ledger tells of
    /// anybody, that of new members.
    public func tier(of group: Name, joined: Timestamp) -> Tier {
        ledgers.map { $0.tier(of: group, joined: joined) }.max() ?? TierState.new.tier
    }
}
