/// Whether a corroboration counts: who confirms, whom, and what it knew.
public struct Independence: Hashable, Sendable {
    /// An ownership group, as far as it matters here.
    public struct Party: Hashable, Sendable {
        /// Which one.
        public let group: Name
        /// The day on which it joined the pool.
        public let joined: Int

        /// Takes both.
        public init(_ group: Name, joined: Int) {
            self.group = group
            self.joined = joined
        }
    }

    /// Why it earns nothing; each case is one reason, in the order in which they are looked at: first what the
    /// corroborator knows of itself.
    public enum Refusal: String, Error, CaseIterable, Sendable, Codable {
        /// Both have one owner.
        case sameGroup = "same-group"
        /// Its right to corroborate is frozen after bad faith.
        case frozen
        /// It did not show that it had committed what it saw.
        case uncommitted
        /// Both have it from one source.
        case sharedAncestor = "shared-ancestor"
        /// It was given the original before it committed what it saw.
        case readBefore = "read-before"
        /// Both are younger than 90 days.
        case bothNew = "both-new"
        /// It tells nothing that the original does not.
        case nothingNew = "nothing-new"
    }

    /// Whose report it is.
    public let reporter: Party
    /// Who corroborates.
    public let corroborator: Party
    /// The first day on which the corroborator may corroborate again; nil where it may.
    public let frozen: Int?
    /// What the original comes from.
    public let originalAncestors: Set<ID<LedgerItem>>
    /// What the corroborator's observation comes from.
    public let ancestors: Set<ID<LedgerItem>>
    /// When the corroborator committed what it saw; nil where it did not show that it had.
    public let committed: Tick?
    /// When its group was first given the original; nil where it never was.
    public let received: Tick?
    /// How many facts it tells that the original does not.
    public let newFacts: Int

    /// Puts it together from its parts.
    public init(
        of reporter: Party,
        by corroborator: Party,
        frozen: Int?,
        originalAncestors: Set<ID<LedgerItem>>,
        ancestors: Set<ID<LedgerItem>>,
        committed: Tick?,
        received: Tick?,
        newFacts: Int
    ) {
        self.reporter = reporter
        self.corroborator = corroborator
        self.frozen = frozen
        self.originalAncestors = originalAncestors
        self.ancestors = ancestors
        self.committed = committed
        self.received = received
        self.newFacts = newFacts
    }

    /// Why it is a sighting and no corroboration on a day; nil where it counts.
    public func refusal(on day: Int, _ terms: ReciprocityTerms) -> Refusal? {
        if reporter.group == corroborator.group { return .sameGroup }
        if let frozen, day < frozen { return .frozen }
        guard let committed else { return .uncommitted }
        if !originalAncestors.isDisjoint(with: ancestors) { return .sharedAncestor }
        // What it was given in the same tick as it committed, it had.
        if let received, received <= committed { return .readBefore }
        if day - min(reporter.joined, corroborator.joined) < terms[.corroborationAgeDays] { return .bothNew }
        return newFacts > 0 ? nil : .nothingNew
    }
}
