import Crypto
public import Foundation

/// An identifier of STIX: `type--UUID` (STIX 2.1 §2.9).
public struct STIXID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// What kind of object it names.
    public let type: String
    /// The UUID.
    public let uuid: UUID

    /// Puts it together from its parts.
    public init(type: String, uuid: UUID) {
        self.type = type
        self.uuid = uuid
    }

    /// - Throws: `STIXFault` for property `id`.
    public init(parsing text: String) throws(STIXFault) {
        guard let id = Self.parsed(text) else {
            throw STIXFault("id", "must be a type, two hyphens and a UUID in lower case", "STIX 2.1 §2.9")
        }
        self = id
    }

    static func parsed(_ text: String) -> STIXID? {
        let bytes = Array(text.utf8)
        guard bytes.count > 38, bytes[bytes.count - 38] == 45, bytes[bytes.count - 37] == 45 else { return nil }
        let type = bytes[..<(bytes.count - 38)]
        let uuid = bytes[(bytes.count - 36)...]
        guard isType(type), !uuid.contains(where: { (65...90).contains($0) }),
            let parsed = UUID(uuidString: String(decoding: uuid, as: UTF8.self))
        else { return nil }
        return STIXID(type: String(decoding: type, as: UTF8.self), uuid: parsed)
    }

    /// A name of a type: 3 to 250 of a-z, 0-9 and single hyphens (STIX 2.1 §11.2).
    private static func isType(_ type: ArraySlice<UInt8>) -> Bool {
        guard (3...250).contains(type.count), type.first != 45, type.last != 45 else { return false }
        return type.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    /// As STIX writes it.
    public var text: String { "\(type)--\(uuid.uuidString.lowercased())" }
    /// The same, for people to read.
    public var description: String { text }

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { (left.type, left.uuid) < (right.type, right.uuid) }

    /// The namespace of deterministic cyber-observable ids (STIX 2.1 §2.9); nothing else may use it.
    static let observables: [UInt8] = [
        0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7,
    ]

    /// RFC 9562 §5.5: SHA-1 of a namespace and a name.
    public static func version5(namespace: [UInt8], name: [UInt8]) -> UUID {
        var hash = Insecure.SHA1()
        hash.update(data: namespace)
        hash.update(data: name)
        return UUID(hash.finalize(), version: 5)
    }

    /// The version digit of the UUID.
    var version: UInt8 { uuid.uuid.6 >> 4 }
}

/// What of an object breaks a rule of STIX.
public struct STIXFault: Error, Hashable, CustomStringConvertible, Sendable {
    /// The property at fault, a dotted path.
    public let property: String
    /// What must hold.
    public let rule: String
    /// Where that is written.
    public let source: String

    init(_ property: String, _ rule: String, _ source: String) {
        self.property = property
        self.rule = rule
        self.source = source
    }

    /// The same, for people to read.
    public var description: String { "\(property): \(rule) (\(source))" }
}
