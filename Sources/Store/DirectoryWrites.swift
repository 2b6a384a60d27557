public import Exchange

/// Changes to the directory; each enters the journal in the same transaction.
extension Transaction {
    /// Adds a member, whose `number` is a tick of this transaction.
    public func add(_ member: Member) throws {
        try connection.run(
            """
            insert into member (number, id, name, title, kind, sector, jurisdiction, owner_group, standing, size)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            .integer(member.number),
            .text(member.id.text),
            .text(member.name.text),
            .text(member.title),
            .text(member.kind.rawValue),
            .text(member.sector),
            .text(member.jurisdiction),
            .text(member.group.text),
            .text(member.standing.rawValue),
            .text(member.size.rawValue)
        )
        try keepFacts(of: member)
        try enterDirectory(at: Tick(microseconds: member.number))
    }

    /// Keeps what of a member may change.
    public func change(_ member: Member) throws {
        try connection.run(
            """
            update member set title = $2, sector = $3, jurisdiction = $4, owner_group = $5, standing = $6, size = $7
            where number = $1
            """,
            .integer(member.number),
            .text(member.title),
            .text(member.sector),
            .text(member.jurisdiction),
            .text(member.group.text),
            .text(member.standing.rawValue),
            .text(member.size.rawValue)
        )
        try connection.run("delete from member_fact where member = $1", .integer(member.number))
        try keepFacts(of: member)
        try enterDirectory(at: nextTick())
    }

    /// Keeps up to when what was released is given to members, by their numbers; nil for all of it.
    public func give(releasedUntil given: [Int64: Timestamp?]) throws {
        for (member, until) in given.sorted(by: { $0.key < $1.key }) {
            try connection.run(
                "update member set given_until = $2 where number = $1",
                .integer(member),
                SQLValue(until?.microseconds)
            )
        }
        try enterDirectory(at: nextTick())
    }

    private func keepFacts(of member: Member) throws {
        for (fact, ends) in member.facts.sorted(by: { $0.key < $1.key }) {
            try connection.run(
                "insert into member_fact (member, fact, ends) values ($1, $2, $3)",
                .integer(member.number),
                .text(fact.text),
                SQLValue(ends?.microseconds)
            )
        }
    }

    /// Adds it, under a number that is a tick of this transaction.
    public func add(_ principal: Principal, of member: Member) throws {
        try connection.run(
            """
            insert into principal (number, id, name, member, roles, standing, unit) values ($1, $2, $3, $4, $5, $6, $7)
            """,
            .integer(principal.number),
            .text(principal.id.text),
            .text(principal.name.text),
            .integer(member.number),
            .text(Self.words(principal.roles)),
            .text(principal.standing.rawValue),
            principal.unit.map { .text($0.text) } ?? .null
        )
        try keepClearances(of: principal)
        try enterDirectory(at: Tick(microseconds: principal.number))
    }

    /// Keeps what of it may change.
    public func change(_ principal: Principal) throws {
        try connection.run(
            "update principal set roles = $2, standing = $3, unit = $4 where number = $1",
            .integer(principal.number),
            .text(Self.words(principal.roles)),
            .text(principal.standing.rawValue),
            principal.unit.map { .text($0.text) } ?? .null
        )
        try connection.run("delete from clearance where principal = $1", .integer(principal.number))
        try keepClearances(of: principal)
        try enterDirectory(at: nextTick())
    }

    private func keepClearances(of principal: Principal) throws {
        for (compartment, ends) in principal.clearances.sorted(by: { $0.key < $1.key }) {
            try connection.run(
                "insert into clearance (principal, compartment, ends) values ($1, $2, $3)",
                .integer(principal.number),
                .text(compartment.text),
                SQLValue(ends?.microseconds)
            )
        }
    }

    /// Adds it, under a number that is a tick of this transaction.
    public func add(_ credential: Credential, of principal: Principal) throws {
        let (kind, secret, salt): (String, [UInt8], [UInt8]) =
            switch credential.proof {
            case .token(let hash): ("token", hash, [])
            case .password(let hash, let salt): ("password", hash, salt)
            case .certificate(let fingerprint): ("certificate", fingerprint, [])
            case .uri(let uri): ("uri", Array(uri.utf8), [])
            }
        try connection.run(
            """
            insert into credential (number, id, principal, kind, secret, salt, expires, revoked, purposes)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            .integer(credential.number),
            .text(credential.id.text),
            .integer(principal.number),
            .text(kind),
            .bytes(secret),
            .bytes(salt),
            SQLValue(credential.expires?.microseconds),
            SQLValue(credential.isRevoked),
            .text(Self.words(credential.purposes))
        )
        try enterDirectory(at: Tick(microseconds: credential.number))
    }

    /// Keeps what of it may change.
    public func change(_ credential: Credential) throws {
        try connection.run(
            "update credential set expires = $2, revoked = $3, purposes = $4 where number = $1",
            .integer(credential.number),
            SQLValue(credential.expires?.microseconds),
            SQLValue(credential.isRevoked),
            .text(Self.words(credential.purposes))
        )
        try enterDirectory(at: nextTick())
    }

    /// Adds it, under a number that is a tick of this transaction.
    public func add(_ pool: Pool) throws {
        try connection.run(
            """
            insert into pool (number, id, name, kind, title, about, reading, writing, release_by, ceiling,
                default_marking, standing, ends)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            """,
            [.integer(pool.number), .text(pool.id.text), .text(pool.name.text), .text(pool.kind.rawValue)]
                + Self.values(of: pool.terms)
        ) { _ in }
        if let force = pool.terms.force {
            try connection.run(
                "insert into task_force (pool, lead, closing, cohort, closed) "
                    + "select $1, number, $3, $4, 0 from member where id = $2",
                .integer(pool.number),
                .text(force.lead.text),
                .text(force.closing.rawValue),
                .integer(Int64(pool.cohort))
            )
        }
        try enterDirectory(at: Tick(microseconds: pool.number))
    }

    /// Keeps what of it may change.
    public func change(_ pool: Pool) throws {
        try connection.run(
            """
            update pool set title = $2, about = $3, reading = $4, writing = $5, release_by = $6, ceiling = $7,
                default_marking = $8, standing = $9, ends = $10
            where number = $1
            """,
            [.integer(pool.number)] + Self.values(of: pool.terms)
        ) { _ in }
        if let force = pool.terms.force {
            try connection.run(
                """
                update task_force set lead = (select number from member where id = $2), closing = $3 where pool = $1
                """,
                .integer(pool.number),
                .text(force.lead.text),
                .text(force.closing.rawValue)
            )
        }
        try enterDirectory(at: nextTick())
    }

    /// Gives a member rights in a pool beside what its terms give to all; nil takes them away.
    ///
    /// The cohort of a task force becomes the pool's.
    public func enrol(_ member: Member, in pool: Pool, _ enrolment: Enrolment?) throws {
        try connection.run(
            "update task_force set cohort = $2 where pool = $1",
            .integer(pool.number),
            .integer(Int64(pool.cohort))
        )
        try connection.run(
            "delete from enrolment where pool = $1 and member = $2",
            .integer(pool.number),
            .integer(member.number)
        )
        if let enrolment {
            try connection.run(
                "insert into enrolment (pool, member, reads, writes, cohort) values ($1, $2, $3, $4, $5)",
                .integer(pool.number),
                .integer(member.number),
                SQLValue(enrolment.reads),
                SQLValue(enrolment.writes),
                .integer(Int64(enrolment.joining.cohort))
            )
            for advisory in enrolment.joining.released.sorted() {
                try connection.run(
                    "insert into late_release (pool, member, advisory) values ($1, $2, $3)",
                    .integer(pool.number),
                    .integer(member.number),
                    .text(advisory.text)
                )
            }
        }
        try enterDirectory(at: nextTick())
    }

    /// Declares who or what a member is or is linked to, beside what it declared before.
    public func link(_ member: Member, to marks: Set<SubjectMark>) throws {
        for mark in marks.sorted() {
            try connection.run(
                "insert into subject_link (member, mark) values ($1, $2) on conflict do nothing",
                .integer(member.number),
                .text(mark.text)
            )
        }
        try enterDirectory(at: nextTick())
    }

    /// Keeps the legal gateways of the exchange in the place of those it had.
    public func replace(gateways: Gateways) throws {
        try connection.run("delete from gateway")
        for gateway in gateways.all {
            try connection.run(
                "insert into gateway (name, body) values ($1, $2)",
                .text(gateway.name.text),
                .bytes(gateway.written)
            )
        }
        try enterDirectory(at: nextTick())
    }

    /// Keeps a consent.
    /// - Returns: its number.
    public func add(_ consent: Consent, for reader: Member) throws -> Int64 {
        let tick = nextTick()
        try connection.run(
            """
            insert into consent (number, advisory, reader, purpose, rendition, of_unit, ends)
            values ($1, $2, $3, $4, $5, $6, $7)
            """,
            .integer(tick.microseconds),
            .text(consent.advisory.text),
            .integer(reader.number),
            .text(consent.purpose.rawValue),
            .text(consent.rendition.rawValue),
            SQLValue(consent.isOfUnit),
            .integer(consent.until.microseconds)
        )
        try enterDirectory(at: tick)
        return tick.microseconds
    }

    private static func words(_ roles: Set<Role>) -> String { words(roles.sorted()) }

    private static func words(_ codes: [some RawRepresentable<String>]) -> String {
        codes.map(\.rawValue).joined(separator: " ")
    }

    private static func values(of terms: PoolTerms) -> [SQLValue] {
        [
            .text(terms.title), .text(terms.about), .text(terms.reading.rawValue), .text(terms.writing.rawValue),
            .text(terms.release.rawValue), .text(terms.ceiling.code), .text(terms.defaultMarking.code),
            .text(terms.standing.rawValue), SQLValue(terms.ends?.microseconds),
        ]
    }
}
