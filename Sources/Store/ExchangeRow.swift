import Exchange

/// The exchange's own row: who it is.
public struct ExchangeIdentity: Sendable {
    /// A UUID, the same for as long as the database lives.
    public let id: String
    /// The exchange's key, from which all others follow.
    public let cursorKey: [UInt8]

    /// Puts it together from its parts.
    public init(id: String, cursorKey: [UInt8]) {
        self.id = id
        self.cursorKey = cursorKey
    }

    /// The identity of the exchange in a database: the one that is there, or else `proposal`, kept from now on.
    /// - Parameter outside: a key that is kept outside of the database; nil for none.
    /// - Throws: `ExchangeKeyFault` where the database was made with another, or with none.
    public static func found(
        in database: any Database,
        proposal: ExchangeIdentity,
        with outside: [UInt8]? = nil
    ) async throws -> ExchangeIdentity {
        try await database.write { connection in
            let proposed = ExchangeKey.derived(from: proposal.cursorKey, outside)
            try connection.run(
                """
                insert into exchange (one, id, cursor_key, key_check, tick) values (1, $1, $2, $3, 0)
                on conflict (one) do nothing
                """,
                .text(proposal.id),
                .bytes(proposal.cursorKey),
                .bytes(ExchangeKey.check(proposed))
            )
            let held = try connection.first("select id, cursor_key, key_check from exchange") { row in
                (id: row.text(0), stored: row.bytes(1), check: row.isNull(2) ? nil : row.bytes(2))
            }
            guard let held else { throw DatabaseFault.statement("the exchange's row is not there") }
            let key = ExchangeKey.derived(from: held.stored, outside)
            let check = held.check ?? ExchangeKey.check(held.stored)
            guard ExchangeKey.check(key) == check else {
                if outside == nil { throw ExchangeKeyFault.missing }
                throw check == ExchangeKey.check(held.stored) ? ExchangeKeyFault.late : ExchangeKeyFault.other
            }
            return ExchangeIdentity(id: held.id, cursorKey: key)
        }
    }
}

/// Why a store is not opened with a key that is kept outside of it, or without one.
public enum ExchangeKeyFault: Error, Hashable, CustomStringConvertible {
    case missing, other, late

    /// What to do about it.
    public var description: String {
        switch self {
        case .missing: "store.key_file: the store was made with a key that is kept in a file; name that file"
        case .other: "store.key_file: this is not the key that the store was made with; restore that file"
        case .late: "store.key_file: the store was made without such a key and goes on without; take it out"
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
