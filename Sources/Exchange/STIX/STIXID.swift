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
        let digits = bytes[(bytes.count - 36)...]
        guard isType(type), !digits.contains(where: { (65...70).contains($0) }), let uuid = UUID(utf8: digits) else {
            return nil
        }
        return STIXID(type: String(decoding: type, as: UTF8.self), uuid: uuid)
    }

    /// A name of a type: 3 to 250 of a-z, 0-9 and single hyphens, a letter first (STIX 2.1 §3.1).
    private static func isType(_ type: ArraySlice<UInt8>) -> Bool {
        guard (3...250).contains(type.count), let first = type.first, (97...122).contains(first), type.last != 45 else {
            return false
        }
        var previous = first
        for byte in type {
            guard (97...122).contains(byte) || (48...57).contains(byte) || (byte == 45 && previous != 45) else {
                return false
            }
            previous = byte
        }
        return true
    }

    /// As STIX writes it.
    public var text: String { type + "--" + uuid.text }
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
    /// Whether version and variant are of RFC 9562, which took the place of RFC 4122.
    var isRFC9562: Bool { (1...8).contains(version) && uuid.uuid.8 & 0xc0 == 0x80 }
    /// Whether it names a cyber-observable by what is in it: a UUIDv5.
    public var isDeterministic: Bool { version == 5 && STIXSchema.of(type)?.kind == .observable }
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
