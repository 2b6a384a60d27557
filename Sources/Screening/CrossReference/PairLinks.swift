import Exchange

/// What two renditions have in common: a function of the two and of what people judged of their subjects, and of
/// nothing else.
struct PairLinks<Comparison: Likeness> {
    typealias Side = PreparedRendition<Comparison>

    /// Two subjects by their places, the left one's first.
    struct Pair: Hashable, Comparable {
        let left: Int
        let right: Int

        static func < (first: Self, second: Self) -> Bool {
            first.left != second.left ? first.left < second.left : first.right < second.right
        }
    }

    private struct Ground: Hashable {
        let type: LinkType
        let pair: Pair
    }

    let left: Side
    let right: Side
    private let judged: Oneness
    private let likeness: Comparison
    /// Subjects of one family that are of one, with how sure it is, in thousandths.
    private(set) var same: [Pair: Int] = [:]
    /// The strongest reason of each type and pair.
    private var grounds: [Ground: LinkEvidence] = [:]

    /// - Parameter left: the one of the advisory with the smaller id.
    init(_ left: Side, _ right: Side, judged: Oneness, by likeness: Comparison) {
        self.left = left
        self.right = right
        self.judged = judged
        self.likeness = likeness
        let met = meetings()
        for pair in met.pairs.sorted().prefix(LinkLimits.comparisonsMax) { compare(pair) }
        for (pair, feature) in met.shared { note(feature, of: pair) }
        noteMethods()
        noteTies()
    }

    /// The links, in the order of their types.
    var links: [Link] {
        var all = Dictionary(grouping: grounds, by: \.key.type).mapValues { $0.map(\.value) }
        if let evidence = left.pattern.evidence(right.pattern) { all[.pattern] = [evidence] }
        return all.sorted { $0.key < $1.key }.map { Link($0.key, left.advisory, right.advisory, $0.value) }
    }

    // MARK: Whom to compare

    /// The pairs that have a key in common or are judged, and the features that they share.
    private func meetings() -> (pairs: Set<Pair>, shared: [(Pair, Feature)]) {
        var pairs: Set<Pair> = []
        var shared: [(Pair, Feature)] = []
        var (first, second) = (0, 0)
        while first < left.keys.count, second < right.keys.count {
            let (one, two) = (left.keys[first].key, right.keys[second].key)
            if one < two {
                first += 1
            } else if two < one {
                second += 1
            } else {
                let start = second
                while first < left.keys.count, left.keys[first].key == one {
                    second = start
                    while second < right.keys.count, right.keys[second].key == one {
                        meet(left.keys[first], right.keys[second], &pairs, &shared)
                        second += 1
                    }
                    first += 1
                }
            }
        }
        if !judged.isEmpty {
            for (place, subject) in left.subjects.enumerated() {
                for other in judged.members(with: subject.reference) where other.advisory == right.advisory {
                    if let found = right.places[other.key] { pairs.insert(Pair(left: place, right: found)) }
                }
            }
        }
        return (pairs, shared)
    }

    private func meet(
        _ one: Side.Key,
        _ two: Side.Key,
        _ pairs: inout Set<Pair>,
        _ shared: inout [(Pair, Feature)]
    ) {
        guard one.subject >= 0, two.subject >= 0 else { return }
        let pair = Pair(left: Int(one.subject), right: Int(two.subject))
        if family(of: pair) != nil { pairs.insert(pair) }
        guard one.feature >= 0, two.feature >= 0 else { return }
        let mine = left.subjects[pair.left].features[Int(one.feature)]
        let other = right.subjects[pair.right].features[Int(two.feature)]
        // The weaker of the two decides.
        shared.append((pair, mine.score <= other.score ? mine : other))
    }

    /// The family of both; nil where they are not of one.
    private func family(of pair: Pair) -> SubjectKind.Family? {
        let family = left.subjects[pair.left].subject.kind.family
        return family == right.subjects[pair.right].subject.kind.family ? family : nil
    }

    // MARK: Reasons

    private mutating func compare(_ pair: Pair) {
        guard let family = family(of: pair) else { return note(judgementOf: pair) }
        let (one, two) = (left.subjects[pair.left], right.subjects[pair.right])
        switch judged.verdict(one.reference, two.reference) {
        case .two: return
        case .one:
            note(judgementOf: pair)
        case nil:
            guard let mine = one.prepared, let other = two.prepared,
                let found = likeness.resemblance(mine, other), found.score >= Resemblance.scoreMin
            else { return }
            same[pair] = found.score
            let sentence = "\(one.caption) and \(two.caption) are probably one \(family.noun): \(found.reason)."
            note(family.type, pair, found.fields, found.score, sentence)
        }
    }

    private mutating func note(judgementOf pair: Pair) {
        let (one, two) = (left.subjects[pair.left], right.subjects[pair.right])
        guard judged.verdict(one.reference, two.reference) == .one else { return }
        same[pair] = 1_000
        let type = one.subject.kind.family?.type ?? one.features.first?.kind.type ?? .institution
        note(type, pair, [], 1_000, "\(one.caption) and \(two.caption) were judged to be one.")
    }

    private mutating func note(_ feature: Feature, of pair: Pair) {
        let (one, two) = (left.subjects[pair.left], right.subjects[pair.right])
        let isOne = one.subject.kind == two.subject.kind && feature.isOwn
        // What people judged to be two is so in spite of its numbers.
        if isOne, judged.verdict(one.reference, two.reference) == .two { return }
        let people = one.subject.kind == .person && two.subject.kind == .person
        var type = feature.kind.type
        if feature.kind == .contact {
            // Of one person it is no more than the overlap says.
            if one.subject.kind.family != nil, same[pair] != nil { return }
            type = people ? .ties : .institution
        }
        let words = "\(feature.kind.words) \(feature.value)"
        let sentence =
            isOne && one.subject.kind.family == nil
            ? "Both name \(words)." : "\(one.caption) and \(two.caption) have \(words) in common."
        if isOne, one.subject.kind.family == nil { same[pair] = max(same[pair] ?? 0, feature.score) }
        note(type, pair, [feature.field], feature.score, sentence)
    }

    private mutating func note(
        _ type: LinkType,
        _ pair: Pair,
        _ fields: [String],
        _ score: Int,
        _ sentence: String
    ) {
        let ends = LinkEvidence.Ends(
            left: left.subjects[pair.left].reference,
            right: right.subjects[pair.right].reference
        )
        let evidence = LinkEvidence(ends: ends, fields: fields, score: score, sentence: sentence)
        let ground = Ground(type: type, pair: pair)
        // Of all reasons the first in their order, whichever came first.
        if let known = grounds[ground], known < evidence { return }
        grounds[ground] = evidence
    }

    /// Methods that are told in nearly the same words.
    private mutating func noteMethods() {
        for (place, one) in left.subjects.enumerated() where !one.methodWords.isEmpty {
            for (other, two) in right.subjects.enumerated() where !two.methodWords.isEmpty {
                let shared = Set(one.methodWords).intersection(two.methodWords)
                let all = one.methodWords.count + two.methodWords.count - shared.count
                let score = 1_000 * shared.count / all
                guard shared.count >= 4, score >= 600 else { continue }
                let words = shared.sorted().prefix(8).joined(separator: ", ")
                let sentence = "The methods are told in nearly the same words: \(words)."
                note(.route, Pair(left: place, right: other), [OwnProperty.summary.rawValue], score, sentence)
            }
        }
    }

    // MARK: Ties

    /// A person of one advisory and a different person of the other who are related: the one's relation is in the
    /// other advisory, or both are of one organisation.
    private mutating func noteTies() {
        let mine = left.personalTies
        let others = right.personalTies
        guard !same.isEmpty, !mine.isEmpty || !others.isEmpty else { return }
        let bySecond = Dictionary(grouping: same.keys.sorted(), by: \.right)
        let byFirst = Dictionary(grouping: same.keys.sorted(), by: \.left)
        for tie in mine where left.subjects[tie.other].subject.kind == .person {
            for pair in byFirst[tie.other] ?? [] where byFirst[tie.person] == nil {
                noteTie(Pair(left: tie.person, right: pair.right), same[pair] ?? 0, left.sentence(of: tie))
            }
        }
        for tie in others where right.subjects[tie.other].subject.kind == .person {
            for pair in bySecond[tie.other] ?? [] where bySecond[tie.person] == nil {
                noteTie(Pair(left: pair.left, right: tie.person), same[pair] ?? 0, right.sentence(of: tie))
            }
        }
        let byOrganisation = Dictionary(grouping: others, by: \.other)
        for tie in mine where left.subjects[tie.other].subject.kind != .person {
            for pair in byFirst[tie.other] ?? [] {
                for other in byOrganisation[pair.right] ?? [] {
                    let people = Pair(left: tie.person, right: other.person)
                    if same[people] != nil { continue }
                    noteTie(people, same[pair] ?? 0, "\(left.sentence(of: tie)) \(right.sentence(of: other))")
                }
            }
        }
    }

    private mutating func noteTie(_ pair: Pair, _ score: Int, _ sentence: String) {
        note(.ties, pair, [], score, sentence)
    }
}

extension PreparedRendition {
    /// A relation of a person to another person or to an organisation.
    struct PersonalTie {
        let person: Int
        let other: Int
        let relation: SubjectRelation
    }

    /// Relations that tie people, in the order of the relations; one between two people in both directions.
    var personalTies: [PersonalTie] {
        relations.filter(\.kind.isPersonal).flatMap { relation -> [PersonalTie] in
            guard let from = places[relation.from], let to = places[relation.to] else { return [] }
            let ends = [(from, to), (to, from)]
            return ends.filter { person, other in
                subjects[person].subject.kind == .person && subjects[other].subject.kind.isParty
            }.map { PersonalTie(person: $0, other: $1, relation: relation) }
        }
    }

    /// The relation in words.
    func sentence(of tie: PersonalTie) -> String {
        guard let from = places[tie.relation.from], let to = places[tie.relation.to] else { return "" }
        let words = tie.relation.kind.rawValue.replacing("-", with: " ")
        return "\(subjects[from].caption) is \(words) \(subjects[to].caption)."
    }
}

extension SubjectRelation.Kind {
    /// Whether it ties people to one another, or to an organisation.
    var isPersonal: Bool {
        switch self {
        case .owner, .controller, .director, .member, .employee, .associate, .family: true
        case .shipOperator, .user, .consignor, .consignee, .carried, .issued, .located, .travelled, .method: false
        }
    }
}

extension SubjectKind {
    /// Whether it is a person or an organisation.
    var isParty: Bool {
        switch self {
        case .person, .organisation, .group: true
        case .vessel, .aircraft, .vehicle, .container, .consignment, .address, .account, .document, .route, .method,
            .jurisdiction:
            false
        }
    }
}
