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
        let code = HMAC<SHA256>.authenticationCode(for: Array("\(use)/\(name)".utf8), using: key)
        return UUID(Array(code).prefix(16), version: 4)
    }
}
