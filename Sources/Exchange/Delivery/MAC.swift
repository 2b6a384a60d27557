internal import Crypto

/// Codes that show who made a message.
///
/// The library's own HMAC is generic, and takes longer than all else that a message to a webhook needs.
enum MAC {
    /// HMAC-SHA256 (RFC 2104) of some bytes that follow upon one another.
    static func sha256(of parts: [UInt8]..., key: [UInt8]) -> [UInt8] {
        let key = key.count > SHA256.blockByteCount ? hash(key) : key
        let padded = key + [UInt8](repeating: 0, count: SHA256.blockByteCount - key.count)
        return hash(padded.map { $0 ^ 0x5C }, hash([padded.map { $0 ^ 0x36 }] + parts))
    }

    private static func hash(_ parts: [UInt8]...) -> [UInt8] { hash(parts) }

    private static func hash(_ parts: [[UInt8]]) -> [UInt8] {
        var hasher = SHA256()
        for part in parts {
            unsafe part.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
        }
        return unsafe hasher.finalize().withUnsafeBytes { unsafe Array($0) }
    }
}
