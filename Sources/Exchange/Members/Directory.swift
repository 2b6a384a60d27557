/// What members of one owner have in common.
public struct OwnershipGroup: Hashable, Sendable {
    /// When the first of them joined.
    public let joined: Timestamp
    /// How large it is: as the largest of them.
    public let size: SizeClass
    /// Whether what it takes is counted: not where all of them are authorities.
    public let isCounted: Bool
}

/// Everybody and everything the exchange knows by name, at one tick: replaced whole when any of it changes.
///
/// A class, though nothing of it ever changes, because every request holds it, and it is many tables.
public final class Directory: Sendable {
    /// All members.
    public let members: [ID<Member>: Member]
    /// All principals.
    public let principals: [ID<Principal>: Principal]
    /// All credentials, revoked ones too.
    public let credentials: [ID<Credential>: Credential]
    /// All pools.
    public let pools: [ID<Pool>: Pool]
    /// The legal bases of the exchange.
    public let gateways: Gateways
    /// What each member declared of itself and its linked persons.
    public let links: [ID<Member>: Set<SubjectMark>]
    /// That, and what its members are called, of each ownership group.
    private let groupLinks: [Name: Set<SubjectMark>]
    /// What is known of each ownership group.
    public let groups: [Name: OwnershipGroup]
    /// What originators agreed to let single members have for a purpose, ended ones too: the last of each.
    public let consents: [Consent]

    private let memberNames: [Name: ID<Member>]
    private let principalNames: [Name: ID<Principal>]
    private let poolNames: [Name: ID<Pool>]
    private let poolNumbers: [Int64: ID<Pool>]
    /// By id and by name as they are written: what every request asks for.
    private let poolTexts: [String: Pool]
    private let memberNumbers: [Int64: ID<Member>]
    private let principalNumbers: [Int64: ID<Principal>]
    private let tokens: [[UInt8]: ID<Credential>]
    private let fingerprints: [[UInt8]: ID<Credential>]
    private let uris: [String: ID<Credential>]
    private let passwords: [ID<Principal>: [ID<Credential>]]

    /// Puts it together, and the indexes over it.
    public init(
        members: [Member],
        principals: [Principal],
        credentials: [Credential],
        pools: [Pool],
        gateways: Gateways = .none,
        links: [ID<Member>: Set<SubjectMark>] = [:],
        consents: [Consent] = []
    ) {
        (self.gateways, self.links, self.consents) = (gateways, links, Self.standing(of: consents))
        groupLinks = members.reduce(into: [:]) { groups, member in
            let called = SubjectMark.organisation(named: member.title)
                .union(SubjectMark.organisation(named: member.name.text))
            groups[member.group, default: []].formUnion(called.union(links[member.id] ?? []))
        }
        groups = members.reduce(into: [:]) { groups, member in
            let joined = Timestamp(microseconds: member.number)
            let known = groups[member.group]
            groups[member.group] = OwnershipGroup(
                joined: min(known?.joined ?? joined, joined),
                size: max(known?.size ?? member.size, member.size),
                isCounted: known?.isCounted ?? false || !member.kind.isAuthority
            )
        }
        self.members = Self.table(members.map { ($0.id, $0) })
        memberNames = Self.table(members.map { ($0.name, $0.id) })
        memberNumbers = Self.table(members.map { ($0.number, $0.id) })
        self.principals = Self.table(principals.map { ($0.id, $0) })
        principalNames = Self.table(principals.map { ($0.name, $0.id) })
        principalNumbers = Self.table(principals.map { ($0.number, $0.id) })
        self.pools = Self.table(pools.map { ($0.id, $0) })
        poolNames = Self.table(pools.map { ($0.name, $0.id) })
        poolNumbers = Self.table(pools.map { ($0.number, $0.id) })
        poolTexts = Self.table(pools.map { ($0.name.text, $0) } + pools.map { ($0.id.text, $0) })
        self.credentials = Self.table(credentials.map { ($0.id, $0) })
        var tokens: [[UInt8]: ID<Credential>] = [:]
        var fingerprints: [[UInt8]: ID<Credential>] = [:]
        var uris: [String: ID<Credential>] = [:]
        var passwords: [ID<Principal>: [ID<Credential>]] = [:]
        for credential in credentials where !credential.isRevoked {
            switch credential.proof {
            case .token(let hash): tokens[hash] = credential.id
            case .certificate(let fingerprint): fingerprints[fingerprint] = credential.id
            case .uri(let uri): uris[uri] = credential.id
            case .password: passwords[credential.principal, default: []].append(credential.id)
            }
        }
        (self.tokens, self.fingerprints, self.uris, self.passwords) = (tokens, fingerprints, uris, passwords)
    }

    /// The last consent to each reader for each purpose: it takes the place of those before, whatever it gives.
    private static func standing(of consents: [Consent]) -> [Consent] {
        struct Case: Hashable {
            let advisory: ID<Advisory>
            let reader: ID<Member>
            let purpose: Purpose
            let isOfUnit: Bool
        }
        var seen: Set<Case> = []
        return consents.reversed().filter { consent in
            seen.insert(
                Case(
                    advisory: consent.advisory,
                    reader: consent.reader,
                    purpose: consent.purpose,
                    isOfUnit: consent.isOfUnit
                )
            ).inserted
        }.reversed()
    }

    private static func table<Key: Hashable, Value>(_ rows: [(Key, Value)]) -> [Key: Value] {
        Dictionary(rows) { _, last in last }
    }

    /// The member of a name.
    public func member(named name: Name) -> Member? { memberNames[name].flatMap { members[$0] } }
    /// The principal of a name.
    public func principal(named name: Name) -> Principal? { principalNames[name].flatMap { principals[$0] } }
    /// The pool of a name or number.
    public func pool(named name: Name) -> Pool? { poolNames[name].flatMap { pools[$0] } }
    /// The pool of a name or number.
    public func pool(numbered number: Int64) -> Pool? { poolNumbers[number].flatMap { pools[$0] } }

    /// The member of a number.
    public func member(numbered number: Int64) -> Member? { memberNumbers[number].flatMap { members[$0] } }
    /// The principal of a number.
    public func principal(numbered number: Int64) -> Principal? {
        principalNumbers[number].flatMap { principals[$0] }
    }

    /// The credential of a bearer token, by the SHA-256 of it.
    public func credential(tokenHash: [UInt8]) -> Credential? { tokens[tokenHash].flatMap { credentials[$0] } }

    /// The credential of a client certificate: its fingerprint first, then its URIs in order.
    public func credential(fingerprint: [UInt8], uris names: [String]) -> Credential? {
        let id = fingerprints[fingerprint] ?? names.lazy.compactMap { self.uris[$0] }.first
        return id.flatMap { credentials[$0] }
    }

    /// The password credentials of one principal that are not revoked.
    public func passwordCredentials(of principal: ID<Principal>) -> [Credential] {
        passwords[principal, default: []].compactMap { credentials[$0] }
    }

    /// The pool that an identifier in a URL names: its id, or its name as an alias (TAXII 2.1 §5.2.1).
    public func pool(addressed text: String) -> Pool? {
        if let pool = poolTexts[text] { return pool }
        return ID<Pool>(parsing: text).flatMap { pools[$0] }  // Perhaps in upper case.
    }

    /// The member that an identity id stands for, itself or as the member of the principal that it stands for.
    public func member(identifiedBy id: STIXID) -> ID<Member>? {
        guard id.type == "identity" else { return nil }
        if members[ID(id.uuid)] != nil { return ID(id.uuid) }
        return principals[ID(id.uuid)]?.member
    }

    /// Who comes with a credential at `now`, for the first of its purposes; nil when the credential or the principal is
    /// gone, ended or suspended.
    ///
    /// A suspended member comes in: recalls of what it holds, and dangers to it, are not kept from it.
    public func reader(with credential: Credential, at now: Timestamp) -> Reader? {
        guard let held = credentials[credential.id], held.isValid(at: now), let purpose = held.purposes.first,
            let principal = principals[held.principal], principal.standing == .active,
            let member = members[principal.member]
        else { return nil }
        return reader(as: principal, of: member, until: held.expires, for: purpose)
    }

    /// What the ownership group of a member declared as itself or as linked to it, and what its members are called.
    public func links(ofGroupOf member: Member) -> Set<SubjectMark> { groupLinks[member.group] ?? [] }

    /// The reader that a principal is, whatever credential it comes with.
    public func reader(
        as principal: Principal,
        of member: Member,
        until: Timestamp?,
        for purpose: Purpose = .monitoring
    ) -> Reader {
        let readable = pools.values.filter { $0.isRead(by: member) }
        let joinings = readable.compactMap { pool in pool.enrolled[member.id].map { (pool.id, $0.joining) } }
        return Reader(
            principal: principal,
            member: member,
            pools: Dictionary(uniqueKeysWithValues: readable.map { ($0.id, Reader.Span(until: $0.terms.ends)) }),
            joinings: Dictionary(uniqueKeysWithValues: joinings.filter { $0.1.cohort > 0 }),
            until: until,
            purpose: purpose,
            clearances: principal.clearances.mapValues { Reader.Span(until: $0) },
            links: links(ofGroupOf: member),
            consents: Dictionary(grouping: consents.filter { $0.reader == member.id }, by: \.advisory),
            gateways: gateways
        )
    }
}
