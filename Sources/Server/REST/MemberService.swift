import Exchange
import NIOHTTP1
import Node

/// Which members the caller may address: `/v1/members`.
struct MemberService: Sendable {
    static let routes = RouteTable([["members"]: [.GET]])

    let node: Node

    private struct Listing: Encodable {
        let members: [Known]
    }

    private struct Known: Encodable {
        let name, id, identity, kind, jurisdiction: String

        init(_ member: Member) {
            name = member.name.text
            id = member.id.text
            identity = member.identity.text
            kind = member.kind.rawValue
            jurisdiction = member.jurisdiction
        }
    }

    func answer(_ request: Request, _ session: Session) throws -> Response {
        let members = try node.advisories.addressees(in: request.parameter("pool"), for: session)
        return .json(Listing(members: members.map(Known.init)), MediaType.json)
    }
}
