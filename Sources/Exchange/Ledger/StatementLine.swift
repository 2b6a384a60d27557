/// Why the parts of an item's Q are what they are, in words that name nobody.
public struct ItemReason: Hashable, Sendable, Codable {
    /// Of R.
    public let relevance: String
    /// Of U.
    public let novelty: String

    /// Takes both.
    public init(_ relevance: Relevance, _ novelty: Novelty) {
        self.relevance = relevance.reason
        self.novelty = novelty.reason
    }
}

/// What one item brought for one event, and why.
public struct StatementLine: Hashable, Sendable {
    /// How it came to count.
    public enum Kind: String, Sendable {
        /// At the close.
        case posted
        /// What had masked it was taken back: so much more counts since.
        case restored
    }

    /// What was posted.
    public let lot: Lot
    /// How it came to count.
    public let kind: Kind
    /// Q in thousandths.
    public let score: Int
    /// What the event earns at most.
    public let base: Amount<MilliCredit>
    /// Why R and U are what they are; nil where they are fixed.
    public let reason: ItemReason?

    init(_ lot: Lot, _ kind: Kind, _ reason: ItemReason?, _ terms: ReciprocityTerms) {
        self.lot = lot
        self.kind = kind
        self.reason = reason
        score = lot.claim.quality.score(terms)
        base = Amount(Int64(terms[lot.claim.key.event.base]))
    }

    /// Who it came from; of a corroboration nobody is told with whom.
    public var counterpart: String {
        switch (lot.claim.counterpart, lot.claim.key.event) {
        case (.group, .corroborated), (.group, .corroborating): "another group"
        case (.authority(let name), _), (.group(let name), _): name.text
        }
    }

    /// Its columns, in the order in which every rendition has them.
    static let columns = [
        "epoch", "date", "event", "item", "from", "base", "C", "R", "U", "T", "Q", "rho", "worth", "posted",
    ]

    /// The event; what was posted later is told apart.
    var event: String {
        switch kind {
        case .posted: lot.claim.key.event.rawValue
        case .restored: "\(lot.claim.key.event.rawValue) \(kind.rawValue)"
        }
    }

    /// Numbers as they are written; amounts in credits.
    func cells(_ days: PoolDays) -> [String] {
        let quality = lot.claim.quality
        return [
            "\(lot.epoch)", days.date(of: lot.day), event, lot.claim.key.item.text, counterpart, base.text,
            "\(quality.credibility)", "\(quality.relevance)", "\(quality.novelty)", "\(quality.timeliness)",
            "\(score)", "\(lot.reliability)", lot.worth.text, lot.amount.text,
        ]
    }
}

/// A report that was no corroboration of another's, and why.
public struct Sighting: Hashable, Sendable {
    /// The group's own report.
    public let item: ID<LedgerItem>
    /// Why it earned nothing.
    public let refusal: Independence.Refusal
    /// The day on which it was found.
    public let day: Int

    /// Puts it together from its parts.
    public init(_ item: ID<LedgerItem>, _ refusal: Independence.Refusal, on day: Int) {
        self.item = item
        self.refusal = refusal
        self.day = day
    }
}

/// A name and what goes with it.
public struct StatementSum: Hashable, Sendable {
    /// Of an event, or of a group.
    public let name: String
    /// In milli-credits, or in units of requests.
    public let amount: Int64

    static func of(_ lines: [StatementLine], by name: (StatementLine) -> String) -> [StatementSum] {
        Dictionary(grouping: lines, by: name)
            .map { StatementSum(name: $0, amount: $1.reduce(0) { $0 + $1.lot.amount.count }) }
            .sorted { $0.name < $1.name }
    }
}
