internal import Crypto
internal import Foundation

/// A secret of somebody else's that only the exchange can use: AES-256-GCM (NIST SP 800-38D).
///
/// Its key follows from the exchange's own by HKDF (RFC 5869); what the secret is for is sealed with it, so that nobody
/// who can write to the store has it sent elsewhere.
public struct SealedSecret: Hashable, Sendable {
    /// Nonce, ciphertext and tag.
    public let bytes: [UInt8]

    /// As it was kept.
    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// Seals a text.
    /// - Parameters:
    ///   - place: what it is for.
    ///   - nonce: 12 random bytes, never used before.
    public init(_ text: String, for place: String, exchangeKey: [UInt8], nonce: [UInt8]) {
        let key = Self.key(exchangeKey)
        guard let nonce = try? AES.GCM.Nonce(data: nonce),
            let box = try? AES.GCM.seal(Array(text.utf8), using: key, nonce: nonce, authenticating: Array(place.utf8)),
            let combined = box.combined
        else { preconditionFailure("12 bytes are a nonce, and with one everything can be sealed") }
        bytes = Array(combined)
    }

    /// The text; nil where it was sealed for another place, or by another exchange.
    public func text(for place: String, exchangeKey: [UInt8]) -> String? {
        // What does not open is no secret of ours: there is no more to be said.
        guard let box = try? AES.GCM.SealedBox(combined: bytes),
            let data = try? AES.GCM.open(box, using: Self.key(exchangeKey), authenticating: Array(place.utf8))
        else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    private static func key(_ exchangeKey: [UInt8]) -> SymmetricKey {
        SymmetricKey(exchangeKey, use: "destination-credential", bytesCount: 32)
    }
}

extension SymmetricKey {
    /// A key for one use, which follows from the exchange's own.
    init(_ exchangeKey: [UInt8], use: String, bytesCount: Int) {
        self = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: exchangeKey),
            info: Array(use.utf8),
            outputByteCount: bytesCount
        )
    }
}

extension [UInt8] {
    /// In base64 (RFC 4648 §4).
    var base64: String { Data(self).base64EncodedString() }
}
