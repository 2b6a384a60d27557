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
