import Exchange
import Synchronization

/// A TAXII server that takes envelopes as it is told to.
final class TAXIIReceiver: Carrier {
    struct State: Sendable {
        /// What an envelope may be long, as it says.
        var bytesMax = 1 << 20
        /// From how many objects on it answers 413, whatever it says.
        var countMax = Int.max
        /// Whether it deals with what comes at once.
        var isPending = false
        /// Whether it still knows what it took.
        var knowsStatuses = true
        /// Ids of objects that it will not have.
        var refused: Set<String> = []
        /// What it has been given, an envelope at a time.
        var envelopes: [[String]] = []
        var looks = 0
        var authorizations: Set<String> = []
    }

    let state = Mutex(State())
    static let collection = "https://taxii.example/api/collections/1/"

    /// The ids that it was given, in order.
    var ids: [String] { state.withLock { $0.envelopes.flatMap { $0 } } }

    func perform(_ request: WebRequest) async throws(TransportFault) -> WebResponse {
        let path = request.url.dropFirst("https://taxii.example/api/".count)
        func field(_ name: String) -> String? { request.headers.first { $0.name == name }?.value }
        guard field("Accept") == "application/taxii+json;version=2.1" else { return WebResponse(status: 406) }
        return state.withLock { state in
            state.authorizations.insert(field("Authorization") ?? "")
            switch (request.method, path) {
            case (.get, ""):
                return Self.json(#"{"title":"T","versions":[],"max_content_length":\#(state.bytesMax)}"#)
            case (.get, "collections/1/"):
                return Self.json(#"{"id":"1","title":"T","can_read":false,"can_write":true}"#)
            case (.get, let path) where path.hasPrefix("status/"):
                state.looks += 1
                guard state.knowsStatuses else { return WebResponse(status: 404) }
                let number = Int(path.dropFirst(7).dropLast()) ?? 0
                return Self.json(Self.status(number, state))
            case (.post, "collections/1/objects/"):
                let root = (try? JSON(parsing: request.body ?? []))?.root
                let ids = (root?["objects"]?.elements ?? []).compactMap { $0["id"]?.string }
                guard ids.count < state.countMax else { return WebResponse(status: 413) }
                guard field("Content-Type") == "application/taxii+json;version=2.1", !ids.isEmpty else {
                    return WebResponse(status: 415)
                }
                state.envelopes.append(ids)
                return Self.json(Self.status(state.envelopes.count - 1, state), status: 202)
            default: return WebResponse(status: 404)
            }
        }
    }

    private static func status(_ number: Int, _ state: State) -> String {
        let failed = state.envelopes[number].filter { state.refused.contains($0) }
        let failures = failed.map { #"{"id":"\#($0)","message":"not here"}"# }.joined(separator: ",")
        let word = state.isPending ? "pending" : "complete"
        return #"{"id":"\#(number)","status":"\#(word)","failure_count":\#(failed.count),"failures":[\#(failures)]}"#
    }

    private static func json(_ text: String, status: Int = 200) -> WebResponse {
        WebResponse(status: status, body: Array(text.utf8))
    }
}

/// A mail server and a host for files that keep what they are given.
final class Hosts: MailCarrier, FileCarrier {
    struct State: Sendable {
        var mails: [(recipient: String, text: String)] = []
        var files: [(name: String, bytes: [UInt8], login: RemoteFile.Login)] = []
        var fault: TransportFault?
    }

    let state = Mutex(State())

    /// What the mails said, without their header.
    var texts: [String] { state.withLock { $0.mails.map(\.text) } }

    func send(_ mail: Mail) async throws(TransportFault) {
        try mail.check()
        if let fault = state.withLock({ $0.fault }) { throw fault }
        let message = String(decoding: mail.message, as: UTF8.self)
        let body = message.split(separator: "\r\n\r\n").dropFirst().joined().replacing("\r\n", with: "")
        let text = Base64.text(body).replacing("\r\n", with: "\n")
        state.withLock { $0.mails.append((mail.recipients.joined(), text)) }
    }

    func upload(_ bytes: [UInt8], to file: RemoteFile) async throws(TransportFault) {
        try file.check()
        if let fault = state.withLock({ $0.fault }) { throw fault }
        state.withLock { $0.files.append((String(file.path), bytes, file.login)) }
    }

    func download(_ file: RemoteFile, to path: String) async throws(TransportFault) { throw .closed }
    func list(_ folder: RemoteFile) async throws(TransportFault) -> [String] { throw .closed }
}
