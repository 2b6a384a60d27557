public import Exchange

/// What two advisories have in common.
public enum LinkType: String, CaseIterable, Sendable, Comparable {
    /// The same people.
    case person
    /// Different people who are related: by what one of the advisories says, by one organisation, by one telephone.
    case ties
    /// The same route or method.
    case route
    /// The same organisation, bank, account or address.
    case institution
    /// The same vessel, aircraft, vehicle, container or consignment.
    case conveyance
    /// A like pattern of laundering.
    case pattern

    /// As people call it.
    public var label: String {
        switch self {
        case .person: "person overlap"
        case .ties: "personal linkage"
        case .route: "shared route or method"
        case .institution: "shared institution"
        case .conveyance: "shared conveyance"
        case .pattern: "laundering pattern"
        }
    }

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { left.place < right.place }

    private var place: Int {
        switch self {
        case .person: 0
        case .ties: 1
        case .route: 2
        case .institution: 3
        case .conveyance: 4
        case .pattern: 5
        }
    }
}

/// Why two advisories are linked: one reason of possibly many.
public struct LinkEvidence: Hashable, Sendable, Comparable {
    /// The subjects of a link, one of each advisory, the left one's first.
    public struct Ends: Hashable, Sendable, Comparable {
        /// Of the left advisory.
        public let left: SubjectReference
        /// Of the right one.
        public let right: SubjectReference

        /// The order in which they are listed.
        public static func < (first: Self, second: Self) -> Bool {
            first.left != second.left ? first.left < second.left : first.right < second.right
        }
    }

    /// Between whom; nil where it is of the advisories as wholes.
    public let ends: Ends?
    /// What of them is compared: properties by their FollowTheMoney names, or ours.
    public let fields: [String]
    /// How strong it is, in thousandths, up to 1000.
    public let score: Int
    /// Why, in a sentence.
    public let sentence: String

    /// The strongest first, and of as strong ones in the order of their ends.
    public static func < (first: Self, second: Self) -> Bool {
        if first.score != second.score { return first.score > second.score }
        if let left = first.ends, let right = second.ends, left != right { return left < right }
        return (first.sentence, first.fields.joined()) < (second.sentence, second.fields.joined())
    }
}

/// Two advisories that have something in common, of one type.
public struct Link: Hashable, Sendable, Comparable {
    /// Reasons that a link is shown with: the strongest.
    public static let evidenceMax = 16

    /// What they have in common.
    public let type: LinkType
    /// The advisory with the smaller id.
    public let left: ID<Advisory>
    /// The other.
    public let right: ID<Advisory>
    /// The strongest reasons, the strongest first; at least one.
    public let evidence: [LinkEvidence]
    /// How many reasons there are.
    public let evidenceCount: Int

    init(_ type: LinkType, _ left: ID<Advisory>, _ right: ID<Advisory>, _ all: [LinkEvidence]) {
        self.type = type
        self.left = left
        self.right = right
        evidence = Array(all.sorted().prefix(Self.evidenceMax))
        evidenceCount = all.count
    }

    /// How strong it is, in thousandths: as its strongest reason.
    public var score: Int { evidence.first?.score ?? 0 }

    /// By the advisories, and then by type.
    public static func < (first: Self, second: Self) -> Bool {
        if first.left != second.left { return first.left < second.left }
        return first.right != second.right ? first.right < second.right : first.type < second.type
    }
}

/// What a change of the advisories or judgements did to the links.
///
/// A link that is told in other words is among both.
public struct LinkChanges: Hashable, Sendable {
    /// Those that are no longer there, in their order.
    public let gone: [Link]
    /// Those that were not there before, in their order.
    public let new: [Link]
}
