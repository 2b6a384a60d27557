/// The reports of an envelope: each grouping with what its `object_refs` name in the same envelope is one.
///
/// Pure, and strict: an object or property that a report cannot keep is refused by name.
public struct ReportEnvelope: Sendable {
    /// One grouping that says something, or takes back what it said.
    public struct Item: Sendable {
        /// Its place in the envelope.
        public let place: Int
        /// The places of what it names.
        public let parts: [Int]
        /// Its own id, which its author chose.
        public let id: STIXID
        /// Its version.
        public let version: STIXObject.Version
        /// Whom it and what it names say they are by.
        public let authors: Set<STIXID>
        /// What it says; nil where it is revoked.
        public let content: ReportContent?
    }

    /// What became of an item.
    public enum Outcome: Hashable, Sendable {
        /// Into this report.
        case taken(ID<Report>)
        /// Why it was not.
        case refused(String)

        var isTaken: Bool {
            switch self {
            case .taken: true
            case .refused: false
            }
        }
    }

    /// What can be taken, in the order of the envelope.
    public private(set) var items: [Item] = []
    /// What cannot, and why, by its place in the envelope; what is merely named by such a grouping is not among them.
    public private(set) var faults: [Int: String] = [:]

    /// One object, read as far as that needs no other.
    private struct Stated {
        let object: STIXObject
        let value: JSON.Value

        /// What it names, where it is a grouping.
        var references: [STIXID] {
            guard object.type == "grouping" else { return [] }
            return (value["object_refs"]?.elements ?? []).compactMap { $0.string.flatMap(STIXID.parsed) }
        }
    }

    private let stated: [Int: Stated]
    /// Where each id stands first.
    private var places: [STIXID: Int] = [:]
    /// Of what stands twice, the first place.
    private var twins: [Int: Int] = [:]
    /// All that groupings name.
    private let named: Set<STIXID>
    /// Whom the objects say they are by.
    private let authors: Set<STIXID>

    /// Reads the reports of an envelope.
    public init(_ contributions: [Contribution]) {
        var stated: [Int: Stated] = [:]
        for (place, contribution) in contributions.enumerated() {
            switch contribution {
            case .invalid(_, _, let reason): faults[place] = reason
            case .object(let object):
                // It was read before, so it is JSON.
                guard let json = try? JSON(parsing: object.bytes, limits: JSON.Limits(depthMax: .max)) else { continue }
                stated[place] = Stated(object: object, value: json.root)
            }
        }
        self.stated = stated
        named = Set(stated.values.flatMap(\.references))
        authors = Set(stated.values.compactMap(\.object.createdBy))
        let ordered = stated.sorted { $0.key < $1.key }
        for (place, one) in ordered {
            guard let first = places[one.object.id] else {
                places[one.object.id] = place
                continue
            }
            twins[place] = first
            if stated[first]?.object.digest != one.object.digest {
                faults[place] = "id: is in this envelope twice; send one version after the other"
            }
        }
        for (place, one) in ordered where twins[place] == nil && one.object.type == "grouping" {
            do throws(ContentFault) {
                let item = try item(one, at: place)
                items.append(item)
            } catch {
                faults[place] = error.description
            }
        }
        for (place, one) in ordered where twins[place] == nil && faults[place] == nil { checkPlace(of: one, at: place) }
    }

    /// What became of each object of the envelope, in its order.
    /// - Parameter outcomes: what became of each item, by its place.
    public func verdicts(
        on contributions: [Contribution],
        _ outcomes: [Int: Outcome],
        at now: Timestamp
    ) -> [Verdict] {
        let taken = Set(items.filter { outcomes[$0.place]?.isTaken ?? false }.flatMap(\.parts))
        return contributions.enumerated().map { place, contribution in
            let (id, version): (String, String)
            switch contribution {
            case .invalid(let text, let stated, _): (id, version) = (text, stated ?? now.text)
            case .object(let object): (id, version) = (object.id.text, object.version?.text ?? now.text)
            }
            let first = twins[place] ?? place
            if let fault = faults[place] ?? faults[first] { return .failure(id: id, version: version, reason: fault) }
            switch outcomes[first] {
            case .taken(let report): return .success(id: id, version: version, note: "is the report \(report.text)")
            case .refused(let reason): return .failure(id: id, version: version, reason: reason)
            case nil:
                guard taken.contains(first) || !isPart(first) else {
                    return .failure(id: id, version: version, reason: "id: no grouping that names it was taken")
                }
                return .success(id: id, version: version, note: nil)
            }
        }
    }

    // MARK: Groupings

    private mutating func item(_ one: Stated, at place: Int) throws(ContentFault) -> Item {
        let (object, value) = (one.object, one.value)
        guard let version = object.version else { throw ContentFault("modified", .missing) }
        let context = value["context"]?.string
        guard context == "suspicious-activity" else {
            throw ContentFault("context", .form("must be suspicious-activity: this collection takes reports"))
        }
        if object.isRevoked {
            return Item(
                place: place,
                parts: one.references.compactMap { places[$0] },
                id: object.id,
                version: version,
                authors: Set([object.createdBy].compactMap { $0 }),
                content: nil
            )
        }
        try StatedObject.check(
            value,
            knows: ["name", "description", "context", "object_refs", "labels"],
            extensions: [ReportExtension.id: ReportExtension.fields]
        )
        let countMax = AdvisoryContent.subjectsMax + AdvisoryContent.relationsMax
        guard one.references.count <= countMax else { throw ContentFault("object_refs", .many(countMax: countMax)) }
        var parts: [Int] = []
        for (number, id) in one.references.enumerated() {
            guard let part = places[id] else {
                throw ContentFault("object_refs[\(number)]", .form("names \(id), which must be in the same envelope"))
            }
            parts.append(part)
        }
        let (subjects, relations) = (try subjects(parts), try relations(parts))
        return Item(
            place: place,
            parts: parts,
            id: object.id,
            version: version,
            authors: Set(([place] + parts).compactMap { stated[$0]?.object.createdBy }),
            content: try content(value, subjects, relations)
        )
    }

    private func content(
        _ value: JSON.Value,
        _ subjects: [Subject],
        _ relations: [SubjectRelation]
    ) throws(ContentFault) -> ReportContent {
        let beside = value["extensions"]?[ReportExtension.id]
        let facts = [try StatedObject.text(value, "name"), try StatedObject.text(value, "description")]
        let labels = try StatedObject.texts(value, "labels")
        do throws(ContentFault) {
            guard let severity = beside?["severity"]?.integer.flatMap({ Severity(rawValue: Int($0)) }) else {
                throw ContentFault("severity", .form("must be there, 1 to 4"))
            }
            let advisory = try StatedObject.text(beside, "advisory")
            let reference = advisory.flatMap { AdvisoryReference($0) }
            guard advisory == nil || reference != nil else {
                throw ContentFault("advisory", .form("must be a reference such as CVT-2026-00417"))
            }
            return try ReportContent(
                categories: try AdvisoryContent.categories(labels),
                severity: severity,
                seen: try Self.time(beside, "seen"),
                seenLast: try Self.time(beside, "seen_last"),
                place: try StatedObject.text(beside, "place"),
                facts: facts.compactMap { $0 }.joined(separator: "\n\n"),
                suspicion: try StatedObject.text(beside, "suspicion"),
                subjects: subjects,
                relations: relations,
                advisory: reference
            )
        } catch {
            throw error.ofGrouping
        }
    }

    private static func time(_ beside: JSON.Value?, _ name: String) throws(ContentFault) -> Timestamp? {
        guard let text = try StatedObject.text(beside, name) else { return nil }
        do throws(TimestampFault) {
            return try Timestamp(parsing: text)
        } catch {
            throw ContentFault(name, .form(error.rule))
        }
    }

    // MARK: What they name

    /// What a grouping names must be right, or it is not: half a report is none.
    private mutating func part<Output>(
        at place: Int,
        _ read: (JSON.Value) throws(ContentFault) -> Output
    ) throws(ContentFault) -> Output {
        guard let one = stated[place] else { throw ContentFault("object_refs", .empty) }
        do throws(ContentFault) {
            return try read(one.value)
        } catch {
            faults[place] = error.description
            throw ContentFault("object_refs", .form("name \(one.object.id.text), which is refused: \(error)"))
        }
    }

    private mutating func subjects(_ parts: [Int]) throws(ContentFault) -> [Subject] {
        var subjects: [Subject] = []
        for place in parts where stated[place]?.object.type != "relationship" {
            subjects.append(
                try part(at: place) { value throws(ContentFault) in
                    try Self.checkType(value["type"]?.string ?? "")
                    return try Subject(stated: value, key: Self.key(value["id"]))
                }
            )
        }
        return subjects
    }

    private mutating func relations(_ parts: [Int]) throws(ContentFault) -> [SubjectRelation] {
        let subjects = Set(parts.compactMap { stated[$0]?.object.id.text })
        var relations: [SubjectRelation] = []
        for place in parts where stated[place]?.object.type == "relationship" {
            relations.append(
                try part(at: place) { value throws(ContentFault) in
                    let ends = ["source_ref", "target_ref"]
                    try StatedObject.check(value, knows: ["relationship_type"] + ends, extensions: [:])
                    for end in ends where !subjects.contains(value[end]?.string ?? "") {
                        throw ContentFault(end, .form("must be among the object_refs of the same grouping"))
                    }
                    let kind: SubjectRelation.Kind? = try StatedObject.word(value, "relationship_type")
                    guard let kind else { throw ContentFault("relationship_type", .missing) }
                    return SubjectRelation(Self.key(value["source_ref"]), kind, Self.key(value["target_ref"]))
                }
            )
        }
        return relations
    }

    /// What a subject is referred to by within its report: the digits of its id, the same in every version.
    private static func key(_ id: JSON.Value?) -> String { (id?.string ?? "").suffix(36).filter { $0 != "-" } }

    private static func checkType(_ type: String) throws(ContentFault) {
        let types = Set(SubjectKind.allCases.map(\.stixType)).sorted()
        guard !types.contains(type) else { return }
        throw ContentFault("type", .form("\(type) is no part of a report, which has \(types.joined(separator: ", "))"))
    }

    // MARK: What nobody names

    /// Whether an object is something that a report says: not who wrote it, whom the exchange knows, and no definition.
    private func isPart(_ place: Int) -> Bool {
        guard let object = stated[place]?.object else { return false }
        switch object.type {
        case "grouping", "extension-definition": return false
        case "marking-definition": return TLP.marking(object.id) == nil
        case "identity": return named.contains(object.id) || !authors.contains(object.id)
        default: return true
        }
    }

    /// Refuses what a report says that no grouping names: it would be lost.
    private mutating func checkPlace(of one: Stated, at place: Int) {
        guard isPart(place), !named.contains(one.object.id) else { return }
        do throws(ContentFault) {
            if one.object.type != "relationship" { try Self.checkType(one.object.type) }
            faults[place] = "id: must be among the object_refs of a grouping"
        } catch {
            faults[place] = error.description
        }
    }
}

extension ContentFault {
    /// The same fault of a report's content, told by the properties of the grouping that says it.
    fileprivate var ofGrouping: ContentFault {
        let head = field.prefix { $0 != "[" && $0 != "." }
        switch head {
        case "categories": return ContentFault("labels\(field.dropFirst(head.count))", rule)
        case "facts": return ContentFault("description", rule)
        case "subjects", "relations": return ContentFault("object_refs", .form(description))
        default: return within("extensions.\(ReportExtension.id)")
        }
    }
}
