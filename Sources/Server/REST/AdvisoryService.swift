import Exchange
import Foundation
import NIOHTTP1
import Node
import Store

/// `/v1/advisories`, `/v1/recalls` and `/v1/reliances` (docs/ADVISORIES-API.md).
struct AdvisoryService: Sendable {
    /// Bytes of a body: content and terms at their largest fit.
    static let bodyBytesMax = 4 << 20
    /// Advisories of one page.
    static let listedMax = 100

    let node: Node

    private var desk: AdvisoryDesk { node.advisories }

    func answer(_ request: Request, _ parts: [String], _ session: Session) async throws -> Response {
        switch (parts.first, parts.count) {
        case ("advisories", 1): return try await all(request, session)
        case ("advisories", 2): return try await one(request, parts[1], session)
        case ("advisories", 3): return try await part(request, parts[1], parts[2], session)
        case ("recalls", 1):
            try allow(request, [.GET])
            return .json(RecallList(try await desk.recalls(for: session), at: now), MediaType.json)
        case ("recalls", 3) where parts[2] == "acknowledge":
            try allow(request, [.POST])
            try await noteFields(request)
            try await desk.acknowledge(try report(parts[1]), by: session)
            return Response(.noContent, MediaType.json)
        case ("reliances", 1): return try await rely(request, session)
        default: throw HTTPFault.absent
        }
    }

    // MARK: Advisories

    private func all(_ request: Request, _ session: Session) async throws -> Response {
        try allow(request, [.GET, .POST])
        guard request.method == .POST else { return try await listing(request, session) }
        var fields = try await fields(request)
        let pool = try BodyFields.needed("pool", try fields.text("pool"))
        let kind = try BodyFields.needed("kind", try fields.code("kind", AdvisoryKind.self))
        let (content, terms) = try said(&fields)
        try fields.finish()
        let advisory = try await desk.draft(kind, content, on: terms, in: pool, by: session)
        var response = resource(advisory, status: .created)
        response.headers.add(name: "Location", value: "/v1/advisories/\(advisory.id.text)")
        return response
    }

    private func listing(_ request: Request, _ session: Session) async throws -> Response {
        let before: Int64
        if let text = request.parameter("before") {
            guard let number = Int64(text) else { throw HTTPFault.malformed("before", "must be the `next` of a page") }
            before = number
        } else {
            before = .max
        }
        let rows = try await desk.advisories(for: session, before: before, upTo: Self.listedMax + 1)
        let state = request.parameter("state")
        let shown = rows.prefix(Self.listedMax)
        let directory = session.directory
        let chosen = shown.filter { state == nil || $0.advisory.state.name == state }
        return .json(
            AdvisoryList(
                advisories: chosen.map { AdvisorySummary($0.advisory, directory) },
                next: rows.count > Self.listedMax ? shown.last.map { String($0.number) } : nil
            ),
            MediaType.json
        )
    }

    private func one(_ request: Request, _ name: String, _ session: Session) async throws -> Response {
        try allow(request, [.GET])
        return resource(try await desk.advisory(try self.name(name), for: session))
    }

    private func part(
        _ request: Request,
        _ name: String,
        _ part: String,
        _ session: Session
    ) async throws -> Response {
        let name = try self.name(name)
        switch part {
        case "receipts":
            try allow(request, [.GET])
            let (sights, owed) = try await desk.sights(of: name, for: session)
            return .json(SightList(sights, owed, at: now), MediaType.json)
        case "explain":
            try allow(request, [.GET])
            return try await explain(request, name, session)
        case "consents":
            try allow(request, [.POST])
            return try await consent(request, name, session)
        case "dispute":
            try allow(request, [.POST])
            var fields = try await fields(request)
            _ = try BodyFields.needed("reason", try fields.text("reason"))
            try fields.finish()
            try await desk.dispute(name, by: session)
            return Response(.noContent, MediaType.json)
        case "settle":
            try allow(request, [.POST])
            try await noFields(request)
            return resource(try await desk.settle(name, by: session))
        default:
            guard let step = try await step(part, request) else { throw HTTPFault.absent }
            let seen = request["If-Match"].flatMap { $0 == "*" ? nil : $0.trimmingCharacters(in: Self.quotes) }
            return resource(try await desk.act(step, on: name, by: session, seen: seen))
        }
    }

    private static let quotes = CharacterSet(charactersIn: "\" ")

    /// What a call does to an advisory; nil for what there is not.
    private func step(_ part: String, _ request: Request) async throws -> AdvisoryDesk.Step? {
        guard AdvisoryStep(rawValue: part) != nil else { return nil }
        try allow(request, [.POST])
        var fields = try await fields(request)
        guard let step = try AdvisoryStep(rawValue: part)?.step(&fields, self) else { return nil }
        try fields.finish()
        return step
    }

    private func explain(_ request: Request, _ name: AdvisoryName, _ session: Session) async throws -> Response {
        guard let member = request.parameter("member") else {
            throw HTTPFault.malformed("member", "is needed: the name of the member that reads")
        }
        var purpose: Purpose?
        if let text = request.parameter("purpose") {
            guard let code = Purpose(rawValue: text) else {
                throw HTTPFault.malformed("purpose", "must be one of P01 to P11")
            }
            purpose = code
        }
        let decisions = try await desk.decisions(
            on: name,
            to: member,
            as: request.parameter("principal"),
            for: purpose,
            asked: session
        )
        return .json(DecisionList(decisions), MediaType.json)
    }

    private func consent(_ request: Request, _ name: AdvisoryName, _ session: Session) async throws -> Response {
        var fields = try await fields(request)
        let reader = try BodyFields.needed("reader", try fields.text("reader"))
        let purpose = try BodyFields.needed("purpose", try fields.code("purpose", Purpose.self))
        let rendition = try BodyFields.needed("rendition", try fields.code("rendition", Rendition.self))
        let until = try BodyFields.needed("until", try fields.time("until"))
        try fields.finish()
        let consent = try await desk.consent(
            to: name,
            reader: reader,
            for: purpose,
            rendition,
            until: until,
            by: session
        )
        return .json(ConsentResource(consent, reader: reader), status: .created, MediaType.json)
    }

    private func rely(_ request: Request, _ session: Session) async throws -> Response {
        try allow(request, [.POST])
        var fields = try await fields(request)
        let text = try BodyFields.needed("report", try fields.text("report"))
        let decision = try BodyFields.needed("decision", try fields.text("decision"))
        try fields.finish()
        guard let id = try? STIXID(parsing: text) else {
            throw HTTPFault.malformed("report", "must be the STIX id of a report that you were given")
        }
        try await desk.rely(on: id, for: decision, by: session)
        return .json(["report": text, "decision": decision], status: .created, MediaType.json)
    }

    // MARK: Parts

    private var now: Timestamp { node.surroundings.clock() }

    private func resource(_ advisory: Advisory, status: HTTPResponseStatus = .ok) -> Response {
        var response = Response.json(
            AdvisoryResource(advisory, node.live.directory),
            status: status,
            MediaType.json
        )
        response.headers.add(name: "ETag", value: "\"\(advisory.tag)\"")
        return response
    }

    private func name(_ text: String) throws(HTTPFault) -> AdvisoryName {
        guard let name = AdvisoryName(text) else { throw .absent }
        return name
    }

    /// A report that is none is one that nobody holds.
    private func report(_ text: String) throws(HTTPFault) -> STIXID {
        guard let id = try? STIXID(parsing: text) else { throw .absent }
        return id
    }

    /// Content and terms, read strictly.
    func said(_ fields: inout BodyFields) throws -> (AdvisoryContent, AdvisoryTerms) {
        let content: AdvisoryContent = try BodyFields.needed("content", try fields.value("content"))
        let terms: AdvisoryTerms = try fields.value("terms") ?? AdvisoryTerms()
        return (content, terms)
    }

    /// The fields of the body; none where there is no body.
    private func fields(_ request: Request) async throws -> BodyFields {
        let bytes = try await request.body.read(upTo: Self.bodyBytesMax)
        return try BodyFields(bytes.isEmpty ? Array("{}".utf8) : bytes)
    }

    private func noFields(_ request: Request) async throws {
        try await fields(request).finish()
    }

    /// A note is for the member's own file: it is checked and goes no further.
    private func noteFields(_ request: Request) async throws {
        var fields = try await fields(request)
        _ = try fields.text("note")
        try fields.finish()
    }

    private func allow(_ request: Request, _ methods: [HTTPMethod]) throws(HTTPFault) {
        if request.method == .HEAD, methods.contains(.GET) { return }
        guard methods.contains(request.method) else { throw .wrongMethod(methods.map(\.rawValue)) }
    }
}

/// What can be done to an advisory, by the last word of its path.
private enum AdvisoryStep: String {
    case edit, grade, approve, publish, amend, review, withdraw, recall, ratify
    case confirmGrade = "confirm-grade"
    case publishAmendment = "publish-amendment"

    func step(_ fields: inout BodyFields, _ service: AdvisoryService) throws -> AdvisoryDesk.Step {
        switch self {
        case .publish: return .publish
        case .publishAmendment: return .action(.publishAmendment)
        case .confirmGrade: return .action(.confirmGrade)
        case .edit:
            let (content, terms) = try service.said(&fields)
            return .action(.edit(content, terms))
        case .amend:
            let (content, terms) = try service.said(&fields)
            let what = try BodyFields.needed("what", try fields.text("what"))
            let why = try BodyFields.needed("why", try fields.text("why"))
            return .action(.amend(content, terms, what: what, why: why))
        case .grade:
            let text = try BodyFields.needed("grade", try fields.text("grade"))
            guard var grade = Grade(code: text) else {
                throw HTTPFault.malformed("grade", "must be a letter A to F and a digit 1 to 6, such as B2")
            }
            grade.original = try fields.text("original")
            return .action(.grade(grade))
        case .approve: return .action(.approve(digest: try Self.digest(&fields)))
        case .ratify: return .action(.ratify(digest: try Self.digest(&fields)))
        case .review: return .action(.review(until: try fields.time("until")))
        case .withdraw:
            return .action(
                .withdraw(try BodyFields.needed("reason", try fields.code("reason", WithdrawalReason.self)))
            )
        case .recall:
            return .action(.recall(try BodyFields.needed("reason", try fields.code("reason", RecallReason.self))))
        }
    }

    private static func digest(_ fields: inout BodyFields) throws -> [UInt8] {
        let text = try BodyFields.needed("digest", try fields.text("digest"))
        guard let digest = Hex.bytes(of: text) else {
            throw HTTPFault.malformed("digest", "must be the hexadecimal digest of the version that was looked at")
        }
        return digest
    }
}
