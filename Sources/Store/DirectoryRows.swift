public import Exchange

/// Members, principals, credentials and pools as rows.
///
/// They are few: a node reads them all whenever one changes.
public enum DirectoryRows {
    /// Everything, as of one state of the database.
    public static func directory(_ connection: any SQLConnection) throws -> Directory {
        let members = try members(connection)
        let memberIDs = Dictionary(uniqueKeysWithValues: members.map { ($0.number, $0.id) })
        let principals = try principals(connection, memberIDs)
        let principalIDs = Dictionary(uniqueKeysWithValues: principals.map { ($0.number, $0.id) })
        return Directory(
            members: members,
            principals: principals,
            credentials: try credentials(connection, principalIDs),
            pools: try pools(connection, memberIDs),
            gateways: try gateways(connection),
            links: try links(connection, memberIDs),
            consents: try consents(connection, memberIDs)
        )
    }

    private static func members(_ connection: any SQLConnection) throws -> [Member] {
        var facts: [Int64: [Precondition: Timestamp?]] = [:]
        try connection.run("select member, fact, ends from member_fact", []) { row in
            facts[row.integer(0), default: [:]][try known(Precondition(row.text(1)))] = .some(end(row, 2))
        }
        return try connection.rows(
            """
            select number, id, name, title, kind, sector, jurisdiction, owner_group, standing, size, given_until
            from member
            order by number
            """
        ) { row in
            Member(
                id: try id(row, 1),
                number: row.integer(0),
                name: try name(row, 2),
                title: row.text(3),
                kind: try code(row, 4),
                sector: row.text(5),
                jurisdiction: row.text(6),
                group: try name(row, 7),
                size: try code(row, 9),
                standing: try code(row, 8),
                facts: facts[row.integer(0)] ?? [:],
                given: end(row, 10)
            )
        }
    }

    private static func principals(
        _ connection: any SQLConnection,
        _ members: [Int64: ID<Member>]
    ) throws -> [Principal] {
        var clearances: [Int64: [Name: Timestamp?]] = [:]
        try connection.run("select principal, compartment, ends from clearance", []) { row in
            clearances[row.integer(0), default: [:]][try name(row, 1)] = .some(end(row, 2))
        }
        return try connection.rows(
            "select number, id, name, member, roles, standing, unit from principal order by number"
        ) { row in
            Principal(
                id: try id(row, 1),
                number: row.integer(0),
                name: try name(row, 2),
                member: try known(members[row.integer(3)]),
                roles: Set(row.text(4).split(separator: " ").compactMap { Role(rawValue: String($0)) }),
                standing: try code(row, 5),
                unit: row.isNull(6) ? nil : try name(row, 6),
                clearances: clearances[row.integer(0)] ?? [:]
            )
        }
    }

    private static func credentials(
        _ connection: any SQLConnection,
        _ principals: [Int64: ID<Principal>]
    ) throws -> [Credential] {
        try connection.rows(
            """
            select number, id, principal, kind, secret, salt, expires, revoked, purposes from credential order by number
            """
        ) { row in
            let secret = row.bytes(4)
            let proof: Proof =
                switch row.text(3) {
                case "token": .token(hash: secret)
                case "password": .password(hash: secret, salt: row.bytes(5))
                case "certificate": .certificate(fingerprint: secret)
                case "uri": .uri(String(decoding: secret, as: UTF8.self))
                default: throw DatabaseFault.statement("credential.kind holds a word this program does not know")
                }
            return Credential(
                id: try id(row, 1),
                number: row.integer(0),
                principal: try known(principals[row.integer(2)]),
                proof: proof,
                expires: end(row, 6),
                isRevoked: row.integer(7) == 1,
                purposes: try row.text(8).split(separator: " ").map { try known(Purpose(rawValue: String($0))) }
            )
        }
    }

    private static func pools(_ connection: any SQLConnection, _ members: [Int64: ID<Member>]) throws -> [Pool] {
        let enrolled = try enrolments(connection, members)
        return try connection.rows(
            """
            select number, id, name, kind, title, about, reading, writing, release_by, ceiling, default_marking,
                standing, ends, f.lead, f.closing, f.cohort
            from pool left join task_force f on f.pool = number order by number
            """
        ) { row in
            let force =
                row.isNull(13)
                ? nil : TaskForce(lead: try known(members[row.integer(13)]), closing: try code(row, 14))
            return Pool(
                id: try id(row, 1),
                number: row.integer(0),
                name: try name(row, 2),
                kind: try code(row, 3),
                terms: PoolTerms(
                    title: row.text(4),
                    about: row.text(5),
                    reading: try code(row, 6),
                    writing: try code(row, 7),
                    release: try code(row, 8),
                    ceiling: try known(TLP(code: row.text(9))),
                    defaultMarking: try known(TLP(code: row.text(10))),
                    standing: try code(row, 11),
                    ends: end(row, 12),
                    force: force
                ),
                enrolled: enrolled[row.integer(0)] ?? [:],
                cohort: force == nil ? 0 : Int(row.integer(15))
            )
        }
    }

    private static func enrolments(
        _ connection: any SQLConnection,
        _ members: [Int64: ID<Member>]
    ) throws -> [Int64: [ID<Member>: Enrolment]] {
        var enrolled: [Int64: [ID<Member>: Enrolment]] = [:]
        try connection.run("select pool, member, reads, writes, cohort from enrolment", []) { row in
            enrolled[row.integer(0), default: [:]][try known(members[row.integer(1)])] = Enrolment(
                reads: row.integer(2) == 1,
                writes: row.integer(3) == 1,
                joining: Joining(cohort: Int(row.integer(4)))
            )
        }
        try connection.run("select pool, member, advisory from late_release", []) { row in
            let member = try known(members[row.integer(1)])
            enrolled[row.integer(0)]?[member]?.joining.released.insert(try id(row, 2))
        }
        return enrolled
    }

    private static func gateways(_ connection: any SQLConnection) throws -> Gateways {
        let all = try connection.rows("select body from gateway order by name") { row in
            try known(Gateway(written: row.bytes(0)))
        }
        return try known(Gateways(all))
    }

    private static func links(
        _ connection: any SQLConnection,
        _ members: [Int64: ID<Member>]
    ) throws -> [ID<Member>: Set<SubjectMark>] {
        var links: [ID<Member>: Set<SubjectMark>] = [:]
        try connection.run("select member, mark from subject_link", []) { row in
            links[try known(members[row.integer(0)]), default: []].insert(try known(SubjectMark(text: row.text(1))))
        }
        return links
    }

    private static func consents(
        _ connection: any SQLConnection,
        _ members: [Int64: ID<Member>]
    ) throws -> [Consent] {
        try connection.rows(
            "select advisory, reader, purpose, rendition, of_unit, ends from consent order by number"
        ) { row in
            Consent(
                advisory: try id(row, 0),
                reader: try known(members[row.integer(1)]),
                purpose: try code(row, 2),
                rendition: try code(row, 3),
                isOfUnit: row.integer(4) == 1,
                until: Timestamp(microseconds: row.integer(5))
            )
        }
    }

    private static func end(_ row: any SQLRow, _ column: Int) -> Timestamp? {
        row.isNull(column) ? nil : Timestamp(microseconds: row.integer(column))
    }

    private static func id<Kind>(_ row: any SQLRow, _ column: Int) throws -> ID<Kind> {
        try known(ID(parsing: row.text(column)))
    }

    private static func name(_ row: any SQLRow, _ column: Int) throws -> Name { try known(Name(row.text(column))) }

    private static func code<Code: RawRepresentable<String>>(_ row: any SQLRow, _ column: Int) throws -> Code {
        try known(Code(rawValue: row.text(column)))
    }

    private static func known<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw DatabaseFault.statement("a directory row holds a value this program cannot read") }
        return value
    }
}
