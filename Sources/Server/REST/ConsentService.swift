import Exchange
import NIOHTTP1
import Node
import Store

/// Consents: asked by holders, given or refused by originators (docs/ADVISORIES-API.md).
extension AdvisoryService {
    /// What the caller's member asked; or asks.
    func consents(_ request: Request, _ session: Session) async throws -> Response {
        guard request.method == .POST else {
            let page = Listed(
                try await desk.consentRequests(by: session, before: try request.before(), upTo: Paging.askedMax)
            )
            return .json(
                ConsentRequestList(
                    page.shown.map { ConsentRequestResource($0, at: now) },
                    next: page.last.map { String($0.row.asked.microseconds) }
                ),
                MediaType.json
            )
        }
        var fields = try await request.fields()
        let text = try BodyFields.needed("report", try fields.text("report"))
        let purpose = try BodyFields.needed("purpose", try fields.code("purpose", Purpose.self))
        let reason = try BodyFields.needed("reason", try fields.text("reason"))
        try fields.finish()
        guard let report = try? STIXID(parsing: text) else {
            throw HTTPFault.malformed("report", "must be the STIX id of a report that you were given")
        }
        let asked = try await desk.askConsent(to: report, for: purpose, reason, by: session)
        return .json(ConsentRequestResource(asked, at: now), status: .created, MediaType.json)
    }

    /// What was asked of an advisory; or gives a consent.
    func consents(_ request: Request, of name: String, _ session: Session) async throws -> Response {
        if request.method == .POST { return try await give(request, name, session) }
        let (requests, given) = try await desk.consentRequests(of: try self.name(name), for: session)
        return .json(
            ConsentRequestList(
                requests.map { ConsentRequestResource($0, reader: $0.reader, at: now) },
                given: given.map { ConsentResource($0.consent, reader: $0.reader.name.text) },
                next: nil
            ),
            MediaType.json
        )
    }

    private func give(_ request: Request, _ name: String, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let reader = try BodyFields.needed("reader", try fields.text("reader"))
        let purpose = try BodyFields.needed("purpose", try fields.code("purpose", Purpose.self))
        let rendition = try BodyFields.needed("rendition", try fields.code("rendition", Rendition.self))
        let until = try BodyFields.needed("until", try fields.time("until"))
        try fields.finish()
        let consent = try await desk.consent(
            to: try self.name(name),
            reader: reader,
            for: purpose,
            rendition,
            until: until,
            by: session,
            seen: request.seen,
            as: try node.call(request, fields, by: session)
        )
        return .json(ConsentResource(consent, reader: reader), status: .created, MediaType.json)
    }

    func refuseConsent(_ request: Request, _ name: String, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let reader = try BodyFields.needed("reader", try fields.text("reader"))
        let purpose = try BodyFields.needed("purpose", try fields.code("purpose", Purpose.self))
        try fields.finish()
        try await desk.refuseConsent(
            to: try self.name(name),
            reader: reader,
            for: purpose,
            by: session,
            seen: request.seen
        )
        return .done
    }
}

/// A request for consent: of the caller, or with who asks.
struct ConsentRequestResource: Encodable {
    let reader: String?
    let report, purpose, reason, asked, state: String
    let rendition, until: String?
    let effective: Bool?

    init(_ request: AdvisoryDesk.ConsentRequest, reader: Member? = nil, at now: Timestamp) {
        self.reader = reader?.name.text
        report = request.row.report
        purpose = request.row.purpose.rawValue
        reason = request.row.reason
        asked = request.row.asked.text
        state = request.state(at: now)
        rendition = request.consent?.rendition.rawValue
        until = request.consent?.until.text
        effective = request.isEffective
    }
}

struct ConsentRequestList: Encodable {
    let requests: [ConsentRequestResource]
    /// Of an advisory: what was consented to, asked or not; ended ones have an `until` that has passed.
    let given: [ConsentResource]?
    let next: String?

    init(_ requests: [ConsentRequestResource], given: [ConsentResource]? = nil, next: String?) {
        (self.requests, self.given, self.next) = (requests, given, next)
    }
}
