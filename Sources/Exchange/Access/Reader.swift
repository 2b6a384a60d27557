/// Who asks: a principal for its member, with all that the access decision needs to know of either.
public struct Reader: Hashable, Sendable {
    /// Who acts.
    public let principal: Principal
    /// Whom the principal acts for.
    public let member: Member
    /// The pools whose terms let the member read, and until when.
    public let pools: [ID<Pool>: Span]
    /// From when on the member takes part in the task forces among them.
    public var joinings: [ID<Pool>: Joining]
    /// When the credential it came with ends; nil when it does not.
    public let until: Timestamp?
    /// What it wants to know for.
    public var purpose: Purpose
    /// The compartments that the principal is cleared for by name, and until when.
    public var clearances: [Name: Span]
    /// Marks of the member, its ownership group and their declared linked persons: what it must not learn of.
    public var links: Set<SubjectMark>
    /// What originators agreed to let the member have.
    public var consents: [ID<Advisory>: [Consent]]
    /// The legal bases of the exchange.
    public var gateways: Gateways

    /// How long something lasts.
    public enum Span: Hashable, Sendable {
        case open
        case until(Timestamp)

        /// Whether it still lasts.
        public func lasts(at now: Timestamp) -> Bool {
            switch self {
            case .open: true
            case .until(let end): now < end
            }
        }

        /// Its end; nil for one without.
        public var end: Timestamp? {
            switch self {
            case .open: nil
            case .until(let end): end
            }
        }

        /// Ends at `end` where that is earlier.
        public mutating func cut(at end: Timestamp?) {
            guard let end, self.end.map({ end < $0 }) ?? true else { return }
            self = .until(end)
        }

        /// One that ends at `end`; open for nil.
        public init(until end: Timestamp?) {
            self = end.map { .until($0) } ?? .open
        }
    }

    /// Puts it together from its parts.
    public init(
        principal: Principal,
        member: Member,
        pools: [ID<Pool>: Span],
        joinings: [ID<Pool>: Joining] = [:],
        until: Timestamp?,
        purpose: Purpose = .monitoring,
        clearances: [Name: Span] = [:],
        links: Set<SubjectMark> = [],
        consents: [ID<Advisory>: [Consent]] = [:],
        gateways: Gateways = .none
    ) {
        self.principal = principal
        self.member = member
        self.pools = pools
        self.joinings = joinings
        self.until = until
        self.purpose = purpose
        self.clearances = clearances
        self.links = links
        self.consents = consents
        self.gateways = gateways
    }

    /// The first instant after `now` at which time alone may change what it may see; nil for none.
    public func changes(after now: Timestamp) -> Timestamp? {
        let ends =
            pools.values.compactMap(\.end) + clearances.values.compactMap(\.end)
            + consents.values.joined().map(\.until) + member.facts.values.compactMap { $0 } + gateways.instants
        return ends.filter { $0 > now }.min()
    }
}

/// What an originator let one member have of one advisory beyond its scope; it ends by itself.
public struct Consent: Hashable, Sendable {
    /// What it is about.
    public let advisory: ID<Advisory>
    /// Who may have it.
    public let reader: ID<Member>
    /// What for: this and nothing else.
    public let purpose: Purpose
    /// The most that it gives.
    public let rendition: Rendition
    /// Whether the financial intelligence unit gave it: then fields of a suspicious-activity report may be seen.
    public let isOfUnit: Bool
    /// When it ends.
    public let until: Timestamp

    /// Puts it together from its parts.
    public init(
        advisory: ID<Advisory>,
        reader: ID<Member>,
        purpose: Purpose,
        rendition: Rendition,
        isOfUnit: Bool,
        until: Timestamp
    ) {
        self.advisory = advisory
        self.reader = reader
        self.purpose = purpose
        self.rendition = rendition
        self.isOfUnit = isOfUnit
        self.until = until
    }

    /// The same, ended at an instant.
    public func ended(at now: Timestamp) -> Consent {
        Consent(
            advisory: advisory,
            reader: reader,
            purpose: purpose,
            rendition: rendition,
            isOfUnit: isOfUnit,
            until: now
        )
    }
}
