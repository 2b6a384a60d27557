/// How something travels from its origin to a reader.
public enum Mode: String, CaseIterable, Codable, Sendable {
    /// In a pool, to whoever may read it.
    case published
    /// In the answer to a request.
    case request
    /// In a report to one authority.
    case report
}

/// Who may stand at one end of a gateway.
public struct Party: Hashable, Sendable {
    /// What kinds of organisation; at least one.
    public let kinds: Set<MemberKind>
    /// ISO 3166-1 alpha-2 of each country, at least one; nil for every country.
    public let jurisdictions: Set<String>?
    /// What it must hold at the time, all of it.
    public let preconditions: Set<Precondition>

    /// Puts it together from its parts.
    public init(kinds: Set<MemberKind>, jurisdictions: Set<String>? = nil, preconditions: Set<Precondition> = []) {
        precondition(!kinds.isEmpty, "a gateway has kinds of members at both ends")
        precondition(jurisdictions?.isEmpty != true, "a gateway that no country may use is no gateway")
        self.kinds = kinds
        self.jurisdictions = jurisdictions
        self.preconditions = preconditions
    }

    /// Whether somebody may stand at this end.
    public func admits(_ party: GatewayParty, at now: Timestamp) -> Bool {
        kinds.contains(party.kind)
            && jurisdictions?.contains(party.jurisdiction) != false
            && preconditions.allSatisfy { party.holds($0, at: now) }
    }
}

/// One legal basis on which an origin may let a reader have what names somebody.
///
/// It says what a law is like; it is no legal advice. Nothing that it does not say is allowed by it.
public struct Gateway: Hashable, Sendable {
    /// What the jurisdictions of both ends have to do with each other.
    public enum Relation: String, CaseIterable, Codable, Sendable {
        /// Both are of one jurisdiction.
        case same
        /// They are of two.
        case different
        /// It does not matter.
        case any

        /// Whether two jurisdictions stand to each other as this says.
        public func holds(_ left: String, _ right: String) -> Bool {
            switch self {
            case .same: left == right
            case .different: left != right
            case .any: true
            }
        }
    }

    /// Its unique name.
    public let name: Name
    /// What people call it.
    public let title: String
    /// In plain words: what the law says, who may use it, what it does not cover.
    public let about: String
    /// Whose it is to give.
    public let origin: Party
    /// Who may have it.
    public let reader: Party
    /// What the jurisdictions of both have to do with each other.
    public let relation: Relation
    /// Kinds of fact of which both must hold the same one: one partnership, one memorandum.
    public let shared: Set<Name>
    /// How it may travel; at least one way.
    public let modes: Set<Mode>
    /// What for; at least one purpose, and never strategic use, which needs no names.
    public let purposes: Set<Purpose>
    /// The first instant of its force; nil where it has no beginning.
    public internal(set) var from: Timestamp?
    /// The first instant after its force; nil where it has no end.
    public let until: Timestamp?

    /// Puts it together from its parts.
    public init(
        name: Name,
        title: String,
        about: String,
        origin: Party,
        reader: Party,
        relation: Relation,
        shared: Set<Name> = [],
        modes: Set<Mode>,
        purposes: Set<Purpose>,
        from: Timestamp? = nil,
        until: Timestamp? = nil
    ) {
        precondition(!modes.isEmpty && !purposes.isEmpty, "a gateway has a mode and a purpose")
        precondition(!purposes.contains(.strategic), "strategic use needs no names")
        if let from, let until { precondition(from < until, "a gateway ends after it begins") }
        self.name = name
        self.title = title
        self.about = about
        self.origin = origin
        self.reader = reader
        self.relation = relation
        self.shared = shared
        self.modes = modes
        self.purposes = purposes
        self.from = from
        self.until = until
    }

    /// Whether it lets the reader have from the origin what names somebody, in this mode and for this purpose.
    public func covers(
        origin: GatewayParty,
        reader: GatewayParty,
        mode: Mode,
        purpose: Purpose,
        at now: Timestamp
    ) -> Bool {
        isInForce(at: now)
            && modes.contains(mode)
            && purposes.contains(purpose)
            && relation.holds(origin.jurisdiction, reader.jurisdiction)
            && self.origin.admits(origin, at: now)
            && self.reader.admits(reader, at: now)
            && shared.allSatisfy { !origin.items(of: $0, at: now).isDisjoint(with: reader.items(of: $0, at: now)) }
    }

    private func isInForce(at now: Timestamp) -> Bool {
        if let from, now < from { return false }
        if let until, now >= until { return false }
        return true
    }
}
