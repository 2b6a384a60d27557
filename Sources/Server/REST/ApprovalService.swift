import Exchange
import NIOHTTP1
import Node

/// What waits for a second person, and what that person says: `/v1/pending`.
struct ApprovalService: Sendable {
    static let routes = RouteTable([["pending"]: [.GET], ["pending", RouteTable.name]: [.POST]])

    let node: Node

    private struct Listing: Encodable {
        let pending: [Statuses.Waiting]
        /// The `after` of the next page; nil on the last.
        let next: String?
    }

    private enum Word: String, CaseIterable {
        case approve, refuse
    }

    func answer(_ request: Request, _ parts: [String], _ session: Session) async throws -> Response {
        guard parts.count == 2 else {
            return try await listing(request, session)
        }
        let decision = try decision(try await request.fields())
        guard let id = ID<StatusReport>(parsing: parts[1]) else { throw HTTPFault.absent }
        let report = try await node.acceptance.settle(id, decision, by: session)
        return .bytes(report.encoded(), MediaType.json)
    }

    private func listing(_ request: Request, _ session: Session) async throws -> Response {
        let after = try request.parameter("after").map { text throws(HTTPFault) in
            guard let id = ID<StatusReport>(parsing: text) else { throw Request.noPage("after") }
            return id
        }
        let page = Listed(
            try await node.statuses.waiting(for: session, after: after, upTo: Paging.askedMax)
        )
        return .json(Listing(pending: Array(page.shown), next: page.last?.id), MediaType.json)
    }

    private func decision(_ fields: BodyFields) throws -> Acceptance.Decision {
        var fields = fields
        let word = try BodyFields.needed("decision", try fields.code("decision", Word.self))
        switch word {
        case .approve:
            try fields.finish()
            return .approve
        case .refuse:
            let reason = try BodyFields.needed("reason", try fields.text("reason"))
            try fields.finish()
            guard !reason.isEmpty else { throw HTTPFault.malformed("reason", "a refusal needs one") }
            return .refuse(reason: reason)
        }
    }
}
