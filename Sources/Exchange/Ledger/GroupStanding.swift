/// What a group's lots and penalties come to on one day.
public struct GroupStanding: Hashable, Sendable {
    /// What is left of all lots.
    public let remaining: Amount<MilliCredit>
    /// What counts of it: feedback on ten advisories an epoch, and of one other group no more than 35 % of what does.
    public let counted: Amount<MilliCredit>
    /// What is left of what it was fined.
    public let penalties: Amount<MilliCredit>

    /// What counts, less the penalties.
    public var total: Amount<MilliCredit> { counted - penalties }

    /// r in thousandths, to the nearest; tiers are decided on the exact share.
    public func share(_ size: SizeClass, _ terms: ReciprocityTerms) -> Int {
        let budget = Int64(terms[size.budget])
        let doubled = 2 * 1_000 * total.count + budget
        let share = doubled / (2 * budget)
        return Int(doubled % (2 * budget) < 0 ? share - 1 : share)
    }

    init(lots: [Lot], penalties: [Penalty], on day: Int, _ terms: ReciprocityTerms) {
        var free = Amount<MilliCredit>.zero
        var others: [Name: Amount<MilliCredit>] = [:]
        // Feedback by the epochs that posted it: whoever it was given to, a word costs nothing.
        var words: [Int: Int] = [:]
        var uncounted = Amount<MilliCredit>.zero
        for lot in lots {
            let left = lot.remaining(on: day)
            if lot.claim.key.event == .feedback {
                words[lot.epoch, default: 0] += 1
                guard words[lot.epoch, default: 0] <= terms[.feedbackPerEpoch] else {
                    uncounted += left
                    continue
                }
            }
            switch lot.claim.counterpart {
            case .authority: free += left
            case .group(let name): others[name, default: .zero] += left
            }
        }
        let limit = Self.limit(free: free.count, others.values.map(\.count), share: Int64(terms[.counterpartShare]))
        remaining = others.values.reduce(free + uncounted, +)
        counted = others.values.reduce(free) { $0 + min($1, Amount(limit)) }
        self.penalties = penalties.reduce(.zero) { $0 + $1.remaining(on: day) }
    }

    /// The most that may count of one group: the greatest amount that is no more than its share of what counts then.
    ///
    /// It never falls where an amount rises.
    private static func limit(free: Int64, _ others: [Int64], share: Int64) -> Int64 {
        var limit = others.max() ?? 0
        while true {
            let counted = others.reduce(free) { $0 + min($1, limit) }
            let next = min(limit, counted * share / 1_000)
            if next == limit { return limit }
            limit = next
        }
    }
}
