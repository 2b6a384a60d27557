import Crypto
import Exchange
import Foundation

/// UUIDs that are the same for the same name, and not to be guessed without the exchange's key.
struct KeyedIDs: Sendable {
    private let key: SymmetricKey
    private let use: String

    /// - Parameter use: sets the ids of one use apart from those of any other under the same key.
    init(key: [UInt8], use: String) {
        self.key = SymmetricKey(data: key)
        self.use = use
    }

    func uuid(for name: String) -> UUID {
        UUID(digest(of: name).prefix(16), version: 4)
    }

    /// What tells a text from every other, and nothing of it without the key.
    func digest(of text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("\(use)/\(text)".utf8), using: key))
    }
}
