public import Foundation

/// A UUID that knows what it names: a member's does not fit where a pool's is asked for.
public struct ID<Kind>: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The UUID.
    public let uuid: UUID

    /// Takes a value of the right form; nil for a text of any other.
    public init(_ uuid: UUID) {
        self.uuid = uuid
    }

    /// Reads the 36 characters of RFC 9562 §4, in either case; nil when they are anything else.
    public init?(parsing text: String) {
        guard let uuid = UUID(utf8: text.utf8) else { return nil }
        self.uuid = uuid
    }

    /// 36 characters in lower case (RFC 9562 §4).
    public var text: String { uuid.text }
    /// The same, for people to read.
    public var description: String { text }

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { left.uuid < right.uuid }
}

/// The unique name by which people address a member, principal or pool.
///
/// Of `a` to `z`, `0` to `9` and `-`, 1 to 64 characters, with no `-` at an end.
public struct Name: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The longest name.
    public static let charactersMax = 64

    /// The name.
    public let text: String
    /// The same, for people to read.
    public var description: String { text }

    /// Takes a value of the right form; nil for a text of any other.
    public init?(_ text: String) {
        let allowed = text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        guard allowed, (1...Self.charactersMax).contains(text.utf8.count), !text.hasPrefix("-"), !text.hasSuffix("-")
        else { return nil }
        self.text = text
    }

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}
