import Exchange
import Node

/// What happened that operators should know of.
private struct EventList: Encodable {
    struct Event: Encodable {
        let time, kind, member: String
        let advisory: String?
    }

    let events: [Event]
    /// The `before` of the next page; nil on the last.
    let next: String?

    init(_ page: Listed<Administration.Conflict>) {
        events = page.shown.map { conflict in
            Event(
                time: conflict.tick.text,
                kind: "conflict",
                member: conflict.member.name.text,
                advisory: conflict.reference
            )
        }
        next = page.last.map { String($0.tick.microseconds) }
    }
}

extension AdminServer {
    /// Security events, newest first: no name of a subject, and nothing of what an advisory says.
    func events(_ call: AdminCall, _ request: Request) async throws -> Response {
        guard call.method == "GET", call.name == nil else { throw HTTPFault.absent }
        let before = Tick(microseconds: try request.before())
        return .json(
            EventList(Listed(try await node.administration.conflicts(before: before, upTo: Paging.askedMax))),
            MediaType.json
        )
    }
}
