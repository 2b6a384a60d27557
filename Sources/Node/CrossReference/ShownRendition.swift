import Exchange
import Screening
import Store

/// One rendition of an advisory as those who may see it are given it, and as it is compared.
///
/// Subjects are known by their STIX objects: whoever is told of one has its object, and learns no other name of it.
struct ShownRendition: Sendable {
    /// The report.
    let report: STIXID
    /// The number that people know the advisory by; nil where the rendition does not tell it.
    let reference: String?
    /// The pool's number.
    let pool: Int64
    /// The number of its label.
    let label: Int64
    /// When the report was released.
    let released: Tick
    /// By its objects, the versions that show them.
    let versions: [String: Tick]
    /// What is compared.
    let compared: ReferencedRendition

    /// Reads it from the versions of its objects, in the order of their release; nil where there is no report.
    init?(_ all: [ShownVersion]) {
        let newest = Dictionary(all.map { ($0.object, $0) }) { $1 }
        guard let version = newest.values.filter({ $0.object.hasPrefix("report--") }).max(by: { $0.tick < $1.tick }),
            let report = try? STIXID(parsing: version.object), let root = Self.object(version)
        else { return nil }
        self.report = report
        reference = root["extensions"]?[AdvisoryExtension.id]?["reference"]?.string
        (pool, label, released) = (version.pool, version.label, version.tick)
        let shown = (root["object_refs"]?.elements ?? []).compactMap(\.string).compactMap { newest[$0] }
            .filter { $0.label == version.label }
        var versions = [version.object: version.tick]
        var subjects: [ReferencedSubject] = []
        var relations: [SubjectRelation] = []
        for part in shown {
            guard let object = Self.object(part) else { continue }
            versions[part.object] = part.tick
            if let relation = SubjectRelation(stix: object) {
                relations.append(relation)
            } else {
                subjects += ReferencedSubject.all(of: object, as: part.object)
            }
        }
        self.versions = versions
        let categories = (root["labels"]?.elements ?? []).compactMap(\.string).compactMap(Category.init)
        compared = ReferencedRendition(
            label: Int(version.label),
            subjects: subjects,
            relations: relations,
            categories: Set(categories)
        )
    }

    /// The content; nil for what is revoked.
    private static func object(_ version: ShownVersion) -> JSON.Value? {
        guard let root = try? JSON(parsing: version.bytes).root, root["revoked"]?.boolean != true else { return nil }
        return root
    }
}

extension SubjectRelation {
    fileprivate init?(stix object: JSON.Value) {
        guard object["type"]?.string == "relationship",
            let kind = object["relationship_type"]?.string.flatMap(Kind.init),
            let from = object["source_ref"]?.string, let to = object["target_ref"]?.string
        else { return nil }
        self.init(from, kind, to)
    }
}

extension ReferencedSubject {
    /// The subjects that an object of a rendition tells of: one, but of a method in codes all that the codes tell.
    fileprivate static func all(of object: JSON.Value, as id: String) -> [ReferencedSubject] {
        guard let subject = object["extensions"]?[ListExtension.subject], let schema = subject["schema"]?.string else {
            return []
        }
        var properties: [String: [String]] = [:]
        for (name, values) in subject["properties"]?.members ?? [] {
            properties[name] = values.elements.compactMap(\.string)
        }
        guard let details = object["extensions"]?[AdvisoryExtension.id] else { return codes(properties, id) }
        guard let kind = details["subject"]?.string.flatMap(SubjectKind.init) else { return [] }
        let roles = (details["roles"]?.elements ?? []).compactMap(\.string).compactMap(SubjectRole.init)
        let record = Record(id: id, schema: schema, properties: properties)
        return [ReferencedSubject(kind, key: id, roles: Set(roles), record: record)]
    }

    private static func codes(_ properties: [String: [String]], _ id: String) -> [ReferencedSubject] {
        func subject(_ kind: SubjectKind, _ part: String, _ properties: [String: [String]]) -> ReferencedSubject {
            let record = Record(id: id, schema: kind.schemas[0], properties: properties)
            return ReferencedSubject(kind, key: "\(id)#\(part)", record: record)
        }
        let ways = (properties["route"] ?? []).compactMap { text -> ReferencedSubject? in
            let ends = text.split(separator: "-").map(String.init)
            guard ends.count == 2 else { return nil }
            return subject(
                .route,
                text,
                [OwnProperty.origin.rawValue: [ends[0]], OwnProperty.destination.rawValue: [ends[1]]]
            )
        }
        let goods = [OwnProperty.hsDeclared, .hsSuspected].map(\.rawValue)
        let told = properties.filter { goods.contains($0.key) }
        return told.isEmpty ? ways : ways + [subject(.consignment, "goods", told)]
    }
}
