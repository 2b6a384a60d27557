import Exchange
import Foundation
import NIOHTTP1
import Node

/// What the calls of `/v1` read of a request.
extension Request {
    /// Bytes of a body: content and terms at their largest fit.
    static let restBodyBytesMax = 4 << 20

    /// Refuses a method that a resource has not; HEAD goes with GET.
    func allow(_ methods: [HTTPMethod]) throws(HTTPFault) {
        if method == .HEAD, methods.contains(.GET) { return }
        guard methods.contains(method) else { throw .wrongMethod(methods.map(\.rawValue)) }
    }

    /// The fields of the body; none where there is no body.
    ///
    /// A body must say that it is JSON: a page of another site can have a browser post plain text, but not this.
    func fields() async throws -> BodyFields {
        let bytes = try await body.read(upTo: Self.restBodyBytesMax)
        let type = self["Content-Type"]?.split(separator: ";").first?.trimmingCharacters(in: .whitespaces).lowercased()
        guard bytes.isEmpty || type == MediaType.json else {
            throw HTTPFault(
                .unsupportedMediaType,
                "Unsupported media type",
                "Content-Type: must be \(MediaType.json)",
                field: "Content-Type"
            )
        }
        return try BodyFields(bytes.isEmpty ? Array("{}".utf8) : bytes)
    }

    /// The `Idempotency-Key` of a call that makes something; nil where it has none.
    func idempotencyKey() throws(HTTPFault) -> String? {
        guard let key = self["Idempotency-Key"] else { return nil }
        guard (1...Self.idempotencyKeyBytesMax).contains(key.utf8.count) else {
            throw .malformed("Idempotency-Key", "must have 1 to \(Self.idempotencyKeyBytesMax) bytes")
        }
        return key
    }

    /// Bytes of an idempotency key.
    static let idempotencyKeyBytesMax = 255

    /// Where a listing goes on: the `next` of the page before; the newest without.
    func before() throws(HTTPFault) -> Int64 {
        guard let text = parameter("before") else { return .max }
        guard let number = Int64(text), String(number) == text, number >= 0 else {
            throw .malformed("before", "must be the `next` of a page")
        }
        return number
    }
}

extension Node {
    /// The id of what a call makes: the same for the same caller and `Idempotency-Key`.
    func newID<Kind>(for request: Request, _ session: Session) throws(HTTPFault) -> ID<Kind> {
        newID(Kind.self, by: session, key: try request.idempotencyKey())
    }
}

extension BodyFields {
    /// A text whose length is for the domain to judge.
    mutating func longText(_ field: String) throws -> String? { try value(field) }
}
