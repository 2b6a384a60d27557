import Exchange
import Foundation
import NIOHTTP1
import Node
import Screening
import Store

/// What advisories have in common, as far as the caller may see them: `/v1/links`, `/v1/clusters`, `/v1/network`,
/// `/v1/judgements`, `/v1/notices`.
struct CrossReferenceService: Sendable {
    static let routes = RouteTable([
        ["links"]: [.GET], ["clusters"]: [.GET], ["network"]: [.GET], ["notices"]: [.GET],
        ["judgements"]: [.GET, .POST], ["judgements", RouteTable.name, "withdraw"]: [.POST],
    ])

    /// The query parameters of the calls.
    static let parameters: [[String]: Set<String>] = [
        ["links"]: ["advisory", "type", "after"], ["clusters"]: ["after"], ["judgements"]: ["before"],
        ["network"]: ["advisory", "subject", "steps", "form"],
    ]

    /// The forms in which a network is given.
    private enum Form: String, CaseIterable {
        case json, text, graphml, svg
    }

    let node: Node

    func answer(_ request: Request, _ parts: [String], _ session: Session) async throws -> Response {
        // Even how long the answer is would tell, and nobody would hold a receipt of it.
        if request.method == .HEAD { return .bytes([], MediaType.json) }
        return switch parts[0] {
        case "links": try await links(request, session)
        case "clusters": try await clusters(request, session)
        case "network": try await network(request, session)
        case "notices": try await notices(session)
        default:
            if parts.count > 1 {
                try await withdraw(parts[1], request, session)
            } else if request.method == .POST {
                try await judge(request, session)
            } else {
                try await judgements(request, session)
            }
        }
    }

    private func links(_ request: Request, _ session: Session) async throws -> Response {
        let type: LinkType? = try request.parameter("type").map { try Self.word($0, "type") }
        let start = Int(try request.after())
        let page = try await node.references.links(
            of: request.parameter("advisory"),
            type,
            from: start,
            upTo: Paging.shownMax,
            for: session
        )
        let links = LinkList(
            links: page.shown.map(LinkResource.init),
            count: page.count,
            next: Self.next(after: start, page)
        )
        return .json(links, MediaType.json)
    }

    private func clusters(_ request: Request, _ session: Session) async throws -> Response {
        let start = Int(try request.after())
        let page = try await node.references.clusters(from: start, upTo: Paging.shownMax, for: session)
        let clusters = ClusterList(
            clusters: page.shown.map(ClusterResource.init),
            count: page.count,
            next: Self.next(after: start, page)
        )
        return .json(clusters, MediaType.json)
    }

    private static func next<Element>(after start: Int, _ page: CrossReferenceDesk.Page<Element>) -> String? {
        let end = start + page.shown.count
        return page.shown.isEmpty || end >= page.reachable ? nil : String(end)
    }

    private func network(_ request: Request, _ session: Session) async throws -> Response {
        let center: CrossReferenceDesk.Center
        switch (request.parameter("advisory"), request.parameter("subject")) {
        case (let advisory?, nil): center = .advisory(advisory)
        case (nil, let subject?): center = .subject(subject)
        case (nil, nil), (_?, _?):
            throw AdvisoryFault.invalid(field: "advisory", rule: "is needed, or subject: one of the two")
        }
        let form: Form = try Self.word(request.parameter("form") ?? Form.json.rawValue, "form")
        guard let steps = Int(request.parameter("steps") ?? "2") else {
            throw AdvisoryFault.invalid(field: "steps", rule: "must be a whole number")
        }
        let (network, measures) = try await node.references.network(around: center, steps: steps, for: session)
        return switch form {
        case .json: .json(NetworkResource(network, measures), MediaType.json)
        case .text: .bytes(network.table(measures).utf8, "text/plain; charset=utf-8")
        case .graphml: .bytes(network.graphML(measures).utf8, "application/graphml+xml")
        case .svg: .bytes(network.svg(measures).utf8, "image/svg+xml")
        }
    }

    private static func word<Word: RawRepresentable<String> & CaseIterable>(_ text: String, _ field: String) throws
        -> Word
    {
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw AdvisoryFault.invalid(field: field, rule: "must be one of \(known)")
        }
        return word
    }

    // MARK: Judgements

    private func judge(_ request: Request, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let text = try BodyFields.needed("verdict", try fields.text("verdict"))
        let objects = try fields.texts("objects") ?? []
        let reason = try BodyFields.needed("reason", try fields.text("reason"))
        try fields.finish()
        guard objects.count == 2 else {
            throw AdvisoryFault.invalid(field: "objects", rule: "must be two: the STIX ids of the subjects")
        }
        let made = try await node.references.judge(
            objects[0],
            objects[1],
            are: try Self.word(text, "verdict"),
            because: reason,
            by: session
        )
        return .json(JudgementResource(made), status: .created, MediaType.json)
    }

    private func judgements(_ request: Request, _ session: Session) async throws -> Response {
        let found = try await node.references.judgements(
            before: try request.before(),
            upTo: Paging.askedMax,
            for: session
        )
        let page = Listed(found)
        let list = JudgementList(
            judgements: page.shown.map(JudgementResource.init),
            next: page.last.map { String($0.row.number.microseconds) }
        )
        return .json(list, MediaType.json)
    }

    private func withdraw(_ text: String, _ request: Request, _ session: Session) async throws -> Response {
        try await request.fields().finish()
        guard let id = UUID(uuidString: text) else { throw HTTPFault.absent }
        try await node.references.withdraw(judgement: id, by: session)
        return .done
    }

    private func notices(_ session: Session) async throws -> Response {
        let notices = try await node.notices.notices(for: session)
        return .json(NoticeList(notices: notices.map(NoticeResource.init)), MediaType.json)
    }
}
