import Crypto
public import Exchange
import Foundation

/// The `next` of TAXII: a tick, signed together with everything that the page was asked with.
///
/// Opaque to clients and worthless to others: it is checked against this principal, collection and query again
/// (TAXII 2.1 appendix B). It may be used any number of times, and with another `limit`.
public struct PageCursor: Sendable {
    private static let macBytes = 16
    private static let form: UInt8 = 1

    private let key: SymmetricKey

    /// - Parameter key: 32 secret bytes, the same on every node of an exchange and after every restart.
    public init(key: [UInt8]) {
        self.key = SymmetricKey(data: key)
    }

    /// The text of a cursor at `tick` for one query of one principal.
    public func text(at tick: Tick, for principal: ID<Principal>, query: String) -> String {
        let position = Self.bytes(of: tick)
        return Base64URL.text(of: [Self.form] + position + mac(position, principal, query))
    }

    /// The tick of a cursor that was made for the same principal and query; nil for any other text.
    public func tick(of text: String, for principal: ID<Principal>, query: String) -> Tick? {
        guard let bytes = Base64URL.bytes(of: text), bytes.count == 9 + Self.macBytes, bytes[0] == Self.form
        else { return nil }
        let position = Array(bytes[1..<9])
        let expected = mac(position, principal, query)
        // Compares in constant time: every byte is looked at.
        guard zip(expected, bytes[9...]).reduce(0, { $0 | ($1.0 ^ $1.1) }) == 0 else { return nil }
        return Tick(microseconds: position.reduce(0) { $0 << 8 | Int64($1) })
    }

    private func mac(_ position: [UInt8], _ principal: ID<Principal>, _ query: String) -> [UInt8] {
        let signed = position + Array(principal.text.utf8) + Array(query.utf8)
        return Array(HMAC<SHA256>.authenticationCode(for: signed, using: key).prefix(Self.macBytes))
    }

    private static func bytes(of tick: Tick) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: tick.microseconds >> (56 - 8 * $0)) }
    }
}

/// RFC 4648 §5 without padding.
enum Base64URL {
    static func text(of bytes: [UInt8]) -> String {
        let digits = Data(bytes).base64EncodedData().filter { $0 != UInt8(ascii: "=") }
        return String(
            decoding: digits.map { digit in
                switch digit {
                case UInt8(ascii: "+"): UInt8(ascii: "-")
                case UInt8(ascii: "/"): UInt8(ascii: "_")
                default: digit
                }
            },
            as: UTF8.self
        )
    }

    static func bytes(of text: String) -> [UInt8]? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        let plain = text.replacing("-", with: "+").replacing("_", with: "/") + padding
        guard let data = Data(base64Encoded: plain), Self.text(of: Array(data)) == text else { return nil }
        return Array(data)
    }
}
