public import Foundation

/// One object of a rendition, as far as its id depends on it.
public enum RenditionPart: Hashable, Sendable, Codable {
    /// The method in codes: of renditions that show no subject.
    case method
    /// A subject: one that becomes another kind of subject is another object.
    case subject(key: String, kind: SubjectKind)
    case relation(SubjectRelation)

    /// The type of the object.
    var type: String {
        switch self {
        case .method: SubjectKind.method.stixType
        case .subject(_, let kind): kind.stixType
        case .relation: "relationship"
        }
    }

    /// What its id is asked for by; `generation` is how often it has gone before, since what was revoked has no later
    /// version.
    func key(generation: Int) -> String {
        let key =
            switch self {
            case .method: "method"
            case .subject(let key, let kind): "subject/\(key)/\(kind.rawValue)"
            case .relation(let relation): "relation/\(relation.from)/\(relation.kind.rawValue)/\(relation.to)"
            }
        return generation == 0 ? key : "\(key)/\(generation)"
    }
}

/// An object that readers hold and a later version no longer has.
public struct RetiredPart: Hashable, Sendable, Codable {
    /// The object.
    public let part: RenditionPart
    /// The number of the version that no longer has it.
    public let number: Int
    /// When readers were told; nil while they were not.
    public internal(set) var told: Timestamp?
}

extension Advisory {
    /// Notes that the version which readers see goes out to them, and with it what it no longer has.
    /// - Parameter released: the number of the version that was out before; 0 where nobody holds anything.
    public mutating func tell(after released: Int, at now: Timestamp) {
        if released == 0 { retired = [] }
        for place in retired.indices where retired[place].told == nil { retired[place].told = now }
    }
}

extension AdvisoryContent {
    /// The subjects that a full rendition shows: those that are to be protected are in none.
    public var shown: [Subject] { subjects.filter { !$0.isProtected } }

    /// The relations among them.
    public var shownRelations: [SubjectRelation] {
        let keys = Set(shown.map(\.key))
        return relations.filter { keys.contains($0.from) && keys.contains($0.to) }
    }

    /// The objects of the full rendition beside the report: a report must refer to something, and where no subject is
    /// shown, it is the method.
    var parts: [RenditionPart] {
        let subjects = shown.map { RenditionPart.subject(key: $0.key, kind: $0.kind) }
        return (subjects.isEmpty ? [.method] : subjects) + shownRelations.map { .relation($0) }
    }
}

extension SubjectKind {
    /// The type of the STIX object that carries it.
    var stixType: String {
        switch self {
        case .person, .organisation, .group: "identity"
        case .vessel: "vessel"
        case .aircraft: "aircraft"
        case .vehicle: "vehicle"
        case .container: "container"
        case .consignment: "consignment"
        case .address: "address"
        case .account: "account"
        case .document: "document"
        case .route: "route"
        case .method: "method"
        case .jurisdiction: "jurisdiction"
        }
    }

    /// The class of an identity; nil for what is none.
    var identityClass: String? {
        switch self {
        case .person: "individual"
        case .organisation: "organization"
        case .group: "group"
        case .vessel, .aircraft, .vehicle, .container, .consignment, .address, .account, .document, .route, .method,
            .jurisdiction:
            nil
        }
    }
}

/// The UUIDs of an advisory's objects, by rendition and key: the same for the same, and not to be guessed by anybody
/// else, so a keyed hash over the advisory's id, the rendition and the key, as a UUIDv4.
public typealias RenditionIDs = (Rendition, String) -> UUID

/// What all objects of one rendition have in common, and nothing of the advisory's content.
struct RenditionFrame {
    /// Whose ids they have.
    let rendition: Rendition
    /// Their author; nil where the source is not told.
    let author: STIXID?
    let marking: TLP?
    let addressees: [STIXID]
    let created: Timestamp
    let modified: Timestamp
    let ids: RenditionIDs

    /// The key of the report.
    static let report = "report"

    /// The id of the rendition's own report.
    var report: STIXID { id("report", Self.report) }

    func id(_ type: String, _ key: String) -> STIXID { STIXID(type: type, uuid: ids(rendition, key)) }

    /// The same for what is revoked: marking and addressees are those of another version than its holders know.
    func revoking(at instant: Timestamp) -> RenditionFrame {
        RenditionFrame(
            rendition: rendition,
            author: author,
            marking: nil,
            addressees: [],
            created: created,
            modified: instant,
            ids: ids
        )
    }

    /// A new object with what all have in common.
    func object(
        _ id: STIXID,
        _ own: [String: Any],
        extensions: [String: [String: Any]] = [:]
    ) -> [String: Any] {
        var object: [String: Any] = [
            "type": id.type, "spec_version": "2.1", "id": id.text, "created": created.text, "modified": modified.text,
        ]
        var extensions = extensions
        object["created_by_ref"] = author?.text
        if let marking { object["object_marking_refs"] = [marking.definition.text] }
        if !addressees.isEmpty {
            extensions[STIXObject.addressing] = [
                "extension_type": "property-extension", "addressees": addressees.map(\.text),
            ]
        }
        if !extensions.isEmpty { object["extensions"] = extensions }
        for (name, value) in own { object[name] = value }
        return object
    }

    /// The extension of a subject's object.
    static func subject(_ kind: SubjectKind, _ schema: String, _ properties: [String: [String]]) -> [String: Any] {
        [
            "extension_type": kind.identityClass == nil ? "new-sdo" : "property-extension",
            "schema": schema, "properties": properties,
        ]
    }
}
