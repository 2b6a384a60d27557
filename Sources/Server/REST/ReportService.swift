import Exchange
import Foundation
import NIOHTTP1
import Node
import Store

/// `/v1/reports`, `/v1/requests`, `/v1/feedback`, `/v1/observations` and `/v1/confirmations` (docs/REPORTS-API.md).
struct ReportService: Sendable {
    static let routes: RouteTable = {
        var methods: [[String]: [HTTPMethod]] = [
            ["reports"]: [.GET, .POST], ["reports", RouteTable.name]: [.GET], ["requests"]: [.GET, .POST],
            ["requests", RouteTable.name]: [.GET], ["requests", RouteTable.name, "answer"]: [.POST],
            ["requests", RouteTable.name, "close"]: [.POST], ["feedback"]: [.GET, .POST], ["observations"]: [.POST],
            ["confirmations"]: [.POST],
        ]
        for verb in ReportVerb.allCases { methods[["reports", RouteTable.name, verb.rawValue]] = [.POST] }
        return RouteTable(methods)
    }()

    let node: Node

    private var desk: ReportDesk { node.reports }
    private var now: Timestamp { node.surroundings.clock() }

    func answer(_ request: Request, _ parts: [String], _ session: Session) async throws -> Response {
        switch (parts.first, parts.count) {
        case ("reports", 1): return try await reports(request, session)
        case ("reports", 2):
            return resource(try await desk.report(try id(parts[1]), for: session), session)
        case ("reports", 3):
            guard let verb = ReportVerb(rawValue: parts[2]) else { throw HTTPFault.absent }
            var fields = try await request.fields()
            let action = try verb.action(&fields)
            try fields.finish()
            return resource(try await desk.act(action, on: try id(parts[1]), by: session), session)
        case ("requests", 1): return try await requests(request, session)
        case ("requests", 2):
            return resource(try await desk.request(try id(parts[1]), for: session), session)
        case ("requests", 3) where parts[2] == "answer":
            let reply = try await reply(request)
            return resource(try await desk.answer(try id(parts[1]), reply, by: session), session)
        case ("requests", 3) where parts[2] == "close":
            try await request.fields().finish()
            return resource(try await desk.close(try id(parts[1]), by: session), session)
        case ("feedback", 1): return try await feedback(request, session)
        case ("observations", 1): return try await observe(request, session)
        case ("confirmations", 1): return try await confirm(request, session)
        default: throw HTTPFault.absent
        }
    }

    // MARK: Reports

    private func reports(_ request: Request, _ session: Session) async throws -> Response {
        guard request.method == .POST else {
            let page = try await page(Report.self, request, session)
            return .json(
                ReportList(
                    reports: page.shown.map { ReportResource($0.content, for: session, at: now) },
                    next: page.next
                ),
                MediaType.json
            )
        }
        var fields = try await request.fields()
        let authority = try BodyFields.needed("authority", try fields.text("authority"))
        let content: ReportContent = try BodyFields.needed("content", try fields.value("content"))
        try fields.finish()
        let report = try await desk.report(try node.newID(for: request, session), content, to: authority, by: session)
        var response = resource(report, session, status: .created)
        response.headers.add(name: "Location", value: "/v1/reports/\(report.id.text)")
        return response
    }

    // MARK: Requests

    private func requests(_ request: Request, _ session: Session) async throws -> Response {
        guard request.method == .POST else {
            let page = try await page(InformationRequest.self, request, session)
            return .json(
                RequestList(
                    requests: page.shown.map { RequestResource($0.content, for: session, at: now) },
                    next: page.next
                ),
                MediaType.json
            )
        }
        var fields = try await request.fields()
        let name = try BodyFields.needed("to", try fields.text("to"))
        let content: ReportContent = try BodyFields.needed("content", try fields.value("content"))
        try fields.finish()
        let asked = try await desk.ask(try node.newID(for: request, session), content, to: name, by: session)
        var response = resource(asked, session, status: .created)
        response.headers.add(name: "Location", value: "/v1/requests/\(asked.id.text)")
        return response
    }

    private func reply(_ request: Request) async throws -> InformationRequest.Reply {
        var fields = try await request.fields()
        let word = try BodyFields.needed("answer", try fields.code("answer", AnswerWord.self))
        let reply: InformationRequest.Reply =
            switch word {
            case .positive: .positive(try BodyFields.needed("text", try fields.longText("text")))
            case .nothing: .nothing
            case .refused:
                .refused(try BodyFields.needed("reason", try fields.code("reason", InformationRequest.Refusal.self)))
            }
        try fields.finish()
        return reply
    }

    private enum AnswerWord: String, CaseIterable {
        case positive, refused
        case nothing = "nil"
    }

    // MARK: Feedback

    private func feedback(_ request: Request, _ session: Session) async throws -> Response {
        guard request.method == .POST else {
            guard let name = request.parameter("advisory").flatMap({ AdvisoryName($0) }) else {
                throw HTTPFault.malformed("advisory", "is needed: an advisory's id or reference")
            }
            let said = try await desk.feedback(on: name, for: session)
            let directory = session.directory
            return .json(FeedbackList(feedback: said.map { FeedbackResource($0, directory) }), MediaType.json)
        }
        var fields = try await request.fields()
        let report = try BodyFields.needed("report", try fields.text("report"))
        let outcome = try BodyFields.needed("outcome", try fields.code("outcome", Outcome.self))
        let note = try fields.longText("note")
        try fields.finish()
        guard let id = try? STIXID(parsing: report) else {
            throw HTTPFault.malformed("report", "must be the STIX id of a report that you were given")
        }
        let said = try await desk.say(outcome, note, on: id, by: session)
        return .json(FeedbackResource(said, session.directory), status: .created, MediaType.json)
    }

    // MARK: Confirmations

    private func observe(_ request: Request, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let digest = try hexadecimal("digest", &fields)
        try fields.finish()
        let observation = try await desk.observe(digest, by: session)
        return .json(
            ["observation": observation.id.text, "time": observation.committed.text],
            status: .created,
            MediaType.json
        )
    }

    private func confirm(_ request: Request, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let report = try BodyFields.needed("report", try fields.text("report"))
        let observation = try BodyFields.needed("observation", try fields.text("observation"))
        let salt = try hexadecimal("salt", &fields)
        let text = try BodyFields.needed("text", try fields.longText("text"))
        try fields.finish()
        guard let id = try? STIXID(parsing: report), let held = ID<Observation>(parsing: observation) else {
            throw HTTPFault.malformed("report", "must be a STIX id of a report, and observation the id of yours")
        }
        var content = try BodyFields(Array("{\"text\":\(text)}".utf8))
        let said: ReportContent = try BodyFields.needed("text", try content.value("text"))
        let feedback = try await desk.confirm(id, with: held, text, said, salt: salt, by: session)
        return .json(FeedbackResource(feedback, session.directory), status: .created, MediaType.json)
    }

    private func hexadecimal(_ field: String, _ fields: inout BodyFields) throws -> [UInt8] {
        let text = try BodyFields.needed(field, try fields.text(field))
        guard let bytes = Hex.bytes(of: text) else { throw HTTPFault.malformed(field, "must be hexadecimal digits") }
        return bytes
    }

    // MARK: Parts

    /// One page of what the caller's member is a party to, from the `before` of the query on.
    private func page<Content: DossierContent>(
        _: Content.Type,
        _ request: Request,
        _ session: Session
    ) async throws -> (shown: ArraySlice<DossierRow<Content>>, next: String?) {
        let count = DossierRows.listedMax
        let rows = try await desk.dossiers(
            Content.self,
            for: session,
            before: try request.before(),
            upTo: count + 1
        )
        let shown = rows.prefix(count)
        return (shown, rows.count > count ? shown.last.map { String($0.number) } : nil)
    }

    private func resource(_ report: Report, _ session: Session, status: HTTPResponseStatus = .ok) -> Response {
        .json(ReportResource(report, for: session, at: now), status: status, MediaType.json)
    }

    private func resource(
        _ request: InformationRequest,
        _ session: Session,
        status: HTTPResponseStatus = .ok
    ) -> Response {
        .json(RequestResource(request, for: session, at: now), status: status, MediaType.json)
    }

    /// What has the form of no id is nothing that there is.
    private func id<Kind>(_ text: String) throws(HTTPFault) -> ID<Kind> {
        guard let id = ID<Kind>(parsing: text) else { throw .absent }
        return id
    }
}

/// What either side does to a report, by the last word of its path.
private enum ReportVerb: String, CaseIterable {
    case accept, refuse, add, say, retract, outcome
    case wantMore = "want-more"

    func action(_ fields: inout BodyFields) throws -> ReportAction {
        switch self {
        case .accept: return .accept
        case .retract: return .retract
        case .wantMore: return .wantMore(try BodyFields.needed("text", try fields.longText("text")))
        case .say: return .say(try BodyFields.needed("text", try fields.longText("text")))
        case .refuse:
            let reason = try BodyFields.needed("reason", try fields.code("reason", Report.ReportRefusal.self))
            return .refuse(reason, try fields.longText("text"))
        case .add: return .add(try BodyFields.needed("content", try fields.value("content")))
        case .outcome:
            let outcome = try BodyFields.needed("outcome", try fields.code("outcome", Outcome.self))
            return .conclude(outcome, note: try fields.longText("note"), embargo: try fields.time("embargo"))
        }
    }
}
