/// What a group's lots and penalties come to on one day.
public struct GroupStanding: Hashable, Sendable {
    /// What is left of all lots.
    public let remaining: Amount<MilliCredit>
    /// What counts of it: of one other group no more than 35 % of what does, and of feedback no more than r 0.25.
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

    init(lots: [Lot], penalties: [Penalty], _ size: SizeClass, on day: Int, _ terms: ReciprocityTerms) {
        remaining = lots.reduce(.zero) { $0 + $1.remaining(on: day) }
        // A word costs nothing, whoever it is given to: all of them together lift nobody far.
        let isWorded = lots.contains { $0.claim.key.event == .feedback }
        let all = Self.counted(lots, on: day, terms)
        let most = Int64(terms[size.budget]) * Int64(terms[.feedbackShare]) / 1_000
        counted =
            isWorded
            ? min(all, Self.counted(lots.filter { $0.claim.key.event != .feedback }, on: day, terms) + Amount(most))
            : all
        self.penalties = penalties.reduce(.zero) { $0 + $1.remaining(on: day) }
    }

    /// What counts of lots: of one other group no more than its share of what does.
    private static func counted(_ lots: [Lot], on day: Int, _ terms: ReciprocityTerms) -> Amount<MilliCredit> {
        var free = Amount<MilliCredit>.zero
        var others: [Name: Amount<MilliCredit>] = [:]
        for lot in lots {
            let left = lot.remaining(on: day)
            switch lot.claim.counterpart {
            case .authority: free += left
            case .group(let name): others[name, default: .zero] += left
            }
        }
        let limit = limit(free: free.count, others.values.map(\.count), share: Int64(terms[.counterpartShare]))
        return others.values.reduce(free) { $0 + min($1, Amount(limit)) }
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
