import Exchange

/// How a matter is run, as far as an advisory tells it, without who runs it: what laundering patterns are compared by.
///
/// Only categories that are of laundering make a pattern: trade-based laundering and finance, and the sanctions and
/// corruption kinds that are ways and not ends.
struct Pattern: Hashable {
    /// The least that two patterns have in common, in thousandths of what both tell.
    static let similarityMin = 600
    /// Traits of a pattern, the weightiest first.
    static let traitsMax = 64
    /// Weight that two patterns tell together, at least: two advisories that say little are not alike for it.
    static let weightMin = 12

    /// A trait and its weight.
    struct Trait: Hashable, Comparable {
        enum Kind: Int {
            case category = 4
            case corridor = 3
            case goods = 2
            case role = 1
            /// What kind stands to what kind how.
            case structure = 0
        }

        let kind: Kind
        let text: String

        var weight: Int { max(kind.rawValue, 1) }

        static func < (left: Self, right: Self) -> Bool {
            left.kind != right.kind ? left.kind.rawValue > right.kind.rawValue : left.text < right.text
        }
    }

    private static let families = ["TBM-", "FIN-"]
    private static let ways: Set<String> = ["SAN-TSP", "SAN-EUC", "SAN-DIV", "COR-GAT", "FRD-DOC", "FRD-FIC"]

    /// In their order; empty where no category is of laundering.
    let traits: [Trait]
    private let weight: Int

    init(_ rendition: ReferencedRendition) {
        let codes = rendition.categories.map(\.rawValue).filter(Self.isOfLaundering)
        guard codes.contains(where: { code in Self.families.contains { code.hasPrefix($0) } }) else {
            traits = []
            weight = 0
            return
        }
        var found = Set(codes.map { Trait(kind: .category, text: $0) })
        for subject in rendition.subjects {
            for role in subject.roles { found.insert(Trait(kind: .role, text: role.rawValue)) }
            found.formUnion(subject.corridors.map { Trait(kind: .corridor, text: $0) })
            found.formUnion(subject.chapters.map { Trait(kind: .goods, text: $0) })
        }
        let kinds = Dictionary(uniqueKeysWithValues: rendition.subjects.map { ($0.key, $0.kind.rawValue) })
        for relation in rendition.relations {
            guard let from = kinds[relation.from], let to = kinds[relation.to] else { continue }
            found.insert(Trait(kind: .structure, text: "\(from) \(relation.kind.rawValue) \(to)"))
        }
        traits = Array(found.sorted().prefix(Self.traitsMax))
        weight = traits.reduce(0) { $0 + $1.weight }
    }

    private static func isOfLaundering(_ code: String) -> Bool {
        families.contains { code.hasPrefix($0) } || ways.contains(code)
    }

    /// What it is found by: two traits together, of which one is a category of laundering.
    var keys: [String] {
        let categories = traits.filter { $0.kind == .category }
        let telling = traits.filter { $0.kind.rawValue >= Trait.Kind.goods.rawValue }
        return categories.flatMap { category in
            telling.filter { category < $0 }.map { "\(category.text) \($0.text)" }
        }
    }

    /// What the two have in common; nil where they are not alike.
    func evidence(_ other: Pattern) -> LinkEvidence? {
        guard !traits.isEmpty, !other.traits.isEmpty else { return nil }
        let shared = traits.filter(Set(other.traits).contains)
        let common = shared.reduce(0) { $0 + $1.weight }
        let all = weight + other.weight - common
        guard all >= Self.weightMin, shared.first?.kind == .category else { return nil }
        let score = 1_000 * common / all
        guard score >= Self.similarityMin else { return nil }
        let words = shared.prefix(8).map(\.text).joined(separator: ", ")
        return LinkEvidence(
            ends: nil,
            fields: ["categories"],
            score: score,
            sentence: "The two are run in a like way: \(words)."
        )
    }
}

extension ReferencedSubject {
    /// The countries that a route leads from and to.
    fileprivate var corridors: [String] {
        guard kind == .route else { return [] }
        return features.filter { $0.kind == .route }.map { route in
            let ends = route.value.split(separator: " to ").map { $0.prefix(2) }
            return ends.joined(separator: "-")
        }
    }

    /// The chapters of the Harmonized System of goods, as declared and as suspected.
    fileprivate var chapters: [String] {
        let properties: [OwnProperty] = [.hsDeclared, .hsSuspected, .hs]
        return properties.flatMap { property in
            record[property.rawValue].map { "\(property.rawValue) \($0.filter(\.isNumber).prefix(2))" }
        }
    }
}
