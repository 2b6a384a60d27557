import Crypto
import Exchange
import Foundation
import NIOCore
import NIOSSL
import SwiftASN1
import Synchronization
import X509

/// The verified client certificate of a connection.
struct PeerIdentity: Sendable {
    /// SHA-256 of the DER bytes.
    let fingerprint: [UInt8]
    let uris: [String]
    let notAfter: Timestamp

    init(_ certificate: NIOSSLCertificate) throws {
        let bytes = try certificate.toDERBytes()
        let parsed = try X509.Certificate(derEncoded: bytes)
        fingerprint = Array(SHA256.hash(data: bytes))
        uris =
            try parsed.extensions.subjectAlternativeNames?.compactMap { name in
                guard case .uniformResourceIdentifier(let uri) = name else { return nil }
                return uri
            } ?? []
        let seconds = min(max(parsed.notValidAfter.timeIntervalSince1970, 0), Double(Int32.max) * 4)
        notAfter = Timestamp(microseconds: Int64(seconds) * 1_000_000)
    }
}

/// What a request's handler may know of its connection: read once, when the first request comes, which is after the
/// handshake; every request of the connection inherits it.
final class Connection: Sendable {
    @TaskLocal static var current: Connection?

    private enum Peer: Sendable {
        case unread
        case read(PeerIdentity?)
    }

    private let peer = Mutex(Peer.unread)

    /// The identity in the client's certificate; nil without TLS or without a certificate.
    func identity(of channel: any Channel) async -> PeerIdentity? {
        if case .read(let known) = peer.withLock({ $0 }) { return known }
        // Fails where the channel has no TLS handler, or the certificate cannot be read: then there is no identity.
        let certificate = try? await channel.nioSSL_peerCertificate().get()
        let identity = certificate.flatMap { $0 }.flatMap { try? PeerIdentity($0) }
        peer.withLock { $0 = .read(identity) }
        return identity
    }
}
