import Exchange
import Node

/// Members' watch lists as operators see them: how many there are.
private struct AdminWatchLists: Encodable {
    struct Row: Encodable {
        let member: String
        let lists, rows: Int
    }

    let members: [Row]
}

extension AdminServer {
    func watchLists(_ call: AdminCall) async throws -> Response {
        guard call.method == "GET", call.name == nil, call.rest.isEmpty else { throw HTTPFault.absent }
        let members = try await node.watch.counts().map { member, lists, rows in
            AdminWatchLists.Row(member: member.text, lists: lists, rows: rows)
        }
        return .json(AdminWatchLists(members: members), MediaType.json)
    }
}
