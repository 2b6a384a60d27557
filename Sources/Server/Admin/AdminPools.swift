import Exchange
import Foundation
import NIOHTTP1
import Node

private struct Credentials: Encodable { let credentials: [CredentialResource] }
private struct Pools: Encodable { let pools: [PoolResource] }

extension AdminServer {
    func credentials(_ call: AdminCall, _ request: Request) async throws -> Response {
        let now = node.surroundings.clock()
        switch (call.method, call.name, call.rest.isEmpty) {
        case ("GET", nil, true):
            let wanted = request.parameter("principal")
            let directory = node.administration.directory
            let all = directory.credentials.values.sorted { $0.number < $1.number }
                .map { CredentialResource($0, directory, at: now) }
            return .json(
                Credentials(credentials: all.filter { wanted == nil || $0.principal == wanted }),
                MediaType.json
            )
        case ("GET", let id?, true):
            let directory = node.administration.directory
            guard let credential = ID<Credential>(parsing: id).flatMap({ directory.credentials[$0] }) else {
                throw AdministrationFault.absent("no credential has the id \(id)")
            }
            return .json(CredentialResource(credential, directory, at: now), MediaType.json)
        case ("POST", nil, true):
            var fields = try BodyFields(call.bytes)
            let principal = try BodyFields.needed("principal", try fields.text("principal"))
            let proof = try Self.proof(&fields)
            let expires = try fields.time("expires")
            let purposes = try fields.purposes("purposes") ?? [.monitoring]
            try fields.finish()
            let made = try await node.administration.addCredential(
                proof,
                for: principal,
                expires: expires,
                purposes: purposes
            )
            let directory = node.administration.directory
            return .json(
                CredentialResource(made.credential, directory, secret: made.secret, at: now),
                status: .created,
                MediaType.json
            )
        case ("PATCH", let id?, true):
            var fields = try BodyFields(call.bytes)
            let (expires, purposes) = (try fields.time("expires"), try fields.purposes("purposes"))
            try fields.finish()
            let changed = try await node.administration.changeCredential(id) { credential in
                credential.expires = expires ?? credential.expires
                credential.purposes = purposes ?? credential.purposes
            }
            return .json(CredentialResource(changed, node.administration.directory, at: now), MediaType.json)
        case ("DELETE", let id?, true):
            let revoked = try await node.administration.changeCredential(id) { $0.isRevoked = true }
            return .json(CredentialResource(revoked, node.administration.directory, at: now), MediaType.json)
        default: throw HTTPFault.absent
        }
    }

    private static func proof(_ fields: inout BodyFields) throws(AdministrationFault) -> Administration.NewProof {
        let (fingerprint, uri) = (try fields.text("fingerprint"), try fields.text("uri"))
        switch (try BodyFields.needed("type", try fields.text("type")), fingerprint, uri) {
        case ("token", nil, nil): return .token
        case ("password", nil, nil): return .password
        case ("certificate", let text?, nil):
            guard let bytes = Hex.bytes(of: text), bytes.count == 32 else {
                throw .invalid(
                    field: "fingerprint",
                    rule: "must be the SHA-256 of the certificate: 64 hexadecimal digits"
                )
            }
            return .certificate(fingerprint: bytes)
        case ("certificate", nil, let uri?):
            guard uri.wholeMatch(of: /[A-Za-z][A-Za-z0-9+.\-]*:\S+/) != nil else {
                throw .invalid(field: "uri", rule: "must be the URI in the certificate's subject alternative name")
            }
            return .uri(uri)
        default:
            throw .invalid(
                field: "type",
                rule: "must be token, password, or certificate with either fingerprint or uri"
            )
        }
    }

    func pools(_ call: AdminCall) async throws -> Response {
        let (directory, now) = (node.administration.directory, node.surroundings.clock())
        switch (call.method, call.name, call.rest.count) {
        case ("GET", nil, 0):
            let all = directory.pools.values.sorted { $0.name < $1.name }
            return .json(Pools(pools: all.map { PoolResource($0, directory, at: now) }), MediaType.json)
        case ("GET", let name?, 0):
            guard let pool = Name(name).flatMap({ directory.pool(named: $0) }) else {
                throw AdministrationFault.absent("no pool is called \(name)")
            }
            return .json(PoolResource(pool, directory, at: now), MediaType.json)
        case ("POST", nil, 0):
            let pool = try await addPool(call.bytes)
            return .json(PoolResource(pool, directory, at: now), status: .created, MediaType.json)
        case ("PATCH", let name?, 0):
            let change = try Self.terms(call.bytes, directory)
            let pool = try await node.administration.changePool(name) { terms throws(AdministrationFault) in
                try change.apply(to: &terms)
            }
            return .json(PoolResource(pool, directory, at: now), MediaType.json)
        case ("PUT", let name?, 2) where call.rest[0] == "members":
            var fields = try BodyFields(call.bytes)
            let enrolment = Enrolment(
                reads: try fields.flag("reads") ?? false,
                writes: try fields.flag("writes") ?? false
            )
            try fields.finish()
            let pool = try await node.administration.enrol(call.rest[1], in: name, enrolment)
            return .json(PoolResource(pool, directory, at: now), MediaType.json)
        case ("DELETE", let name?, 2) where call.rest[0] == "members":
            let pool = try await node.administration.enrol(call.rest[1], in: name, nil)
            return .json(PoolResource(pool, directory, at: now), MediaType.json)
        default: throw HTTPFault.absent
        }
    }

    private func addPool(_ bytes: [UInt8]) async throws -> Pool {
        var fields = try BodyFields(bytes)
        let name = try BodyFields.needed("name", try fields.name("name"))
        let kind = try fields.code("kind", PoolKind.self) ?? .sharing
        let change = try TermsChange(&fields, node.administration.directory)
        try fields.finish()
        var terms = PoolTerms(
            title: name.text,
            reading: .enrolled,
            writing: .enrolled,
            defaultMarking: kind == .officialList ? .clear : .amber
        )
        try change.apply(to: &terms)
        return try await node.administration.addPool(name, kind, terms)
    }

    private static func terms(
        _ bytes: [UInt8],
        _ directory: Directory
    ) throws(AdministrationFault) -> TermsChange {
        var fields = try BodyFields(bytes)
        let change = try TermsChange(&fields, directory)
        try fields.finish()
        return change
    }
}

/// What of a pool's terms a request changes.
private struct TermsChange: Sendable {
    let title, about: String?
    let reading, writing: Audience?
    let release: ReleaseRule?
    let ceiling, defaultMarking: TLP?
    let standing: Standing?
    let ends: Setting<Timestamp>
    let lead: ID<Member>?
    let closing: Disposal?

    init(_ fields: inout BodyFields, _ directory: Directory) throws(AdministrationFault) {
        title = try fields.text("title")
        about = try fields.text("description")
        reading = try fields.code("reading")
        writing = try fields.code("writing")
        release = try fields.flag("second_person").map { $0 ? .secondPerson : .direct }
        ceiling = try fields.marking("ceiling")
        defaultMarking = try fields.marking("default_marking")
        standing = try fields.code("state")
        ends = Setting(try fields.time("ends"), isNull: fields.isNull("ends"))
        lead = try fields.name("lead").map { name throws(AdministrationFault) in
            guard let member = directory.member(named: name) else { throw .absent("no member is called \(name)") }
            return member.id
        }
        closing = try fields.code("closing")
        if let ceiling, let defaultMarking, defaultMarking > ceiling {
            throw .invalid(field: "default_marking", rule: "must not be stricter than the ceiling")
        }
    }

    func apply(to terms: inout PoolTerms) throws(AdministrationFault) {
        terms.title = title ?? terms.title
        terms.about = about ?? terms.about
        terms.reading = reading ?? terms.reading
        terms.writing = writing ?? terms.writing
        terms.release = release ?? terms.release
        terms.ceiling = ceiling ?? terms.ceiling
        terms.defaultMarking = min(defaultMarking ?? terms.defaultMarking, terms.ceiling)
        terms.standing = standing ?? terms.standing
        ends.apply(to: &terms.ends)
        guard lead != nil || closing != nil else { return }
        guard let lead = lead ?? terms.force?.lead else {
            throw .invalid(field: "closing", rule: "is of a task force, which has a lead; give one")
        }
        terms.force = TaskForce(lead: lead, closing: closing ?? terms.force?.closing ?? .giveBack)
    }
}
