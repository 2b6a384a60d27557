public import Exchange

/// One subject of one advisory, by the key that it has there.
public struct SubjectReference: Hashable, Sendable, Comparable {
    /// Whose subject it is.
    public let advisory: ID<Advisory>
    /// Its key there.
    public let key: String

    /// Puts it together from its parts.
    public init(_ advisory: ID<Advisory>, _ key: String) {
        self.advisory = advisory
        self.key = key
    }

    /// The advisory's id and the key.
    public var text: String { "\(advisory.text)/\(key)" }

    /// The STIX object that shows it, where keys are made of those: of what a method in codes tells, the method.
    public var shownObject: String { String(key.prefix { $0 != "#" }) }

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool {
        left.advisory != right.advisory ? left.advisory < right.advisory : left.key < right.key
    }
}

/// A subject as far as advisories are compared by it.
public struct ReferencedSubject: Hashable, Sendable {
    /// Who or what kind.
    public let kind: SubjectKind
    /// What its advisory refers to it by.
    public let key: String
    /// What it does in the matter.
    public let roles: Set<SubjectRole>
    /// What is known of it.
    public let record: Record

    /// Puts it together from its parts.
    public init(_ kind: SubjectKind, key: String, roles: Set<SubjectRole> = [], record: Record) {
        self.kind = kind
        self.key = key
        self.roles = roles
        self.record = record
    }

    /// Takes a subject of an advisory; nil for one that is to be protected, which is never compared.
    public init?(_ subject: Subject) {
        guard !subject.isProtected else { return nil }
        let record = Record(id: subject.key, schema: subject.schema, properties: subject.properties)
        self.init(subject.kind, key: subject.key, roles: Set(subject.roles), record: record)
    }
}

/// What one rendition of an advisory shows, as far as advisories are compared by it.
public struct ReferencedRendition: Hashable, Sendable {
    /// The label that decides who may see it: a number that the caller gave it.
    public let label: Int
    /// Whom or what it shows, in the order of their keys.
    public let subjects: [ReferencedSubject]
    /// How they stand to one another; what refers to a subject that is not shown is left out.
    public let relations: [SubjectRelation]
    /// What is suspected, in the order of their codes.
    public let categories: [Category]

    /// Puts it together from its parts; of subjects with one key the first counts.
    ///
    /// At most `AdvisoryContent.subjectsMax` subjects, `relationsMax` relations and `categoriesMax` categories count,
    /// which is what an advisory may have.
    public init(
        label: Int,
        subjects: [ReferencedSubject],
        relations: [SubjectRelation] = [],
        categories: Set<Category> = []
    ) {
        var known: Set<String> = []
        let single = subjects.prefix(AdvisoryContent.subjectsMax).filter { known.insert($0.key).inserted }
        self.label = label
        self.subjects = single.sorted { $0.key < $1.key }
        let shown = relations.prefix(AdvisoryContent.relationsMax).filter { relation in
            relation.from != relation.to && known.contains(relation.from) && known.contains(relation.to)
        }
        self.relations = Set(shown).sorted { $0.order < $1.order }
        self.categories = Array(categories.sorted().prefix(AdvisoryContent.categoriesMax))
    }

    /// The full rendition of what an advisory says: without those who are to be protected.
    public init(full content: AdvisoryContent, label: Int) {
        self.init(
            label: label,
            subjects: content.shown.compactMap { ReferencedSubject($0) },
            relations: content.shownRelations,
            categories: Set(content.categories)
        )
    }

    /// The non-nominal rendition of what an advisory says: its routes, methods and categories, and nobody.
    public init(nonNominal content: AdvisoryContent, label: Int) {
        let shown = content.shown.filter { $0.kind == .route || $0.kind == .method }
        self.init(
            label: label,
            subjects: shown.compactMap { ReferencedSubject($0) },
            relations: content.shownRelations,
            categories: Set(content.categories)
        )
    }
}

extension SubjectRelation {
    /// What they are listed by.
    var order: (String, String, String) { (from, kind.rawValue, to) }
}

/// An advisory as far as it is compared with others.
public struct ReferencedAdvisory: Hashable, Sendable {
    /// Whether those who may not see it may learn that there is something.
    public enum Existence: String, CaseIterable, Sendable {
        /// An originator may be told that another holds something in common.
        case open
        /// Nobody who may not see it learns of it by any word: of a task force or compartment, TLP:RED, under an
        /// embargo, or derived from a suspicious-activity report.
        case sealed
    }

    /// Renditions of one advisory.
    public static let renditionsMax = 4

    /// Which one.
    public let id: ID<Advisory>
    /// Its originator.
    public let publisher: ID<Member>
    /// When it was released.
    public let released: Tick
    /// Whether it may be hinted at.
    public let existence: Existence
    /// Its renditions, the one that says most first; a reader is shown the first that it may see.
    public let renditions: [ReferencedRendition]

    /// Puts it together from its parts; the first `renditionsMax` renditions count.
    public init(
        _ id: ID<Advisory>,
        publisher: ID<Member>,
        released: Tick,
        existence: Existence,
        renditions: [ReferencedRendition]
    ) {
        self.id = id
        self.publisher = publisher
        self.released = released
        self.existence = existence
        self.renditions = Array(renditions.prefix(Self.renditionsMax))
    }
}
