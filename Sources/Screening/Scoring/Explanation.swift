/// Why one who is asked about may be one who is known: for a reviewer.
public struct Explanation: Sendable {
    /// Two words that go together.
    public struct Pair: Hashable, Sendable {
        /// Of the name that is asked about.
        public let asked: String
        /// Of the name that is known.
        public let known: String
        /// How the one is the other.
        public let relation: Relation
        /// Letters that differ, of a typo.
        public let edits: Int
        /// How much of the score it may give, from 0 to 1.
        public let weight: Double
        /// How alike they are, from 0 to 1.
        public let share: Double
    }

    /// The scorer.
    public let version: String
    /// The name that is asked about, and the one that is known.
    public let asked, known: String?
    /// The property that the known name is of.
    public let property: String?
    /// The words that go together, those that tell most first.
    public let pairs: [Pair]
    /// Words of either that the other has not.
    public let askedAlone, knownAlone: [String]
    /// What dates, countries and identifiers say, a phrase each.
    public let facts: [String]
    /// All of it, for people.
    public let sentence: String
    /// What to find out: what would raise or lower the score most; nil where nothing would.
    public let change: String?
}

extension Scorer {
    /// Why two records are as alike as they are.
    public static func explain(_ asked: Record, _ known: Record) -> Explanation { explain(asked, [known])[0] }

    /// Why one record is as alike to each of others as it is.
    public static func explain(_ asked: Record, _ known: [Record]) -> [Explanation] {
        var words = Words()
        let left = Prepared(asked, &words)
        return known.map { explain(asked, left, $0, &words) }
    }

    private static func explain(
        _ asked: Record,
        _ left: Prepared,
        _ known: Record,
        _ words: inout Words
    ) -> Explanation {
        let right = Prepared(known, &words)
        let comparison = compare(left, right)
        let facts = comparison.facts.map { phrase($0, asked, known) }
        guard let name = comparison.name else {
            return Explanation(
                version: version,
                asked: nil,
                known: nil,
                property: nil,
                pairs: [],
                askedAlone: [],
                knownAlone: [],
                facts: facts,
                sentence: sentence(nil, [], [], [], facts),
                change: change(comparison, left, right)
            )
        }
        let isPerson = left.families.contains(.person) && right.isPerson
        let (one, two) = (left.names[name.asked], right.names[name.known])
        let alignment = Alignment(one, two, isPerson: isPerson)
        let total = max(1, one.weight)
        func text(_ tokens: ArraySlice<Token>) -> String {
            tokens.map { String(decoding: $0.letters, as: UTF8.self) }.joined(separator: " ")
        }
        let pairs = alignment.pairs.sorted { ($1.weight, $0.asked.lowerBound) < ($0.weight, $1.asked.lowerBound) }.map {
            Explanation.Pair(
                asked: text(one.tokens[$0.asked]),
                known: text(two.tokens[$0.known]),
                relation: $0.relation,
                edits: $0.edits,
                weight: Double($0.weight * 1_000 / total) / 1_000,
                share: Double($0.share) / 1_000
            )
        }
        let (usedLeft, usedRight) = (
            Set(alignment.pairs.flatMap { Array($0.asked) }), Set(alignment.pairs.flatMap { Array($0.known) })
        )
        let alone = one.tokens.indices.filter { !usedLeft.contains($0) }.map { text(one.tokens[$0..<($0 + 1)]) }
        let others = two.tokens.indices.filter { !usedRight.contains($0) }.map { text(two.tokens[$0..<($0 + 1)]) }
        let (askedName, _) = original(one, asked, &words)
        let (knownName, property) = original(two, known, &words)
        return Explanation(
            version: version,
            asked: askedName,
            known: knownName,
            property: property,
            pairs: pairs,
            askedAlone: alone,
            knownAlone: others,
            facts: facts,
            sentence: sentence((askedName, knownName), pairs, alone, others, facts),
            change: change(comparison, left, right)
        )
    }

    /// The value that a name was made of, and its property.
    private static func original(
        _ name: PreparedName,
        _ record: Record,
        _ words: inout Words
    ) -> (String, String) {
        let isPerson = Family.schemas[record.schema] == .person
        for property in ["name", "alias", "previousName", "weakAlias", "abbreviation", "full"] {
            for text in property == "full" ? record.addressLines : record[property] {
                let made = PreparedName(text, isPerson: isPerson, &words)
                if made?.tokens == name.tokens { return (text, property) }
            }
        }
        return (name.tokens.map { String(decoding: $0.letters, as: UTF8.self) }.joined(separator: " "), "name")
    }

    private static func phrase(_ fact: Comparison.Fact, _ asked: Record, _ known: Record) -> String {
        let dates = ["birthDate", "incorporationDate", "buildDate"]
        func first(_ record: Record) -> String { dates.flatMap { record[$0] }.first ?? "?" }
        let event = asked["birthDate"].isEmpty ? "founded or built" : "born"
        func country(_ record: Record) -> String {
            ["nationality", "citizenship", "country", "jurisdiction", "mainCountry", "flag", "birthCountry"]
                .flatMap { record[$0] }.joined(separator: ", ")
        }
        return switch fact {
        case .identifierEqual(let value): "the same number, \(value)"
        case .identifierOther: "another number of a kind of which one has only one"
        case .birthEqual: "the same day (\(event) \(first(asked)))"
        case .birthYear: "the same year as far as it is known (\(event) \(first(asked)))"
        case .birthNear: "nearly the same day (\(event) \(first(asked)), known is \(first(known)))"
        case .birthOther: "another day (\(event) \(first(asked)), known is \(first(known)))"
        case .birthYearNear: "a year apart (\(event) \(first(asked)), known is \(first(known)))"
        case .birthYearFar: "another year (\(event) \(first(asked)), known is \(first(known)))"
        case .countryEqual: "the same country"
        case .countryOther: "another country (\(country(asked)), known is \(country(known)))"
        }
    }

    private static func sentence(
        _ names: (asked: String, known: String)?,
        _ pairs: [Explanation.Pair],
        _ askedAlone: [String],
        _ knownAlone: [String],
        _ facts: [String]
    ) -> String {
        var parts: [String] = []
        if let names {
            let differing = pairs.filter { $0.relation != .exact }.map { pair in
                let how =
                    switch pair.relation {
                    case .exact: ""
                    case .spelling: "another spelling"
                    case .transliteration: "the same sounds in another script"
                    case .nickname: "a form of the same name"
                    case .typo: pair.edits == 1 ? "one letter differs" : "\(pair.edits) letters differ"
                    case .initial: "an initial"
                    case .joined: "written apart or together"
                    case .prefix: "the beginning"
                    case .synonym: "a word for the same"
                    }
                return "\(pair.asked) for \(pair.known) (\(how))"
            }
            let isSame = differing.isEmpty && askedAlone.isEmpty && knownAlone.isEmpty
            parts.append(isSame ? "“\(names.known)” is the same name" : "“\(names.asked)” is like “\(names.known)”")
            parts += differing
            if !askedAlone.isEmpty { parts.append("without \(askedAlone.joined(separator: " ")) there") }
            if !knownAlone.isEmpty { parts.append("there also \(knownAlone.joined(separator: " "))") }
        }
        return (parts + facts).joined(separator: "; ") + "."
    }

    /// What fact, were it known, would tell most.
    private static func change(_ comparison: Comparison, _ asked: Prepared, _ known: Prepared) -> String? {
        if comparison.facts.contains(where: { if case .identifierEqual = $0 { true } else { false } }) { return nil }
        if !known.identifiers.isEmpty, asked.identifiers.isEmpty {
            return "a number of theirs, such as of a passport, a registry or the IMO, would settle it"
        }
        if !known.dates.isEmpty, asked.dates.isEmpty {
            return known.isPerson
                ? "a date of birth would raise or lower it" : "a date of founding would raise or lower it"
        }
        if !known.countries.isEmpty, asked.countries.isEmpty { return "a country would raise or lower it a little" }
        return nil
    }
}
