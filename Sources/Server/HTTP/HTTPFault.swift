import NIOHTTP1

/// An answer that is not the one that was asked for: TAXII's error resource (TAXII 2.1 §3.6).
struct HTTPFault: Error, Sendable {
    let status: HTTPResponseStatus
    let title: String
    let description: String?
    /// The parameter, header or property that is at fault.
    var field: String?
    var headers = HTTPHeaders()
    /// Whether the connection cannot be used any more.
    var endsConnection = false

    init(_ status: HTTPResponseStatus, _ title: String, _ description: String? = nil, field: String? = nil) {
        self.status = status
        self.title = title
        self.description = description
        self.field = field
    }

    /// The same for what does not exist and for what the caller may not see.
    static let absent = HTTPFault(.notFound, "Not found", "There is nothing here, or nothing that you may see.")

    /// - Parameter realm: the exchange's title, which has no quotation mark and no control character.
    static func unauthorized(_ realm: String) -> HTTPFault {
        var fault = HTTPFault(
            .unauthorized,
            "Not authenticated",
            "Send a bearer token, HTTP Basic credentials or a client certificate of a member: one that is known here, and not "
                + "expired, revoked or suspended."
        )
        fault.headers.add(name: "WWW-Authenticate", value: "Basic realm=\"\(realm)\", charset=\"UTF-8\"")
        fault.headers.add(name: "WWW-Authenticate", value: "Bearer realm=\"\(realm)\"")
        return fault
    }

    /// HEAD goes with GET.
    static func wrongMethod(_ methods: [String]) -> HTTPFault {
        let head = methods.contains("GET") && !methods.contains("HEAD") ? ["HEAD"] : []
        let list = (methods + head).joined(separator: ", ")
        var fault = HTTPFault(.methodNotAllowed, "Method not allowed", "This resource has \(list).")
        fault.headers.add(name: "Allow", value: list)
        return fault
    }

    static func malformed(_ field: String, _ rule: String) -> HTTPFault {
        HTTPFault(.badRequest, "Malformed request", "\(field): \(rule)", field: field)
    }

    static func tooMany(_ what: String, wait: Duration) -> HTTPFault {
        let seconds = max(1, wait.components.seconds + 1)
        var fault = HTTPFault(.tooManyRequests, what, "Try again in \(seconds) s.")
        fault.headers.add(name: "Retry-After", value: String(seconds))
        return fault
    }

    /// A failure of ours: its reference is in the log, its text is not in the answer.
    static func ours(_ status: HTTPResponseStatus, reference: String) -> HTTPFault {
        var fault = HTTPFault(status, "The exchange could not answer", "Nothing was lost. Reference \(reference).")
        if status == .serviceUnavailable { fault.headers.add(name: "Retry-After", value: "2") }
        return fault
    }

    /// Too much is under way (`limits.memory_bytes_max`).
    static var busy: HTTPFault {
        var fault = HTTPFault(.serviceUnavailable, "Busy", "Too many large requests are under way. Try again in 2 s.")
        fault.headers.add(name: "Retry-After", value: "2")
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

    /// Problem details (RFC 9457 §3), with the field that is at fault beside.
    private struct Problem: Encodable {
        let type = "about:blank"
        let title: String
        let status: UInt
        let detail, field: String?
    }

    /// The answer, in the media type of the interface that it was asked of.
    func response(_ mediaType: String) -> Response {
        var response: Response
        if mediaType == MediaType.problem {
            let problem = Problem(title: title, status: status.code, detail: description, field: field)
            response = .json(problem, status: status, mediaType)
        } else {
            let body = Body(
                title: title,
                description: description,
                httpStatus: String(status.code),
                details: field.map { ["field": $0] }
            )
            response = .json(body, status: status, mediaType)
        }
        response.headers.add(contentsOf: headers)
        response.endsConnection = endsConnection
        return response
    }
}
