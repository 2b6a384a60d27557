public import Foundation

/// A UUID that knows what it names: a member's does not fit where a pool's is asked for.
public struct ID<Kind>: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let uuid: UUID

    public init(_ uuid: UUID) {
        self.uuid = uuid
    }

    /// Reads the 36 characters of RFC 9562 §4, in either case; nil when they are anything else.
    public init?(parsing text: String) {
        guard text.utf8.count == 36, let uuid = UUID(uuidString: text) else { return nil }
        self.uuid = uuid
    }

    /// 36 characters in lower case (RFC 9562 §4).
    public var text: String { uuid.uuidString.lowercased() }
    public var description: String { text }

    public static func < (left: Self, right: Self) -> Bool { left.uuid < right.uuid }
}

/// The unique name by which people address a member, principal or pool: `[a-z0-9-]`, 1 to 64 characters, no `-` at an end.
public struct Name: Hashable, Sendable, Comparable, CustomStringConvertible {
    public static let charactersMax = 64

    public let text: String
    public var description: String { text }

    public init?(_ text: String) {
        let allowed = text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        guard allowed, (1...Self.charactersMax).contains(text.utf8.count), !text.hasPrefix("-"), !text.hasSuffix("-")
        else { return nil }
        self.text = text
    }

    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}
