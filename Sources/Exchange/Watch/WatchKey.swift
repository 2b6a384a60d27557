internal import Crypto
internal import Foundation

/// The key of one member's own that its watch lists are sealed with: AES-256-GCM (NIST SP 800-38D), and HMAC-SHA256 for
/// what tells rows apart.
///
/// It is random, and kept sealed with the exchange's key for that member alone: once it is deleted, nothing that was
/// sealed with it is read again.
public struct WatchKey: Sendable {
    /// Random bytes that it is made of, and those that sealing takes each time.
    public static let bytesCount = 32, nonceBytesCount = 12

    private let bytes: [UInt8]

    /// A new one.
    /// - Parameter bytes: 32 random bytes.
    public init(random bytes: [UInt8]) {
        precondition(bytes.count == Self.bytesCount, "a key of AES-256 has 32 bytes")
        self.bytes = bytes
    }

    /// As it was kept; nil where it was sealed for another member, or by another exchange.
    public init?(_ sealed: SealedSecret, of member: ID<Member>, exchangeKey: [UInt8]) {
        guard let text = sealed.text(for: Self.place(member), exchangeKey: exchangeKey),
            let data = Data(base64Encoded: text), data.count == Self.bytesCount
        else { return nil }
        bytes = Array(data)
    }

    /// As it is kept.
    /// - Parameter nonce: 12 random bytes, never used before.
    public func sealed(for member: ID<Member>, exchangeKey: [UInt8], nonce: [UInt8]) -> SealedSecret {
        SealedSecret(bytes.base64, for: Self.place(member), exchangeKey: exchangeKey, nonce: nonce)
    }

    /// Nonce, ciphertext and tag of what stands in one place: moved to another, it is not opened.
    /// - Parameter nonce: 12 random bytes, never used before.
    public func seal(_ content: [UInt8], in place: String, nonce: [UInt8]) -> [UInt8] {
        guard let nonce = try? AES.GCM.Nonce(data: nonce),
            let box = try? AES.GCM.seal(content, using: key("seal"), nonce: nonce, authenticating: Array(place.utf8)),
            let combined = box.combined
        else { preconditionFailure("12 bytes are a nonce, and with one everything can be sealed") }
        return Array(combined)
    }

    /// What was sealed for a place; nil for what was not, or not with this key.
    public func open(_ sealed: [UInt8], in place: String) -> [UInt8]? {
        // What does not open is none of ours: there is no more to be said.
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
            let data = try? AES.GCM.open(box, using: key("seal"), authenticating: Array(place.utf8))
        else { return nil }
        return Array(data)
    }

    /// What tells a content from every other, and nothing of it without the key.
    /// - Parameter use: sets digests of one use apart from those of any other.
    public func digest(of content: [UInt8], for use: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: content, using: key(use)))
    }

    private func key(_ use: String) -> SymmetricKey {
        SymmetricKey(bytes, use: "watch-list/\(use)", bytesCount: 32)
    }

    private static func place(_ member: ID<Member>) -> String { "watch-key/\(member.text)" }
}
