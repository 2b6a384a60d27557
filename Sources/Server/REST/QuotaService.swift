import Exchange
import NIOHTTP1
import Node

/// What the caller's ownership group may take, and what is left of it: `/v1/quotas`.
struct QuotaService: Sendable {
    static let routes = RouteTable([["quotas"]: [.GET]])

    let node: Node

    private struct Listing: Encodable {
        let tier: String?
        let quotas: [QuotaResource]
        /// How far back advisories are told of in screenings.
        let since: String?
        /// Up to when what was released is given to the caller, where its tier puts off what came later.
        let until: String?
    }

    func answer(_ session: Session) async throws -> Response {
        let share = try await node.quotas.share(of: session)
        return .json(
            Listing(
                tier: share?.allowances.first?.tier.code,
                quotas: (share?.allowances ?? []).map(QuotaResource.init),
                since: share?.history.text,
                until: share?.given?.text
            ),
            MediaType.json
        )
    }
}
