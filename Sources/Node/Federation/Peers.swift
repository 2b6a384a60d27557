public import Exchange
public import Store

/// What operators do with other exchanges.
extension Administration {
    /// A peer that an operator adds.
    public struct NewPeer: Sendable {
        /// Its unique name here.
        public var name: Name
        /// The id of the exchange; nil for an ordinary TAXII server.
        public var exchange: ID<Peer>?
        /// The public key that it signs with; nil where that is known already, or for an ordinary TAXII server.
        public var publicKey: [UInt8]?
        /// The principal as which it is let in here.
        public var principal: String
        /// What lets this exchange in there; nil where a client certificate does.
        public var authorization: Authorization?
        /// The rest.
        public var terms: PeerTerms

        /// Puts it together from its parts.
        public init(
            name: Name,
            exchange: ID<Peer>?,
            publicKey: [UInt8]?,
            principal: String,
            authorization: Authorization?,
            terms: PeerTerms
        ) {
            self.name = name
            self.exchange = exchange
            self.publicKey = publicKey
            self.principal = principal
            self.authorization = authorization
            self.terms = terms
        }
    }

    /// A peer, as operators see it.
    public struct PeerSight: Sendable {
        /// The peer.
        public let peer: PeerRow
        /// As whom it is let in.
        public let principal: Principal?
        /// The key that it signs with now; nil for none.
        public let key: FederationKey?
        /// Where it is given what, each with the pool and why messages were put aside, with how many.
        public let routes: [(pool: Pool, destination: Destination, refusals: [(fault: PushFault, count: Int)])]
    }

    /// All peers, by name.
    public func peers() async throws -> [PeerSight] {
        let (directory, now) = (live.directory, surroundings.clock())
        return try await live.database.read { connection in
            try PeerRows.all(connection).map { try Self.sight($0, directory, at: now, connection) }
        }
    }

    /// One peer.
    public func peer(_ name: String) async throws -> PeerSight {
        let (directory, now) = (live.directory, surroundings.clock())
        return try await live.database.read { connection in
            try Self.sight(try Self.peer(name, connection), directory, at: now, connection)
        }
    }

    /// Adds a peer; what was released before is not given to it.
    public func addPeer(_ new: NewPeer) async throws(AdministrationFault) -> PeerSight {
        let ids = new.terms.agreement.pools.map { _ in ID<Destination>(surroundings.uuid()) }
        let nonces = ids.map { _ in surroundings.randomBytes(12) }
        let made = ID<Peer>(surroundings.uuid())
        return try await write { [own] transaction, directory in
            let connection = transaction.connection
            guard try PeerRows.peer(named: new.name, connection) == nil else {
                throw AdministrationFault.taken(field: "name", rule: "a peer is called \(new.name) already")
            }
            let principal = try Self.standIn(new.principal, directory, connection)
            try Self.check(new.terms, directory)
            let id = new.exchange ?? made
            guard id != own.exchange, try PeerRows.peer(id, connection) == nil else {
                throw AdministrationFault.taken(field: "exchange", rule: "is this exchange itself, or a peer already")
            }
            try Self.trust(new, transaction)
            let peer = PeerRow(
                number: transaction.nextTick().microseconds,
                id: id,
                name: new.name,
                principal: principal.number,
                signs: new.exchange != nil,
                terms: new.terms
            )
            try transaction.add(peer)
            let keyed = zip(ids, nonces).map { (id: $0, nonce: $1) }
            try own.route(peer, new.authorization, principal, keyed, directory, transaction)
            return try Self.sight(peer, directory, at: transaction.now, connection)
        }
    }

    /// Changes the terms of a peer: what was agreed on, and how it is reached.
    ///
    /// What it was given before is corrected and recalled all the same.
    public func changePeer(
        _ name: String,
        _ change: @escaping @Sendable (inout PeerTerms) -> Void
    ) async throws(AdministrationFault) -> PeerSight {
        try await write { transaction, directory in
            var peer = try Self.peer(name, transaction.connection)
            let before = peer.terms
            change(&peer.terms)
            try Self.check(peer.terms, directory)
            let routes = try PeerRows.destinations(of: peer, transaction.connection)
            let isKnown = try peer.terms.agreement.pools.allSatisfy { shared in
                try before.agreement.pools.contains { $0.ours == shared.ours && $0.theirs == shared.theirs }
                    || Self.isRouted(shared, peer.terms, routes, directory)
            }
            guard peer.terms.root == before.root, isKnown else {
                throw AdministrationFault.invalid(
                    field: "pools",
                    rule: "may be left out, come back as they were, or change direction; "
                        + "for another pool, here or there, or another URL remove the peer and add it"
                )
            }
            try transaction.change(peer)
            return try Self.sight(peer, directory, at: transaction.now, transaction.connection)
        }
    }

    /// Has another credential let this exchange in at a peer from now on.
    public func changePeer(_ name: String, _ authorization: Authorization) async throws(AdministrationFault) {
        try await write { [own, surroundings] transaction, _ in
            let peer = try Self.peer(name, transaction.connection)
            guard peer.terms.root != nil else {
                throw AdministrationFault.invalid(
                    field: "token",
                    rule: "is for a peer with a URL; \(name) is given nothing"
                )
            }
            for (_, destination) in try PeerRows.destinations(of: peer, transaction.connection) {
                guard case .taxii(let collection, _) = destination.address else { continue }
                let secret = own.seal(authorization, for: collection, nonce: surroundings.randomBytes(12))
                try transaction.keep(secret, for: destination, of: peer.principal)
            }
        }
    }

    /// Gives a peer nothing until it is resumed, or goes on where that stopped.
    public func changePeer(_ name: String, _ change: DestinationChange) async throws(AdministrationFault) {
        try await write { transaction, _ in
            let peer = try Self.peer(name, transaction.connection)
            for (_, found) in try PeerRows.destinations(of: peer, transaction.connection) {
                var destination = found
                switch change {
                case .remove:
                    try transaction.remove(destination, of: peer.principal)
                    continue
                case .pause: destination.delivery = destination.delivery.paused(.byOperator, at: transaction.now)
                case .resume: destination.delivery = destination.delivery.resumed()
                }
                try transaction.change(destination, of: peer.principal)
            }
            if case .remove = change { try transaction.remove(peer) }
        }
    }

    // MARK: Parts

    /// Whether a destination leads to a pool there: it stays where the pool is shared no more, for what was given.
    private static func isRouted(
        _ shared: Agreement.SharedPool,
        _ terms: PeerTerms,
        _ routes: [(pool: Int64, destination: Destination)],
        _ directory: Directory
    ) throws -> Bool {
        guard let collection = try terms.collection(shared.theirs) else { return false }
        return routes.contains { pool, destination in
            guard case .taxii(collection, _) = destination.address else { return false }
            return pool == directory.pools[shared.ours]?.number
        }
    }

    private static func peer(_ name: String, _ connection: any SQLConnection) throws -> PeerRow {
        guard let peer = try Name(name).flatMap({ try PeerRows.peer(named: $0, connection) }) else {
            throw AdministrationFault.absent("no peer is called \(name)")
        }
        return peer
    }

    /// The principal that a peer is let in as: of a member of its own, and no reader, since what it is given is pushed
    /// to it as was agreed on, and nothing else.
    private static func standIn(
        _ name: String,
        _ directory: Directory,
        _ connection: any SQLConnection
    ) throws -> Principal {
        guard let principal = Name(name).flatMap({ directory.principal(named: $0) }),
            let member = directory.members[principal.member]
        else { throw AdministrationFault.absent("no principal is called \(name)") }
        guard member.kind == .exchange else {
            throw AdministrationFault.invalid(
                field: "principal",
                rule: "must be of a member of kind exchange; \(member.name) is a \(member.kind.rawValue)"
            )
        }
        guard principal.roles == [.reporter] else {
            throw AdministrationFault.invalid(
                field: "principal",
                rule: "must have the role reporter alone: what a peer may have is pushed to it, never read by it"
            )
        }
        guard try PeerRows.peer(ofPrincipal: principal.number, connection) == nil else {
            throw AdministrationFault.taken(field: "principal", rule: "\(name) stands for another peer already")
        }
        return principal
    }

    private static func check(_ terms: PeerTerms, _ directory: Directory) throws(AdministrationFault) {
        do {
            try terms.check()
        } catch {
            throw .invalid(field: error.field, rule: error.rule)
        }
        for shared in terms.agreement.pools {
            guard let pool = directory.pools[shared.ours] else { throw .absent("there is no such pool") }
            guard pool.kind == .sharing, pool.terms.force == nil else {
                throw .invalid(field: "pools", rule: "\(pool.name) is an inbox, a list or a task force; share another")
            }
            guard pool.terms.release == .direct || shared.direction == .gives else {
                throw .invalid(
                    field: "pools",
                    rule: "a second person releases in \(pool.name); take into another pool, or only give of it"
                )
            }
        }
    }

    private static func trust(_ new: NewPeer, _ transaction: Transaction) throws {
        var ring = try FederationKeyRows.ring(transaction.connection)
        guard let exchange = new.exchange else {
            guard new.publicKey == nil else {
                throw AdministrationFault.invalid(field: "public", rule: "comes with exchange; give both, or neither")
            }
            return
        }
        let holder = KeyHolder.exchange(exchange)
        guard let bytes = new.publicKey else {
            guard ring.all.contains(where: { $0.holder == holder }) else {
                throw AdministrationFault.invalid(
                    field: "public",
                    rule: "is needed: what caveat admin key show prints there; no key of the exchange is known"
                )
            }
            return
        }
        let from = Timestamp(microseconds: 0)
        guard let key = FederationKey(bytes, of: holder, named: new.name.text, from: from) else {
            throw AdministrationFault.invalid(field: "public", rule: "must have 32 bytes, 64 hexadecimal digits")
        }
        if let known = ring[key.id] {
            guard known.holder == holder else {
                throw AdministrationFault.taken(field: "public", rule: "is the key of another")
            }
            return
        }
        ring = KeyRing(ring.all + [key])
        try FederationKeyRows.keep(ring, transaction.connection)
    }

    private static func sight(
        _ peer: PeerRow,
        _ directory: Directory,
        at now: Timestamp,
        _ connection: any SQLConnection
    ) throws -> PeerSight {
        PeerSight(
            peer: peer,
            principal: directory.principal(numbered: peer.principal),
            key: try FederationKeyRows.ring(connection).key(of: .exchange(peer.id), at: now),
            routes: try PeerRows.destinations(of: peer, connection).compactMap { number, destination in
                guard let pool = directory.pool(numbered: number) else { return nil }
                return (pool, destination, try DestinationRows.refusals(of: destination, connection))
            }
        )
    }
}

extension OwnKey {
    /// Makes the destinations of a new peer, and lets it bring something to each pool that is shared: of one that it is
    /// only given, its words about recalls.
    fileprivate func route(
        _ peer: PeerRow,
        _ authorization: Authorization?,
        _ principal: Principal,
        _ keyed: [(id: ID<Destination>, nonce: [UInt8])],
        _ directory: Directory,
        _ transaction: Transaction
    ) throws {
        for (shared, made) in zip(peer.terms.agreement.pools, keyed) {
            guard let pool = directory.pools[shared.ours], let member = directory.members[principal.member],
                let collection = try peer.terms.collection(shared.theirs)
            else { continue }
            let tick = transaction.nextTick()
            let destination = Destination(
                id: made.id,
                number: tick.microseconds,
                credential: ID<Credential>(peer.id.uuid),
                purpose: .monitoring,
                address: .taxii(collection, seal(authorization, for: collection, nonce: made.nonce)),
                delivery: Delivery(cursor: tick)
            )
            try transaction.add(destination, of: principal)
            try transaction.route(pool, to: peer, by: destination)
            let held = pool.enrolled[member.id]
            try transaction.enrol(member, in: pool, Enrolment(reads: held?.reads ?? false, writes: true))
        }
    }
}
