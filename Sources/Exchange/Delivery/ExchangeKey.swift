internal import Crypto
internal import Foundation

/// The exchange's own key, from which all others follow.
///
/// Where there is a key that is kept outside of the store, it follows from that: a copy of the store, such as a backup,
/// opens nothing then that is sealed in it.
public enum ExchangeKey {
    /// Bytes of a key that is kept outside of the store, at least.
    public static let outsideBytesMin = 32

    /// The key, of what the store keeps and of one outside of it, by HKDF (RFC 5869).
    public static func derived(from stored: [UInt8], _ outside: [UInt8]?) -> [UInt8] {
        guard let outside else { return stored }
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: outside),
            salt: stored,
            info: Array("exchange".utf8),
            outputByteCount: 32
        )
        return unsafe key.withUnsafeBytes { unsafe Array($0) }
    }

    /// What tells a key from any other, and nothing of it.
    public static func check(_ key: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("exchange-key-check".utf8), using: SymmetricKey(data: key)))
    }
}
