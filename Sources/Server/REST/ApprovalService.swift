import Exchange
import Foundation
import NIOHTTP1
import Node

/// What waits for a second person, and what that person says: `/v1/pending`.
struct ApprovalService: Sendable {
    private static let bodyBytesMax = 16_384
    private static let reasonCharactersMax = 1_000

    let node: Node

    private struct Listing: Encodable {
        let pending: [Statuses.Waiting]
    }

    private struct Said: Decodable {
        let decision: String
        let reason: String?
    }

    func answer(_ request: Request, _ parts: [String], _ session: Session) async throws -> Response {
        switch (request.method, parts.count) {
        case (.GET, 1), (.HEAD, 1):
            return .json(Listing(pending: try await node.statuses.waiting(for: session)), MediaType.json)
        case (.POST, 2):
            let bytes = try await request.body.read(upTo: Self.bodyBytesMax)
            guard let id = ID<StatusReport>(parsing: parts[1]) else { throw HTTPFault.absent }
            let report = try await node.acceptance.settle(id, try decision(bytes), by: session)
            return .bytes(report.encoded(), MediaType.json)
        default:
            guard parts.count <= 2 else { throw HTTPFault.absent }
            throw HTTPFault.wrongMethod(parts.count == 1 ? ["GET", "HEAD"] : ["POST"])
        }
    }

    private func decision(_ bytes: [UInt8]) throws(HTTPFault) -> Acceptance.Decision {
        guard let said = try? JSONDecoder().decode(Said.self, from: Data(bytes)) else {
            throw .malformed(
                "decision",
                "the body must be {\"decision\": \"approve\"} or {\"decision\": \"refuse\", \"reason\": …}"
            )
        }
        switch said.decision {
        case "approve": return .approve
        case "refuse":
            guard let reason = said.reason, !reason.isEmpty, reason.count <= Self.reasonCharactersMax else {
                throw .malformed("reason", "a refusal needs one, of at most \(Self.reasonCharactersMax) characters")
            }
            return .refuse(reason: reason)
        default: throw .malformed("decision", "must be approve or refuse")
        }
    }
}
