/// What kind of organisation a member is.
public enum MemberKind: String, CaseIterable, Sendable, Codable {
    case customs, police, fiu, regulator, bank
    case freightForwarder = "freight-forwarder"
    case carrier, port, energy, ngo, exchange

    /// Whether it is a public authority: customs, police, a financial intelligence unit or a regulator.
    public var isAuthority: Bool {
        switch self {
        case .customs, .police, .fiu, .regulator: true
        case .bank, .freightForwarder, .carrier, .port, .energy, .ngo, .exchange: false
        }
    }
}

/// Whether a member, principal or pool may be used at present.
public enum Standing: String, CaseIterable, Sendable, Codable {
    case active, suspended
}

/// An organisation that takes part.
public struct Member: Hashable, Sendable {
    /// Its id.
    public let id: ID<Member>
    /// The tick at which it joined: its key in the store.
    public let number: Int64
    /// Its unique name.
    public let name: Name
    /// What people call it.
    public var title: String
    /// What kind it is.
    public let kind: MemberKind
    /// Its trade, in STIX words (sectors of an identity).
    public var sector: String
    /// ISO 3166-1 alpha-2.
    public var jurisdiction: String
    /// Its ownership group; members of one owner share it.
    ///
    /// Its own name when it stands alone.
    public var group: Name
    /// How large it is: of an ownership group the largest counts.
    public var size: SizeClass
    /// Whether it may be used at present.
    public var standing: Standing
    /// The facts that legal gateways ask for, each with its end; nil where it has none.
    public var facts: [Precondition: Timestamp?]
    /// Up to when what was released is given to it, where the tier of its group puts things off; nil for all of it.
    public var given: Timestamp?

    /// Puts it together from its parts.
    public init(
        id: ID<Member>,
        number: Int64,
        name: Name,
        title: String,
        kind: MemberKind,
        sector: String,
        jurisdiction: String,
        group: Name,
        size: SizeClass = .medium,
        standing: Standing,
        facts: [Precondition: Timestamp?] = [:],
        given: Timestamp? = nil
    ) {
        self.id = id
        self.number = number
        self.name = name
        self.title = title
        self.kind = kind
        self.sector = sector
        self.jurisdiction = jurisdiction
        self.group = group
        self.size = size
        self.standing = standing
        self.facts = facts
        self.given = given
    }
}

/// What a principal may do for its member.
public enum Role: String, CaseIterable, Sendable, Codable, Comparable {
    case reader, reporter, publisher, approver, officer, auditor, `operator`

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A person or machine that acts for a member.
public struct Principal: Hashable, Sendable {
    /// Its id.
    public let id: ID<Principal>
    /// The tick at which it was made: its key in the store.
    public let number: Int64
    /// Its login name.
    public let name: Name
    /// Whom it acts for.
    public let member: ID<Member>
    /// What it may do.
    public var roles: Set<Role>
    /// Whether it may be used at present.
    public var standing: Standing
    /// The part of its member that it belongs to; nil where that was not recorded.
    public var unit: Name?
    /// The compartments that it is cleared for, each with its end; nil where it has none.
    public var clearances: [Name: Timestamp?]

    /// Puts it together from its parts.
    public init(
        id: ID<Principal>,
        number: Int64,
        name: Name,
        member: ID<Member>,
        roles: Set<Role>,
        standing: Standing,
        unit: Name? = nil,
        clearances: [Name: Timestamp?] = [:]
    ) {
        self.id = id
        self.number = number
        self.name = name
        self.member = member
        self.roles = roles
        self.standing = standing
        self.unit = unit
        self.clearances = clearances
    }
}

/// What proves that a caller is a principal.
public enum Proof: Hashable, Sendable {
    /// SHA-256 of a bearer token: the token has 256 random bits, so a plain hash keeps it.
    case token(hash: [UInt8])
    /// scrypt of a password (RFC 7914), with its salt.
    case password(hash: [UInt8], salt: [UInt8])
    /// SHA-256 of a client certificate's DER bytes.
    case certificate(fingerprint: [UInt8])
    /// A URI among a client certificate's subject alternative names (RFC 5280 §4.2.1.6).
    case uri(String)
}

/// One way in for one principal.
public struct Credential: Hashable, Sendable {
    /// Its id.
    public let id: ID<Credential>
    /// Its key in the store.
    public let number: Int64
    /// Whom it lets in.
    public let principal: ID<Principal>
    /// What is to be shown.
    public let proof: Proof
    /// When it ends; nil when it does not.
    public var expires: Timestamp?
    /// Whether it was revoked.
    public var isRevoked: Bool
    /// What it may be used for; the first is what a request that names none is for.
    public var purposes: [Purpose]

    /// Puts it together from its parts.
    public init(
        id: ID<Credential>,
        number: Int64,
        principal: ID<Principal>,
        proof: Proof,
        expires: Timestamp?,
        isRevoked: Bool,
        purposes: [Purpose] = [.monitoring]
    ) {
        precondition(!purposes.isEmpty, "a credential is for something")
        self.id = id
        self.number = number
        self.principal = principal
        self.proof = proof
        self.expires = expires
        self.isRevoked = isRevoked
        self.purposes = purposes
    }

    /// Whether it opens anything at `now`.
    public func isValid(at now: Timestamp) -> Bool {
        guard !isRevoked else { return false }
        return expires.map { now < $0 } ?? true
    }
}
