import NIOCore
import NIOHTTP1

/// The entity tags that a conditional request names (RFC 9110 §13.1).
enum EntityTags: Hashable, Sendable {
    /// `*`: whatever there is.
    case any
    /// These; each is without its quotation marks, and a weak one begins with `W/`.
    case listed([String])

    /// Reads a list of tags; what has no form of one is a tag that nothing has.
    init(_ header: String) {
        guard header[...].trimmingSpaces != "*" else {
            self = .any
            return
        }
        // None of our tags holds a comma or a quotation mark.
        self = .listed(
            header.split(separator: ",").map { element in
                let text = element.trimmingSpaces
                let (mark, quoted) = text.hasPrefix("W/") ? ("W/", text.dropFirst(2)) : ("", text)
                guard quoted.count >= 2, quoted.first == "\"", quoted.last == "\"" else { return "" }
                return mark + quoted.dropFirst().dropLast()
            }
        )
    }

    /// Whether a tag is named, however weakly (RFC 9110 §8.8.3.2).
    func namesWeakly(_ tag: String) -> Bool {
        switch self {
        case .any: true
        case .listed(let tags): tags.contains(tag) || tags.contains("W/\(tag)")
        }
    }
}

extension Response {
    /// This answer to a GET or HEAD with its tag; 304 with no body where the caller has it already (RFC 9110 §13.1.2).
    func tagged(_ tag: String, for request: Request) -> Response {
        var response = self
        response.headers.replaceOrAdd(name: "ETag", value: "\"\(tag)\"")
        guard request.method == .GET || request.method == .HEAD,
            let named = request.list("If-None-Match"), EntityTags(named).namesWeakly(tag)
        else { return response }
        response.status = .notModified
        response.headers.remove(name: "Content-Type")
        response.body.clear()
        return response
    }

    /// An answer that says nothing more than that it is done.
    static var done: Response {
        var response = Response(.noContent, MediaType.json)
        response.headers.remove(name: "Content-Type")
        return response
    }
}
