import NIOHTTP1
import Node

/// `/v1`: its services, and the one table of the calls that there are.
struct RESTService: Sendable {
    /// Every call; what it has not, no service is asked.
    static let routes = RouteTable(
        EventService.routes,
        ApprovalService.routes,
        ReportService.routes,
        TaskForceService.routes,
        DestinationService.routes,
        AdvisoryService.routes
    )

    /// Whether a path is the service's.
    static func has(_ path: Substring) -> Bool { path == "/v1" || path.hasPrefix("/v1/") }

    private let events: EventService
    private let approvals: ApprovalService
    private let reports: ReportService
    private let forces: TaskForceService
    private let destinations: DestinationService
    private let advisories: AdvisoryService

    init(node: Node) {
        events = EventService(node: node)
        approvals = ApprovalService(node: node)
        reports = ReportService(node: node)
        forces = TaskForceService(node: node)
        destinations = DestinationService(node: node)
        advisories = AdvisoryService(node: node)
    }

    /// - Parameter parts: the words of the path behind `/v1/`.
    func answer(_ request: Request, _ parts: [String], _ session: Session) async throws -> Response {
        try Self.routes.admit(request, parts)
        return switch parts.first {
        case "events": try events.answer(request, session)
        case "pending": try await approvals.answer(request, parts, session)
        case "reports", "requests", "feedback", "observations", "confirmations":
            try await reports.answer(request, parts, session)
        case "task-forces", "contributions": try await forces.answer(request, parts, session)
        case "destinations": try await destinations.answer(request, parts, session)
        default: try await advisories.answer(request, parts, session)
        }
    }
}

/// What a service answers: paths by their words, `{id}` for the second, with their methods.
struct RouteTable: Sendable {
    static let name = "{id}"

    let methods: [[String]: [HTTPMethod]]

    init(_ methods: [[String]: [HTTPMethod]]) {
        self.methods = methods
    }

    /// All that some tables have; no two have the same path.
    init(_ tables: RouteTable...) {
        methods = tables.reduce(into: [:]) { all, table in
            all.merge(table.methods) { _, _ in preconditionFailure("two services have the same path") }
        }
    }

    /// Of what there never is, the document says what there is: that tells nobody anything.
    private static let noCall = HTTPFault(
        .notFound,
        "Not found",
        "There is no such call; GET \(OpenAPI.path) has those that there are."
    )

    /// Refuses a path that there is not, and a method that it has not; HEAD goes with GET.
    func admit(_ request: Request, _ parts: [String]) throws(HTTPFault) {
        let words = parts.enumerated().map { $0.offset == 1 ? Self.name : $0.element }
        guard let methods = methods[words] else { throw Self.noCall }
        try request.allow(methods)
    }
}
