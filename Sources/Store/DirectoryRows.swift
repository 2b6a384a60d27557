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
            pools: try pools(connection, memberIDs)
        )
    }

    private static func members(_ connection: any SQLConnection) throws -> [Member] {
        try connection.rows(
            "select number, id, name, title, kind, sector, jurisdiction, owner_group, standing from member order by number"
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
                standing: try code(row, 8)
            )
        }
    }

    private static func principals(
        _ connection: any SQLConnection,
        _ members: [Int64: ID<Member>]
    ) throws -> [Principal] {
        try connection.rows("select number, id, name, member, roles, standing from principal order by number") { row in
            Principal(
                id: try id(row, 1),
                number: row.integer(0),
                name: try name(row, 2),
                member: try known(members[row.integer(3)]),
                roles: Set(row.text(4).split(separator: " ").compactMap { Role(rawValue: String($0)) }),
                standing: try code(row, 5)
            )
        }
    }

    private static func credentials(
        _ connection: any SQLConnection,
        _ principals: [Int64: ID<Principal>]
    ) throws -> [Credential] {
        try connection.rows(
            "select number, id, principal, kind, secret, salt, expires, revoked from credential order by number"
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
                expires: row.isNull(6) ? nil : Timestamp(microseconds: row.integer(6)),
                isRevoked: row.integer(7) == 1
            )
        }
    }

    private static func pools(_ connection: any SQLConnection, _ members: [Int64: ID<Member>]) throws -> [Pool] {
        var enrolled: [Int64: [ID<Member>: Enrolment]] = [:]
        try connection.run("select pool, member, reads, writes from enrolment", []) { row in
            let member = try known(members[row.integer(1)])
            enrolled[row.integer(0), default: [:]][member] =
                Enrolment(reads: row.integer(2) == 1, writes: row.integer(3) == 1)
        }
        return try connection.rows(
            """
            select number, id, name, kind, title, about, reading, writing, release_by, ceiling, default_marking,
                standing
            from pool order by number
            """
        ) { row in
            Pool(
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
                    standing: try code(row, 11)
                ),
                enrolled: enrolled[row.integer(0)] ?? [:]
            )
        }
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
