/// Why an item's credit is taken back.
public struct ClawBack: Hashable, Sendable, Codable {
    /// What lies behind it.
    public enum Cause: Hashable, Sendable, Codable {
        /// The reporter took it back within a week: nobody counts that against it.
        case retraction
        /// It was wrong in good faith.
        case error
        /// It was false, and the reporter knew it: two people decided so.
        case badFaith(PanelDecision)
    }

    /// Which item.
    public let item: ID<LedgerItem>
    /// Whose item it is: what the cause brings besides falls on this group alone.
    public let reporter: Name
    /// On which day.
    public let day: Int
    /// Why.
    public let cause: Cause
    /// What of it: what came from one counterpart, whose own item was taken back; nil for all.
    public let part: Claim.Counterpart?

    /// Puts it together from its parts.
    public init(
        _ item: ID<LedgerItem>,
        of reporter: Name,
        on day: Int,
        _ cause: Cause,
        from part: Claim.Counterpart? = nil
    ) {
        self.item = item
        self.reporter = reporter
        self.day = day
        self.cause = cause
        self.part = part
    }

    /// The first day on which whose item it is may corroborate again; nil where it may.
    func freezes(_ terms: ReciprocityTerms) -> Int? {
        switch cause {
        case .retraction, .error: nil
        case .badFaith: day + terms[.freezeDays]
        }
    }

    /// Whether it takes a claim back.
    func takes(_ claim: Claim) -> Bool {
        claim.key.item == item && part.map { claim.counterpart == $0 } ?? true
    }

    /// What it is known by in a group's account: an item is taken back once, and so is each part of it.
    var scope: String {
        switch part {
        case .authority(let name): "\(item)/authority/\(name)"
        case .group(let name): "\(item)/group/\(name)"
        case nil: item.text
        }
    }

    /// A reporter's own retraction: in time it is none of its errors.
    /// - Parameter submitted: the day on which the item was submitted.
    public init(
        retracting item: ID<LedgerItem>,
        of reporter: Name,
        submitted: Int,
        on day: Int,
        _ terms: ReciprocityTerms
    ) {
        let isInTime = day - submitted <= terms[.retractionDays]
        self.init(item, of: reporter, on: day, isInTime ? .retraction : .error)
    }
}

/// What two people found who looked at an item that was false: both say that it was in bad faith, and why.
public struct PanelDecision: Hashable, Sendable, Codable {
    /// How many people decide.
    public static let panelists = 2
    /// Characters of a reason, as code points.
    public static let reasonCharactersMax = 2_048

    /// Why a panel decided nothing.
    public enum Refusal: String, Error, CaseIterable, Sendable, Codable {
        /// It has not two people.
        case people
        /// One of them is of a group that it is about.
        case partial
        /// One of them gives no reason, or one too long.
        case reason
        /// One of them accepted what it is about.
        case accepter
        /// Nobody has proposed it yet.
        case notProposed = "not-proposed"
        /// Another has proposed it already.
        case proposed
        /// It was decided before.
        case decided
    }

    /// One of the two.
    public struct Vote: Hashable, Sendable, Codable {
        /// Who.
        public let person: Name
        /// Of which ownership group.
        public let group: Name
        /// Why it was in bad faith.
        public let reason: String

        /// Puts it together from its parts.
        public init(by person: Name, of group: Name, because reason: String) {
            self.person = person
            self.group = group
            self.reason = reason
        }
    }

    /// What each of the two says.
    public let votes: [Vote]

    /// Checks and takes the votes.
    /// - Parameter parties: the groups that it is about: the reporter's, and those that the report speaks of.
    public init(_ votes: [Vote], about parties: Set<Name>) throws(Refusal) {
        guard votes.count == Self.panelists, Set(votes.map(\.person)).count == votes.count else { throw .people }
        guard parties.isDisjoint(with: votes.map(\.group)) else { throw .partial }
        guard votes.allSatisfy({ Self.isReason($0.reason) }) else { throw .reason }
        self.votes = votes
    }

    /// Whether a text says why, as far as that can be told.
    static func isReason(_ text: String) -> Bool {
        text.unicodeScalars.count <= reasonCharactersMax && text.contains(where: \.isLetter)
    }
}
