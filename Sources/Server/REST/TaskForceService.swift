import Exchange
import NIOCore
import NIOHTTP1
import Node
import Store

/// `/v1/task-forces` and `/v1/contributions` (docs/TASK-FORCES.md).
struct TaskForceService: Sendable {
    static let routes = RouteTable([
        ["task-forces", RouteTable.name]: [.GET], ["task-forces", RouteTable.name, "release"]: [.POST],
        ["task-forces", RouteTable.name, "choose"]: [.POST], ["contributions"]: [.GET],
        ["contributions", RouteTable.name, "received"]: [.POST],
    ])

    let node: Node

    private var desk: TaskForceDesk { node.forces }

    func answer(_ request: Request, _ parts: [String], _ session: Session) async throws -> Response {
        switch (parts.first, parts.count) {
        case ("task-forces", 2):
            let view = try await desk.view(parts[1], for: session)
            return .json(TaskForceResource(view, session.directory), MediaType.json)
        case ("task-forces", 3) where parts[2] == "release": return try await release(request, parts[1], session)
        case ("task-forces", 3): return try await choose(request, parts[1], session)
        case ("contributions", 1): return try await contributions(request, session)
        case ("contributions", 3):
            try await request.fields().finish()
            // What is no id is of nothing that was returned.
            guard let object = try? STIXID(parsing: parts[1]) else { throw HTTPFault.absent }
            try await desk.received(object, by: session)
            return .done
        default: throw HTTPFault.absent
        }
    }

    private func release(_ request: Request, _ name: String, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let member = try BodyFields.needed("member", try fields.text("member"))
        let (advisory, isAll) = (try fields.text("advisory"), try fields.flag("history") ?? false)
        try fields.finish()
        let past: TaskForceDesk.Past
        switch (advisory, isAll) {
        case (nil, true): past = .all
        case (let text?, false):
            guard let name = AdvisoryName(text) else {
                throw HTTPFault.malformed("advisory", "must be the id or the reference of an advisory")
            }
            past = .advisory(name)
        case (nil, false), (.some, true):
            throw HTTPFault.malformed("advisory", "give either an advisory, or \"history\": true for all of it")
        }
        try await desk.release(past, of: name, to: member, by: session)
        return .done
    }

    private func choose(_ request: Request, _ name: String, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let disposal = try BodyFields.needed("disposal", try fields.code("disposal", Disposal.self))
        var contribution = TaskForceDesk.Contribution.all
        if let text = try fields.text("contribution") {
            guard let named = TaskForceDesk.Contribution(text) else {
                throw HTTPFault.malformed("contribution", "must be the id or reference of an advisory, or a STIX id")
            }
            contribution = named
        }
        try fields.finish()
        try await desk.choose(disposal, for: contribution, to: name, by: session)
        return .done
    }

    private func contributions(_ request: Request, _ session: Session) async throws -> Response {
        let after = Tick(microseconds: try request.after())
        let (objects, more) = try await desk.kept(for: session, after: after)
        var text = ByteBuffer(string: "{\"contributions\":[")
        for (place, object) in objects.enumerated() {
            let word = object.isReturned ? Disposal.giveBack : .keep
            text.writeString(
                "\(place == 0 ? "" : ",")"
                    + "{\"date_added\":\"\(object.tick.text)\",\"disposal\":\"\(word.rawValue)\",\"object\":"
            )
            text.writeBytes(object.bytes)
            text.writeString("}")
        }
        text.writeString("]")
        if more, let last = objects.last { text.writeString(",\"next\":\"\(last.tick.microseconds)\"") }
        text.writeString("}")
        return Response(.ok, MediaType.json, text)
    }
}

/// A task force as one of its members sees it.
private struct TaskForceResource: Encodable {
    struct Participant: Encodable {
        let member: String
        let cohort: Int
        let released: [String]
    }

    struct Choice: Encodable {
        let contribution: String?
        let disposal: Disposal
    }

    let pool, title, lead, ends: String
    let closing: Disposal
    let members: [Participant]?
    let choices: [Choice]

    init(_ view: TaskForceDesk.View, _ directory: Directory) {
        pool = view.pool.name.text
        title = view.pool.terms.title
        lead = directory.members[view.force.lead]?.name.text ?? ""
        ends = view.ends.text
        closing = view.force.closing
        members = view.members?.map { member, joining in
            Participant(
                member: member.name.text,
                cohort: joining.cohort,
                released: joining.released.sorted().map(\.text)
            )
        }
        choices = view.choices.sorted { $0.key < $1.key }
            .map { Choice(contribution: $0.key.isEmpty ? nil : $0.key, disposal: $0.value) }
    }
}
