public import Exchange
import Store

/// With what this exchange signs what it releases and passes on.
public struct OwnKey: Sendable {
    /// This exchange, as others know it.
    public let exchange: ID<Peer>
    private let exchangeKey: [UInt8]

    init(_ identity: ExchangeIdentity) throws {
        guard let exchange = ID<Peer>(parsing: identity.id) else {
            throw DatabaseFault.statement("the exchange's own row holds no id")
        }
        self.exchange = exchange
        exchangeKey = identity.cursorKey
    }

    /// The name under which its own keys are listed.
    static let name = "this exchange"

    /// What signs now.
    func signing(_ connection: any SQLConnection, at now: Timestamp) throws -> SigningKey {
        signing(generation: try FederationKeyRows.generation(at: now, connection) ?? 1)
    }

    func signing(generation: Int) -> SigningKey { SigningKey(exchangeKey: exchangeKey, generation: generation) }

    /// What is kept of that which lets this exchange in at a peer: nothing where its certificate does.
    func seal(_ authorization: Authorization?, for collection: CollectionURL, nonce: [UInt8]) -> SealedSecret {
        SealedSecret(authorization?.header ?? "", for: collection.text, exchangeKey: exchangeKey, nonce: nonce)
    }

    func key(generation: Int, from: Timestamp) -> FederationKey {
        let signing = signing(generation: generation)
        guard let key = FederationKey(signing.publicKey, of: .exchange(exchange), named: Self.name, from: from) else {
            preconditionFailure("a public key has the length of one")
        }
        return key
    }

    /// All keys that are trusted, its own among them.
    ///
    /// Its first is written down once there is a second; it counts for whatever time a clock says, since one that is
    /// set back signs, too.
    func ring(_ connection: any SQLConnection) throws -> KeyRing {
        let ring = try FederationKeyRows.ring(connection)
        guard try FederationKeyRows.lastGeneration(connection) == nil else { return ring }
        return KeyRing(ring.all + [first])
    }

    fileprivate var first: FederationKey { key(generation: 1, from: Timestamp(microseconds: 0)) }
}

/// The keys that sign releases, as operators administer them.
extension Administration {
    /// A key that an operator adds.
    public struct NewKey: Sendable {
        /// 32 bytes.
        public var publicKey: [UInt8]
        /// Whose it is.
        public var holder: KeyHolder
        /// What people call the holder.
        public var name: String
        /// From when it counts; nil for now.
        public var from: Timestamp?

        /// Puts it together from its parts.
        public init(publicKey: [UInt8], holder: KeyHolder, name: String, from: Timestamp?) {
            self.publicKey = publicKey
            self.holder = holder
            self.name = name
            self.from = from
        }
    }

    /// This exchange, as others know it.
    public var exchange: ID<Peer> { own.exchange }

    /// All keys that are trusted, this exchange's own among them.
    public func keys() async throws -> KeyRing { try await live.database.read { [own] in try own.ring($0) } }

    /// The key with which this exchange signs now.
    public func ownKey() async throws -> FederationKey? {
        let now = surroundings.clock()
        return try await keys().key(of: .exchange(own.exchange), at: now)
    }

    /// Trusts a key from a time on; the one that its holder had before ends there, and what that signed stays good.
    public func addKey(_ new: NewKey) async throws(AdministrationFault) -> FederationKey {
        try await write { [own] transaction, _ in
            guard new.holder != .exchange(own.exchange) else {
                throw AdministrationFault.invalid(field: "exchange", rule: "is this one; rotate its key instead")
            }
            var ring = try FederationKeyRows.ring(transaction.connection)
            let isFirst = !ring.all.contains { $0.holder == new.holder }
            let key = FederationKey(
                new.publicKey,
                of: new.holder,
                named: new.name,
                // The first counts for what was signed before it was known here.
                from: new.from ?? (isFirst ? Timestamp(microseconds: 0) : transaction.now)
            )
            guard let key else {
                throw AdministrationFault.invalid(field: "public", rule: "must have 32 bytes, 64 hexadecimal digits")
            }
            if let known = ring[key.id] {
                // It may have been used before it was told of.
                let isEarlier = known.holder == key.holder && known.until == nil && known.revoked == nil
                guard isEarlier, key.from < known.from, new.from != nil else {
                    throw AdministrationFault.taken(
                        field: "public",
                        rule:
                            "the key \(key.id) is known already, from \(known.from.text) on; where it was used before that, "
                            + "say from when"
                    )
                }
            }
            ring.rotate(to: key)
            try FederationKeyRows.keep(ring, transaction.connection)
            try transaction.enter(.peer, at: transaction.nextTick(), principal: nil)
            return key
        }
    }

    /// Has this exchange sign with a new key from a time on; others must know it by then.
    /// - Parameter from: nil for now.
    public func rotateOwnKey(from: Timestamp?) async throws(AdministrationFault) -> FederationKey {
        try await write { [own] transaction, _ in
            if let from, from <= transaction.now {
                throw AdministrationFault.invalid(field: "from", rule: "must lie in the future, or be left out for now")
            }
            return try own.rotate(from: from ?? transaction.now, transaction)
        }
    }

    /// Says that others may have had the private half of a key from a time on.
    ///
    /// Of this exchange's own a new one takes its place at once.
    public func revokeKey(_ name: String, from: Timestamp?) async throws(AdministrationFault) -> FederationKey {
        try await write { [own] transaction, _ in
            try own.writeFirst(transaction.connection)
            var ring = try FederationKeyRows.ring(transaction.connection)
            guard let id = KeyID(name), let key = ring[id] else {
                throw AdministrationFault.absent("no key is called \(name)")
            }
            ring.revoke(id, from: from ?? transaction.now)
            try FederationKeyRows.keep(ring, transaction.connection)
            try transaction.enter(.peer, at: transaction.nextTick(), principal: nil)
            let isOwn = key.holder == .exchange(own.exchange)
            let signs = try FederationKeyRows.generation(at: transaction.now, transaction.connection) != nil
            if isOwn, !signs { _ = try own.rotate(from: transaction.now, transaction) }
            guard let revoked = ring[id] else { throw AdministrationFault.absent("no key is called \(name)") }
            return revoked
        }
    }
}

extension OwnKey {
    fileprivate func writeFirst(_ connection: any SQLConnection) throws {
        guard try FederationKeyRows.lastGeneration(connection) == nil else { return }
        try FederationKeyRows.keep(KeyRing([first]), own: (first.id, 1), connection)
    }

    fileprivate func rotate(from: Timestamp, _ transaction: Transaction) throws -> FederationKey {
        try writeFirst(transaction.connection)
        var ring = try FederationKeyRows.ring(transaction.connection)
        let generation = (try FederationKeyRows.lastGeneration(transaction.connection) ?? 0) + 1
        let key = key(generation: generation, from: from)
        ring.rotate(to: key)
        try FederationKeyRows.keep(ring, own: (key.id, generation), transaction.connection)
        try transaction.enter(.peer, at: transaction.nextTick(), principal: nil)
        return key
    }
}
