internal import Crypto
internal import Foundation

/// A folder that is reached by SFTP, as `sftp://USER@HOST[:PORT]/FOLDER`, and the keys that its host is known by.
public struct DropFolder: Hashable, Sendable {
    static let scheme = "sftp://"
    /// How many keys of its host one may be known by: one of each kind.
    public static let hostKeysMax = 4
    private static let keyKinds: Set<String> = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
    ]

    /// The URL.
    public let text: String
    /// The host's keys, one a line, as OpenSSH writes public keys, without comments.
    public let hostKeys: String
    /// Who signs in there.
    public let user: String
    /// The host's name or address, an IPv6 address in brackets.
    public let host: String
    /// The host's port.
    public let port: UInt16
    /// The absolute path of the folder, without a slash at its end.
    public let path: String

    /// Reads it.
    public init(_ text: String, hostKeys: String) throws(PlaceFault) {
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) } && !text.contains { "?#%\\\"".contains($0) }
        let rest = text.dropFirst(Self.scheme.count)
        let authority = rest.prefix { $0 != "/" }
        let parts = authority.split(separator: "@", omittingEmptySubsequences: false)
        guard text.hasPrefix(Self.scheme), isPlain, text.utf8.count <= PushURL.charactersMax, parts.count == 2,
            !parts[0].isEmpty, !parts[0].contains(":"), let (host, port) = Self.place(parts[1])
        else {
            throw PlaceFault("url", "must be sftp://USER@HOST/FOLDER or sftp://USER@HOST:PORT/FOLDER, no password")
        }
        var path = String(rest.dropFirst(authority.count))
        while path.hasSuffix("/") { path.removeLast() }
        let segments = path.split(separator: "/")
        guard !segments.isEmpty, !segments.contains("."), !segments.contains(".."), segments.first != "~" else {
            throw PlaceFault("url", "must name a folder by its absolute path, without . and ..")
        }
        self.text = text
        self.hostKeys = try Self.keys(hostKeys)
        user = String(parts[0])
        (self.host, self.port, self.path) = (host, port, path)
    }

    /// The host's keys as a file of known hosts has them (sshd(8)).
    public var knownHosts: String {
        let name = port == 22 ? String(host.filter { $0 != "[" && $0 != "]" }) : bracketed
        return hostKeys.split(separator: "\n").map { "\(name) \($0)\n" }.joined()
    }

    private var bracketed: String { host.hasPrefix("[") ? "\(host):\(port)" : "[\(host)]:\(port)" }

    private static func place(_ text: Substring) -> (host: String, port: UInt16)? {
        let end = text.hasPrefix("[") ? text.lastIndex(of: "]").map { text.index(after: $0) } : text.firstIndex(of: ":")
        let host = String(text[..<(end ?? text.endIndex)])
        guard host.isHost else { return nil }
        guard let end, end < text.endIndex else { return (host, 22) }
        guard text[end] == ":", let port = UInt16(text[text.index(after: end)...]), port > 0 else { return nil }
        return (host, port)
    }

    private static func keys(_ text: String) throws(PlaceFault) -> String {
        let lines = text.split(whereSeparator: \.isNewline)
        let keys = lines.map { $0.split(separator: " ").prefix(2) }
        let areKeys = keys.allSatisfy { words in
            // The kind stands in the key once more, behind its length in four bytes.
            guard words.count == 2, keyKinds.contains(String(words[0])),
                let data = Data(base64Encoded: String(words[1]))
            else { return false }
            return Array(data.dropFirst(4).prefix(words[0].utf8.count)) == Array(words[0].utf8)
        }
        guard !keys.isEmpty, keys.count <= hostKeysMax, areKeys else {
            throw PlaceFault(
                "host_key",
                "must be 1 to \(hostKeysMax) public keys of the host, one a line, as ssh-keyscan prints them without "
                    + "the host's name: ssh-ed25519 AAAA…"
            )
        }
        return keys.map { $0.joined(separator: " ") }.joined(separator: "\n")
    }
}

/// The Ed25519 key that the exchange signs in with wherever it drops files: it follows from the exchange's own key, so
/// that it is stored nowhere and is the same on every node.
public struct DropKey: Sendable {
    private static let kind = "ssh-ed25519"
    private static let comment = "caveat"

    private let key: Curve25519.Signing.PrivateKey

    /// Derives it.
    public init(exchangeKey: [UInt8]) {
        let derived = SymmetricKey(exchangeKey, use: "sftp-drop", bytesCount: 32)
        let seed = unsafe derived.withUnsafeBytes { unsafe Array($0) }
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
            preconditionFailure("any 32 bytes are a key")
        }
        self.key = key
    }

    /// What a member authorises: a line of OpenSSH's `authorized_keys`.
    public var publicLine: String { "\(Self.kind) \(publicBlob.base64) \(Self.comment)" }

    /// The private key, as OpenSSH writes it in a file without a passphrase (its PROTOCOL.key).
    public var privateText: String {
        let point = Array(key.publicKey.rawRepresentation)
        var secret: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0]  // Two equal numbers, which tell a right passphrase.
        secret += Self.string(Self.kind) + Self.string(point)
        secret += Self.string(Array(key.rawRepresentation) + point) + Self.string(Self.comment)
        for filler in 1...8 where !secret.count.isMultiple(of: 8) { secret.append(UInt8(filler)) }
        var blob = Array("openssh-key-v1\0".utf8)
        blob += Self.string("none") + Self.string("none") + Self.string("") + [0, 0, 0, 1]
        blob += Self.string(publicBlob) + Self.string(secret)
        var lines = "-----BEGIN OPENSSH PRIVATE KEY-----\n"
        var rest = Substring(blob.base64)
        while !rest.isEmpty {
            lines += rest.prefix(70) + "\n"
            rest = rest.dropFirst(70)
        }
        return lines + "-----END OPENSSH PRIVATE KEY-----\n"
    }

    private var publicBlob: [UInt8] { Self.string(Self.kind) + Self.string(Array(key.publicKey.rawRepresentation)) }

    private static func string(_ text: String) -> [UInt8] { string(Array(text.utf8)) }

    /// Bytes behind their length (RFC 4251 §5).
    private static func string(_ bytes: [UInt8]) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bytes.count >> $0) } + bytes
    }
}
