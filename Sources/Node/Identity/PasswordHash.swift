import CryptoExtras
import Foundation
import Store
import Synchronization

/// scrypt of passwords (RFC 7914), on a thread of its own: one takes tens of milliseconds and 16 MiB.
actor PasswordHash {
    /// N, r and p: 16 MiB a hash, as OWASP's password storage cheat sheet has it for interactive logins.
    static let rounds = 16_384
    static let blockSize = 8
    static let parallelism = 1
    static let hashBytes = 32
    /// How many hashes may wait; more are refused.
    static let waitingMax = 64

    private let waiting = Mutex(0)
    private let executor = BlockingExecutor(label: "caveat.scrypt")
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Takes a place among those that wait; false when there is none left.
    ///
    /// `alone` gives the place back.
    nonisolated func queue() -> Bool {
        waiting.withLock { waiting in
            guard waiting < Self.waitingMax else { return false }
            waiting += 1
            return true
        }
    }

    /// Runs `body`, for one who has a place, while nobody else hashes: what one attempt counts or keeps, the next sees.
    func alone<Output: Sendable>(_ body: @Sendable () -> Output) -> Output {
        defer { waiting.withLock { $0 -= 1 } }
        return body()
    }

    /// The hash of a password under a salt; nil when it cannot be made.
    ///
    /// Call it inside `alone`.
    static func hash(_ password: String, salt: [UInt8]) -> [UInt8]? {
        let key = try? KDF.Scrypt.deriveKey(  // Fails only for parameters out of range, and these are constants.
            from: Data(password.utf8),
            salt: Data(salt),
            outputByteCount: hashBytes,
            rounds: rounds,
            blockSize: blockSize,
            parallelism: parallelism
        )
        return key.map { key in unsafe key.withUnsafeBytes { unsafe Array($0) } }
    }
}
