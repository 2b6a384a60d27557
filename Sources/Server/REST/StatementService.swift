import Exchange
import NIOHTTP1
import Node

/// What the caller's ownership group gave, and what that came to by which terms: `/v1/statement`, `/v1/lines` and
/// `/v1/terms`.
struct StatementService: Sendable {
    static let routes = RouteTable([["statement"]: [.GET], ["lines"]: [.GET], ["terms"]: [.GET]])

    let node: Node

    /// The forms in which a statement is given.
    private enum Form: String, CaseIterable {
        case json, text, csv
    }

    /// What is owed for answers.
    private struct Lines: Encodable {
        struct Line: Encodable {
            let other: String
            let posted, asked, asking: Int64
        }

        let group: String
        let limit: Int64
        let lines: [Line]
        let askedOfPools: Int64
        let nets: String

        enum CodingKeys: String, CodingKey {
            case group, limit, lines, nets
            case askedOfPools = "asked_of_pools"
        }

        init(_ view: LinesView) {
            group = view.group.text
            limit = view.limit
            lines = view.lines.map {
                Line(other: $0.other.text, posted: $0.posted, asked: $0.asked, asking: $0.asking)
            }
            askedOfPools = view.askedOfPools
            nets = view.nets.text
        }
    }

    func lines(_ session: Session) async throws -> Response {
        .json(Lines(try await node.ledgers.lines(for: session)), MediaType.json)
    }

    func terms(_ request: Request, _ session: Session) async throws -> Response {
        .json(TermsResource(try await node.ledgers.terms(of: try Self.place(request), for: session)), MediaType.json)
    }

    /// Whose ledger is meant.
    private static func place(_ request: Request) throws(AdvisoryFault) -> Name {
        guard let name = request.parameter("authority").flatMap({ Name($0) }) else {
            throw .invalid(
                field: "authority",
                rule: "must be the name of an authority, see /v1/members, or of a pool that you read"
            )
        }
        return name
    }

    func answer(_ request: Request, _ session: Session) async throws -> Response {
        let name = try Self.place(request)
        let forms = Form.allCases.map(\.rawValue).joined(separator: ", ")
        guard let form = Form(rawValue: request.parameter("form") ?? Form.json.rawValue) else {
            throw AdvisoryFault.invalid(field: "form", rule: "must be one of \(forms)")
        }
        guard let epochs = Int(request.parameter("epochs") ?? "1") else {
            throw AdvisoryFault.invalid(field: "epochs", rule: "must be a whole number")
        }
        let statement = try await node.ledgers.statement(of: name, epochs: epochs, for: session)
        return switch form {
        case .json: .bytes(try await node.ledgers.signed(statement), MediaType.json)
        case .text: .bytes(statement.text.utf8, "text/plain; charset=utf-8")
        case .csv: .bytes(statement.csv.utf8, "text/csv; charset=utf-8")
        }
    }
}
