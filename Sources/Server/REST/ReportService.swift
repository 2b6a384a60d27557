import Exchange
import Foundation
import NIOHTTP1
import Node
import Store

/// `/v1/reports`, `/v1/owed`, `/v1/requests`, `/v1/feedback`, `/v1/observations` and `/v1/confirmations`
/// (docs/REPORTS-API.md).
struct ReportService: Sendable {
    static let routes: RouteTable = {
        var methods: [[String]: [HTTPMethod]] = [
            ["reports"]: [.GET, .POST], ["reports", RouteTable.name]: [.GET], ["requests"]: [.GET, .POST],
            ["requests", RouteTable.name]: [.GET], ["requests", RouteTable.name, "answer"]: [.POST],
            ["requests", RouteTable.name, "close"]: [.POST], ["feedback"]: [.GET, .POST], ["observations"]: [.POST],
            ["confirmations"]: [.POST], ["owed"]: [.GET],
        ]
        for verb in ["observed", "corroborate"] { methods[["reports", RouteTable.name, verb]] = [.POST] }
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
            return try form(try await desk.report(try id(parts[1]), for: session), request, session)
        case ("reports", 3) where parts[2] == "observed":
            return try await observed(try id(parts[1]), request, session)
        case ("reports", 3) where parts[2] == "corroborate":
            return try await corroborate(try id(parts[1]), request, session)
        case ("reports", 3):
            guard let verb = ReportVerb(rawValue: parts[2]) else { throw HTTPFault.absent }
            var fields = try await request.fields()
            let action = try verb.action(&fields)
            try fields.finish()
            let call = try node.call(request, fields, by: session)
            let report = try await desk.act(
                action,
                on: try id(parts[1]),
                by: session,
                seen: request.seen,
                as: call
            )
            return resource(report, request, session)
        case ("requests", 1): return try await requests(request, session)
        case ("requests", 2):
            return resource(try await desk.request(try id(parts[1]), for: session), request, session)
        case ("requests", 3) where parts[2] == "answer":
            var fields = try await request.fields()
            let reply = try Self.reply(&fields)
            let call = try node.call(request, fields, by: session)
            let asked = try await desk.answer(try id(parts[1]), reply, by: session, seen: request.seen, as: call)
            return resource(asked, request, session)
        case ("requests", 3) where parts[2] == "close":
            let fields = try await request.fields()
            try fields.finish()
            let call = try node.call(request, fields, by: session)
            let asked = try await desk.close(try id(parts[1]), by: session, seen: request.seen, as: call)
            return resource(asked, request, session)
        case ("feedback", 1): return try await feedback(request, session)
        case ("owed", 1): return try await owed(request, session)
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
                    next: page.last.map { String($0.number) }
                ),
                MediaType.json
            )
        }
        var fields = try await request.fields()
        let authority = try BodyFields.needed("authority", try fields.text("authority"))
        let content: ReportContent = try BodyFields.needed("content", try fields.value("content"))
        try fields.finish()
        let call = try node.call(request, fields, by: session)
        let report = try await desk.report(content, to: authority, by: session, as: call)
        var response = resource(report, request, session, status: .created)
        response.headers.add(name: "Location", value: "/v1/reports/\(report.id.text)")
        return response
    }

    /// What the caller's member owes a word on, the oldest first.
    private func owed(_ request: Request, _ session: Session) async throws -> Response {
        let page = Listed(try await desk.owed(for: session, after: try request.after(), upTo: Paging.askedMax))
        let now = now
        return .json(
            OwedList(
                owed: page.shown.map { OwedResource($0, for: session, at: now) },
                next: page.last.map { String($0.number) }
            ),
            MediaType.json
        )
    }

    /// A report as JSON, or as STIX where the caller would rather have that.
    private func form(_ report: Report, _ request: Request, _ session: Session) throws -> Response {
        var response: Response
        if MediaType.isSTIXPreferred(by: request.list("Accept")) {
            // Another form has another tag.
            let tag = "\(report.tag(for: session.member.id, at: now))-stix"
            response = .bytes(try desk.bundle(of: report), MediaType.stix).tagged(tag, for: request)
        } else {
            response = resource(report, request, session)
        }
        response.headers.add(name: "Vary", value: "Accept")
        return response
    }

    // MARK: Requests

    private func requests(_ request: Request, _ session: Session) async throws -> Response {
        guard request.method == .POST else {
            let page = try await page(InformationRequest.self, request, session)
            return .json(
                RequestList(
                    requests: page.shown.map { RequestResource($0.content, for: session, at: now) },
                    next: page.last.map { String($0.number) }
                ),
                MediaType.json
            )
        }
        var fields = try await request.fields()
        let name = try BodyFields.needed("to", try fields.text("to"))
        let content: ReportContent = try BodyFields.needed("content", try fields.value("content"))
        let weight = try fields.code("weight", RequestWeight.self) ?? .simple
        try fields.finish()
        let call = try node.call(request, fields, by: session)
        let asked = try await desk.ask(content, to: name, weight: weight, by: session, as: call)
        var response = resource(asked, request, session, status: .created)
        response.headers.add(name: "Location", value: "/v1/requests/\(asked.id.text)")
        return response
    }

    private static func reply(_ fields: inout BodyFields) throws -> InformationRequest.Reply {
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
            let page = Listed(
                try await desk.feedback(
                    on: name,
                    for: session,
                    after: try request.after(),
                    upTo: Paging.askedMax
                )
            )
            let directory = session.directory
            return .json(
                FeedbackList(
                    feedback: page.shown.map { FeedbackResource($0.said, directory) },
                    next: page.last.map { String($0.number) }
                ),
                MediaType.json
            )
        }
        var fields = try await request.fields()
        let report = try BodyFields.needed("report", try fields.text("report"))
        let outcome = try BodyFields.needed("outcome", try fields.code("outcome", Outcome.self))
        let seized: Seizure? = try fields.value("seized")
        let note = try fields.longText("note")
        try fields.finish()
        guard let id = try? STIXID(parsing: report) else {
            throw HTTPFault.malformed("report", "must be the STIX id of a report that you were given")
        }
        let said = try await desk.say(
            outcome,
            seized: seized,
            note,
            on: id,
            by: session,
            as: try node.call(request, fields, by: session)
        )
        return .json(FeedbackResource(said, session.directory), status: .created, MediaType.json)
    }

    // MARK: Confirmations

    private func observe(_ request: Request, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let digest = try hexadecimal("digest", &fields)
        try fields.finish()
        let observation = try await desk.observe(digest, by: session, as: try node.call(request, fields, by: session))
        return .json(
            ["observation": observation.id.text, "time": observation.committed.text],
            status: .created,
            MediaType.json
        )
    }

    private func confirm(_ request: Request, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let report = try BodyFields.needed("report", try fields.text("report"))
        let (held, told) = try told(&fields)
        try fields.finish()
        guard let id = try? STIXID(parsing: report) else {
            throw HTTPFault.malformed("report", "must be a STIX id of a report")
        }
        let call = try node.call(request, fields, by: session)
        let feedback = try await desk.confirm(
            id,
            with: held,
            told.text,
            told.content,
            salt: told.salt,
            by: session,
            as: call
        )
        return .json(FeedbackResource(feedback, session.directory), status: .created, MediaType.json)
    }

    /// Shows that a report says what its member had committed.
    private func observed(_ id: ID<Report>, _ request: Request, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let (held, told) = try told(&fields)
        try fields.finish()
        let call = try node.call(request, fields, by: session)
        let report = try await desk.observed(told, as: held, in: id, by: session, seen: request.seen, as: call)
        return resource(report, request, session)
    }

    private func corroborate(_ id: ID<Report>, _ request: Request, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let text = try BodyFields.needed("by", try fields.text("by"))
        try fields.finish()
        guard let other = ID<Report>(parsing: text) else { throw HTTPFault.malformed("by", "must be a report's id") }
        let found = try await desk.corroborate(id, by: other, for: session)
        return .json(CorroborationResource(found), MediaType.json)
    }

    /// What was committed, and as which observation.
    private func told(_ fields: inout BodyFields) throws -> (ID<Observation>, ObservedText) {
        let observation = try BodyFields.needed("observation", try fields.text("observation"))
        let salt = try hexadecimal("salt", &fields)
        let text = try BodyFields.needed("text", try fields.longText("text"))
        guard let held = ID<Observation>(parsing: observation) else {
            throw HTTPFault.malformed("observation", "must be the id of an observation of yours")
        }
        var content = try BodyFields(Array("{\"text\":\(text)}".utf8))
        return (held, ObservedText(text, try BodyFields.needed("text", try content.value("text")), salt: salt))
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
    ) async throws -> Listed<DossierRow<Content>> {
        Listed(
            try await desk.dossiers(
                Content.self,
                for: session,
                before: try request.before(),
                upTo: Paging.askedMax
            )
        )
    }

    private func resource(
        _ report: Report,
        _ request: Request,
        _ session: Session,
        status: HTTPResponseStatus = .ok
    ) -> Response {
        let now = now
        return Response.json(ReportResource(report, for: session, at: now), status: status, MediaType.json)
            .tagged(report.tag(for: session.member.id, at: now), for: request)
    }

    private func resource(
        _ asked: InformationRequest,
        _ request: Request,
        _ session: Session,
        status: HTTPResponseStatus = .ok
    ) -> Response {
        let now = now
        return Response.json(RequestResource(asked, for: session, at: now), status: status, MediaType.json)
            .tagged(asked.tag(for: session.member.id, at: now), for: request)
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
    case proposeBadFaith = "propose-bad-faith"
    case secondBadFaith = "second-bad-faith"

    func action(_ fields: inout BodyFields) throws -> ReportAction {
        switch self {
        case .accept: return .accept(try fields.grade("grade"))
        case .retract: return .retract
        case .wantMore: return .wantMore(try BodyFields.needed("text", try fields.longText("text")))
        case .say: return .say(try BodyFields.needed("text", try fields.longText("text")))
        case .proposeBadFaith:
            return .proposeBadFaith(try BodyFields.needed("reason", try fields.longText("reason")))
        case .secondBadFaith:
            return .secondBadFaith(try BodyFields.needed("reason", try fields.longText("reason")))
        case .refuse:
            let reason = try BodyFields.needed("reason", try fields.code("reason", Report.ReportRefusal.self))
            return .refuse(reason, try fields.longText("text"))
        case .add: return .add(try BodyFields.needed("content", try fields.value("content")))
        case .outcome:
            let outcome = try BodyFields.needed("outcome", try fields.code("outcome", Outcome.self))
            return .conclude(
                outcome,
                seized: try fields.value("seized"),
                note: try fields.longText("note"),
                embargo: try fields.time("embargo")
            )
        }
    }
}
