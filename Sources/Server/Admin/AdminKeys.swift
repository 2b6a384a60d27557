import Exchange
import Node
import Store

/// A key that signs releases, as operators see it.
private struct KeyResource: Encodable {
    let key, exchange: String
    let member: String?
    let name, `public`, from: String
    let until, revoked: String?
    /// Whether this exchange signs with it.
    let own: Bool

    init(_ key: FederationKey, own exchange: ID<Peer>) {
        self.key = key.id.text
        switch key.holder {
        case .exchange(let holder): (self.exchange, member) = (holder.text, nil)
        case .member(let holder, let home): (self.exchange, member) = (home.text, holder.text)
        }
        name = key.name
        `public` = key.publicKey.hexadecimal
        from = key.from.text
        until = key.until?.text
        revoked = key.revoked?.text
        own = key.holder == .exchange(exchange)
    }
}

private struct KeyList: Encodable { let keys: [KeyResource] }

extension AdminServer {
    func keys(_ call: AdminCall) async throws -> Response {
        let desk = node.administration
        func shown(_ key: FederationKey) -> Response { .json(KeyResource(key, own: desk.exchange), MediaType.json) }
        switch (call.method, call.name, call.rest.first, call.rest.count) {
        case ("GET", nil, nil, 0):
            let all = try await desk.keys().all
            return .json(KeyList(keys: all.map { KeyResource($0, own: desk.exchange) }), MediaType.json)
        case ("GET", "file"?, nil, 0):
            return .bytes(try await desk.keys().file, MediaType.json)
        case ("GET", "own"?, nil, 0):
            guard let key = try await desk.ownKey() else {
                throw AdministrationFault.absent("no key of this exchange counts now; rotate it")
            }
            return shown(key)
        case ("POST", nil, nil, 0): return shown(try await addKey(call.bytes))
        case ("POST", "own"?, "rotate"?, 1):
            return shown(try await desk.rotateOwnKey(from: try Self.from(call.bytes)))
        case ("POST", let id?, "revoke"?, 1):
            return shown(try await desk.revokeKey(id, from: try Self.from(call.bytes)))
        default: throw HTTPFault.absent
        }
    }

    private static func from(_ bytes: [UInt8]) throws -> Timestamp? {
        var fields = try BodyFields(bytes)
        let from = try fields.time("from")
        try fields.finish()
        return from
    }

    private func addKey(_ bytes: [UInt8]) async throws -> FederationKey {
        var fields = try BodyFields(bytes)
        let exchange: ID<Peer> = try BodyFields.needed("exchange", try fields.id("exchange"))
        let member: ID<Member>? = try fields.id("member")
        let new = Administration.NewKey(
            publicKey: try BodyFields.needed("public", try fields.publicKey("public")),
            holder: member.map { .member($0, of: exchange) } ?? .exchange(exchange),
            name: try BodyFields.needed("name", try fields.text("name")),
            from: try fields.time("from")
        )
        try fields.finish()
        return try await node.administration.addKey(new)
    }
}

extension BodyFields {
    /// A UUID.
    mutating func id<Kind>(_ field: String) throws(AdministrationFault) -> ID<Kind>? {
        guard let text = try text(field) else { return nil }
        guard let id = ID<Kind>(parsing: text) else {
            throw .invalid(field: field, rule: "must be a UUID, as caveat admin exchange and member show print it")
        }
        return id
    }

    /// The bytes of a public key.
    mutating func publicKey(_ field: String) throws(AdministrationFault) -> [UInt8]? {
        guard let text = try text(field) else { return nil }
        guard let bytes = Hex.bytes(of: text), bytes.count == FederationKey.keyBytes else {
            throw .invalid(
                field: field,
                rule: "must have 32 bytes, 64 hexadecimal digits: what caveat admin key show prints"
            )
        }
        return bytes
    }
}
