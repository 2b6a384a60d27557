/// What an operator sees of a pool's reciprocity: no member's name and no item.
public struct ReciprocityOverview: Hashable, Sendable {
    /// How many groups there are.
    public let groups: Int
    /// How many are of each tier, from the first on.
    public let tiers: [Int]
    /// The share of those of the first tier, in thousandths.
    public let restrictedShare: Int
    /// How unequal standing is: 0 where all have the same, near 1000 where one has everything; below zero counts as
    /// nothing.
    public let gini: Int
    /// The least, the lower quarter, the middle, the upper quarter and the greatest standing.
    public let quantiles: [Amount<MilliCredit>]
    /// What groups owe each other in all, and the greatest that one owes another, in units of requests.
    public let owed: Amount<RequestUnit>
    /// The greatest that one group owes another.
    public let owedMost: Amount<RequestUnit>

    /// Looks at every group, and at the lines between them.
    public init(_ groups: [(tier: Tier, standing: Amount<MilliCredit>)], _ lines: [LineAccount: LedgerBalance]) {
        let sorted = groups.map(\.standing).sorted()
        let count = groups.count
        self.groups = count
        tiers = Tier.allCases.map { tier in groups.filter { $0.tier == tier }.count }
        restrictedShare = count == 0 ? 0 : 1_000 * tiers[0] / count
        quantiles = count == 0 ? [] : (0...4).map { sorted[(count - 1) * $0 / 4] }
        let amounts = sorted.map { max(0, Int($0.count)) }
        let sum = amounts.reduce(0, +)
        // G = (2 Σ i·x(i) / (n Σ x(i))) − (n + 1) / n, with i from 1 on in the order of the amounts.
        let ranked = amounts.enumerated().reduce(0) { $0 + ($1.offset + 1) * $1.element }
        gini = sum == 0 ? 0 : 1_000 * (2 * ranked - (count + 1) * sum) / (count * sum)
        let debts = lines.values.map(\.posted).filter { $0 < 0 }
        owed = Amount(-debts.reduce(0, +))
        owedMost = Amount(-(debts.min() ?? 0))
    }
}
