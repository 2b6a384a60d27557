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

    func answer(
        _ request: Request,
        _ path: Substring,
        _ session: Session,
        _ limits: ConnectionLimits
    ) async throws -> Response {
        let parts = path.split(separator: "/")
        guard parts.count >= 2, parts[1] == "pending", parts.count <= 3 else { throw HTTPFault.absent }
        switch (request.method, parts.count) {
        case (.GET, 2), (.HEAD, 2):
            return .json(Listing(pending: try await node.statuses.waiting(for: session)), MediaType.json)
        case (.POST, 3):
            let bytes = try await request.body.read(upTo: Self.bodyBytesMax)
            guard let id = ID<StatusReport>(parsing: String(parts[2])) else { throw HTTPFault.absent }
            let report = try await node.acceptance.settle(id, try decision(bytes), by: session)
            return .bytes(report.encoded(), MediaType.json)
        default:
            var fault = HTTPFault(.methodNotAllowed, "Method not allowed")
            fault.headers.add(name: "Allow", value: parts.count == 2 ? "GET, HEAD" : "POST")
            throw fault
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
