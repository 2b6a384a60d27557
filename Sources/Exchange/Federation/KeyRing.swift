/// The public keys that a verifier trusts.
public struct KeyRing: Hashable, Sendable {
    /// How many keys one file may have.
    public static let keysMax = 10_000

    private var keys: [KeyID: FederationKey] = [:]

    /// A ring of some keys.
    ///
    /// Of two entries for one key that of the last counts.
    public init(_ keys: [FederationKey] = []) {
        for key in keys { self.keys[key.id] = key }
    }

    /// The key of a name.
    public subscript(_ id: KeyID) -> FederationKey? { keys[id] }

    /// All keys, by their names.
    public var all: [FederationKey] { keys.values.sorted { $0.id < $1.id } }

    /// The key with which a holder signs at a time: of those that count then, the newest.
    public func key(of holder: KeyHolder, at time: Timestamp) -> FederationKey? {
        keys.values.filter { key in
            key.holder == holder && key.from <= time && key.until.map { time < $0 } ?? true && key.revoked == nil
        }.max { ($0.from, $0.id) < ($1.from, $1.id) }
    }

    /// Puts a key in the place of those that its holder has: they end where it begins, and what they signed before
    /// stays good.
    public mutating func rotate(to key: FederationKey) {
        for (id, old) in keys where old.holder == key.holder && old.until.map({ $0 > key.from }) ?? true {
            keys[id]?.until = key.from
        }
        keys[key.id] = key
    }

    /// Says that others may have had the private half of a key from a time on.
    ///
    /// What it signed counts only where custody shows that somebody else had it before. The earliest time counts.
    public mutating func revoke(_ id: KeyID, from time: Timestamp) {
        guard let key = keys[id] else { return }
        keys[id]?.revoked = min(key.revoked ?? time, time)
    }

    /// What people call an exchange, or the member of one; nil where no key of its is known.
    public func name(of holder: KeyHolder) -> String? {
        keys.values.filter { $0.holder == holder }.max { ($0.from, $0.id) < ($1.from, $1.id) }?.name
    }
}

extension KeyRing {
    /// Reads a file of keys: `{"keys": [{"exchange", "member", "name", "public", "from", "until", "revoked"}]}`.
    /// - Throws: `STIXFault` with the property, the rule and where it is written.
    public init(_ file: JSON.Value) throws(STIXFault) {
        guard let list = file["keys"], list.kind == .array else {
            throw STIXFault("keys", "must be there, a list of public keys", FederationExtension.source)
        }
        guard list.count <= Self.keysMax else {
            throw STIXFault("keys", "must hold at most \(Self.keysMax) keys", FederationExtension.source)
        }
        var keys: [FederationKey] = []
        for (place, element) in list.elements.enumerated() {
            keys.append(try Self.key(StatementReader(element, at: "keys[\(place)]")))
        }
        self.init(keys)
    }

    private static func key(_ reader: StatementReader) throws(STIXFault) -> FederationKey {
        let exchange: ID<Peer> = try reader.id("exchange")
        let member: ID<Member>? = try reader.optional("member") { (name) throws(STIXFault) in try reader.id(name) }
        let key = FederationKey(
            try reader.bytes("public", count: FederationKey.keyBytes),
            of: member.map { .member($0, of: exchange) } ?? .exchange(exchange),
            named: try reader.text("name"),
            from: try reader.time("from"),
            until: try reader.optional("until") { (name) throws(STIXFault) in try reader.time(name) },
            revoked: try reader.optional("revoked") { (name) throws(STIXFault) in try reader.time(name) }
        )
        guard let key else { preconditionFailure("the length of the key was checked") }
        return key
    }

    /// The same file, in canonical form.
    public var file: [UInt8] {
        let texts = all.map { key in
            let (exchange, member) =
                switch key.holder {
                case .exchange(let exchange): (exchange, nil as ID<Member>?)
                case .member(let member, let exchange): (exchange, member)
                }
            return CanonicalText.object([
                ("exchange", CanonicalText.string(exchange.text)), ("from", CanonicalText.string(key.from.text)),
                ("member", member.map { CanonicalText.string($0.text) }), ("name", CanonicalText.string(key.name)),
                ("public", CanonicalText.string(key.publicKey.hexadecimal)),
                ("revoked", key.revoked.map { CanonicalText.string($0.text) }),
                ("until", key.until.map { CanonicalText.string($0.text) }),
            ])
        }
        return Array(CanonicalText.object([("keys", CanonicalText.list(texts))]).utf8)
    }
}
