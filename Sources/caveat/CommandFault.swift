import Exchange

/// Why a command failed: said on standard error, with exit code 1.
enum CommandFault: Error, CustomStringConvertible {
    /// A file is missing, unreadable, or holds the wrong thing.
    case file(path: String, rule: String)
    /// There was no answer.
    case transport(TransportFault)
    /// The administration's socket does not answer.
    case socket(path: String, TransportFault)
    /// The exchange answered no.
    case refused(Refusal)
    /// The exchange answered something that breaks the protocol.
    case answer(to: String, rule: String)
    /// The work was done, and some of it failed.
    case failed(String)

    /// Whether the same may succeed later without anybody changing anything.
    var isPassing: Bool {
        switch self {
        case .transport(let fault): fault.isPassing
        case .refused(let refusal): refusal.status == 429 || refusal.status >= 500
        case .file, .socket, .answer, .failed: false
        }
    }

    var description: String {
        switch self {
        case .file(let path, let rule): "\(path) \(rule)"
        case .transport(let fault): fault.description
        case .socket(let path, .unreachable):
            "nothing listens at \(path): start caveatd, name its admin socket with --socket or CAVEAT_ADMIN_SOCKET, and be "
                + "root or the user it runs as"
        case .socket(_, let fault): fault.description
        case .refused(let refusal): refusal.description
        case .answer(let place, let rule): "the answer to \(place) \(rule); is a TAXII 2.1 exchange there?"
        case .failed(let text): text
        }
    }
}

/// An error answer: the status and what the error resource said.
struct Refusal: CustomStringConvertible {
    let status: Int
    let title: String?
    let detail: String?
    let field: String?

    init(_ response: WebResponse) {
        status = response.status
        // The body of an error is optional (TAXII 2.1 §3.6), and may come from something else on the way. Below /v1 it
        // is problem details (RFC 9457), which say `detail` where TAXII says `description`.
        let resource = try? JSON(parsing: response.body).root
        title = resource?["title"]?.string
        detail = resource?["description"]?.string ?? resource?["detail"]?.string
        field = resource?["field"]?.string
    }

    var description: String {
        var text = "the exchange refused (\(status))"
        // The detail begins with the field, where it names one.
        if let field, detail?.hasPrefix("\(field):") != true { text += " \(field.printable)" }
        if let title { text += ": \(title.printable)" }
        if let detail, detail != title { text += ": \(detail.printable)" }
        if text.hasSuffix(".") { text.removeLast() }
        switch status {
        case 401: return text + "; check the credentials (--token-file, --user, --certificate)"
        case 404 where title == nil: return text + "; check the name and the address"
        default: return text
        }
    }
}
