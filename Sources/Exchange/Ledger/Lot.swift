/// A claim that was posted: what it brought, and what is left of that.
public struct Lot: Hashable, Sendable {
    /// What was taken back of a lot, and when.
    public struct Taken: Hashable, Sendable {
        /// On which day.
        public let day: Int
        /// What was left then.
        public let amount: Amount<MilliCredit>
    }

    /// What it was posted for.
    public let claim: Claim
    /// The epoch at whose close it was.
    public let epoch: Int
    /// The day that its age counts from: that of the close.
    public let day: Int
    /// In how many days it halves, by the terms of the day of the event.
    public let halfLifeDays: Int
    /// rho at its close.
    public let reliability: Int
    /// What it would bring alone.
    public let worth: Amount<MilliCredit>
    /// What it brought: so much as it exceeds the greatest of its cluster, window and event before it.
    public internal(set) var amount: Amount<MilliCredit>
    /// What was taken back; nil while it counts.
    public internal(set) var taken: Taken?

    /// Puts it together from its parts, as the store has them.
    public init(
        _ claim: Claim,
        epoch: Int,
        day: Int,
        halfLifeDays: Int,
        reliability: Int,
        worth: Amount<MilliCredit>,
        amount: Amount<MilliCredit>,
        taken: Taken? = nil
    ) {
        self.claim = claim
        self.epoch = epoch
        self.day = day
        self.halfLifeDays = halfLifeDays
        self.reliability = reliability
        self.worth = worth
        self.amount = amount
        self.taken = taken
    }

    /// What is left on a day: always of the original amount, so that it does not matter when it is asked for.
    public func remaining(on day: Int) -> Amount<MilliCredit> {
        if let taken, taken.day <= day { return .zero }
        return amount.decayed(days: day - self.day, halfLifeDays: halfLifeDays)
    }

    /// What time took by a day.
    public func decayed(by day: Int) -> Amount<MilliCredit> {
        if let taken, taken.day <= day { return amount - taken.amount }
        return amount - remaining(on: day)
    }
}

/// What a lot counts for again since what had masked it was taken back.
public struct Restoration: Hashable, Sendable {
    /// Of which claim.
    public let claim: Claim.Key
    /// The epoch at whose close it was posted.
    public let epoch: Int
    /// The day on which it began to count.
    public let day: Int
    /// How much more it is worth than before, were it new.
    public let amount: Amount<MilliCredit>
}

/// What a group was fined for an item in bad faith; it decays as a lot does.
public struct Penalty: Hashable, Sendable {
    /// For which item.
    public let item: ID<LedgerItem>
    /// The day of the decision.
    public let day: Int
    /// In how many days it halves.
    public let halfLifeDays: Int
    /// How much.
    public let amount: Amount<MilliCredit>

    /// Puts it together from its parts, as the store has them.
    public init(item: ID<LedgerItem>, day: Int, halfLifeDays: Int, amount: Amount<MilliCredit>) {
        self.item = item
        self.day = day
        self.halfLifeDays = halfLifeDays
        self.amount = amount
    }

    /// What is left on a day.
    public func remaining(on day: Int) -> Amount<MilliCredit> {
        amount.decayed(days: day - self.day, halfLifeDays: halfLifeDays)
    }
}

extension Amount<MilliCredit> {
    fileprivate func decayed(days: Int, halfLifeDays: Int) -> Amount {
        Amount(count * HalfLife.perMillion(days, of: halfLifeDays) / 1_000_000)
    }
}
