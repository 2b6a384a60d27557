/// What an operator sees of reciprocity: no member's name and no item.
public struct ReciprocityOverview: Hashable, Sendable {
    /// How many groups there are.
    public let groups: Int
    /// How many of them have anything to their credit.
    public let contributing: Int
    /// How many are of each tier, from the first on.
    public let tiers: [Int]
    /// The share of those of the first tier, in thousandths.
    public let restrictedShare: Int
    /// How unequal standing is: 0 where all have the same, near 1000 where one has everything; below zero counts as
    /// nothing.
    public let gini: Int
    /// The least, the lower quarter, the middle, the upper quarter and the greatest standing.
    public let quantiles: [Amount<MilliCredit>]
    /// Between how many pairs of groups something is owed.
    public let pairs: Int
    /// What groups owe each other in all, and the greatest that one owes another, in units of requests.
    public let owed: Amount<RequestUnit>
    /// The greatest that one group owes another.
    public let owedMost: Amount<RequestUnit>

    /// Looks at every group, and at the lines between them.
    public init(_ groups: [(tier: Tier, standing: Amount<MilliCredit>)], _ lines: [LineAccount: LedgerBalance]) {
        let sorted = groups.map(\.standing).sorted()
        let count = groups.count
        self.groups = count
        contributing = sorted.count { $0.count > 0 }
        tiers = Tier.allCases.map { tier in groups.filter { $0.tier == tier }.count }
        restrictedShare = count == 0 ? 0 : 1_000 * tiers[0] / count
        quantiles = count == 0 ? [] : (0...4).map { sorted[(count - 1) * $0 / 4] }
        let amounts = sorted.map { max(0, Int($0.count)) }
        let sum = amounts.reduce(0, +)
        // G = (2 Σ i·x(i) / (n Σ x(i))) − (n + 1) / n, with i from 1 on in the order of the amounts.
        let ranked = amounts.enumerated().reduce(0) { $0 + ($1.offset + 1) * $1.element }
        gini = sum == 0 ? 0 : 1_000 * (2 * ranked - (count + 1) * sum) / (count * sum)
        let debts = lines.values.map(\.posted).filter { $0 < 0 }
        pairs = debts.count
        owed = Amount(-debts.reduce(0, +))
        owedMost = Amount(-(debts.min() ?? 0))
    }
}

/// An overview with nothing in it that few groups made: whoever knows most of them would learn of the others.
public struct ToldOverview: Hashable, Sendable {
    /// Of fewer groups, or pairs of them, nothing is told.
    public static let groupsMin = 5

    /// How many groups there are; nil for fewer than told of, as in all that follows.
    public let groups: Int?
    /// How many are of each tier, from the first on: none is told of as well as many.
    public let tiers: [Int?]
    /// The share of those of the first tier, in thousandths.
    public let restrictedShare: Int?
    /// How unequal standing is, in thousandths.
    public let gini: Int?
    /// The lower quarter, the middle and the upper quarter of standing, to the credit.
    public let quarters: [Amount<MilliCredit>]?
    /// What groups owe each other in all, in units of requests.
    public let owed: Amount<RequestUnit>?
    /// The greatest that one group owes another.
    public let owedMost: Amount<RequestUnit>?

    /// Leaves out what would tell of few.
    public init(_ overview: ReciprocityOverview) {
        let isTold = overview.groups >= Self.groupsMin
        groups = isTold ? overview.groups : nil
        tiers = isTold ? Self.suppressed(overview.tiers) : overview.tiers.map { _ in nil }
        restrictedShare = tiers.first.flatMap { $0 }.map { _ in overview.restrictedShare }
        // Where few have anything, how unequal all are tells what those have.
        let isShared = isTold && (overview.contributing == 0 || overview.contributing >= Self.groupsMin)
        gini = isShared ? overview.gini : nil
        // Each quarter has as many groups at least.
        quarters =
            isShared && overview.groups >= 4 * Self.groupsMin
            ? overview.quantiles.dropFirst().dropLast().map(\.whole) : nil
        let isOwed = overview.pairs == 0 || overview.pairs >= Self.groupsMin
        owed = isOwed ? overview.owed : nil
        owedMost = isOwed ? overview.owedMost : nil
    }

    /// Counts of which those that are small, but for none, are left out, and one more where one alone would be: what it
    /// is would follow from the sum.
    private static func suppressed(_ counts: [Int]) -> [Int?] {
        var told: [Int?] = counts.map { $0 == 0 || $0 >= groupsMin ? $0 : nil }
        guard told.count(where: { $0 == nil }) == 1 else { return told }
        let next = told.indices.filter { told[$0] != nil }.min {
            (counts[$0] == 0 ? 1 : 0, counts[$0]) < (counts[$1] == 0 ? 1 : 0, counts[$1])
        }
        if let next { told[next] = nil }
        return told
    }
}

extension Amount<MilliCredit> {
    /// To the nearest credit.
    fileprivate var whole: Amount { Amount((count >= 0 ? count + 500 : count - 500) / 1_000 * 1_000) }
}
