import Exchange

/// The exchange's own row: who it is.
public struct ExchangeIdentity: Sendable {
    /// A UUID, the same for as long as the database lives.
    public let id: String
    /// Signs paging cursors: 32 random bytes.
    public let cursorKey: [UInt8]

    /// Puts it together from its parts.
    public init(id: String, cursorKey: [UInt8]) {
        self.id = id
        self.cursorKey = cursorKey
    }

    /// The identity of the exchange in a database: the one that is there, or else `proposal`, kept from now on.
    public static func found(
        in database: any Database,
        proposal: ExchangeIdentity
    ) async throws -> ExchangeIdentity {
        try await database.write { connection in
            try connection.run(
                "insert into exchange (one, id, cursor_key, tick) values (1, $1, $2, 0) on conflict (one) do nothing",
                .text(proposal.id),
                .bytes(proposal.cursorKey)
            )
            let held = try connection.first("select id, cursor_key from exchange") {
                ExchangeIdentity(id: $0.text(0), cursorKey: $0.bytes(1))
            }
            return held ?? proposal
        }
    }
}

/// Figures for an operator.
public struct StoreFigures: Sendable {
    /// STIX ids that are known.
    public let objects: Int64
    /// Versions that are held, in all pools.
    public let versions: Int64

    /// Counts them.
    public static func read(_ connection: any SQLConnection) throws -> StoreFigures {
        let counts = try connection.first("select (select count(*) from object), (select count(*) from version)") {
            StoreFigures(objects: $0.integer(0), versions: $0.integer(1))
        }
        return counts ?? StoreFigures(objects: 0, versions: 0)
    }
}
