/// Why terms cannot be used: the figure, and the rule that it breaks with what to do.
public struct TermsFault: Error, Hashable, CustomStringConvertible, Sendable {
    /// The key of the figure.
    public let key: String
    /// What must hold and how to come to it.
    public let rule: String
    /// Both, for people to read.
    public var description: String { "\(key): \(rule)" }

    /// Takes both.
    public init(key: String, rule: String) {
        self.key = key
        self.rule = rule
    }
}

/// A pool's terms of reciprocity: every figure that the ledgers go by.
///
/// Holding one is proof that the figures are within their ranges and fit one another.
public struct ReciprocityTerms: Hashable, Sendable {
    /// The figures of RECIPROCITY.
    public static let standard = ReciprocityTerms(figures: [:])

    /// The same with as much for every tier as a figure may be: a trial's.
    public static let generous = ReciprocityTerms(
        figures: Dictionary(uniqueKeysWithValues: Term.quotas.map { ($0, $0.range.upperBound) })
    )

    /// Those that differ from the defaults.
    private var figures: [Term: Int]

    private init(figures: [Term: Int]) {
        self.figures = figures
    }

    /// A figure.
    public subscript(_ term: Term) -> Int { figures[term] ?? term.standard }

    /// The figures that differ from the defaults, by their keys: what the store keeps.
    public var changes: [String: Int] {
        Dictionary(uniqueKeysWithValues: figures.map { ($0.key.rawValue, $0.value) })
    }

    /// What differs from the defaults, for people to read.
    public var told: String {
        let told = figures.sorted { $0.key.rawValue < $1.key.rawValue }.map { term, figure in
            "\(term.rawValue) \(figure) \(term.unit.rawValue) (default \(term.standard))"
        }
        return told.isEmpty ? "the defaults" : told.joined(separator: ", ")
    }

    /// Takes figures by their keys; those that are absent have their defaults.
    /// - Throws: `TermsFault` for a key that is none, a figure out of its range, and figures that do not fit.
    public init(_ given: [String: Int]) throws(TermsFault) {
        self.init(figures: [:])
        for (key, figure) in given.sorted(by: { $0.key < $1.key }) {
            guard let term = Term(rawValue: key) else {
                throw TermsFault(key: key, rule: "is no figure of this version; take it out")
            }
            guard term.range.contains(figure) else {
                let range = "\(term.range.lowerBound) to \(term.range.upperBound)"
                throw TermsFault(
                    key: key,
                    rule: "is \(figure), but must be \(range) \(term.unit.rawValue); the default is \(term.standard)"
                )
            }
            if figure != term.standard { figures[term] = figure }
        }
        try check()
    }

    private func check() throws(TermsFault) {
        let weights: [Term] = [.credibilityWeight, .relevanceWeight, .noveltyWeight, .timelinessWeight]
        let sum = weights.reduce(0) { $0 + self[$1] }
        guard sum == 1_000 else {
            let keys = weights.map(\.rawValue).joined(separator: ", ")
            throw TermsFault(
                key: Term.credibilityWeight.rawValue,
                rule: "and the other weights are \(sum) together; let \(keys) sum to 1000"
            )
        }
        try ascend([.basicThreshold, .contributingThreshold, .anchorThreshold], isStrict: true)
        try ascend([.restrictedScreenings, .basicScreenings, .contributingScreenings, .anchorScreenings])
        try ascend([.restrictedRequests, .basicRequests, .contributingRequests, .anchorRequests])
        try ascend([.restrictedHistory, .basicHistory, .contributingHistory, .anchorHistory])
        try ascend([.basicDelay, .restrictedDelay])
        try ascend([.small, .medium, .large])
        try ascend([.simpleRequest, .moderateRequest, .deepRequest, .line])
        try ascend([.statusDays, .vestingDays], isStrict: true)
    }

    private func ascend(_ terms: [Term], isStrict: Bool = false) throws(TermsFault) {
        for (low, high) in zip(terms, terms.dropFirst()) {
            let gap = self[high] - self[low]
            guard gap > 0 || (gap == 0 && !isStrict) else {
                throw TermsFault(
                    key: high.rawValue,
                    rule: "is \(self[high]), but must \(isStrict ? "be above" : "not be below") \(low.rawValue), "
                        + "which is \(self[low]); change one of them"
                )
            }
        }
    }
}
