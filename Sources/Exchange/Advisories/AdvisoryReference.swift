/// The number that people know an advisory by, given at its first publication: `CVT-2026-00417`.
public struct AdvisoryReference: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    /// The years that it can tell.
    public static let years = 2000...9999
    /// Serial numbers of one year.
    public static let serials = 1...9_999_999

    /// The year of the first publication.
    public let year: Int
    /// Its number in the year, from 1.
    public let serial: Int

    /// Nil for a year or serial number that it cannot tell.
    public init?(year: Int, serial: Int) {
        guard Self.years.contains(year), Self.serials.contains(serial) else { return nil }
        self.year = year
        self.serial = serial
    }

    /// Reads `CVT-2026-00417`; nil for any other text.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "CVT", let year = Int(parts[1]), let serial = Int(parts[2]) else {
            return nil
        }
        self.init(year: year, serial: serial)
        // What is not written as we write it, with another sign or zeros, is not the number.
        guard self.text == text else { return nil }
    }

    /// As people write it: at least five digits of serial number.
    public var text: String {
        let digits = String(serial)
        return "CVT-\(year)-\(String(repeating: "0", count: max(0, 5 - digits.count)))\(digits)"
    }

    /// The same, for people to read.
    public var description: String { text }

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { (left.year, left.serial) < (right.year, right.serial) }

    /// Reads `CVT-2026-00417`.
    public init(from decoder: any Decoder) throws {
        guard let reference = Self(try decoder.singleValueContainer().decode(String.self)) else {
            throw ContentFault(decoder.codingPath.text, .form("must be a reference such as CVT-2026-00417"))
        }
        self = reference
    }

    /// Writes `CVT-2026-00417`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
