import Exchange
import Node
import Screening

/// What `/v1/match` answers.
struct MatchAnswer: Encodable {
    let responses: [String: MatchResults]
    let limit: Int
    /// Names the call among the member's screenings.
    let receipt: String
    let scope: ScopeResource
    /// What is left; nil where the call was not counted.
    let quota: QuotaResource?

    init(_ responses: [String: MatchResults], _ question: ScreeningDesk.Question, _ answer: ScreeningDesk.Answer) {
        self.responses = responses
        limit = question.limit
        receipt = String(answer.receipt.microseconds)
        scope = ScopeResource(answer.scope)
        quota = answer.allowance.map(QuotaResource.init)
    }
}

/// What was looked at.
struct ScopeResource: Encodable {
    let pools: Pools
    /// How far back advisories were told of.
    let since: String?

    enum Pools: String, Encodable {
        case all
        case officialLists = "official-lists"
    }

    init(_ scope: ScreeningDesk.Scope) {
        switch scope {
        case .all(let since): (pools, self.since) = (.all, since?.text)
        case .officialLists: (pools, since) = (.officialLists, nil)
        }
    }
}

extension ScreeningDesk.Answer {
    /// What its caller has of the quota: what is left, or what was too little.
    var allowance: Allowance? {
        switch scope {
        case .all: left
        case .officialLists(let short): short
        }
    }
}

/// What `/v1/search` answers: the one of `/v1/match`, without its question.
struct SearchAnswer: Encodable {
    let results: [MatchResource]
    let total: MatchTotal
    let limit: Int
    let receipt: String
    let scope: ScopeResource
    let quota: QuotaResource?

    init(_ found: MatchResults, _ answer: MatchAnswer) {
        (results, total) = (found.results, found.total)
        (limit, receipt, scope, quota) = (answer.limit, answer.receipt, answer.scope, answer.quota)
    }
}

struct MatchTotal: Encodable {
    let value: Int
    let relation = "eq"
}

/// What is known of one that was asked about.
struct MatchResults: Encodable {
    let status = 200
    let results: [MatchResource]
    let total: MatchTotal
    let query: QueryResource

    init(
        _ hits: [ScreeningDesk.Hit],
        of query: Record,
        _ question: ScreeningDesk.Question,
        _ directory: Directory
    ) {
        results = hits.map { MatchResource($0, question, directory) }
        total = MatchTotal(value: hits.count)
        self.query = QueryResource(schema: query.schema, properties: query.properties)
    }
}

struct QueryResource: Encodable {
    let schema: String
    let properties: [String: [String]]
}

/// One who is like the one that was asked about.
struct MatchResource: Encodable {
    let id, caption, schema: String
    let properties: [String: [String]]
    /// The pools that it is in: one.
    let datasets: [String]
    let target = true
    let score: Double
    let match: Bool
    /// The STIX object; nil of a person to be protected.
    let object: String?
    let lastChange: String?
    let advisory: Advisory?
    /// What to do about a person to be protected.
    let protect: String?
    /// Who found that they are two: then it is no match.
    let cleared: ClearedPairResource?
    let explanations: ExplanationResource?

    struct Advisory: Encodable {
        let id, reference: String?
        let disputed: Bool
    }

    enum CodingKeys: String, CodingKey {
        case id, caption, schema, properties, datasets, target, score, match, object, advisory, protect, cleared
        case explanations
        case lastChange = "last_change"
    }

    /// What whoever meets a victim or an innocent is asked to do.
    private static let instruction = """
        This is somebody to be protected: a victim, or an innocent whose name is misused. Refuse them nothing for it, \
        tell nobody but who must know, and ask the exchange's operator for the advisory's originator before you act.
        """

    init(_ hit: ScreeningDesk.Hit, _ question: ScreeningDesk.Question, _ directory: Directory) {
        let record = hit.record
        id = record?.id ?? "protected"
        caption = record.map { $0["name"].first ?? $0.id } ?? "Somebody to be protected"
        schema = record?.schema ?? "Person"
        properties = record?.properties ?? [:]
        datasets = [hit.pool.name.text]
        score = hit.score
        match = record != nil && hit.score >= question.threshold && hit.cleared == nil
        cleared = hit.cleared.map { ClearedPairResource($0, directory) }
        object = record.map { _ in hit.object }
        lastChange = record == nil ? nil : hit.modified
        advisory = hit.advisory.map {
            Advisory(id: $0.report, reference: $0.reference?.text, disputed: $0.isDisputed)
        }
        protect = record == nil ? Self.instruction : nil
        explanations = hit.explanation.map(ExplanationResource.init)
    }
}

/// Why, as the scorer tells it.
struct ExplanationResource: Encodable {
    let scorer, sentence: String
    let asked, known, property, change: String?
    let words: [Pair]
    let askedAlone, knownAlone, facts: [String]

    enum CodingKeys: String, CodingKey {
        case scorer, sentence, asked, known, property, change, words, facts
        case askedAlone = "asked_alone"
        case knownAlone = "known_alone"
    }

    /// Two words that go together.
    struct Pair: Encodable {
        let asked, known, relation: String
        let edits: Int
        let weight, share: Double
    }

    init(_ explanation: Explanation) {
        (scorer, sentence) = (explanation.version, explanation.sentence)
        (asked, known, property) = (explanation.asked, explanation.known, explanation.property)
        (askedAlone, knownAlone) = (explanation.askedAlone, explanation.knownAlone)
        (facts, change) = (explanation.facts, explanation.change)
        words = explanation.pairs.map { pair in
            Pair(
                asked: pair.asked,
                known: pair.known,
                relation: pair.relation.rawValue,
                edits: pair.edits,
                weight: pair.weight,
                share: pair.share
            )
        }
    }
}
