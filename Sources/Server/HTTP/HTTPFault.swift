import Exchange
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Node

/// An answer that is not the one that was asked for: TAXII's error resource (TAXII 2.1 §3.6).
struct HTTPFault: Error, Sendable {
    let status: HTTPResponse.Status
    let title: String
    let description: String?
    /// The parameter, header or property that is at fault.
    var field: String?
    var headers: HTTPFields = [:]
    /// Whether the connection cannot be used any more.
    var endsConnection = false

    init(_ status: HTTPResponse.Status, _ title: String, _ description: String? = nil, field: String? = nil) {
        self.status = status
        self.title = title
        self.description = description
        self.field = field
    }

    /// The same for what does not exist and for what the caller may not see.
    static let absent = HTTPFault(.notFound, "Not found", "There is nothing here, or nothing that you may see.")

    static func unauthorized(_ realm: String) -> HTTPFault {
        var fault = HTTPFault(
            .unauthorized,
            "Not authenticated",
            "Send a bearer token, HTTP Basic credentials or a client certificate of a member."
        )
        fault.headers.append(HTTPField(name: .wwwAuthenticate, value: "Basic realm=\"\(realm)\", charset=\"UTF-8\""))
        fault.headers.append(HTTPField(name: .wwwAuthenticate, value: "Bearer realm=\"\(realm)\""))
        return fault
    }

    static func malformed(_ field: String, _ rule: String) -> HTTPFault {
        HTTPFault(.badRequest, "Malformed request", "\(field): \(rule)", field: field)
    }

    static func tooMany(_ what: String, wait: Duration) -> HTTPFault {
        let seconds = max(1, wait.components.seconds + 1)
        var fault = HTTPFault(.tooManyRequests, what, "Try again in \(seconds) s.")
        fault.headers[.retryAfter] = String(seconds)
        return fault
    }

    /// A failure of ours: its reference is in the log, its text is not in the answer.
    static func ours(_ status: HTTPResponse.Status, reference: String) -> HTTPFault {
        var fault = HTTPFault(status, "The exchange could not answer", "Nothing was lost. Reference \(reference).")
        if status == .serviceUnavailable { fault.headers[.retryAfter] = "2" }
        return fault
    }

    private struct Body: Encodable {
        let title: String
        let description: String?
        let httpStatus: String
        let details: [String: String]?

        enum CodingKeys: String, CodingKey {
            case title, description, details
            case httpStatus = "http_status"
        }
    }

    /// The answer, in the media type of the interface that it was asked of.
    func response(_ mediaType: String) -> Response {
        let body = Body(
            title: title,
            description: description,
            httpStatus: String(status.code),
            details: field.map { ["field": $0] }
        )
        var response = Response.json(body, status: status, mediaType)
        for header in headers { response.headers.append(header) }
        if endsConnection { response.headers[.connection] = "close" }
        return response
    }
}

extension Response {
    /// A JSON body of our own making.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok, _ mediaType: String) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return bytes(try encoder.encode(value), status: status, mediaType)
        } catch {
            preconditionFailure("an answer of strings and numbers has a JSON form")
        }
    }

    static func bytes(_ data: some Sequence<UInt8>, status: HTTPResponse.Status = .ok, _ mediaType: String) -> Response
    {
        Response(
            status: status,
            headers: [.contentType: mediaType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: data))
        )
    }
}
