/// What an authority publishes that it wants to know.
public struct Requirement: Hashable, Sendable {
    /// Who wants it.
    public let authority: Name
    /// What it is called, for statements.
    public let name: Name
    /// Of which categories; none for any.
    public let categories: Set<Category>
    /// Of which kinds of subjects; none for any.
    public let kinds: Set<SubjectKind>
    /// The first day after it.
    public let until: Int

    /// Nil where it asks for nothing in particular, which every report would meet.
    public init?(
        by authority: Name,
        named name: Name,
        categories: Set<Category>,
        kinds: Set<SubjectKind>,
        until: Int
    ) {
        guard !categories.isEmpty || !kinds.isEmpty else { return nil }
        self.authority = authority
        self.name = name
        self.categories = categories
        self.kinds = kinds
        self.until = until
    }

    func isMet(by categories: Set<Category>, _ kinds: Set<SubjectKind>, on day: Int) -> Bool {
        day < until && (self.categories.isEmpty || !self.categories.isDisjoint(with: categories))
            && (self.kinds.isEmpty || !self.kinds.isDisjoint(with: kinds))
    }
}

/// R, and why.
public enum Relevance: Hashable, Sendable {
    /// It meets what an authority wants to know.
    case required(Requirement)
    /// It touches what another group is exposed to by its watch lists; whose that is, is not told.
    case exposure
    case neither

    /// Looks at an item of a group.
    public init(
        categories: Set<Category>,
        kinds: Set<SubjectKind>,
        of group: Name,
        requirements: [Requirement],
        exposure: Exposure,
        on day: Int
    ) {
        let met = requirements.filter { $0.isMet(by: categories, kinds, on: day) }
        if let first = met.min(by: { ($0.authority, $0.name) < ($1.authority, $1.name) }) {
            self = .required(first)
        } else {
            self = exposure.touchesOther(than: group) ? .exposure : .neither
        }
    }

    /// R, in thousandths.
    public func score(_ terms: ReciprocityTerms) -> Int {
        switch self {
        case .required, .exposure: 1_000
        case .neither: terms[.irrelevant]
        }
    }

    /// Why, for a statement.
    public var reason: String {
        switch self {
        case .required(let requirement): "meets \(requirement.name) of \(requirement.authority)"
        case .exposure: "touches a member's exposure"
        case .neither: "meets no requirement and touches no exposure"
        }
    }
}
