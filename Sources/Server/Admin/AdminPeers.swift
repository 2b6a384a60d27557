import Exchange
import NIOHTTP1
import Node
import Store

/// Another exchange, as operators see it.
private struct PeerResource: Encodable {
    struct Shared: Encodable {
        let ours, theirs, direction, state, circuit, delivered: String
        let dead_letters: Int
        /// Why they were refused, with how many of each.
        let refused: [String]?
        let fault: String?
    }

    let name, exchange, principal: String
    let url, key: String?
    let ceiling, floor: String
    let onward: Bool
    /// Those of its pools, and what failed last of them; absent where nothing is given to it.
    let state, fault: String?
    /// Of all its pools.
    let dead_letters: Int
    let pools: [Shared]
    let networks: [String]
    let certificate, authorities: String?
    let created: String
    /// What it cannot do that another exchange can.
    let lacks: [String]

    init(_ sight: Administration.PeerSight, _ directory: Directory, at now: Timestamp) {
        let (peer, terms) = (sight.peer, sight.peer.terms)
        name = peer.name.text
        exchange = peer.id.text
        principal = sight.principal?.name.text ?? "-"
        url = terms.root
        key = sight.key?.id.text
        (ceiling, floor, onward) = (terms.agreement.ceiling.code, terms.agreement.floor.code, terms.agreement.onward)
        pools = sight.routes.map { pool, destination, refusals in
            let shared = terms.agreement.pools.first { $0.ours == pool.id }
            let (state, fault) = destination.delivery.words
            return Shared(
                ours: pool.name.text,
                theirs: shared?.theirs.text ?? "-",
                direction: shared?.direction.rawValue ?? "shared no more",
                state: state,
                circuit: destination.delivery.circuit(at: now).rawValue,
                delivered: destination.delivery.cursor.text,
                dead_letters: refusals.reduce(0) { $0 + $1.count },
                refused: refusals.isEmpty ? nil : refusals.map { "\($0.count): \($0.fault)" },
                fault: fault
            )
        }
        let states = Set(pools.map(\.state)).sorted()
        state = states.isEmpty ? nil : states.joined(separator: ", ")
        fault = pools.lazy.compactMap(\.fault).first
        dead_letters = pools.reduce(0) { $0 + $1.dead_letters }
        networks = terms.networks
        (certificate, authorities) = (terms.certificate, terms.authorities)
        created = Tick(microseconds: peer.number).text
        lacks = peer.signs ? [] : PeerTerms.lacking
    }
}

private struct PeerList: Encodable { let peers: [PeerResource] }

private struct Replayed: Encodable {
    var taken, refused: Int
}

private enum PeerState: String, CaseIterable {
    case active, paused
}

extension AdminServer {
    func peers(_ call: AdminCall) async throws -> Response {
        let (desk, now) = (node.administration, node.surroundings.clock())
        func shown(_ sight: Administration.PeerSight, _ status: HTTPResponseStatus = .ok) -> Response {
            .json(PeerResource(sight, desk.directory, at: now), status: status, MediaType.json)
        }
        switch (call.method, call.name, call.rest.isEmpty) {
        case ("GET", nil, true):
            let all = try await desk.peers()
            return .json(PeerList(peers: all.map { PeerResource($0, desk.directory, at: now) }), MediaType.json)
        case ("POST", nil, true): return shown(try await addPeer(call.bytes), .created)
        case ("GET", let name?, true): return shown(try await desk.peer(name))
        case ("PATCH", let name?, true): return shown(try await changePeer(name, call.bytes))
        case ("POST", let name?, false) where call.rest == ["replay"]:
            return .json(try await replay(try await desk.peer(name)), MediaType.json)
        case ("DELETE", let name?, true):
            try await desk.changePeer(name, .remove)
            return Response(.noContent, MediaType.json)
        default: throw HTTPFault.absent
        }
    }

    private func replay(_ sight: Administration.PeerSight) async throws -> Replayed {
        var replayed = Replayed(taken: 0, refused: 0)
        guard let principal = sight.principal else { return replayed }
        for (_, destination, _) in sight.routes {
            let (taken, refused) = try await node.pushing.replay(allTo: destination, of: principal)
            replayed.taken += taken
            replayed.refused += refused
        }
        return replayed
    }

    private func addPeer(_ bytes: [UInt8]) async throws -> Administration.PeerSight {
        var fields = try BodyFields(bytes)
        let name = try BodyFields.needed("name", try fields.name("name"))
        let exchange: ID<Peer>? = try fields.id("exchange")
        let publicKey = try fields.publicKey("public")
        let principal = try BodyFields.needed("principal", try fields.text("principal"))
        let authorization = try Self.authorization(&fields)
        let root = try fields.text("url")
        let change = try PeerChange(&fields, node.administration.directory)
        try fields.finish()
        let agreement = Agreement(pools: change.pools ?? [], ceiling: change.ceiling ?? .amber, onward: false)
        var terms = PeerTerms(root: root, agreement: agreement)
        change.apply(to: &terms)
        guard root == nil || authorization != nil || terms.certificate != nil else {
            throw AdministrationFault.invalid(
                field: "token",
                rule: "must be there where url is, or user and password, or certificate and key: something has to let "
                    + "this exchange in there"
            )
        }
        return try await node.administration.addPeer(
            Administration.NewPeer(
                name: name,
                exchange: exchange,
                publicKey: publicKey,
                principal: principal,
                authorization: authorization,
                terms: terms
            )
        )
    }

    private static func authorization(_ fields: inout BodyFields) throws -> Authorization? {
        let (token, user) = (try fields.text("token"), try fields.text("user"))
        let password = try fields.text("password")
        guard token != nil || user != nil || password != nil else { return nil }
        do {
            return try Authorization(token: token, user: user, password: password)
        } catch {
            throw AdministrationFault.invalid(field: error.field, rule: error.rule)
        }
    }

    private func changePeer(_ name: String, _ bytes: [UInt8]) async throws -> Administration.PeerSight {
        var fields = try BodyFields(bytes)
        let change = try PeerChange(&fields, node.administration.directory)
        let authorization = try Self.authorization(&fields)
        let state = try fields.code("state", PeerState.self)
        try fields.finish()
        if let authorization { try await node.administration.changePeer(name, authorization) }
        if change.isSomething { _ = try await node.administration.changePeer(name) { change.apply(to: &$0) } }
        if let state { try await node.administration.changePeer(name, state == .paused ? .pause : .resume) }
        return try await node.administration.peer(name)
    }
}

/// What of a peer's terms a request changes.
private struct PeerChange: Sendable {
    let pools: [Agreement.SharedPool]?
    let ceiling, floor: TLP?
    let onward: Bool?
    let networks: [String]?
    let certificate, key, authorities: String?

    var isSomething: Bool {
        pools != nil || ceiling != nil || floor != nil || onward != nil || networks != nil || certificate != nil
            || key != nil || authorities != nil
    }

    init(_ fields: inout BodyFields, _ directory: Directory) throws {
        pools = try fields.any("pools").map { value in
            guard value.kind == .array else {
                throw AdministrationFault.invalid(field: "pools", rule: "must be a list of ours, theirs and direction")
            }
            return try value.elements.map { try Self.pool($0, directory) }
        }
        ceiling = try fields.marking("ceiling")
        floor = try fields.marking("floor")
        onward = try fields.flag("onward")
        networks = try fields.texts("networks")
        certificate = try fields.text("certificate")
        key = try fields.text("key")
        authorities = try fields.text("authorities")
    }

    private static func pool(_ value: JSON.Value, _ directory: Directory) throws -> Agreement.SharedPool {
        guard let ours = value["ours"]?.string, let theirs = value["theirs"]?.string.flatMap({ Name($0) }),
            let direction = Agreement.Direction(rawValue: value["direction"]?.string ?? "both")
        else {
            throw AdministrationFault.invalid(
                field: "pools",
                rule: "must each have ours, theirs, and a direction: gives, takes or both"
            )
        }
        guard let pool = Name(ours).flatMap({ directory.pool(named: $0) }) else {
            throw AdministrationFault.absent("no pool is called \(ours)")
        }
        return Agreement.SharedPool(ours: pool.id, theirs: theirs, direction: direction)
    }

    func apply(to terms: inout PeerTerms) {
        let agreed = terms.agreement
        terms.agreement = Agreement(
            pools: pools ?? agreed.pools,
            ceiling: ceiling ?? agreed.ceiling,
            floor: floor ?? agreed.floor,
            onward: onward ?? agreed.onward
        )
        terms.networks = networks ?? terms.networks
        terms.certificate = certificate ?? terms.certificate
        terms.key = key ?? terms.key
        terms.authorities = authorities ?? terms.authorities
    }
}
