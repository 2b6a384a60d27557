/// What a member tells an authority, or asks others about: who and what, and what was seen when.
///
/// Holding one is proof that it was checked. Facts and what the member suspects are separate.
public struct ReportContent: Hashable, Sendable, Codable {
    /// What is suspected, in the order of their codes; at least one.
    public let categories: [Category]
    /// How grave it is.
    public let severity: Severity
    /// When it was seen first; nil where that is not known.
    public let seen: Timestamp?
    /// When it was seen last; nil where it was seen once.
    public let seenLast: Timestamp?
    /// Where: UN/LOCODE; nil where that is not known.
    public let place: String?
    /// What was seen.
    public let facts: String
    /// What the member makes of it; nil where it makes nothing of it.
    public let suspicion: String?
    /// Consignments, parties with their roles, containers, routes and whatever else it is about.
    public let subjects: [Subject]
    /// How they stand to one another.
    public let relations: [SubjectRelation]
    /// The advisory that led to it; nil for none.
    public let advisory: AdvisoryReference?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case categories, severity, seen, place, facts, suspicion, subjects, relations, advisory
        case seenLast = "seen_last"
    }

    /// Checks and puts it together.
    public init(
        categories: Set<Category>,
        severity: Severity,
        seen: Timestamp? = nil,
        seenLast: Timestamp? = nil,
        place: String? = nil,
        facts: String,
        suspicion: String? = nil,
        subjects: [Subject],
        relations: [SubjectRelation] = [],
        advisory: AdvisoryReference? = nil
    ) throws(ContentFault) {
        guard !categories.isEmpty else { throw ContentFault("categories", .empty) }
        guard categories.count <= AdvisoryContent.categoriesMax else {
            throw ContentFault("categories", .many(countMax: AdvisoryContent.categoriesMax))
        }
        if let seenLast {
            guard let seen, seen <= seenLast else {
                throw ContentFault("seen_last", .form("must not lie before seen; leave it out where it was seen once"))
            }
        }
        if let place {
            do throws(IdentifierFault) {
                self.place = try Identifier(place, as: .locode).value
            } catch {
                throw ContentFault("place", .identifier(error))
            }
        } else {
            self.place = nil
        }
        try ContentRule.text(facts, "facts", charactersMax: AdvisoryContent.textCharactersMax)
        if let suspicion {
            try ContentRule.text(suspicion, "suspicion", charactersMax: AdvisoryContent.textCharactersMax)
        }
        guard !subjects.isEmpty else { throw ContentFault("subjects", .empty) }
        try AdvisoryContent.check(subjects)
        try AdvisoryContent.check(relations, between: subjects)
        self.categories = categories.sorted()
        self.severity = severity
        self.seen = seen
        self.seenLast = seenLast
        self.facts = facts
        self.suspicion = suspicion
        self.subjects = subjects
        self.relations = relations
        self.advisory = advisory
    }

    /// Reads it strictly.
    /// - Throws: `ContentFault`.
    public init(from decoder: any Decoder) throws {
        let reader = try ContentReader(decoder, knows: CodingKeys.allCases.map(\.rawValue))
        let codes: [String] = try reader.needed("categories", "must be a list of codes such as TRF-DRG")
        let severity: Severity = try reader.neededWord("severity")
        let seen: Timestamp? = try reader.value("seen", "must be a time of RFC 3339")
        let seenLast: Timestamp? = try reader.value("seen_last", "must be a time of RFC 3339")
        let place: String? = try reader.value("place", "must be a UN/LOCODE")
        let facts: String = try reader.needed("facts", "must be a text")
        let suspicion: String? = try reader.value("suspicion", "must be a text")
        let subjects: [Subject] = try reader.needed("subjects", "must be a list of subjects")
        let relations: [SubjectRelation] = try reader.value("relations", "must be a list of relations") ?? []
        let advisory: AdvisoryReference? = try reader.value("advisory", "must be a reference such as CVT-2026-00417")
        do throws(ContentFault) {
            try self.init(
                categories: try AdvisoryContent.categories(codes),
                severity: severity,
                seen: seen,
                seenLast: seenLast,
                place: place,
                facts: facts,
                suspicion: suspicion,
                subjects: subjects,
                relations: relations,
                advisory: advisory
            )
        } catch {
            throw error.within(reader.path)
        }
    }

    /// Whether it tells of somebody, something, a place or a time of which another did not.
    func tellsMore(than other: ReportContent) -> Bool {
        (seen, seenLast) != (other.seen, other.seenLast)
            || ItemFeatures(subjects, place: place).count(beyond: ItemFeatures(other.subjects, place: other.place)) > 0
    }

    /// Whether any of its subjects is somebody or something by name.
    public var isNominal: Bool { subjects.contains { $0.kind.isNominal } }
}
