import Crypto
public import Foundation

/// What a journal entry holds in place of content: `SHA-256(0x00 || salt || content)`.
///
/// Erasing the content and its salt leaves a commitment that nobody can test a guess against, so the journal stays
/// verifiable without them. The leading zero byte keeps leaves apart from inner nodes (RFC 6962 §2.1).
public struct Commitment: Hashable, Sendable {
    /// How many random bytes a salt has.
    public static let saltBytes = 16

    /// The 32 bytes of the hash.
    public let bytes: [UInt8]

    /// Commits to `content` under `salt`, which the caller draws at random for each content.
    public init(salt: [UInt8], content: some DataProtocol) {
        var hash = SHA256()
        hash.update(data: [0])
        hash.update(data: salt)
        hash.update(data: content)
        bytes = Array(hash.finalize())
    }
}
