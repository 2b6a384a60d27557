import Foundation
import HTTPTypes
import Node

/// Reads what a caller shows of itself in a request.
extension Presented {
    /// The Authorization header first, then the connection's client certificate.
    init(_ headers: HTTPFields, certificate: PeerIdentity?) {
        guard let header = headers[.authorization] else {
            self =
                certificate.map { .certificate(fingerprint: $0.fingerprint, uris: $0.uris, notAfter: $0.notAfter) }
                ?? .nothing
            return
        }
        let parts = header.split(separator: " ", maxSplits: 1).map { $0.trimmingSpaces }
        let value = parts.count == 2 ? parts[1] : ""
        switch parts.first?.lowercased() {
        case "bearer": self = .bearer(String(value))
        case "basic": self = Self.basic(String(value))
        default: self = .bearer("")  // A scheme that we do not speak opens nothing.
        }
    }

    /// `user:password` in base64 of UTF-8 (RFC 7617).
    private static func basic(_ value: String) -> Presented {
        guard let data = Data(base64Encoded: value), let text = String(data: data, encoding: .utf8),
            let colon = text.firstIndex(of: ":")
        else { return .bearer("") }
        return .basic(user: String(text[..<colon]), password: String(text[text.index(after: colon)...]))
    }
}
