import Exchange

struct ExchangeResource: Encodable {
    let id: String
    let title: String
    let version: String
    let store: String
    let tick: String
    let members: Int
    let pools: Int
    let objects: Int64
}

struct MemberResource: Encodable {
    struct Fact: Encodable {
        let fact: String
        let until: String?
    }

    let name, id, title, kind, sector, jurisdiction, group, size, state, created: String
    let facts: [Fact]

    init(_ member: Member) {
        name = member.name.text
        id = member.id.text
        title = member.title
        kind = member.kind.rawValue
        sector = member.sector
        jurisdiction = member.jurisdiction
        group = member.group.text
        size = member.size.rawValue
        state = member.standing.rawValue
        created = Tick(microseconds: member.number).text
        facts = member.facts.sorted { $0.key < $1.key }.map { Fact(fact: $0.key.text, until: $0.value?.text) }
    }
}

struct PrincipalResource: Encodable {
    struct Clearance: Encodable {
        let compartment: String
        let until: String?
    }

    let name, id, member: String
    let roles: [String]
    let unit: String?
    let clearances: [Clearance]
    let state, created: String

    init(_ principal: Principal, _ directory: Directory) {
        name = principal.name.text
        id = principal.id.text
        member = directory.members[principal.member]?.name.text ?? ""
        roles = principal.roles.sorted().map(\.rawValue)
        unit = principal.unit?.text
        clearances = principal.clearances.sorted { $0.key < $1.key }
            .map { Clearance(compartment: $0.key.text, until: $0.value?.text) }
        state = principal.standing.rawValue
        created = Tick(microseconds: principal.number).text
    }
}

struct CredentialResource: Encodable {
    let id, principal, type: String
    let fingerprint, uri, expires: String?
    let purposes: [String]
    let state, created: String
    let secret: String?

    init(_ credential: Credential, _ directory: Directory, secret: String? = nil, at now: Timestamp) {
        id = credential.id.text
        principal = directory.principals[credential.principal]?.name.text ?? ""
        switch credential.proof {
        case .token: (type, fingerprint, uri) = ("token", nil, nil)
        case .password: (type, fingerprint, uri) = ("password", nil, nil)
        case .certificate(let bytes): (type, fingerprint, uri) = ("certificate", bytes.hexadecimal, nil)
        case .uri(let text): (type, fingerprint, uri) = ("certificate", nil, text)
        }
        expires = credential.expires?.text
        purposes = credential.purposes.map(\.rawValue)
        state = credential.isRevoked ? "revoked" : credential.isValid(at: now) ? "active" : "expired"
        created = Tick(microseconds: credential.number).text
        self.secret = secret
    }
}

struct PoolResource: Encodable {
    struct Enrolled: Encodable {
        let member: String
        let reads, writes: Bool
    }

    let name, id, title, description, kind, reading, writing: String
    let second_person: Bool
    let ceiling, default_marking, state: String
    let ends, lead, closing: String?
    let members: [Enrolled]
    let created: String

    init(_ pool: Pool, _ directory: Directory, at now: Timestamp) {
        name = pool.name.text
        id = pool.id.text
        title = pool.terms.title
        description = pool.terms.about
        kind = pool.kind.rawValue
        reading = pool.terms.reading.rawValue
        writing = pool.terms.writing.rawValue
        second_person = pool.terms.release == .secondPerson
        ceiling = pool.terms.ceiling.code
        default_marking = pool.terms.defaultMarking.code
        state = pool.hasEnded(at: now) ? "ended" : pool.terms.standing.rawValue
        ends = pool.terms.ends?.text
        lead = pool.terms.force.flatMap { directory.members[$0.lead]?.name.text }
        closing = pool.terms.force?.closing.rawValue
        members = pool.enrolled.compactMap { id, enrolment in
            directory.members[id].map {
                Enrolled(member: $0.name.text, reads: enrolment.reads, writes: enrolment.writes)
            }
        }.sorted { $0.member < $1.member }
        created = Tick(microseconds: pool.number).text
    }
}
