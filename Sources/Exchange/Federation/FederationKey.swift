internal import Crypto

/// Another exchange; also this one, as others see it.
public enum Peer {}

/// The name of a public key: the first half of its SHA-256, so that no two keys can share one.
public struct KeyID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// 32 hexadecimal digits in lower case.
    public let text: String
    /// The same, for people to read.
    public var description: String { text }

    /// Takes a value of the right form; nil for a text of any other.
    public init?(_ text: String) {
        guard text.utf8.count == 32, let bytes = Hex.bytes(of: text), bytes.hexadecimal == text else { return nil }
        self.text = text
    }

    init(of publicKey: [UInt8]) {
        text = SHA256.hash(data: publicKey).prefix(16).hexadecimal
    }

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// Whose signature a key makes.
public enum KeyHolder: Hashable, Sendable {
    case exchange(ID<Peer>)
    /// A member signs its own releases; the exchange is the one that it is a member of.
    case member(ID<Member>, of: ID<Peer>)
}

/// A public key of Ed25519 (RFC 8032), whose it is and when it counts.
public struct FederationKey: Hashable, Sendable {
    /// The bytes of a public key, of a private key's seed, and of a signature.
    public static let keyBytes = 32
    static let signatureBytes = 64

    /// Its name.
    public let id: KeyID
    /// Whose it is.
    public let holder: KeyHolder
    /// What people call the holder.
    public let name: String
    /// 32 bytes.
    public let publicKey: [UInt8]
    /// What was signed before does not count.
    public let from: Timestamp
    /// What was signed from then on does not count; nil while it was not replaced.
    public internal(set) var until: Timestamp?
    /// From when on others may have had the private key; nil for a key that nobody else has.
    public internal(set) var revoked: Timestamp?

    /// Puts it together from its parts; nil where the public key has not the length of one.
    public init?(
        _ publicKey: [UInt8],
        of holder: KeyHolder,
        named name: String,
        from: Timestamp,
        until: Timestamp? = nil,
        revoked: Timestamp? = nil
    ) {
        guard publicKey.count == Self.keyBytes else { return nil }
        id = KeyID(of: publicKey)
        self.publicKey = publicKey
        self.holder = holder
        self.name = name
        self.from = from
        self.until = until
        self.revoked = revoked
    }

    /// Whether the private half of this key made the signature over these bytes.
    public func made(_ signature: [UInt8], over statement: [UInt8]) -> Bool {
        // The only fault is a length that no public key has, and `init` lets none in.
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: statement)
    }
}

/// What signs statements: a private key, or what stands for one in a simulation.
public protocol Signatory: Sendable {
    /// The name of its public key.
    var key: KeyID { get }
    /// The signature over a statement.
    func signature(over statement: [UInt8]) -> [UInt8]
}

/// A private key of Ed25519.
public struct SigningKey: Signatory {
    private let secret: Curve25519.Signing.PrivateKey
    /// 32 bytes.
    public let publicKey: [UInt8]
    /// The name of its public key.
    public let key: KeyID

    /// Takes the 32 random bytes that are the key; nil for any other number of them.
    public init?(seed: [UInt8]) {
        guard let secret = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else { return nil }
        self.secret = secret
        publicKey = Array(secret.publicKey.rawRepresentation)
        key = KeyID(of: publicKey)
    }

    /// The key of an exchange: it follows from the exchange's own key, so that it is stored nowhere.
    /// - Parameter generation: counts how often it was rotated, from 1 on.
    public init(exchangeKey: [UInt8], generation: Int) {
        let seed = SymmetricKey(exchangeKey, use: "federation/\(generation)", bytesCount: FederationKey.keyBytes)
        guard let key = unsafe seed.withUnsafeBytes({ unsafe SigningKey(seed: Array($0)) }) else {
            preconditionFailure("a seed has as many bytes as were asked for")
        }
        self = key
    }

    /// The signature over a statement, 64 bytes.
    public func signature(over statement: [UInt8]) -> [UInt8] {
        do {
            return Array(try secret.signature(for: statement))
        } catch {
            preconditionFailure("Ed25519 signs whatever bytes it is given")
        }
    }
}
