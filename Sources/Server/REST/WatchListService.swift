import Exchange
import Foundation
import NIOHTTP1
import Node
import Screening
import Store

/// `/v1/watch-lists`: whom a member wants to be told of (docs/SCREENING.md).
struct WatchListService: Sendable {
    static let routes = RouteTable([
        ["watch-lists"]: [.GET], ["watch-lists", RouteTable.name]: [.GET, .POST, .DELETE],
        ["watch-lists", RouteTable.name, "rows"]: [.DELETE], ["watch-lists", RouteTable.name, "hits"]: [.GET],
    ])

    static let parameters: [[String]: Set<String>] = [
        ["watch-lists", RouteTable.name, "rows"]: ["id"], ["watch-lists", RouteTable.name, "hits"]: ["before"],
    ]

    let node: Node

    func answer(_ request: Request, _ parts: [String], _ session: Session) async throws -> Response {
        guard parts.count > 1 else { return try await list(session) }
        guard let name = Name(parts[1]) else {
            // What is no name names none.
            guard request.method == .POST, parts.count == 2 else { throw HTTPFault.absent }
            throw AdvisoryFault.invalid(
                field: "name",
                rule: "must be 1 to \(Name.charactersMax) of a-z, 0-9 and -, with no - at an end: a list's name"
            )
        }
        switch (parts.count > 2 ? parts[2] : nil, request.method) {
        case ("rows", _): return try await removeRow(request, name, session)
        case ("hits", _): return try await hits(request, name, session)
        case (_, .POST): return try await upload(request, name, session)
        case (_, .DELETE):
            try await node.watch.remove(name, by: session)
            return .done
        default: return .json(WatchListResource(try await node.watch.list(name, for: session)), MediaType.json)
        }
    }

    private func list(_ session: Session) async throws -> Response {
        let lists = try await node.watch.lists(for: session)
        return .json(WatchLists(watch_lists: lists.map(WatchListResource.init)), MediaType.json)
    }

    private func upload(_ request: Request, _ name: Name, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let rows = try UploadedRows(try fields.nested("rows"))
        let upload = try fields.text("upload") ?? node.surroundings.uuid().text
        guard (1...Self.uploadCharactersMax).contains(upload.utf8.count), upload.utf8.allSatisfy(\.isOfToken) else {
            throw AdvisoryFault.invalid(
                field: "upload",
                rule: "must be 1 to \(Self.uploadCharactersMax) of the characters A-Z, a-z, 0-9, - and _"
            )
        }
        let removes = try fields.flag("replace") ?? false
        try fields.finish()
        let brought = WatchDesk.Upload(upload, rows.rows, refused: rows.refused, others: removes ? .removed : .kept)
        let uploaded = try await node.watch.upload(brought, to: name, by: session)
        return .json(UploadResource(uploaded), MediaType.json)
    }

    /// Characters that name an upload.
    static let uploadCharactersMax = 64

    private func removeRow(_ request: Request, _ name: Name, _ session: Session) async throws -> Response {
        try request.check(parameters: ["id"])
        guard let id = request.parameter("id") else {
            throw AdvisoryFault.invalid(field: "id", rule: "is needed: what you call the row")
        }
        try await node.watch.remove(id, from: name, by: session)
        return .done
    }

    private func hits(_ request: Request, _ name: Name, _ session: Session) async throws -> Response {
        let before = Tick(microseconds: try request.before())
        // Nobody would hold a receipt of what even the length tells.
        if request.method == .HEAD { return .bytes([], MediaType.json) }
        let told = try await node.watch.hits(of: name, before: before, upTo: Paging.askedMax, for: session)
        let page = Listed(told)
        return .json(
            written: WatchHits(
                hits: page.shown.map { WatchHitResource($0, session.directory) },
                next: page.last.map { String($0.tick.microseconds) }
            ),
            MediaType.json
        )
    }
}

/// The rows of a body: each fits, or is refused by itself.
private struct UploadedRows {
    private(set) var rows: [Int: WatchedRow] = [:]
    private(set) var refused: [WatchDesk.Refusal] = []

    init(_ value: JSON.Value) throws(AdvisoryFault) {
        guard value.kind == .array, value.elements.count <= WatchDesk.uploadRowsMax else {
            throw .invalid(
                field: "rows",
                rule: #"must be a list of at most \#(WatchDesk.uploadRowsMax): {"id", "schema", "properties"}"#
            )
        }
        for (place, element) in value.elements.enumerated() {
            let id = element["id"]?.string
            do throws(AdvisoryFault) {
                let record = try AskedQueries.record(id ?? "", element, "row")
                guard let id else { throw .invalid(field: "row.id", rule: "is needed: what you call the row") }
                rows[place] = WatchedRow(reference: id, record: record)
            } catch {
                guard case .invalid(let field, let rule) = error else { throw error }
                let inside = field.split(separator: ".").dropFirst().joined(separator: ".")
                refused.append(
                    WatchDesk.Refusal(place: place, reference: id, field: inside.isEmpty ? "row" : inside, rule: rule)
                )
            }
        }
    }
}

extension UInt8 {
    fileprivate var isOfToken: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// A member's watch lists.
struct WatchLists: Encodable {
    let watch_lists: [WatchListResource]
}

/// A watch list.
struct WatchListResource: Encodable {
    let name, changed: String
    let rows, matched: Int

    init(_ sight: WatchDesk.Sight) {
        name = sight.list.name.text
        changed = sight.list.changed.time.text
        (rows, matched) = (sight.rows, sight.matched)
    }
}

/// What came of one call of an upload.
struct UploadResource: Encodable {
    let name: String
    let added, changed, same, removed: Int
    let refused: [Refused]

    struct Refused: Encodable {
        let place: Int
        let id: String?
        let field, rule: String
    }

    init(_ uploaded: WatchDesk.Uploaded) {
        name = uploaded.list.name.text
        (added, changed, same) = (uploaded.added, uploaded.changed, uploaded.same)
        removed = uploaded.removed
        refused = uploaded.refused.map {
            Refused(place: $0.place, id: $0.reference, field: $0.field, rule: $0.rule)
        }
    }
}

/// A page of hits.
struct WatchHits: JSONWritable {
    let hits: [WatchHitResource]
    let next: String?

    func write(to json: inout JSONBytes) {
        json.object {
            $0.member("hits", hits)
            $0.member("next", next)
        }
    }
}

/// A row of a watch list and who is like it.
struct WatchHitResource: JSONWritable {
    let id, told: String
    let query: QueryResource
    /// Who is known; nil where what told of it was recalled.
    let hit: MatchResource?
    let recalled: Recalled?

    struct Recalled: Encodable {
        let report, time: String
    }

    init(_ told: WatchDesk.Told, _ directory: Directory) {
        id = told.row.reference
        self.told = told.tick.time.text
        query = QueryResource(schema: told.row.record.schema, properties: told.row.record.properties)
        switch told.standing {
        case .known(let found):
            var question = ScreeningDesk.Question()
            question.threshold = WatchDesk.threshold
            hit = MatchResource(found, question, directory)
            recalled = nil
        case .recalled(let report, let time):
            hit = nil
            recalled = Recalled(report: report, time: time.text)
        }
    }

    func write(to json: inout JSONBytes) {
        json.object {
            $0.member("hit", hit)
            $0.member("id", id)
            $0.member("query", query)
            $0.member("recalled", encoded: recalled)
            $0.member("told", told)
        }
    }
}
