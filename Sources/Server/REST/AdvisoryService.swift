import Exchange
import Foundation
import NIOHTTP1
import Node
import Store

/// `/v1/advisories`, `/v1/consents`, `/v1/recalls` and `/v1/reliances` (docs/ADVISORIES-API.md).
struct AdvisoryService: Sendable {
    /// Hexadecimal digits of a version's digest.
    fileprivate static let digestDigits = 64

    static let routes: RouteTable = {
        var methods: [[String]: [HTTPMethod]] = [
            ["advisories"]: [.GET, .POST], ["advisories", RouteTable.name]: [.GET], ["recalls"]: [.GET],
            ["consents"]: [.GET, .POST],
            ["recalls", RouteTable.name, "acknowledge"]: [.POST], ["reliances"]: [.GET, .POST],
        ]
        for part in AdvisoryPart.allCases { methods[["advisories", RouteTable.name, part.rawValue]] = part.methods }
        for step in AdvisoryStep.allCases { methods[["advisories", RouteTable.name, step.rawValue]] = [.POST] }
        return RouteTable(methods)
    }()

    let node: Node

    var desk: AdvisoryDesk { node.advisories }

    func answer(_ request: Request, _ parts: [String], _ session: Session) async throws -> Response {
        switch (parts.first, parts.count) {
        case ("advisories", 1): return try await all(request, session)
        case ("advisories", 2): return try await one(request, parts[1], session)
        case ("advisories", 3): return try await part(request, parts[1], parts[2], session)
        case ("consents", 1): return try await consents(request, session)
        case ("recalls", 1): return try await recalls(request, session)
        case ("recalls", 3): return try await acknowledge(request, parts[1], session)
        case ("reliances", 1):
            return request.method == .POST
                ? try await rely(request, session) : try await reliances(request, session)
        default: throw HTTPFault.absent
        }
    }

    // MARK: Advisories

    private func all(_ request: Request, _ session: Session) async throws -> Response {
        guard request.method == .POST else { return try await listing(request, session) }
        var fields = try await request.fields()
        let pool = try BodyFields.needed("pool", try fields.text("pool"))
        let kind = try BodyFields.needed("kind", try fields.code("kind", AdvisoryKind.self))
        let (content, terms) = try said(&fields)
        try fields.finish()
        let call = try node.call(request, fields, by: session)
        let advisory = try await desk.draft(kind, content, on: terms, in: pool, by: session, as: call)
        var response = resource(advisory, for: request, status: .created)
        response.headers.add(name: "Location", value: "/v1/advisories/\(advisory.id.text)")
        return response
    }

    private func listing(_ request: Request, _ session: Session) async throws -> Response {
        let before = try request.before()
        let state = request.parameter("state")
        if let state, !AdvisoryState.names.contains(state) {
            throw HTTPFault.malformed("state", "must be one of \(AdvisoryState.names.joined(separator: ", "))")
        }
        let page = Listed(
            try await desk.advisories(for: session, before: before, upTo: Paging.askedMax)
        )
        let directory = session.directory
        let chosen = page.shown.filter { state == nil || $0.advisory.state.name == state }
        return .json(
            AdvisoryList(
                advisories: chosen.map { AdvisorySummary($0.advisory, directory) },
                next: page.last.map { String($0.number) }
            ),
            MediaType.json
        )
    }

    private func one(_ request: Request, _ name: String, _ session: Session) async throws -> Response {
        resource(try await desk.advisory(try self.name(name), for: session), for: request)
    }

    private func part(
        _ request: Request,
        _ name: String,
        _ part: String,
        _ session: Session
    ) async throws -> Response {
        guard let part = AdvisoryPart(rawValue: part) else { return try await act(request, name, part, session) }
        switch part {
        case .receipts:
            let after = try request.after()
            let (sights, owed) = try await desk.sights(
                of: try self.name(name),
                for: session,
                after: Tick(microseconds: after),
                upTo: Paging.askedMax
            )
            let tally = after == 0 ? try await desk.tally(of: try self.name(name), for: session) : nil
            return .json(SightList(Listed(sights), after == 0 ? owed : [], tally, at: now), MediaType.json)
        case .explain: return try await explain(request, try self.name(name), session)
        case .consents: return try await consents(request, of: name, session)
        case .refuseConsent: return try await refuseConsent(request, name, session)
        case .dispute:
            var fields = try await request.fields()
            let reason = try BodyFields.needed("reason", try fields.text("reason"))
            try fields.finish()
            try await desk.dispute(
                try self.name(name),
                reason,
                by: session,
                seen: request.seen,
                as: try node.call(request, fields, by: session)
            )
            return .done
        case .settle:
            try await request.fields().finish()
            let advisory = try await desk.settle(try self.name(name), by: session, seen: request.seen)
            return resource(advisory, for: request)
        }
    }

    private func act(
        _ request: Request,
        _ name: String,
        _ word: String,
        _ session: Session
    ) async throws -> Response {
        guard let word = AdvisoryStep(rawValue: word) else { throw HTTPFault.absent }
        var fields = try await request.fields()
        let step = try word.step(&fields, self)
        try fields.finish()
        let advisory = try await desk.act(step, on: try self.name(name), by: session, seen: request.seen)
        return resource(advisory, for: request)
    }

    /// What the policy gives a member, for auditors; without one, what the caller may have itself.
    private func explain(_ request: Request, _ name: AdvisoryName, _ session: Session) async throws -> Response {
        guard let member = request.parameter("member") else {
            for other in ["purpose", "principal"] where request.parameter(other) != nil {
                throw HTTPFault.malformed(other, "goes with member, the name of the member that reads")
            }
            return .json(OwnView(try await desk.ownView(of: name, for: session)), MediaType.json)
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

    private func recalls(_ request: Request, _ session: Session) async throws -> Response {
        let place = try request.parameter("after").map { text throws(HTTPFault) in
            guard let place = AdvisoryDesk.RecallPlace(text) else { throw Request.noPage("after") }
            return place
        }
        let recalls: [AdvisoryDesk.Recall]
        do {
            recalls = try await desk.recalls(for: session, after: place, upTo: Paging.askedMax)
        } catch AdvisoryFault.absent {
            throw Request.noPage("after")
        }
        return .json(RecallList(Listed(recalls), at: now), MediaType.json)
    }

    private func reliances(_ request: Request, _ session: Session) async throws -> Response {
        guard let report = request.parameter("report").flatMap({ try? STIXID(parsing: $0) }) else {
            throw HTTPFault.malformed("report", "is needed: the STIX id of a report that you were given")
        }
        let page = Listed(
            try await desk.reliances(
                on: report,
                for: session,
                after: try request.after(),
                upTo: Paging.askedMax
            )
        )
        return .json(
            RelianceList(
                reliances: page.shown.map { RelianceList.Reliance(decision: $0.decision) },
                next: page.last.map { String($0.number) }
            ),
            MediaType.json
        )
    }

    private func acknowledge(_ request: Request, _ report: String, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let note = try fields.text("note")
        try fields.finish()
        try await desk.acknowledge(try self.report(report), note, by: session)
        return .done
    }

    private func rely(_ request: Request, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let text = try BodyFields.needed("report", try fields.text("report"))
        let decision = try BodyFields.needed("decision", try fields.text("decision"))
        try fields.finish()
        guard let id = try? STIXID(parsing: text) else {
            throw HTTPFault.malformed("report", "must be the STIX id of a report that you were given")
        }
        let call = try node.call(request, fields, by: session)
        let recalled = try await desk.rely(on: id, for: decision, by: session, as: call)
        return .json(RelianceResource(text, decision, recalled), status: .created, MediaType.json)
    }

    // MARK: Parts

    var now: Timestamp { node.surroundings.clock() }

    private func resource(
        _ advisory: Advisory,
        for request: Request,
        status: HTTPResponseStatus = .ok
    ) -> Response {
        Response.json(AdvisoryResource(advisory, node.live.directory), status: status, MediaType.json)
            .tagged(advisory.tag, for: request)
    }

    func name(_ text: String) throws(HTTPFault) -> AdvisoryName {
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
}

/// What there is of an advisory beside itself and what is done to it, by the last word of its path.
private enum AdvisoryPart: String, CaseIterable {
    case receipts, explain, consents, dispute, settle
    case refuseConsent = "refuse-consent"

    var methods: [HTTPMethod] {
        switch self {
        case .receipts, .explain: [.GET]
        case .consents: [.GET, .POST]
        case .refuseConsent, .dispute, .settle: [.POST]
        }
    }
}

/// What can be done to an advisory, by the last word of its path.
private enum AdvisoryStep: String, CaseIterable {
    case edit, grade, approve, publish, amend, review, withdraw, recall, ratify, erase
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
            var grade = try BodyFields.needed("grade", try fields.grade("grade"))
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
        case .erase:
            return .action(.erase(try BodyFields.needed("reason", try fields.code("reason", ErasureReason.self))))
        }
    }

    private static func digest(_ fields: inout BodyFields) throws -> [UInt8] {
        let text = try BodyFields.needed("digest", try fields.text("digest"))
        guard text.utf8.count == AdvisoryService.digestDigits, let digest = Hex.bytes(of: text),
            digest.count * 2 == AdvisoryService.digestDigits
        else {
            throw HTTPFault.malformed("digest", "must be the hexadecimal digest of the version that was looked at")
        }
        return digest
    }
}

extension AdvisoryState {
    /// The words of VOCABULARY, in the order of an advisory's life.
    fileprivate static let names = [
        "draft", "graded", "approved", "published", "restricted", "expired", "withdrawn", "recalled",
    ]
}
