import Exchange
import Node

/// Destinations as operators see them.
private struct AdminDestinationList: Encodable {
    struct Row: Encodable {
        let id, kind, url, member, principal, state, circuit, delivered: String
        let dead_letters: Int
        let fault: String?
    }

    let destinations: [Row]
    /// The `after` of the next page; nil on the last.
    let next: String?

    init(_ page: Listed<Administration.OwnedDestination>, _ directory: Directory) {
        destinations = page.shown.map { owned in
            let delivery = owned.destination.delivery
            let (state, fault) = delivery.words
            return Row(
                id: owned.destination.id.text,
                kind: owned.destination.address.kind.rawValue,
                url: owned.destination.address.text,
                member: directory.members[owned.principal.member]?.name.text ?? "",
                principal: owned.principal.name.text,
                state: state,
                circuit: owned.circuit.rawValue,
                delivered: delivery.cursor.text,
                dead_letters: owned.deadLetterCount,
                fault: fault
            )
        }
        next = page.last.map { String($0.destination.number) }
    }
}

extension Delivery {
    /// What it does now, and why, as operators are told.
    var words: (state: String, fault: String?) {
        switch phase {
        case .flowing: ("flowing", nil)
        case .retrying(_, _, _, let cause): ("retrying", cause.description)
        case .awaiting: ("awaiting", nil)
        case .paused(let pause, _): ("paused", pause.rawValue)
        }
    }
}

/// What an operator may have a destination be.
private enum WantedState: String, CaseIterable {
    case flowing, paused
}

extension AdminServer {
    func destinations(_ call: AdminCall, _ request: Request) async throws -> Response {
        switch (call.method, call.name, call.rest.isEmpty) {
        case ("GET", nil, true):
            let page = try await node.administration.destinations(after: try request.after(), upTo: Paging.askedMax)
            return .json(AdminDestinationList(Listed(page), node.administration.directory), MediaType.json)
        case ("PATCH", let id?, true):
            var fields = try BodyFields(call.bytes)
            let state: WantedState = try BodyFields.needed("state", try fields.code("state"))
            try fields.finish()
            try await node.administration.changeDestination(id, state == .paused ? .pause : .resume)
            return .done
        case ("DELETE", let id?, true):
            try await node.administration.changeDestination(id, .remove)
            return .done
        default: throw HTTPFault.absent
        }
    }
}
