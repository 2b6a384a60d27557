/// One object of an envelope, read: a valid STIX object, or what was wrong with it.
public enum Contribution: Sendable {
    case object(STIXObject)
    case invalid(id: String, version: String?, reason: String)
}

/// What became of one object of an envelope (TAXII 2.1 §4.3.1, `status-detail`).
public enum Verdict: Hashable, Sendable {
    /// It is stored, or was already there; the version of one without `modified` and `created` is when it came.
    case success(id: String, version: String, note: String?)
    /// It was refused; the reason names the property, the rule and the fix.
    case failure(id: String, version: String, reason: String)
    /// It waits for a second person.
    case pending(id: String, version: String)

    /// Whether it waits.
    public var isPending: Bool {
        switch self {
        case .pending: true
        case .success, .failure: false
        }
    }
}

/// What the store holds of one STIX id when an envelope arrives.
public struct HeldObject: Sendable {
    /// The member that first brought the id; nil for one that belongs to nobody.
    public var owner: ID<Member>?
    /// `created` of its first version; it never changes (STIX 2.1 §3.2).
    public var created: Timestamp?
    /// All versions that are held, in all pools.
    public var versions: [HeldVersion]

    /// Puts it together from its parts.
    public init(owner: ID<Member>?, created: Timestamp?, versions: [HeldVersion]) {
        self.owner = owner
        self.created = created
        self.versions = versions
    }
}

/// One version that the store holds, in any pool.
public struct HeldVersion: Sendable {
    /// Where it is held.
    public let pool: ID<Pool>
    /// Its access label.
    public let label: Label
    /// The member that brought it.
    public let member: ID<Member>
    /// Its version, as TAXII writes it.
    public let version: String
    /// Nil for an object without `modified` and `created`.
    public let instant: Timestamp?
    /// SHA-256 of the canonical form.
    public let digest: [UInt8]
    /// Whether it was revoked.
    public let isRevoked: Bool

    /// Puts it together from its parts.
    public init(
        pool: ID<Pool>,
        label: Label,
        member: ID<Member>,
        version: String,
        instant: Timestamp?,
        digest: [UInt8],
        isRevoked: Bool
    ) {
        self.pool = pool
        self.label = label
        self.member = member
        self.version = version
        self.instant = instant
        self.digest = digest
        self.isRevoked = isRevoked
    }
}
