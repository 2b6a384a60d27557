import NIOHTTP1

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
    func fields() async throws -> BodyFields {
        let bytes = try await body.read(upTo: Self.restBodyBytesMax)
        return try BodyFields(bytes.isEmpty ? Array("{}".utf8) : bytes)
    }

    /// Where a listing goes on: the `next` of the page before; the newest without.
    func before() throws(HTTPFault) -> Int64 {
        guard let text = parameter("before") else { return .max }
        guard let number = Int64(text) else { throw .malformed("before", "must be the `next` of a page") }
        return number
    }
}

extension BodyFields {
    /// A text whose length is for the domain to judge.
    mutating func longText(_ field: String) throws -> String? { try value(field) }
}
