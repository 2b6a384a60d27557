import Exchange
import NIOHTTP1
import Node
import Store

/// `/v1/requirements`: what authorities want to know.
struct RequirementService: Sendable {
    static let routes = RouteTable([
        ["requirements"]: [.GET, .POST], ["requirements", RouteTable.name]: [.DELETE],
    ])

    let node: Node

    func answer(_ request: Request, _ parts: [String], _ session: Session) async throws -> Response {
        guard parts.count == 1 else {
            guard let name = Name(parts[1]) else { throw HTTPFault.absent }
            try await node.ledgers.withdraw(name, by: session)
            return .done
        }
        return request.method == .POST ? try await publish(request, session) : try await list(request, session)
    }

    private func publish(_ request: Request, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let wanted = Wanted(
            try BodyFields.needed("name", try fields.name("name")),
            about: try BodyFields.needed("about", try fields.text("about")),
            categories: try fields.codes("categories", "must be codes of categories, as TBM or TRF-DRG"),
            kinds: try fields.codes(
                "kinds",
                "must be of \(SubjectKind.allCases.map(\.rawValue).joined(separator: ", "))"
            ),
            until: try BodyFields.needed("until", try fields.time("until"))
        )
        try fields.finish()
        let made = try await node.ledgers.require(wanted, by: session)
        return .json(RequirementResource(made, session.directory), status: .created, MediaType.json)
    }

    private func list(_ request: Request, _ session: Session) async throws -> Response {
        let found = try await node.ledgers.requirements(
            before: try request.before(),
            upTo: Paging.askedMax,
            for: session
        )
        let page = Listed(found)
        return .json(
            RequirementList(
                requirements: page.shown.map { RequirementResource($0, session.directory) },
                next: page.last.map { String($0.number.microseconds) }
            ),
            MediaType.json
        )
    }
}

extension BodyFields {
    /// A list of codes; none where the field is not there.
    fileprivate mutating func codes<Code: RawRepresentable<String>>(
        _ field: String,
        _ rule: String
    ) throws -> [Code] {
        let texts = try texts(field) ?? []
        return try texts.map { text in
            guard let code = Code(rawValue: text) else { throw AdministrationFault.invalid(field: field, rule: rule) }
            return code
        }
    }
}

/// A page of requirements.
struct RequirementList: Encodable {
    let requirements: [RequirementResource]
    let next: String?
}

/// What an authority wants to know.
struct RequirementResource: Encodable {
    let authority, name, about: String
    let categories, kinds: [String]
    let published, until: String

    init(_ row: RequirementRow, _ directory: Directory) {
        authority = directory.member(numbered: row.member)?.name.text ?? ""
        name = row.name.text
        about = row.about
        categories = row.categories.map(\.rawValue)
        kinds = row.kinds.map(\.rawValue)
        published = row.number.time.text
        until = row.until.text
    }
}
