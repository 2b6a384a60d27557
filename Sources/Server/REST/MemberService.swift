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
        /// Of the caller's own member: its logins, and the identities that a TLP:RED advisory is addressed to.
        let principals: [Acting]?

        init(_ member: Member, _ session: Session) {
            name = member.name.text
            id = member.id.text
            identity = member.identity.text
            kind = member.kind.rawValue
            jurisdiction = member.jurisdiction
            let isOwn = member.id == session.member.id
            let own = session.directory.principals.values.filter { isOwn && $0.member == member.id }
            principals = isOwn ? own.sorted { $0.name < $1.name }.map(Acting.init) : nil
        }
    }

    private struct Acting: Encodable {
        let login, identity: String

        init(_ principal: Principal) {
            login = principal.name.text
            identity = principal.identity.text
        }
    }

    func answer(_ request: Request, _ session: Session) throws -> Response {
        let members = try node.advisories.addressees(in: request.parameter("pool"), for: session)
        return .json(Listing(members: members.map { Known($0, session) }), MediaType.json)
    }
}
