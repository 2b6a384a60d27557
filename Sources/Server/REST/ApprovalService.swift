import Exchange
import NIOHTTP1
import Node

/// What waits for a second person, and what that person says: `/v1/pending`.
struct ApprovalService: Sendable {
    static let routes = RouteTable([["pending"]: [.GET], ["pending", RouteTable.name]: [.POST]])

    let node: Node

    private struct Listing: Encodable {
        let pending: [Statuses.Waiting]
    }

    private enum Word: String, CaseIterable {
        case approve, refuse
    }

    func answer(_ request: Request, _ parts: [String], _ session: Session) async throws -> Response {
        guard parts.count == 2 else {
            return .json(Listing(pending: try await node.statuses.waiting(for: session)), MediaType.json)
        }
        let decision = try decision(try await request.fields())
        guard let id = ID<StatusReport>(parsing: parts[1]) else { throw HTTPFault.absent }
        let report = try await node.acceptance.settle(id, decision, by: session)
        return .bytes(report.encoded(), MediaType.json)
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
