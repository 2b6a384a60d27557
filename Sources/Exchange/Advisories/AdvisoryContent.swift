/// What an advisory says; facts and assessments are separate.
///
/// Holding one is proof that it was checked.
public struct AdvisoryContent: Hashable, Sendable, Codable {
    /// Characters of the title, as code points.
    public static let titleCharactersMax = 256
    /// Characters, as code points, of the facts, of the assessment, and of the tearline, each.
    public static let textCharactersMax = 32_768
    /// Categories of one advisory.
    public static let categoriesMax = 16
    /// Subjects of one advisory.
    public static let subjectsMax = 200
    /// Relations between them.
    public static let relationsMax = 1_000

    /// What it is called; may name subjects, so it goes nowhere but with the whole.
    public let title: String
    /// What is known.
    public let facts: String
    /// What its author makes of it; nil where it makes nothing of it.
    public let assessment: String?
    /// What is suspected, in the order of their codes; at least one.
    public let categories: [Category]
    /// How grave it is.
    public let severity: Severity
    /// How sure its author is, 0 to 100 (STIX 2.1 appendix A); nil where unsaid.
    public let confidence: Int?
    /// Who or what it is about.
    public let subjects: [Subject]
    /// How the subjects stand to one another.
    public let relations: [SubjectRelation]
    /// What those read who may not have the whole, sanitised by its author; nil where there is none.
    public let tearline: String?
    /// The most that a reader may do on its ground.
    public let action: ActionCode

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case title, facts, assessment, categories, severity, confidence, subjects, relations, tearline, action
    }

    /// Checks and puts it together.
    public init(
        title: String,
        facts: String,
        assessment: String? = nil,
        categories: Set<Category>,
        severity: Severity,
        confidence: Int? = nil,
        subjects: [Subject] = [],
        relations: [SubjectRelation] = [],
        tearline: String? = nil,
        action: ActionCode
    ) throws(ContentFault) {
        try ContentRule.text(title, "title", charactersMax: Self.titleCharactersMax)
        guard !title.contains(where: \.isNewline) else {
            throw ContentFault("title", .form("must be one line; join its lines"))
        }
        try ContentRule.text(facts, "facts", charactersMax: Self.textCharactersMax)
        if let assessment { try ContentRule.text(assessment, "assessment", charactersMax: Self.textCharactersMax) }
        if let tearline { try ContentRule.text(tearline, "tearline", charactersMax: Self.textCharactersMax) }
        guard !categories.isEmpty else { throw ContentFault("categories", .empty) }
        guard categories.count <= Self.categoriesMax else {
            throw ContentFault("categories", .many(countMax: Self.categoriesMax))
        }
        if let confidence, !(0...100).contains(confidence) {
            throw ContentFault("confidence", .form("must be a whole number from 0 to 100"))
        }
        try Self.check(subjects)
        try Self.check(relations, between: subjects)
        self.title = title
        self.facts = facts
        self.assessment = assessment
        self.categories = categories.sorted()
        self.severity = severity
        self.confidence = confidence
        self.subjects = subjects
        self.relations = relations
        self.tearline = tearline
        self.action = action
    }

    /// Reads it strictly.
    /// - Throws: `ContentFault`.
    public init(from decoder: any Decoder) throws {
        let reader = try ContentReader(decoder, knows: CodingKeys.allCases.map(\.rawValue))
        let title: String = try reader.needed("title", "must be a text")
        let facts: String = try reader.needed("facts", "must be a text")
        let assessment: String? = try reader.value("assessment", "must be a text")
        let codes: [String] = try reader.needed("categories", "must be a list of codes such as TRF-DRG")
        let severity: Severity = try reader.neededWord("severity")
        let confidence: Int? = try reader.value("confidence", "must be a whole number from 0 to 100")
        let subjects: [Subject] = try reader.value("subjects", "must be a list of subjects") ?? []
        let relations: [SubjectRelation] = try reader.value("relations", "must be a list of relations") ?? []
        let tearline: String? = try reader.value("tearline", "must be a text")
        let action: ActionCode = try reader.neededWord("action")
        do throws(ContentFault) {
            try self.init(
                title: title,
                facts: facts,
                assessment: assessment,
                categories: try Self.categories(codes),
                severity: severity,
                confidence: confidence,
                subjects: subjects,
                relations: relations,
                tearline: tearline,
                action: action
            )
        } catch {
            throw error.within(reader.path)
        }
    }

    /// Whether any of its subjects is a natural person.
    public var namesPerson: Bool { subjects.contains(where: \.isPerson) }

    static func categories(_ codes: [String]) throws(ContentFault) -> Set<Category> {
        try ContentRule.list(codes, "categories", countMax: categoriesMax)
        var categories: Set<Category> = []
        for (place, code) in codes.enumerated() {
            guard let category = Category(rawValue: code) else {
                throw ContentFault("categories[\(place)]", .form("must be a code of VOCABULARY, such as TRF-DRG"))
            }
            categories.insert(category)
        }
        return categories
    }

    static func check(_ subjects: [Subject]) throws(ContentFault) {
        guard subjects.count <= subjectsMax else { throw ContentFault("subjects", .many(countMax: subjectsMax)) }
        var keys: Set<String> = []
        for (place, subject) in subjects.enumerated() where !keys.insert(subject.key).inserted {
            throw ContentFault("subjects[\(place)].key", .twice("the key \(subject.key)"))
        }
    }

    static func check(
        _ relations: [SubjectRelation],
        between subjects: [Subject]
    ) throws(ContentFault) {
        try ContentRule.list(relations, "relations", countMax: relationsMax)
        let keys = Set(subjects.map(\.key))
        for (place, relation) in relations.enumerated() {
            for (end, key) in [("from", relation.from), ("to", relation.to)] where !keys.contains(key) {
                throw ContentFault("relations[\(place)].\(end)", .form("must be the key of one of the subjects"))
            }
            guard relation.from != relation.to else {
                throw ContentFault("relations[\(place)].to", .form("must be another subject than from"))
            }
        }
    }
}

extension AdvisoryContent {
    /// Refuses content that is not of the kind: what the advisory is about must be among its subjects, and a method has
    /// no personal data.
    public func check(as kind: AdvisoryKind) throws(ContentFault) {
        try checkTexts()
        func has(_ kinds: Set<SubjectKind>) -> Bool { subjects.contains { kinds.contains($0.kind) } }
        func need(_ kinds: Set<SubjectKind>) throws(ContentFault) {
            guard !has(kinds) else { return }
            let codes = kinds.map(\.rawValue).sorted().joined(separator: ", ")
            throw ContentFault("subjects", .form("must hold one of \(codes) in \(kind.rawValue); add it"))
        }
        switch kind {
        case .subject: guard !subjects.isEmpty else { throw ContentFault("subjects", .empty) }
        case .route: try need([.route])
        case .jurisdiction: try need([.jurisdiction])
        case .asset: try need([.vessel, .aircraft, .vehicle, .container, .consignment, .account, .document])
        case .method:
            if let place = subjects.firstIndex(where: { $0.kind.isPersonal }) {
                let rule = "must have no personal data in \(kind.rawValue); leave it out, or draft an ADV-SUB"
                throw ContentFault("subjects[\(place)]", .form(rule))
            }
        case .safety:
            guard categories.contains(where: { $0.rawValue.hasPrefix("SAF") }) else {
                let rule = "must hold one of SAF in \(kind.rawValue), such as SAF-PER; add it, or draft another kind"
                throw ContentFault("categories", .form(rule))
            }
        }
    }
}
