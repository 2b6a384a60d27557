import Exchange

/// A rendition with all that is computed of it once.
struct PreparedRendition<Comparison: Likeness>: Sendable {
    /// A subject with all that is computed of it once.
    struct Subject: Sendable {
        let subject: ReferencedSubject
        let reference: SubjectReference
        let features: [Feature]
        /// Nil for kinds that are compared by their features alone.
        let prepared: Comparison.Prepared?
        /// The words of a method that tell something, in their order.
        let methodWords: [String]
        let caption: String
    }

    /// What it is found by, and what it tells by it.
    struct Key: Sendable {
        /// The number of its text.
        let key: Int32
        let subject: Int32
        /// The feature that it is; -1 for one by which subjects are only found.
        let feature: Int32
    }

    let advisory: ID<Advisory>
    let label: Int
    let relations: [SubjectRelation]
    let subjects: [Subject]
    let pattern: Pattern
    /// In the order of their numbers; subject -1 is the whole.
    let keys: [Key]
    /// Their numbers, each once, in their order.
    let numbers: [Int32]
    /// The places of subjects by their keys.
    let places: [String: Int]

    init(
        _ rendition: ReferencedRendition,
        of advisory: ID<Advisory>,
        by likeness: Comparison,
        _ glossary: inout Glossary
    ) {
        self.advisory = advisory
        label = rendition.label
        relations = rendition.relations
        pattern = Pattern(rendition)
        subjects = rendition.subjects.map { subject in
            Subject(
                subject: subject,
                reference: SubjectReference(advisory, subject.key),
                features: subject.features,
                prepared: subject.kind.family == nil ? nil : likeness.prepared(subject.record),
                methodWords: subject.methodWords,
                caption: subject.caption
            )
        }
        places = Dictionary(uniqueKeysWithValues: subjects.enumerated().map { ($1.subject.key, $0) })
        var keys: [Key] = []
        for (place, subject) in subjects.enumerated() {
            for (number, feature) in subject.features.enumerated() {
                let key = glossary.number(of: feature.text, .feature)
                keys.append(Key(key: key, subject: Int32(place), feature: Int32(number)))
            }
            var found = subject.methodWords.map { glossary.number(of: "word \($0)", .part) }
            if let prepared = subject.prepared, let family = subject.subject.kind.family {
                for key in likeness.keys(of: prepared).prefix(BlockingKey.keysMax) {
                    let reach: Glossary.Reach = key.reach == .whole ? .whole : .part
                    found.append(glossary.number(of: "\(family.rawValue) \(key.text)", reach))
                }
            }
            keys += found.map { Key(key: $0, subject: Int32(place), feature: -1) }
        }
        keys += pattern.keys.map { Key(key: glossary.number(of: "pattern \($0)", .part), subject: -1, feature: -1) }
        self.keys = keys.sorted { ($0.key, $0.subject, $0.feature) < ($1.key, $1.subject, $1.feature) }
        var numbers: [Int32] = []
        for key in self.keys where numbers.last != key.key { numbers.append(key.key) }
        self.numbers = numbers
    }
}

/// Texts of keys by numbers, which are shorter to hold and to compare.
struct Glossary: Sendable {
    /// How much a key tells, and so how many advisories it may be in before it tells nothing.
    enum Reach: UInt8 {
        case feature, whole, part

        /// Advisories that a reader may see with one key: beyond it no advisories are linked for that key.
        var holdersMax: Int32 {
            switch self {
            case .feature: Int32(LinkLimits.featureHoldersMax)
            case .whole: Int32(LinkLimits.wholeHoldersMax)
            case .part: Int32(LinkLimits.partHoldersMax)
            }
        }
    }

    private var numbers: [String: Int32] = [:]
    private(set) var texts: [String] = []
    private(set) var reaches: [Reach] = []

    mutating func number(of text: String, _ reach: Reach) -> Int32 {
        // One text of two reaches is two keys, so that neither depends on which came first.
        let text = "\(reach.rawValue)\(text)"
        if let number = numbers[text] { return number }
        let number = Int32(texts.count)
        numbers[text] = number
        texts.append(text)
        reaches.append(reach)
        return number
    }
}

/// What bounds the cost of cross-referencing; each is of what one reader may see.
public enum LinkLimits {
    /// Advisories that share an account, address, vessel, route and the like: beyond it the thing is told as common,
    /// and no two advisories are linked for it alone.
    public static let featureHoldersMax = 100
    /// Advisories that share a whole name, or an identifier, before those are no ground to compare them.
    public static let wholeHoldersMax = 50
    /// Advisories that share a part of a name, a word of a method, or two traits of a pattern, before those are no
    /// ground to compare them.
    public static let partHoldersMax = 15
    /// Pairs of subjects that are compared of two advisories, in the order of their keys.
    public static let comparisonsMax = 4_096
    /// Links of one answer, in their order.
    public static let linksMax = 10_000
    /// Common things of one answer, the commonest first.
    public static let commonplacesMax = 1_000
}

extension SubjectKind {
    /// Kinds of which records are compared by likeness, together.
    enum Family: String {
        case person, organisation, vessel, aircraft

        /// What advisories with one of them have in common.
        var type: LinkType {
            switch self {
            case .person: .person
            case .organisation: .institution
            case .vessel, .aircraft: .conveyance
            }
        }

        var noun: String {
            switch self {
            case .person: "person"
            case .organisation: "organisation"
            case .vessel: "vessel"
            case .aircraft: "aircraft"
            }
        }
    }

    /// The family that it is compared in; nil for a kind that is compared by its features alone.
    var family: Family? {
        switch self {
        case .person: .person
        case .organisation, .group: .organisation
        case .vessel: .vessel
        case .aircraft: .aircraft
        case .vehicle, .container, .consignment, .address, .account, .document, .route, .method, .jurisdiction: nil
        }
    }
}

extension ReferencedSubject {
    /// Characters of what a subject is called in a sentence.
    static let captionCharactersMax = 80
    /// Words of a method that are compared.
    static let methodWordsMax = 64

    /// What people call it by: a name, else whatever tells it, else its key.
    public var caption: String {
        let properties = [
            "name", "full", "containerNumber", "iban", "accountNumber", "publicKey", "passportNumber", "number",
            "imoNumber", "registrationNumber", "vin", "airWaybill", "billOfLading", "summary", "alias",
        ]
        if let route = features.first(where: { $0.kind == .route }) { return route.value }
        let text = properties.lazy.compactMap { record[$0].first }.first ?? key
        return text.count > Self.captionCharactersMax ? "\(text.prefix(Self.captionCharactersMax - 1))…" : text
    }

    /// Words of four letters or more.
    fileprivate var methodWords: [String] {
        guard kind == .method else { return [] }
        let words = record[OwnProperty.summary.rawValue].flatMap(\.foldedWords).filter { $0.count >= 4 }
        return Array(Set(words).sorted().prefix(Self.methodWordsMax))
    }
}
