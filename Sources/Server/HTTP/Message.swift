import Foundation
import NIOCore
import NIOHTTP1

/// One request (RFC 9112 §3).
struct Request: Sendable {
    let method: HTTPMethod
    /// The path, percent-encoded as it came.
    let path: Substring
    /// What comes after the question mark, percent-encoded as it came; nil when there is none.
    let query: Substring?
    let target: String
    let headers: HTTPHeaders
    let body: RequestBody

    init(_ head: HTTPRequestHead, body: RequestBody) {
        method = head.method
        target = head.uri
        headers = head.headers
        self.body = body
        (path, query) = Self.split(head.uri)
    }

    /// The first field of a name.
    subscript(_ name: String) -> String? { headers.first(name: name) }

    /// All fields of a name that is a list, as one (RFC 9110 §5.3); nil when there is none.
    func list(_ name: String) -> String? {
        let fields = headers[name]
        return fields.isEmpty ? nil : fields.joined(separator: ",")
    }

    /// The first value of a query parameter, percent-decoded.
    func parameter(_ name: String) -> String? { parameters(name).first }

    /// The values of a query parameter, percent-decoded, in their order.
    ///
    /// What is no UTF-8 is a value that nothing has: left out, it would ask for more than was asked.
    func parameters(_ name: String) -> [String] {
        (query ?? "").utf8.split(separator: UInt8(ascii: "&")).compactMap { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard Substring(parts[0]) == name else { return nil }
            return parts.count == 2 ? Substring(parts[1]).removingEncoding ?? "\u{FFFD}" : ""
        }
    }

    /// The names of the query parameters, in their order.
    var parameterNames: [String] {
        (query ?? "").utf8.split(separator: UInt8(ascii: "&")).map { pair in
            String(Substring(pair.prefix { $0 != UInt8(ascii: "=") }))
        }
    }

    /// Splits a target in origin form or absolute form (RFC 9112 §3.2).
    private static func split(_ target: String) -> (path: Substring, query: Substring?) {
        var rest = target[...]
        if rest.utf8.first != UInt8(ascii: "/"), let scheme = rest.range(of: "://") {
            rest = rest[scheme.upperBound...]
            rest = rest[(rest.utf8.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex)...]
        }
        guard let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (rest, nil) }
        return (rest[..<mark], rest[rest.utf8.index(after: mark)...])
    }
}

/// One answer.
///
/// `Content-Length`, `Date` and `Connection` are the connection's to add.
struct Response: Sendable {
    var status: HTTPResponseStatus
    var headers: HTTPHeaders
    var body: ByteBuffer
    /// Whether the connection cannot be used any more.
    var endsConnection = false
    /// What a large body holds of the budget until it is written.
    var lease: ByteBudget.Lease?
    /// Writes a body without a length, part by part, until there is no more; each call ends when its part is taken.
    var stream: (@Sendable (_ write: @escaping @Sendable (ByteBuffer) async throws -> Void) async throws -> Void)?

    init(_ status: HTTPResponseStatus, _ mediaType: String, _ body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.headers = HTTPHeaders([("Content-Type", mediaType)])
        self.body = body
    }
}

extension Response {
    /// The status line and all header fields, with the empty line behind them (RFC 9112 §2.1).
    /// - Parameters:
    ///   - connection: the Connection header; nil for none.
    ///   - spare: how many bytes of a body there is to be room for.
    func head(date: String, connection: String?, spare: Int) -> ByteBuffer {
        var bytes = ByteBufferAllocator().buffer(capacity: 512 + min(spare, body.readableBytes))
        if status == .ok {
            bytes.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            bytes.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
        }
        for (name, value) in headers { bytes.writeField(name, value) }
        if status == .noContent || status == .notModified {
            // There is no body, whatever its length would be (RFC 9110 §8.6).
        } else if stream == nil {
            bytes.writeField("Content-Length", String(body.readableBytes))
        } else {
            bytes.writeField("Transfer-Encoding", "chunked")
        }
        bytes.writeField("Date", date)
        if let connection { bytes.writeField("Connection", connection) }
        bytes.writeStaticString("\r\n")
        return bytes
    }

    /// A JSON body of our own making.
    static func json(_ value: some Encodable, status: HTTPResponseStatus = .ok, _ mediaType: String) -> Response {
        bytes(encoded(value), status: status, mediaType)
    }

    /// A JSON body that writes itself.
    static func json(written value: some JSONWritable, _ mediaType: String) -> Response {
        bytes(JSONBytes(value).bytes, mediaType)
    }

    static func encoded(_ value: some Encodable) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(value)
        } catch {
            preconditionFailure("an answer of strings and numbers has a JSON form")
        }
    }

    static func bytes(_ data: some Sequence<UInt8>, status: HTTPResponseStatus = .ok, _ mediaType: String) -> Response {
        Response(status, mediaType, ByteBuffer(bytes: data))
    }
}

extension ByteBuffer {
    /// One header field.
    ///
    /// A value that could end it is our own mistake: all are constants, numbers, or were checked when they came.
    fileprivate mutating func writeField(_ name: String, _ value: String) {
        precondition(!value.utf8.contains { $0 == 0x0a || $0 == 0x0d }, "a header value has no line break")
        writeString(name)
        writeStaticString(": ")
        writeString(value)
        writeStaticString("\r\n")
    }
}
