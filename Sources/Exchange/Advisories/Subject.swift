/// Who or what an advisory is about.
///
/// Holding one is proof that its properties and identifiers were checked.
public struct Subject: Hashable, Sendable, Codable {
    /// Bytes of a key.
    public static let keyBytesMax = 32
    /// Properties of one subject.
    public static let propertiesMax = 64
    /// Bytes of a property's name, as far as an error tells it.
    public static let propertyNameBytesMax = 64
    /// Values of one property.
    public static let valuesMax = 32
    /// Characters of one value, as code points.
    public static let valueCharactersMax = 2_048

    /// Who or what kind.
    public let kind: SubjectKind
    /// What the rest of the advisory refers to it by, such as `s1`; it means nothing outside the advisory.
    public let key: String
    /// The schema of FollowTheMoney that its properties are named by, or our word where there is none.
    public let schema: String
    /// Its properties by their FollowTheMoney names, or ours; each value as it was given.
    public let properties: [String: [String]]
    /// What it does in the matter, in the order of their codes.
    public let roles: [SubjectRole]
    /// What a person is in the matter; nil for what is no person.
    public let standing: DataSubject?
    /// The identifiers among the properties, in the form that their schemes write them, by the properties' names.
    public let identifiers: [CheckedIdentifier]

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case kind, key, schema, properties, roles, standing
    }

    /// Checks and puts it together.
    /// - Parameters:
    ///   - schema: nil for the kind's usual one.
    ///   - standing: of persons alone; unknown where nothing is said.
    public init(
        _ kind: SubjectKind,
        key: String,
        schema: String? = nil,
        properties: [String: [String]],
        roles: Set<SubjectRole> = [],
        standing: DataSubject? = nil
    ) throws(ContentFault) {
        try Self.check(key: key, "key")
        let schema = schema ?? kind.schemas[0]
        guard kind.schemas.contains(schema) else {
            let schemas = kind.schemas.joined(separator: ", ")
            throw ContentFault("schema", .form("must be one of \(schemas) for \(kind.rawValue), or left out"))
        }
        guard standing == nil || kind == .person else {
            throw ContentFault("standing", .form("is for persons alone; leave it out"))
        }
        identifiers = try PropertyCheck(properties, of: kind, schema: schema).identifiers
        self.kind = kind
        self.key = key
        self.schema = schema
        self.properties = properties
        self.roles = roles.sorted { $0.rawValue < $1.rawValue }
        self.standing = kind == .person ? standing ?? .unknown : nil
    }

    /// Reads it strictly.
    /// - Throws: `ContentFault`.
    public init(from decoder: any Decoder) throws {
        let reader = try ContentReader(decoder, knows: CodingKeys.allCases.map(\.rawValue))
        let kind: SubjectKind = try reader.neededWord("kind")
        let key: String = try reader.needed("key", "must be a text")
        let schema: String? = try reader.value("schema", "must be a text")
        let properties: [String: [String]] = try reader.needed("properties", "must be lists of texts by name")
        let roles: [SubjectRole] = try reader.words("roles")
        let standing: DataSubject? = try reader.word("standing")
        do throws(ContentFault) {
            try self.init(
                kind,
                key: key,
                schema: schema,
                properties: properties,
                roles: Set(roles),
                standing: standing
            )
        } catch {
            throw error.within(reader.path)
        }
    }

    /// Whether it is a natural person, or leads to one.
    ///
    /// A document is somebody's, and who owns, holds or runs a thing may be a person.
    public var isPerson: Bool {
        kind == .person || kind == .document || Self.keepers.contains { properties[$0] != nil }
    }

    /// Whether it is revealed on a screening hit alone, with an instruction to protect: no rendition holds it.
    public var isProtected: Bool { standing?.isProtected ?? false }

    /// The checked values of one of our properties.
    func identifiers(of property: OwnProperty) -> [Identifier] {
        identifiers.filter { $0.property == property.rawValue }.map(\.identifier)
    }

    /// Refuses a key that is not 1 to 32 of a-z, 0-9 and hyphens.
    private static func check(key: String, _ field: String) throws(ContentFault) {
        guard Name(key) != nil, key.utf8.count <= keyBytesMax else {
            let rule = "must be 1 to \(keyBytesMax) of a-z, 0-9 and hyphens with no hyphen at an end, such as s1"
            throw ContentFault(field, .form(rule))
        }
    }
}
