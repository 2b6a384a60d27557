import Foundation

/// One subject of a public list, in the words of FollowTheMoney.
public struct ListSubject: Hashable, Sendable {
    /// The list's own id of it.
    public let key: String
    /// A schema of FollowTheMoney: Person, Company, Vessel and so on.
    public let schema: String
    /// Properties by their FollowTheMoney names.
    ///
    /// Each value stands once, in the list's order.
    public private(set) var properties: [String: [String]] = [:]

    /// A subject without properties yet.
    public init(key: String, schema: String) {
        self.key = key
        self.schema = schema
    }

    /// Adds a value to a property; an empty one, or one that is there, is passed over.
    public mutating func add(_ value: String, to property: String) {
        let value = value.trimmingCharacters(in: .whitespaces)
        guard !value.isEmpty, properties[property]?.contains(value) != true else { return }
        properties[property, default: []].append(value)
    }

    /// The STIX type and identity class that carry a schema; nil for one that is no subject by itself.
    static func carrier(of schema: String) -> (type: String, identityClass: String?)? {
        switch schema {
        case "Person": ("identity", "individual")
        case "Company", "Organization", "LegalEntity", "PublicBody": ("identity", "organization")
        case "Vessel": ("vessel", nil)
        case "Airplane": ("aircraft", nil)
        default: nil
        }
    }

    /// The schemas of subjects that lists may have.
    static let schemas = ["Airplane", "Company", "LegalEntity", "Organization", "Person", "PublicBody", "Vessel"]

    /// Whether the exchange has a STIX type for it.
    public var isCarried: Bool { Self.carrier(of: schema) != nil && !(properties["name"] ?? []).isEmpty }
}

/// The extension definitions of Caveat, and the namespace of its list ids.
public enum ListExtension {
    /// Carries a FollowTheMoney schema and its properties.
    public static let subject = "extension-definition--2b0dbd0e-97a8-4c4c-8d5a-5d3f0a6f1f52"
    /// Names of list ids are hashed under this UUID (RFC 9562 §5.5); it is no namespace of anybody else's.
    static let namespace: [UInt8] = [
        0x5d, 0x0c, 0x6f, 0x1e, 0x3a, 0x0b, 0x4f, 0x6d, 0x9e, 0x27, 0x61, 0x50, 0x2c, 0x8b, 0x90, 0x4a,
    ]
    static let author = "identity--b3c6b1c4-4a53-4d0e-a5a3-0d9a2f6f7e11"
    static let made = "2026-11-24T00:00:00.000Z"

    /// The objects that define both extensions, and their author: STIX that is sent before what uses them.
    public static var definitions: [[UInt8]] {
        let subjects = """
            {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["schema","properties"],\
            "properties":{"schema":{"type":"string"},"grade":{"type":"string","pattern":"^[A-F][1-6]$"},\
            "properties":{"type":"object","additionalProperties":{"type":"array","items":{"type":"string"}}}}}
            """
        let addressing = """
            {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["addressees"],\
            "properties":{"addressees":{"type":"array","items":{"type":"string"},"minItems":1,"maxItems":256}}}
            """
        return [
            [
                "type": "identity", "spec_version": "2.1", "id": author, "created": made, "modified": made,
                "name": "Caveat", "identity_class": "system",
            ],
            definition(
                subject,
                "Subject in FollowTheMoney",
                "The schema and properties of a subject, by their FollowTheMoney names.",
                subjects,
                ["property-extension", "new-sdo"],
                modified: "2026-11-26T00:00:00.000Z",
                version: "1.1.0"
            ),
            definition(
                STIXObject.addressing,
                "Addressees",
                "The members and principals of an exchange that an object is addressed to.",
                addressing,
                ["property-extension"]
            ),
        ].map { ListJSON.bytes($0) }
    }

    static func definition(
        _ id: String,
        _ name: String,
        _ about: String,
        _ schema: String,
        _ types: [String],
        modified: String = made,
        version: String = "1.0.0"
    ) -> [String: Any] {
        [
            "type": "extension-definition", "spec_version": "2.1", "id": id, "created": made, "modified": modified,
            "created_by_ref": author, "name": name, "description": about, "schema": schema, "version": version,
            "extension_types": types,
        ]
    }
}

/// Writes JSON of our own making, its keys in order.
enum ListJSON {
    static func bytes(_ object: [String: Any]) -> [UInt8] {
        do {
            let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
            return Array(try JSONSerialization.data(withJSONObject: object, options: options))
        } catch {
            preconditionFailure("texts, numbers and lists have a JSON form")
        }
    }
}
