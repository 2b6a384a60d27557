/// Whom alone of a member a version is for: what names principals, or is in a compartment, is not for their colleagues.
public struct Confinement: Hashable, Sendable, Codable {
    /// The compartment that its readers must be cleared for; nil for none.
    public let compartment: Name?
    /// Identities of the principals that are named where their member is not, sorted.
    public let named: [STIXID]

    /// Nil for a label that lets whoever reads for a member have what one of them may.
    public init?(_ label: Label, _ directory: Directory) {
        let addressees = label.scope?.addressees ?? []
        let named = addressees.filter { identity in
            guard let member = directory.member(identifiedBy: identity).flatMap({ directory.members[$0] }) else {
                return false
            }
            let isWhole = label.marking != .red && addressees.contains(member.identity)
            let isAffected = label.terms?.affected?.contains(member) ?? false
            return identity != member.identity && !isWhole && !isAffected
        }
        let compartment = label.terms?.compartment
        guard compartment != nil || !named.isEmpty else { return nil }
        self.compartment = compartment
        self.named = named.sorted()
    }

    /// The principals of a member that are named.
    public func named(of member: ID<Member>, _ directory: Directory) -> Set<ID<Principal>> {
        Set(named.filter { directory.member(identifiedBy: $0) == member }.map { ID($0.uuid) })
    }
}

/// Who is told that a copy is withdrawn.
public struct StubAudience: Hashable, Sendable {
    /// The members that hold one.
    public let holders: Set<ID<Member>>
    /// Of them, the principals alone that may know of it beside who is cleared for the compartment; nil for whoever
    /// reads for a holder.
    public let recipients: Set<ID<Principal>>?
    /// A compartment whose holders among them may know of it, too; nil for none.
    public let compartment: Name?

    /// Puts it together from its parts.
    public init(
        holders: Set<ID<Member>>,
        recipients: Set<ID<Principal>>? = nil,
        compartment: Name? = nil
    ) {
        self.holders = holders
        self.recipients = recipients
        self.compartment = compartment
    }

    /// Whether a reader is told.
    public func contains(_ reader: Reader, at now: Timestamp) -> Bool {
        guard holders.contains(reader.member.id) else { return false }
        guard let recipients else { return true }
        return recipients.contains(reader.principal.id)
            || compartment != nil && AccessPolicy.isCleared(reader, for: compartment, at: now)
    }
}

extension Label.Terms {
    /// Of a stub: who is told.
    var audience: StubAudience {
        StubAudience(holders: holders, recipients: recipients, compartment: compartment)
    }
}

extension Advisory {
    /// Whom alone of a member one of its published versions was for; nil where it was for whoever reads for it.
    public func confinement(of number: Int) -> Confinement? { confined?[number] }

    /// Notes whom alone of a member the version is for that goes out, or is out and gets another label: what was for
    /// whoever reads stays known to them.
    public mutating func confine(to confinement: Confinement?, isOut: Bool) {
        guard !isOut || confinement == nil else { return }
        var confined = confined ?? [:]
        confined[version.number] = confinement
        self.confined = confined.isEmpty ? nil : confined
    }
}
