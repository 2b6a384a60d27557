import Exchange
import NIOHTTP1
import Node

/// `/v1/entitlements`, and `/v1/keys`, by which a token is verified off line (docs/RECIPROCITY.md).
struct EntitlementService: Sendable {
    static let routes: RouteTable = {
        var methods: [[String]: [HTTPMethod]] = [
            ["entitlements"]: [.GET, .POST], ["entitlements", RouteTable.name]: [.GET], ["keys"]: [.GET],
        ]
        for verb in EntitlementVerb.allCases {
            methods[["entitlements", RouteTable.name, verb.rawValue]] = [.POST]
        }
        return RouteTable(methods)
    }()

    let node: Node

    private var desk: EntitlementDesk { node.entitlements }

    func answer(_ request: Request, _ parts: [String], _ session: Session) async throws -> Response {
        switch (parts.first, parts.count) {
        case ("keys", 1): return .bytes(try await desk.keys().file, MediaType.json)
        case ("entitlements", 1) where request.method == .POST: return try await reserve(request, session)
        case ("entitlements", 1): return try await list(request, session)
        case ("entitlements", 2):
            return .json(
                EntitlementResource(try await desk.entitlement(try id(parts[1]), for: session)),
                MediaType.json
            )
        case ("entitlements", 3):
            guard let verb = EntitlementVerb(rawValue: parts[2]) else { throw HTTPFault.absent }
            return .json(
                EntitlementResource(try await act(verb, on: try id(parts[1]), request, session)),
                MediaType.json
            )
        default: throw HTTPFault.absent
        }
    }

    private func list(_ request: Request, _ session: Session) async throws -> Response {
        let page = Listed(
            try await desk.entitlements(for: session, before: try request.before(), upTo: Paging.askedMax)
        )
        let list = EntitlementList(
            entitlements: page.shown.map { EntitlementResource($0.held) },
            next: page.last.map { String($0.number) }
        )
        return .json(list, MediaType.json)
    }

    private func reserve(_ request: Request, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let office = try BodyFields.needed("office", try fields.name("office"))
        let kind = try BodyFields.needed("kind", try fields.code("kind", Entitlement.Kind.self))
        let consignment = try fields.consignment()
        try fields.finish()
        let call = try node.call(request, fields, by: session)
        let held = try await desk.reserve(at: office, for: consignment, kind, by: session, as: call)
        var response = Response.json(EntitlementResource(held), status: .created, MediaType.json)
        response.headers.add(name: "Location", value: "/v1/entitlements/\(held.entitlement.id.text)")
        return response
    }

    private func act(
        _ verb: EntitlementVerb,
        on id: ID<Entitlement>,
        _ request: Request,
        _ session: Session
    ) async throws -> HeldEntitlement {
        var fields = try await request.fields()
        switch verb {
        case .release:
            try fields.finish()
            return try await desk.release(id, by: session, as: try node.call(request, fields, by: session))
        case .redeem:
            let token = try fields.longText("token")
            let consignment = try fields.consignment()
            try fields.finish()
            let call = try node.call(request, fields, by: session)
            return try await desk.redeem(id, for: consignment, token: token, by: session, as: call)
        case .void:
            let words = try BodyFields.needed("reason", try fields.longText("reason"))
            let reason = try Self.allowed { () throws(ContentFault) in try VoidReason(words) }
            try fields.finish()
            let call = try node.call(request, fields, by: session)
            return try await desk.void(id, because: reason, by: session, as: call)
        }
    }

    fileprivate static func allowed<Value>(_ read: () throws(ContentFault) -> Value) throws(AdvisoryFault) -> Value {
        do throws(ContentFault) {
            return try read()
        } catch {
            throw .invalid(field: error.field, rule: ContentFault("", error.rule).description)
        }
    }

    /// What has the form of no id is nothing that there is.
    private func id(_ text: String) throws(HTTPFault) -> ID<Entitlement> {
        guard let id = ID<Entitlement>(parsing: text) else { throw .absent }
        return id
    }
}

/// What is done to an entitlement, by the last word of its path.
private enum EntitlementVerb: String, CaseIterable {
    case release, redeem, void
}

extension BodyFields {
    /// What the papers of a consignment say.
    fileprivate mutating func consignment() throws -> Consignment {
        let number = try Self.needed("consignment", try text("consignment"))
        let (parties, containers) = (try texts("parties") ?? [], try texts("containers") ?? [])
        return try EntitlementService.allowed { () throws(ContentFault) in
            try Consignment(number, parties: parties, containers: containers)
        }
    }
}

private struct EntitlementList: Encodable {
    let entitlements: [EntitlementResource]
    /// The `before` of the next page; nil on the last.
    let next: String?
}

/// An entitlement as one of its two sides sees it.
private struct EntitlementResource: Encodable {
    struct Reservation: Encodable {
        let consignment, kind, until: String
    }

    let id, office, group, state, issued, expires: String
    let reservation: Reservation?
    let redeemed, reason, token: String?

    init(_ held: HeldEntitlement) {
        let entitlement = held.entitlement
        func time(_ day: Int) -> String { held.days.start(of: day).text }
        id = entitlement.id.text
        office = entitlement.office.text
        group = entitlement.group.text
        state = entitlement.state.part.rawValue
        issued = time(entitlement.issued)
        expires = time(entitlement.expires)
        reservation = entitlement.reservation.map {
            Reservation(consignment: $0.consignment, kind: $0.kind.rawValue, until: time($0.until))
        }
        switch entitlement.state {
        case .redeemed(_, let day): redeemed = time(day)
        case .available, .reserved, .expired, .void, .withdrawn: redeemed = nil
        }
        reason = held.reason
        token = held.token
    }
}
