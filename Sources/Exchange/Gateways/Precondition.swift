/// A fact that the operator records of a member because a law asks for it: `notice-314b`, `mou:harbour-watch`.
///
/// Of a name, or of two with `:` between them: the kind of fact, and which one of that kind.
public struct Precondition: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The kind of fact.
    public let kind: Name
    /// Which one of its kind; nil where there is only one.
    public let item: Name?

    /// Takes the two parts.
    public init(kind: Name, item: Name? = nil) {
        self.kind = kind
        self.item = item
    }

    /// Reads `kind` or `kind:item`; nil for a text of any other form.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Name(String($0)) }
        guard (1...2).contains(parts.count), let kind = parts[0] else { return nil }
        guard parts.count == 2 else {
            self.init(kind: kind)
            return
        }
        guard let item = parts[1] else { return nil }
        self.init(kind: kind, item: item)
    }

    /// `kind` or `kind:item`.
    public var text: String { item.map { "\(kind):\($0)" } ?? kind.text }
    /// The same, for people to read.
    public var description: String { text }

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// What the law looks at in a member that lets another have something, or that has it.
public struct GatewayParty: Hashable, Sendable {
    /// What kind of organisation it is.
    public var kind: MemberKind
    /// ISO 3166-1 alpha-2.
    public var jurisdiction: String
    /// The facts recorded of it, each with its end; nil where it has none.
    public var holds: [Precondition: Timestamp?]

    /// Puts it together from its parts.
    public init(kind: MemberKind, jurisdiction: String, holds: [Precondition: Timestamp?] = [:]) {
        self.kind = kind
        self.jurisdiction = jurisdiction
        self.holds = holds
    }

    /// A member, with the facts recorded of it.
    public init(_ member: Member) {
        self.init(kind: member.kind, jurisdiction: member.jurisdiction, holds: member.facts)
    }

    /// Whether a fact is recorded of it and has not ended: the instant of its end is the first without it.
    public func holds(_ precondition: Precondition, at now: Timestamp) -> Bool {
        guard let end = holds[precondition] else { return false }
        return end.map { now < $0 } ?? true
    }

    /// Which ones of a kind of fact it holds.
    func items(of kind: Name, at now: Timestamp) -> Set<Name> {
        Set(holds.keys.filter { $0.kind == kind && holds($0, at: now) }.compactMap(\.item))
    }
}
