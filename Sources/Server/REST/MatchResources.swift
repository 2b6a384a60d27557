import Exchange
import Node
import Screening

/// What `/v1/match` answers.
struct MatchAnswer: JSONWritable {
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

    func write(to json: inout JSONBytes) {
        json.object {
            $0.member("limit", limit)
            $0.member("quota", encoded: quota)
            $0.member("receipt", receipt)
            $0.member("responses", responses)
            $0.member("scope", encoded: scope)
        }
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
struct SearchAnswer: JSONWritable {
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

    func write(to json: inout JSONBytes) {
        json.object {
            $0.member("limit", limit)
            $0.member("quota", encoded: quota)
            $0.member("receipt", receipt)
            $0.member("results", results)
            $0.member("scope", encoded: scope)
            $0.member("total", total)
        }
    }
}

struct MatchTotal: JSONWritable {
    let value: Int

    func write(to json: inout JSONBytes) {
        json.object {
            $0.member("relation", "eq")
            $0.member("value", value)
        }
    }
}

/// What is known of one that was asked about.
struct MatchResults: JSONWritable {
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

    func write(to json: inout JSONBytes) {
        json.object {
            $0.member("query", query)
            $0.member("results", results)
            $0.member("status", 200)
            $0.member("total", total)
        }
    }
}

struct QueryResource: JSONWritable {
    let schema: String
    let properties: [String: [String]]

    func write(to json: inout JSONBytes) {
        json.object {
            $0.member("properties", properties)
            $0.member("schema", schema)
        }
    }
}

/// One who is like the one that was asked about.
struct MatchResource: JSONWritable {
    let id, caption, schema: String
    let properties: [String: [String]]
    /// The pools that it is in: one.
    let datasets: [String]
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

    struct Advisory: JSONWritable {
        let id, reference, standing: String?
        let disputed: Bool

        func write(to json: inout JSONBytes) {
            json.object {
                $0.member("disputed", disputed)
                $0.member("id", id)
                $0.member("reference", reference)
                $0.member("standing", standing)
            }
        }
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
            Advisory(
                id: $0.report,
                reference: $0.reference?.text,
                standing: $0.standing?.rawValue,
                disputed: $0.isDisputed
            )
        }
        protect = record == nil ? Self.instruction : nil
        explanations = hit.explanation.map(ExplanationResource.init)
    }

    func write(to json: inout JSONBytes) {
        json.object {
            $0.member("advisory", advisory)
            $0.member("caption", caption)
            $0.member("cleared", encoded: cleared)
            $0.member("datasets", datasets)
            $0.member("explanations", explanations)
            $0.member("id", id)
            $0.member("last_change", lastChange)
            $0.member("match", match)
            $0.member("object", object)
            $0.member("properties", properties)
            $0.member("protect", protect)
            $0.member("schema", schema)
            $0.member("score", score)
            $0.member("target", true)
        }
    }
}

/// Why, as the scorer tells it.
struct ExplanationResource: JSONWritable {
    let scorer, sentence: String
    let asked, known, property, change: String?
    let words: [Pair]
    let askedAlone, knownAlone, facts: [String]

    /// Two words that go together.
    struct Pair: JSONWritable {
        let asked, known, relation: String
        let edits: Int
        let weight, share: Double

        func write(to json: inout JSONBytes) {
            json.object {
                $0.member("asked", asked)
                $0.member("edits", edits)
                $0.member("known", known)
                $0.member("relation", relation)
                $0.member("share", share)
                $0.member("weight", weight)
            }
        }
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

    func write(to json: inout JSONBytes) {
        json.object {
            $0.member("asked", asked)
            $0.member("asked_alone", askedAlone)
            $0.member("change", change)
            $0.member("facts", facts)
            $0.member("known", known)
            $0.member("known_alone", knownAlone)
            $0.member("property", property)
            $0.member("scorer", scorer)
            $0.member("sentence", sentence)
            $0.member("words", words)
        }
    }
}
