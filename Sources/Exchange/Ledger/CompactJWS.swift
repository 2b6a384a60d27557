internal import Foundation

/// A text signed with Ed25519 in one line: a compact JWS (RFC 7515, RFC 8037).
public struct CompactJWS: Hashable, Sendable {
    /// Bytes of the longest line that is read.
    public static let bytesMax = 1_048_576

    /// Why a line is not taken; each case is one reason.
    public enum Refusal: String, Error, CaseIterable, Sendable, Codable {
        /// It is no compact JWS.
        case form
        /// It is signed otherwise than with Ed25519, or is of another type.
        case header
        /// Nobody that is trusted has its key.
        case unknownKey = "unknown-key"
        /// Its key did not count when it was signed.
        case keyNotInForce = "key-not-in-force"
        /// Its signature is not that of its key.
        case signature
    }

    /// What is signed.
    public let payload: [UInt8]
    /// The key that signed it.
    public let key: KeyID
    /// The line.
    public let text: String

    /// Signs a payload of a type, such as `caveat-entitlement`.
    public init(_ payload: [UInt8], type: String, by signatory: some Signatory) {
        let header = CanonicalText.object([
            ("alg", "\"EdDSA\""), ("kid", CanonicalText.string(signatory.key.text)),
            ("typ", CanonicalText.string(type)),
        ])
        let signed = "\(Base64URL.text(Array(header.utf8))).\(Base64URL.text(payload))"
        self.payload = payload
        key = signatory.key
        text = "\(signed).\(Base64URL.text(signatory.signature(over: Array(signed.utf8))))"
    }

    /// The line without its payload, for whoever has that beside (RFC 7515, appendix F).
    public var detached: String {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return "\(parts[0])..\(parts[2])"
    }

    /// Reads a line and verifies it, off line, whenever it was signed: by a key that was not revoked since.
    /// - Throws: `Refusal`.
    public init(verifying text: String, type: String, keys: KeyRing) throws(Refusal) {
        guard text.utf8.count <= Self.bytesMax else { throw .form }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let payload = Base64URL.bytes(parts[1]) else { throw .form }
        try self.init(verifying: payload, in: parts, type: type, keys: keys)
    }

    /// Verifies a payload, of whatever length, with what `detached` left of its line.
    /// - Throws: `Refusal`.
    init(verifying payload: [UInt8], detached: String, type: String, keys: KeyRing) throws(Refusal) {
        var parts = detached.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[1].isEmpty else { throw .form }
        parts[1] = Base64URL.text(payload)
        try self.init(verifying: payload, in: parts, type: type, keys: keys)
    }

    /// - Parameter parts: of the line, of which the second is the payload's text.
    private init(verifying payload: [UInt8], in parts: [String], type: String, keys: KeyRing) throws(Refusal) {
        guard let header = Base64URL.bytes(parts[0]), let signature = Base64URL.bytes(parts[2]) else { throw .form }
        // What is no JSON has no header.
        guard let root = (try? JSON(parsing: header))?.root, root["alg"]?.string == "EdDSA",
            root["typ"]?.string == type, root["crit"] == nil, let id = root["kid"]?.string.flatMap(KeyID.init)
        else { throw .header }
        guard let key = keys[id] else { throw .unknownKey }
        guard key.made(signature, over: Array("\(parts[0]).\(parts[1])".utf8)) else { throw .signature }
        guard key.revoked == nil else { throw .keyNotInForce }
        self.payload = payload
        self.key = id
        text = parts.joined(separator: ".")
    }

    /// Reads a line and verifies it, off line.
    /// - Parameter time: when it says that it was signed, by its payload; the key must have counted then.
    /// - Throws: `Refusal`.
    public init(
        verifying text: String,
        type: String,
        keys: KeyRing,
        signed time: ([UInt8]) -> Timestamp?
    ) throws(Refusal) {
        try self.init(verifying: text, type: type, keys: keys)
        guard let time = time(payload) else { throw .form }
        guard let key = keys[key], key.from <= time, key.until.map({ time < $0 }) ?? true else { throw .keyNotInForce }
    }
}

/// Base64 as it stands in a URL, without padding (RFC 4648 §5).
enum Base64URL {
    static func text(_ bytes: [UInt8]) -> String {
        let standard = Data(bytes).base64EncodedString().utf8
        let own = standard.lazy.filter { $0 != UInt8(ascii: "=") }.map { byte in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: byte
            }
        }
        return String(decoding: Array(own), as: UTF8.self)
    }

    /// Nil for a text that is not written so: each value has one text.
    static func bytes(_ text: String) -> [UInt8]? {
        let standard = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        let padded = standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: padded) else { return nil }
        let bytes = Array(data)
        return Base64URL.text(bytes) == text ? bytes : nil
    }
}
