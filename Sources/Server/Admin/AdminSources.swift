import Exchange
import Foundation
import NIOHTTP1
import Node
import Store

/// A source, as an operator sees it.
private struct SourceResource: Encodable {
    let name, kind, url, pool, principal: String
    let every: Int64
    let ceiling, gateway, grade: String?
    let networks: [String]
    let mapping: CSVMapping?
    let state, due: String
    /// How many subjects are gone from the list, where an operator must say that this is right.
    let gone: Int?
    let failures: Int
    let fault, done: String?
    let taken, revoked, unchanged, skipped: Int?
    let quarantined: Int
    /// Of TAXII: until when, by the server's dates, everything was read.
    let through: String?

    init(_ sight: Administration.SourceSight, _ directory: Directory) {
        let (source, pull) = (sight.source, sight.source.pull)
        name = source.name.text
        kind = source.kind.rawValue
        url = source.terms.url
        pool = directory.pools[source.terms.pool]?.name.text ?? "-"
        principal = directory.principals[source.terms.principal]?.name.text ?? "-"
        every = source.terms.every
        ceiling = source.terms.ceiling?.code
        gateway = source.terms.gateway?.text
        grade = source.terms.grade?.code
        networks = source.terms.networks
        mapping = source.terms.mapping
        switch pull.phase {
        case .scheduled: (state, gone) = ("scheduled", nil)
        case .paused: (state, gone) = ("paused", nil)
        case .asking(let count): (state, gone) = ("asking", count)
        }
        due = pull.due.text
        failures = pull.failures
        if case .asking(let count) = pull.phase {
            fault = "\(count) are gone from the list; where that is right: caveat admin source confirm \(source.name)"
        } else {
            fault = pull.fault
        }
        done = pull.done?.text
        taken = pull.counts?.taken
        revoked = pull.counts?.revoked
        unchanged = pull.counts?.unchanged
        skipped = pull.counts?.skipped
        quarantined = sight.quarantined
        through = pull.cursor.through?.text
    }
}

private struct SourceList: Encodable { let sources: [SourceResource] }

private struct QuarantineList: Encodable {
    struct Record: Encodable {
        let record, place, reason, form: String
        let dismissed: Bool
        /// As it came; nil where it is no text.
        let content: String?

        init(_ row: QuarantinedRecord) {
            record = String(row.number.microseconds)
            place = row.place
            reason = row.reason
            form = row.form.rawValue
            dismissed = row.isDismissed
            content = String(validating: row.bytes, as: UTF8.self)
        }
    }

    let records: [Record]
    /// The `after` of the next page; nil on the last.
    let next: String?

    init(_ page: Listed<QuarantinedRecord>) {
        records = page.shown.map(Record.init)
        next = page.last.map { String($0.number.microseconds) }
    }
}

private struct Retried: Encodable { let taken, refused: Int }

extension AdminServer {
    func sources(_ call: AdminCall, _ request: Request) async throws -> Response {
        let desk = node.administration
        func shown(_ sight: Administration.SourceSight, _ status: HTTPResponseStatus = .ok) -> Response {
            .json(SourceResource(sight, desk.directory), status: status, MediaType.json)
        }
        switch (call.method, call.name, call.rest.first, call.rest.count) {
        case ("GET", nil, nil, 0):
            let all = try await desk.sources()
            return .json(SourceList(sources: all.map { SourceResource($0, desk.directory) }), MediaType.json)
        case ("POST", nil, nil, 0): return shown(try await addSource(call.bytes), .created)
        case ("GET", let name?, nil, 0): return shown(try await desk.source(name))
        case ("PATCH", let name?, nil, 0): return shown(try await changeSource(name, call.bytes))
        case ("DELETE", let name?, nil, 0):
            try await desk.removeSource(name)
            return Response(.noContent, MediaType.json)
        case ("POST", let name?, "run"?, 1):
            var fields = try BodyFields(call.bytes)
            let afresh = try fields.flag("afresh") ?? false
            try fields.finish()
            return shown(
                try await desk.changeSource(name) { source, now throws(AdministrationFault) in
                    guard source.pull.phase != .paused else {
                        throw .invalid(field: "state", rule: "\(name) is paused; resume it, and it is pulled at once")
                    }
                    source.pull.run(afresh: afresh, at: now)
                }
            )
        case ("POST", let name?, "confirm"?, 1):
            return shown(
                try await desk.changeSource(name) { source, now throws(AdministrationFault) in
                    guard case .asking = source.pull.phase else {
                        throw .invalid(field: "state", rule: "\(name) asks nothing; see caveat admin source show")
                    }
                    source.pull.confirm(at: now)
                }
            )
        case (_, let name?, "quarantine"?, _):
            return try await quarantine(call, of: name, request)
        default: throw HTTPFault.absent
        }
    }

    private func quarantine(_ call: AdminCall, of name: String, _ request: Request) async throws -> Response {
        let desk = node.administration
        switch (call.method, call.rest.dropFirst().first, call.rest.count) {
        case ("GET", nil, 1):
            let after = Tick(microseconds: try request.after())
            let rows = try await desk.quarantine(of: name, after: after, upTo: Paging.askedMax)
            return .json(QuarantineList(Listed(rows)), MediaType.json)
        case ("POST", "retry"?, 2):
            let (taken, refused) = try await node.pulling.retry(try await desk.source(name).source)
            return .json(Retried(taken: taken, refused: refused), MediaType.json)
        case ("POST", let record?, 3) where call.rest[2] == "dismiss":
            guard let number = Int64(record) else {
                throw AdministrationFault.absent("\(name) has no record \(record) in quarantine")
            }
            try await desk.dismiss(Tick(microseconds: number), of: name)
            return Response(.noContent, MediaType.json)
        default: throw HTTPFault.absent
        }
    }

    private func addSource(_ bytes: [UInt8]) async throws -> Administration.SourceSight {
        var fields = try BodyFields(bytes)
        let name = try BodyFields.needed("name", try fields.name("name"))
        let kind = try BodyFields.needed("kind", try fields.code("kind", Source.Kind.self))
        let change = try SourceChange(&fields, node.administration.directory)
        try fields.finish()
        var terms = SourceTerms(
            url: try BodyFields.needed("url", change.url),
            pool: try BodyFields.needed("pool", change.pool),
            principal: try BodyFields.needed("principal", change.principal)
        )
        change.apply(to: &terms)
        return try await node.administration.addSource(name, kind, terms)
    }

    private func changeSource(_ name: String, _ bytes: [UInt8]) async throws -> Administration.SourceSight {
        var fields = try BodyFields(bytes)
        let change = try SourceChange(&fields, node.administration.directory)
        let isPaused = try fields.code("state", SourceState.self).map { $0 == .paused }
        try fields.finish()
        return try await node.administration.changeSource(name) { source, now in
            let before = source.terms
            change.apply(to: &source.terms)
            // What was read elsewhere, or in another way, says nothing of what is there.
            if source.terms.url != before.url || source.terms.mapping != before.mapping {
                source.pull.run(afresh: true, at: now)
            } else if source.terms != before, source.pull.failures > 0 {
                // What kept it may be mended.
                source.pull.run(afresh: false, at: now)
            }
            switch isPaused {
            case true?: source.pull.pause()
            case false?: source.pull.resume(at: now)
            case nil: break
            }
        }
    }
}

private enum SourceState: String, CaseIterable {
    case active, paused
}

/// What of a source's terms a request changes.
private struct SourceChange: Sendable {
    let url: String?
    let pool: ID<Pool>?
    let principal: ID<Principal>?
    let every, overlap: Int64?
    let ceiling: Setting<TLP>
    let gateway: Setting<Name>
    let grade: Setting<Grade>
    let since: Setting<Timestamp>
    let mapping: CSVMapping?
    let networks: [String]?
    let tokenFile, user, passwordFile, certificate, key, authorities, knownHosts: Setting<String>

    init(_ fields: inout BodyFields, _ directory: Directory) throws {
        func setting(_ field: String) throws -> Setting<String> {
            Setting(try fields.text(field), isNull: fields.isNull(field))
        }
        url = try fields.text("url")
        pool = try fields.name("pool").map { name in
            guard let pool = directory.pool(named: name) else {
                throw AdministrationFault.absent("no pool is called \(name)")
            }
            return pool.id
        }
        principal = try fields.name("principal").map { name in
            guard let principal = directory.principal(named: name) else {
                throw AdministrationFault.absent("no principal is called \(name)")
            }
            return principal.id
        }
        every = try fields.number("every", 0...Int64.max)
        overlap = try fields.number("overlap", 0...Int64.max)
        ceiling = Setting(try fields.marking("ceiling"), isNull: fields.isNull("ceiling"))
        gateway = Setting(try fields.name("gateway"), isNull: fields.isNull("gateway"))
        let grade = try fields.text("grade").map { text in
            guard let grade = Grade(code: text) else {
                throw AdministrationFault.invalid(field: "grade", rule: "must be a letter A-F and a digit 1-6, as B2")
            }
            return grade
        }
        self.grade = Setting(grade, isNull: fields.isNull("grade"))
        since = Setting(try fields.time("since"), isNull: fields.isNull("since"))
        mapping = try fields.any("mapping").map { value in
            do {
                return try JSONDecoder().decode(CSVMapping.self, from: Data(value.compact()))
            } catch let fault as CSVMapping.Fault {
                throw AdministrationFault.invalid(field: "mapping.\(fault.field)", rule: fault.rule)
            } catch {
                throw AdministrationFault.invalid(
                    field: "mapping",
                    rule: "must be JSON with key, schema and properties"
                )
            }
        }
        networks = try fields.texts("networks")
        tokenFile = try setting("token_file")
        user = try setting("user")
        passwordFile = try setting("password_file")
        certificate = try setting("certificate")
        key = try setting("key")
        authorities = try setting("authorities")
        knownHosts = try setting("known_hosts")
    }

    func apply(to terms: inout SourceTerms) {
        terms.url = url ?? terms.url
        terms.pool = pool ?? terms.pool
        terms.principal = principal ?? terms.principal
        terms.every = every ?? terms.every
        terms.overlap = overlap ?? terms.overlap
        terms.mapping = mapping ?? terms.mapping
        terms.networks = networks ?? terms.networks
        ceiling.apply(to: &terms.ceiling)
        gateway.apply(to: &terms.gateway)
        grade.apply(to: &terms.grade)
        since.apply(to: &terms.since)
        tokenFile.apply(to: &terms.tokenFile)
        user.apply(to: &terms.user)
        passwordFile.apply(to: &terms.passwordFile)
        certificate.apply(to: &terms.certificate)
        key.apply(to: &terms.key)
        authorities.apply(to: &terms.authorities)
        knownHosts.apply(to: &terms.knownHosts)
    }
}
