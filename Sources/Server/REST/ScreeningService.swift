import Exchange
import Foundation
import NIOHTTP1
import Node
import Screening

/// Whether those that a member asks about are known: `/v1/match` and `/v1/search`, in the form of yente's calls
/// (https://www.opensanctions.org/docs/yente/), so that its clients change one URL.
struct ScreeningService: Sendable {
    static let routes = RouteTable([["match"]: [.POST], ["search"]: [.GET]])

    /// The query parameters of both; there is one scorer, whichever `algorithm` a client names.
    static let parameters: Set<String> = listParameters.union([
        "limit", "threshold", "cutoff", "algorithm", "over_quota",
    ])
    /// Those that may be there more than once.
    static let listParameters: Set<String> = ["include_dataset", "exclude_dataset"]

    let node: Node

    func answer(_ request: Request, _ parts: [String], _ session: Session) async throws -> Response {
        let question = try question(request, session)
        guard parts.first == "match" else { return try await search(request, question, session) }
        let asked = try AskedQueries(try await request.fields().root)
        let answer = try await node.screening.screen(asked.queries, question, for: session)
        let results = zip(asked.queries, answer.hits).map { query, hits in
            (query.id, MatchResults(hits, of: query, question, session.directory))
        }
        return quoted(MatchAnswer(Dictionary(uniqueKeysWithValues: results), question, answer), answer)
    }

    /// An answer with what is left, for clients that read header fields.
    private func quoted(_ body: some JSONWritable, _ answer: ScreeningDesk.Answer) -> Response {
        var response = Response.json(written: body, MediaType.json)
        if let allowance = answer.allowance { response.headers.add(allowance, at: node.surroundings.clock()) }
        return response
    }

    private func search(
        _ request: Request,
        _ question: ScreeningDesk.Question,
        _ session: Session
    ) async throws -> Response {
        // Clients write a space as a plus sign, and no name has one.
        guard let text = request.parameter("q")?.replacing("+", with: " "), !text.isEmpty else {
            throw AdvisoryFault.invalid(field: "q", rule: "is needed: a name, or a number such as an IMO number")
        }
        let schema = request.parameter("schema") ?? "Thing"
        // It may be a number as well as a name.
        let properties = ["name": [text], "imoNumber": [text], "idNumber": [text]]
        let query = Record(id: "q", schema: try AskedQueries.schema(schema, "schema"), properties: properties)
        // Even how long the answer is would tell whether there is anybody, and nobody would hold a receipt of it.
        if request.method == .HEAD { return .bytes([], MediaType.json) }
        let answer = try await node.screening.screen([query], question, for: session)
        let results = MatchResults(answer.hits[0], of: query, question, session.directory)
        return quoted(SearchAnswer(results, MatchAnswer([:], question, answer)), answer)
    }

    private func question(_ request: Request, _ session: Session) throws -> ScreeningDesk.Question {
        var question = ScreeningDesk.Question()
        if let limit = request.parameter("limit") {
            guard let number = Int(limit) else {
                throw AdvisoryFault.invalid(field: "limit", rule: "must be a whole number")
            }
            question.limit = number
        }
        if let text = request.parameter("over_quota") {
            guard let beyond = ScreeningDesk.BeyondQuota(rawValue: text) else {
                let words = ScreeningDesk.BeyondQuota.allCases.map(\.rawValue).joined(separator: " or ")
                throw AdvisoryFault.invalid(field: "over_quota", rule: "must be \(words)")
            }
            question.beyondQuota = beyond
        }
        question.threshold = try share("threshold", request) ?? question.threshold
        question.cutoff = try share("cutoff", request) ?? question.cutoff
        let pools = try request.parameters("include_dataset").map { try pool($0, "include_dataset") }
        if !pools.isEmpty { question.pools = Set(pools) }
        question.without = Set(try request.parameters("exclude_dataset").map { try pool($0, "exclude_dataset") })
        return question
    }

    private func share(_ name: String, _ request: Request) throws -> Double? {
        guard let text = request.parameter(name) else { return nil }
        guard let share = Double(text) else { throw AdvisoryFault.invalid(field: name, rule: "must be 0 to 1") }
        return share
    }

    /// A pool by its name: whether there is one is not told.
    private func pool(_ text: String, _ field: String) throws -> Name {
        guard let name = Name(text) else { throw AdvisoryFault.invalid(field: field, rule: "must be a pool's name") }
        return name
    }
}

/// What a body asks about: `{"queries": {ID: {"schema": …, "properties": {…}}}}`.
struct AskedQueries {
    /// In the order of their ids.
    let queries: [Record]

    /// Values of one property.
    static let valuesMax = 100
    /// Characters of one value, as code points.
    static let valueCharactersMax = 10_000

    init(_ body: JSON.Value) throws(AdvisoryFault) {
        guard let asked = body["queries"], asked.kind == .object else {
            throw .invalid(field: "queries", rule: #"is needed: {"ID": {"schema": "Person", "properties": {…}}}"#)
        }
        if let stray = body.members.map(\.key).first(where: { $0 != "queries" }) {
            throw .invalid(field: stray, rule: "is no field of this call, which has queries")
        }
        var queries: [Record] = []
        for (id, query) in asked.members.sorted(by: { $0.key < $1.key }) {
            queries.append(try Self.record(id, query, "queries.\(id)"))
        }
        self.queries = queries
    }

    static func record(_ id: String, _ query: JSON.Value, _ field: String) throws(AdvisoryFault) -> Record {
        guard query.kind == .object else { throw .invalid(field: field, rule: "must be a JSON object") }
        for (key, _) in query.members where !["id", "schema", "properties"].contains(key) {
            throw .invalid(
                field: "\(field).\(key)",
                rule: "is no field of a query, which has id, schema and properties"
            )
        }
        guard let schema = query["schema"]?.string else {
            throw .invalid(
                field: "\(field).schema",
                rule: "is needed: Person, Company, Vessel or another of FollowTheMoney"
            )
        }
        guard let given = query["properties"], given.kind == .object else {
            throw .invalid(field: "\(field).properties", rule: #"is needed: {"name": ["…"]} and what else is known"#)
        }
        var properties: [String: [String]] = [:]
        for (name, value) in given.members {
            let values = value.kind == .array ? value.elements : [value]
            let texts = values.compactMap { $0.string }
            let isShort = texts.allSatisfy { $0.unicodeScalars.count <= valueCharactersMax }
            guard texts.count == values.count, texts.count <= valuesMax, isShort else {
                throw .invalid(
                    field: "\(field).properties.\(name)",
                    rule:
                        "must be a text or a list of at most \(valuesMax) texts, each of at most \(valueCharactersMax) characters"
                )
            }
            properties[name] = texts
        }
        let record = Record(id: id, schema: try Self.schema(schema, "\(field).schema"), properties: properties)
        guard record.isAnybody else {
            throw .invalid(
                field: "\(field).properties",
                rule: "must name somebody: give name, or a number such as imoNumber, by its FollowTheMoney name"
            )
        }
        if let date = record.strayDate {
            throw .invalid(
                field: "\(field).properties.\(date)",
                rule: "must be a year, a month or a day such as 1971, 1971-02 or 1971-02-04 (ISO 8601)"
            )
        }
        return record
    }

    static func schema(_ text: String, _ field: String) throws(AdvisoryFault) -> String {
        guard Record.isSchema(text) else {
            let known = Record.schemas.joined(separator: ", ")
            throw .invalid(field: field, rule: "must be one of \(known)")
        }
        return text
    }
}
