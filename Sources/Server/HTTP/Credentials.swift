import Foundation
import Node

/// Reads what a caller shows of itself in a request.
extension Presented {
    /// The Authorization header goes first, then the connection's client certificate.
    init(_ header: String?, certificate: PeerIdentity?) {
        guard let header else {
            self =
                certificate.map { .certificate(fingerprint: $0.fingerprint, uris: $0.uris, notAfter: $0.notAfter) }
                ?? .nothing
            return
        }
        let parts = header.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1).map { Substring($0).trimmingSpaces }
        let value = parts.count == 2 ? parts[1] : ""
        switch parts.first?.lowercased() {
        case "bearer": self = .bearer(String(value))
        case "basic": self = .basic(String(value))
        default: self = .bearer("")  // A scheme that we do not speak opens nothing.
        }
    }
}
