import Crypto
public import Exchange
import Foundation
import Synchronization

/// What a caller shows of itself.
public enum Presented: Sendable {
    case nothing
    case bearer(String)
    /// HTTP Basic, as it came: base64 of `user:password` in UTF-8 (RFC 7617).
    case basic(String)
    /// A verified client certificate: SHA-256 of its DER bytes, its URIs, and when it ends.
    case certificate(fingerprint: [UInt8], uris: [String], notAfter: Timestamp)
}

/// Why a caller is not let in.
public enum AuthenticationFault: Error, Sendable {
    /// Nothing was shown, or nothing that opens anything. Which of the two, and what was wrong, is not said.
    case unknown
    /// Too many failures of late from this source or for this account.
    case limited(wait: Duration)
    /// Too many requests of this principal of late.
    case tooFast(wait: Duration)
}

/// Finds out who calls.
///
/// Nothing of a secret is kept but its hash, and a credential is checked anew at every request.
public final class Authentication: Sendable {
    /// How a token begins.
    public static let tokenPrefix = "cvt_"
    /// How many verified passwords are remembered, by a keyed hash.
    public static let verifiedMax = 10_000

    private let live: LiveState
    private let surroundings: Surroundings
    private let failures: FailureLimit
    private let rate: RequestRate
    private let passwords = PasswordHash()
    private let verified: VerifiedPasswords

    /// Puts it together from its parts.
    public init(_ live: LiveState, _ surroundings: Surroundings, failures: FailureLimit, rate: RequestRate) {
        self.live = live
        self.surroundings = surroundings
        self.failures = failures
        self.rate = rate
        verified = VerifiedPasswords(key: SymmetricKey(data: surroundings.randomBytes(32)))
    }

    /// The session of a caller.
    /// - Parameter source: the address that it comes from.
    public func session(for presented: Presented, from source: String) async throws(AuthenticationFault) -> Session {
        let now = surroundings.clock()
        let session =
            switch presented {
            case .nothing: throw .unknown
            case .bearer(let token): try bearer(token, source, now)
            case .certificate(let fingerprint, let uris, let notAfter):
                try certificate(fingerprint, uris, notAfter, source, now)
            case .basic(let encoded): try await basic(encoded, source, now)
            }
        return try counted(session, now)
    }

    /// The same session again, with what its credential is worth now; nil when it is no longer valid.
    public func session(again session: Session) throws(AuthenticationFault) -> Session? {
        let now = surroundings.clock()
        let isCurrent = live.directory === session.directory && session.credential.isValid(at: now)
        let renewed = isCurrent ? session : live.session(credential: session.credential.id, at: now)
        return try renewed.map { renewed throws(AuthenticationFault) in try counted(renewed, now) }
    }

    /// The session of a credential that was verified before; nil when it is no longer valid.
    public func session(verified id: ID<Credential>) throws(AuthenticationFault) -> Session? {
        let now = surroundings.clock()
        return try live.session(credential: id, at: now).map { session throws(AuthenticationFault) in
            try counted(session, now)
        }
    }

    private func counted(_ session: Session, _ now: Timestamp) throws(AuthenticationFault) -> Session {
        if let wait = rate.take(session.principal.id, at: now) { throw .tooFast(wait: wait) }
        return session
    }

    // MARK: Kinds of credentials

    private func bearer(
        _ token: String,
        _ source: String,
        _ now: Timestamp
    ) throws(AuthenticationFault) -> Session {
        if let session = live.session(tokenHash: Self.hash(token), at: now) { return session }
        try fail([Self.key(source: source)], now)
    }

    private func certificate(
        _ fingerprint: [UInt8],
        _ uris: [String],
        _ notAfter: Timestamp,
        _ source: String,
        _ now: Timestamp
    ) throws(AuthenticationFault) -> Session {
        // A resumed TLS session brings back a certificate without a new check of its dates.
        if now < notAfter, let session = live.session(fingerprint: fingerprint, uris: uris, at: now) { return session }
        try fail([Self.key(source: source)], now)
    }

    private func basic(
        _ encoded: String,
        _ source: String,
        _ now: Timestamp
    ) async throws(AuthenticationFault) -> Session {
        if let session = session(verifiedAs: encoded, now) { return session }
        guard let text = Data(base64Encoded: encoded).flatMap({ String(data: $0, encoding: .utf8) }),
            let colon = text.utf8.firstIndex(of: UInt8(ascii: ":"))
        else { return try bearer("", source, now) }
        let user = String(text[..<colon])
        let password = String(text[text.utf8.index(after: colon)...])
        if password.hasPrefix(Self.tokenPrefix) { return try bearer(password, source, now) }
        guard passwords.queue() else { throw .limited(wait: .seconds(1)) }
        return try await passwords.alone { [self] in
            Result { () throws(AuthenticationFault) in
                // Whoever waited for the first attempt of the same client needs none of its own.
                if let session = session(verifiedAs: encoded, now) { return session }
                return try session(of: user, password, shownAs: encoded, source, now)
            }
        }.get()
    }

    private func session(verifiedAs encoded: String, _ now: Timestamp) -> Session? {
        verified.credential(encoded).flatMap { live.session(credential: $0, at: now) }
    }

    /// One attempt with a password, while there is no other: otherwise many at once would all come before the first
    /// is counted.
    private func session(
        of user: String,
        _ password: String,
        shownAs encoded: String,
        _ source: String,
        _ now: Timestamp
    ) throws(AuthenticationFault) -> Session {
        // The account's own limit stops a guesser that comes from many sources.
        let keys = [Self.key(source: source), "account \(user.prefix(Name.charactersMax))"]
        if let wait = failures.wait(for: keys, at: now) { throw .limited(wait: wait) }
        let candidates = live.passwordCredentials(of: user)
        // An account that does not exist costs the same time as one that does.
        for candidate in candidates.isEmpty ? [nil] : candidates.map(Optional.some) {
            guard case .password(let expected, let salt) = candidate?.proof ?? Self.nobody,
                let hash = PasswordHash.hash(password, salt: salt), Self.isEqual(hash, expected), let candidate,
                let session = live.session(credential: candidate.id, at: now)
            else { continue }
            verified.keep(encoded, candidate.id)
            return session
        }
        try fail(keys, now)
    }

    private func fail(_ keys: [String], _ now: Timestamp) throws(AuthenticationFault) -> Never {
        if let wait = failures.wait(for: keys, at: now) { throw .limited(wait: wait) }
        failures.count(keys, at: now)
        throw .unknown
    }

    // MARK: Making credentials

    /// A new token with 256 random bits, and the hash by which it is known.
    func newToken() -> (secret: String, proof: Proof) {
        let secret = Self.tokenPrefix + Base64URL.text(of: surroundings.randomBytes(32))
        return (secret, .token(hash: Self.hash(secret)))
    }

    /// A new password with 144 random bits, and its salted hash.
    func newPassword() async -> (secret: String, proof: Proof)? {
        let secret = Base64URL.text(of: surroundings.randomBytes(18))
        let salt = surroundings.randomBytes(16)
        guard passwords.queue() else { return nil }
        let hash = await passwords.alone { PasswordHash.hash(secret, salt: salt) }
        return hash.map { (secret, .password(hash: $0, salt: salt)) }
    }

    private static let nobody = Proof.password(
        hash: Array(repeating: 0, count: PasswordHash.hashBytes),
        salt: Array(repeating: 0, count: 16)
    )

    static func hash(_ token: String) -> [UInt8] { Array(SHA256.hash(data: Array(token.utf8))) }

    private static func key(source: String) -> String { "source \(source)" }

    /// Compares in constant time.
    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// Which passwords were verified for which credentials: a keyed hash of what was shown, so that Basic costs no more
/// than a token.
///
/// The credential itself is looked at again at every request.
private final class VerifiedPasswords: Sendable {
    private let key: SymmetricKey
    private let credentials = Mutex<[[UInt8]: ID<Credential>]>([:])

    init(key: SymmetricKey) {
        self.key = key
    }

    func credential(_ encoded: String) -> ID<Credential>? {
        let digest = digest(encoded)
        return credentials.withLock { $0[digest] }
    }

    func keep(_ encoded: String, _ credential: ID<Credential>) {
        let digest = digest(encoded)
        credentials.withLock { credentials in
            if credentials.count >= Authentication.verifiedMax { credentials.removeAll(keepingCapacity: true) }
            credentials[digest] = credential
        }
    }

    private func digest(_ encoded: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(encoded.utf8), using: key))
    }
}

extension LiveState {
    func session(tokenHash: [UInt8], at now: Timestamp) -> Session? {
        state.withLock { state in
            state.directory.credential(tokenHash: tokenHash).flatMap { state.session($0, at: now) }
        }
    }

    func session(fingerprint: [UInt8], uris: [String], at now: Timestamp) -> Session? {
        state.withLock { state in
            state.directory.credential(fingerprint: fingerprint, uris: uris).flatMap { state.session($0, at: now) }
        }
    }

    func session(credential id: ID<Credential>, at now: Timestamp) -> Session? {
        state.withLock { state in state.directory.credentials[id].flatMap { state.session($0, at: now) } }
    }

    func passwordCredentials(of user: String) -> [Credential] {
        let directory = directory
        return Name(user).flatMap { directory.principal(named: $0) }.map { directory.passwordCredentials(of: $0.id) }
            ?? []
    }
}

extension LiveState.State {
    /// The session of a credential that is valid at `now`: who it is and what it may see is decided once and kept.
    fileprivate mutating func session(_ credential: Credential, at now: Timestamp) -> Session? {
        guard credential.isValid(at: now) else { return nil }
        let key = ReaderKey(credential: credential.id, purpose: credential.purposes.first ?? .monitoring)
        if let known = readers[key], known.directoryChange == directoryChanges {
            return Session(reader: known.reader, credential: credential, directory: directory)
        }
        guard let reader = directory.reader(with: credential, at: now) else { return nil }
        know(reader, key)
        return Session(reader: reader, credential: credential, directory: directory)
    }
}
