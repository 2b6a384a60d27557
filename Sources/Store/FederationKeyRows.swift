public import Exchange

/// The keys that sign releases, as rows.
public enum FederationKeyRows {
    /// All of them.
    public static func ring(_ connection: any SQLConnection) throws -> KeyRing {
        KeyRing(
            try connection.rows(
                "select exchange, member, name, public, since, until, revoked from federation_key order by id",
                make: key
            )
        )
    }

    /// Which of the exchange's own keys counts at a time, by its generation; nil before it has any.
    public static func generation(at now: Timestamp, _ connection: any SQLConnection) throws -> Int? {
        try connection.first(
            """
            select generation from federation_key where generation is not null and revoked is null and since <= $1
            and (until is null or until > $1) order by since desc, generation desc limit 1
            """,
            .integer(now.microseconds)
        ) { Int($0.integer(0)) }
    }

    /// The newest of the exchange's own keys, by its generation; nil before it has any.
    public static func lastGeneration(_ connection: any SQLConnection) throws -> Int? {
        let found = try connection.first(
            "select generation from federation_key where generation is not null order by generation desc limit 1"
        ) { Int($0.integer(0)) }
        return found
    }

    private static func key(_ row: any SQLRow) throws -> FederationKey {
        guard let exchange = ID<Peer>(parsing: row.text(0)) else { throw unreadable }
        let member = row.isNull(1) ? nil : ID<Member>(parsing: row.text(1))
        let key = FederationKey(
            row.bytes(3),
            of: member.map { .member($0, of: exchange) } ?? .exchange(exchange),
            named: row.text(2),
            from: Timestamp(microseconds: row.integer(4)),
            until: row.isNull(5) ? nil : Timestamp(microseconds: row.integer(5)),
            revoked: row.isNull(6) ? nil : Timestamp(microseconds: row.integer(6))
        )
        guard let key else { throw unreadable }
        return key
    }

    private static let unreadable = DatabaseFault.statement("a key holds what this program cannot read")
}

extension FederationKeyRows {
    /// Keeps a ring: each key that it has as it is there; no key is ever forgotten.
    /// - Parameter generation: of a key of the exchange's own that is new to it; nil where none is.
    public static func keep(
        _ ring: KeyRing,
        own: (key: KeyID, generation: Int)? = nil,
        _ connection: any SQLConnection
    ) throws {
        for key in ring.all {
            let (exchange, member) =
                switch key.holder {
                case .exchange(let exchange): (exchange, nil as ID<Member>?)
                case .member(let member, let exchange): (exchange, member)
                }
            try connection.run(
                """
                insert into federation_key (id, exchange, member, name, public, since, until, revoked, generation)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                on conflict (id) do update set until = excluded.until, revoked = excluded.revoked
                """,
                .text(key.id.text),
                .text(exchange.text),
                member.map { .text($0.text) } ?? .null,
                .text(key.name),
                .bytes(key.publicKey),
                .integer(key.from.microseconds),
                SQLValue(key.until?.microseconds),
                SQLValue(key.revoked?.microseconds),
                SQLValue(own.flatMap { $0.key == key.id ? Int64($0.generation) : nil })
            )
        }
    }
}
