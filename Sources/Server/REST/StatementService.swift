import Exchange
import NIOHTTP1
import Node

/// What the caller's ownership group gave, and what that came to: `/v1/statement`.
struct StatementService: Sendable {
    static let routes = RouteTable([["statement"]: [.GET]])

    let node: Node

    /// The forms in which a statement is given.
    private enum Form: String, CaseIterable {
        case json, text, csv
    }

    func answer(_ request: Request, _ session: Session) async throws -> Response {
        guard let authority = request.parameter("authority").flatMap({ Name($0) }) else {
            throw AdvisoryFault.invalid(field: "authority", rule: "must be the name of an authority; see /v1/members")
        }
        let forms = Form.allCases.map(\.rawValue).joined(separator: ", ")
        guard let form = Form(rawValue: request.parameter("form") ?? Form.json.rawValue) else {
            throw AdvisoryFault.invalid(field: "form", rule: "must be one of \(forms)")
        }
        guard let epochs = Int(request.parameter("epochs") ?? "1") else {
            throw AdvisoryFault.invalid(field: "epochs", rule: "must be a whole number")
        }
        let statement = try await node.ledgers.statement(of: authority, epochs: epochs, for: session)
        return switch form {
        case .json: .bytes(try await node.ledgers.signed(statement), MediaType.json)
        case .text: .bytes(statement.text.utf8, "text/plain; charset=utf-8")
        case .csv: .bytes(statement.csv.utf8, "text/csv; charset=utf-8")
        }
    }
}
