extension Label {
    /// What the label of an advisory's rendition says beside pool, marking and scope.
    public struct Terms: Hashable, Sendable {
        /// The advisory, for consents that name it.
        public var advisory: ID<Advisory>
        /// The member whose advisory it is.
        public var originator: ID<Member>
        /// What a legal gateway asks of the originator, as it was when the version was released.
        public var origin: GatewayParty
        /// The rendition that bears the label.
        public var rendition: Rendition
        /// The renditions that this version has.
        public var renditions: Set<Rendition>
        /// Whether the advisory tells of anybody or anything by name.
        public var isNominal: Bool
        /// Whether it is about a natural person on a grade too weak for industry.
        public var isWeak: Bool
        /// Whether it is about a victim or an innocent.
        public var isProtected: Bool
        /// Whether somebody disputes it.
        public var isDisputed: Bool
        /// What it may be used for.
        public var purposes: Set<Purpose>
        /// What its marking asks beside TLP.
        public var caveats: Set<HandlingCaveat>
        /// The compartment that a reader must be cleared for; nil for none.
        public var compartment: Name?
        /// Marks of its subjects.
        public var subjects: Set<SubjectMark>
        /// Of a safety advisory: the members in danger, by kind or one by one.
        public var affected: AffectedPopulation?
        /// Of a stub or a correction: the members that hold what it recalls.
        public var holders: Set<ID<Member>>
        /// Of those, the principals alone that may know of it, where not whoever reads for them may.
        public var recipients: Set<ID<Principal>>?
        /// Of a stub: whether its holders owe an acknowledgement.
        public var isOwed: Bool

        /// The terms of a rendition about which nothing special is to be said.
        public init(
            _ advisory: ID<Advisory>,
            originator: ID<Member>,
            origin: GatewayParty,
            _ rendition: Rendition,
            of renditions: Set<Rendition>
        ) {
            self.advisory = advisory
            self.originator = originator
            self.origin = origin
            self.rendition = rendition
            self.renditions = renditions
            isNominal = false
            isWeak = false
            isProtected = false
            isDisputed = false
            purposes = Purpose.usual
            caveats = []
            compartment = nil
            subjects = []
            affected = nil
            holders = []
            recipients = nil
            isOwed = false
        }
    }
}

extension Label {
    /// The same as it would be were nobody to be protected: whoever may see what bears that is told of a protected
    /// person on a screening hit (row 12).
    public var unprotected: Label {
        var terms = terms
        terms?.isProtected = false
        var label = Label(pool: pool, marking: marking, scope: scope, terms: terms, passage: passage, cohort: cohort)
        label.release = release
        return label
    }

    /// The first instant after `now` at which time alone may change who may see it; nil for none.
    public func changes(after now: Timestamp) -> Timestamp? {
        terms?.origin.holds.values.compactMap { $0 }.filter { $0 > now }.min()
    }
}

/// What stands for one identity of a subject or a member in a label: a digest of a checked identifier, or of a name.
///
/// Equal marks are the same thing; a mark alone tells nothing.
public struct SubjectMark: Hashable, Sendable, Comparable {
    /// How long a mark is: 128 bits, so that two things never share one by chance.
    public static let bytesCount = 16

    /// Lower-case hexadecimal digits.
    public let text: String

    /// Reads the digits; nil for any other text.
    public init?(text: String) {
        guard text.utf8.count == 2 * Self.bytesCount,
            text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        self.text = text
    }

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}
