import Exchange
import Foundation
import NIOHTTP1
import Node
import Store

/// `/v1/cleared-pairs`: pairs that the caller's member found to be two.
struct ClearedPairService: Sendable {
    static let routes = RouteTable([
        ["cleared-pairs"]: [.GET, .POST], ["cleared-pairs", RouteTable.name]: [.DELETE],
    ])

    let node: Node

    func answer(_ request: Request, _ parts: [String], _ session: Session) async throws -> Response {
        guard parts.count == 1 else {
            guard let id = UUID(uuidString: parts[1]) else { throw HTTPFault.absent }
            try await node.screening.reopen(id, by: session)
            return .done
        }
        return request.method == .POST ? try await clear(request, session) : try await list(request, session)
    }

    private func clear(_ request: Request, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let object = try BodyFields.needed("object", try fields.text("object"))
        let reason = try BodyFields.needed("reason", try fields.text("reason"))
        let query = try AskedQueries.record("query", fields.nested("query"), "query")
        try fields.finish()
        let made = try await node.screening.clear(query, from: object, because: reason, by: session)
        return .json(ClearedPairResource(made, session.directory), status: .created, MediaType.json)
    }

    private func list(_ request: Request, _ session: Session) async throws -> Response {
        let found = try await node.screening.clearedPairs(
            before: try request.before(),
            upTo: Paging.askedMax,
            for: session
        )
        let page = Listed(found)
        return .json(
            ClearedPairList(
                cleared_pairs: page.shown.map { ClearedPairResource($0, session.directory) },
                next: page.last.map { String($0.number.microseconds) }
            ),
            MediaType.json
        )
    }
}

/// A page of cleared pairs.
struct ClearedPairList: Encodable {
    let cleared_pairs: [ClearedPairResource]
    let next: String?
}

/// A cleared pair.
struct ClearedPairResource: Encodable {
    let id, object, reason, by, time: String

    init(_ pair: ClearedPair, _ directory: Directory) {
        id = pair.id.text
        object = pair.object
        reason = pair.reason
        by = directory.principal(numbered: pair.principal)?.name.text ?? ""
        time = pair.number.time.text
    }
}
