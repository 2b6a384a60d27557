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
        MemberService.routes,
        StatementService.routes,
        QuotaService.routes,
        ScreeningService.routes,
        ClearedPairService.routes,
        WatchListService.routes,
        RequirementService.routes,
        CrossReferenceService.routes,
        EntitlementService.routes,
        AdvisoryService.routes
    )

    /// The query parameters of the calls that have any.
    static let parameters: [[String]: Set<String>] = [
        ["advisories"]: ["before", "state"], ["advisories", RouteTable.name, "receipts"]: ["after"],
        ["advisories", RouteTable.name, "explain"]: ["member", "purpose", "principal"], ["consents"]: ["before"],
        ["recalls"]: ["after"], ["reliances"]: ["report", "after"], ["reports"]: ["before"], ["owed"]: ["after"],
        ["requests"]: ["before"],
        ["feedback"]: ["advisory", "after"], ["contributions"]: ["after"], ["events"]: ["after"],
        ["pending"]: ["after"], ["destinations", RouteTable.name, "dead-letters"]: ["after"], ["members"]: ["pool"],
        ["statement"]: ["authority", "epochs", "form"], ["terms"]: ["authority"],
        ["match"]: ScreeningService.parameters,
        ["cleared-pairs"]: ["before"], ["requirements"]: ["before"], ["entitlements"]: ["before"],
        ["search"]: ScreeningService.parameters.union(["q", "schema"]),
    ].merging(CrossReferenceService.parameters) { own, _ in own }
        .merging(WatchListService.parameters) { own, _ in own }

    /// Whether a path is the service's.
    static func has(_ path: Substring) -> Bool { path == "/v1" || path.hasPrefix("/v1/") }

    private let events: EventService
    private let approvals: ApprovalService
    private let reports: ReportService
    private let forces: TaskForceService
    private let destinations: DestinationService
    private let members: MemberService
    private let statements: StatementService
    private let quotas: QuotaService
    private let screenings: ScreeningService
    private let clearedPairs: ClearedPairService
    private let watchLists: WatchListService
    private let requirements: RequirementService
    private let references: CrossReferenceService
    private let entitlements: EntitlementService
    private let advisories: AdvisoryService

    init(node: Node) {
        events = EventService(node: node)
        approvals = ApprovalService(node: node)
        reports = ReportService(node: node)
        forces = TaskForceService(node: node)
        destinations = DestinationService(node: node)
        members = MemberService(node: node)
        statements = StatementService(node: node)
        quotas = QuotaService(node: node)
        screenings = ScreeningService(node: node)
        clearedPairs = ClearedPairService(node: node)
        watchLists = WatchListService(node: node)
        requirements = RequirementService(node: node)
        references = CrossReferenceService(node: node)
        entitlements = EntitlementService(node: node)
        advisories = AdvisoryService(node: node)
    }

    /// - Parameter parts: the words of the path behind `/v1/`.
    func answer(_ request: Request, _ parts: [String], _ session: Session) async throws -> Response {
        try Self.routes.admit(request, parts)
        if [.GET, .HEAD].contains(request.method) || parts == ["match"] {
            try request.check(
                parameters: Self.parameters[RouteTable.words(parts)] ?? [],
                lists: ScreeningService.listParameters
            )
        }
        return switch parts.first {
        case "events": try events.answer(request, session)
        case "pending": try await approvals.answer(request, parts, session)
        case "reports", "owed", "requests", "feedback", "observations", "confirmations":
            try await reports.answer(request, parts, session)
        case "task-forces", "contributions": try await forces.answer(request, parts, session)
        case "members": try members.answer(request, session)
        case "statement": try await statements.answer(request, session)
        case "lines": try await statements.lines(session)
        case "terms": try await statements.terms(request, session)
        case "quotas": try await quotas.answer(session)
        case "match", "search": try await screenings.answer(request, parts, session)
        case "cleared-pairs": try await clearedPairs.answer(request, parts, session)
        case "watch-lists": try await watchLists.answer(request, parts, session)
        case "requirements": try await requirements.answer(request, parts, session)
        case "links", "clusters", "network", "judgements", "notices":
            try await references.answer(request, parts, session)
        case "entitlements", "keys": try await entitlements.answer(request, parts, session)
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
        guard let methods = methods[Self.words(parts)] else { throw Self.noCall }
        try request.allow(methods)
    }

    /// The words of a path, as a table has them.
    static func words(_ parts: [String]) -> [String] {
        parts.enumerated().map { $0.offset == 1 ? name : $0.element }
    }
}
