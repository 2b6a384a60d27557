import ArgumentParser
import Exchange
import Foundation
import TransportCurl

/// The way to the local administration, and how its answers are printed.
struct AdminOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The daemon's admin socket.",
            discussion: "Or CAVEAT_ADMIN_SOCKET; otherwise /run/caveat/admin.sock.",
            valueName: "path"
        ),
        completion: .file()
    )
    var socket: String?

    @Flag(help: "Print the answer as served.")
    var json = false

    /// The connection; nothing is sent yet.
    var connection: AdminConnection {
        let path = socket ?? ProcessInfo.processInfo.environment["CAVEAT_ADMIN_SOCKET"] ?? "/run/caveat/admin.sock"
        return AdminConnection(socketPath: path)
    }

    /// Sends one request and prints the resource that answers.
    func send(_ method: WebRequest.Method, _ path: String) async throws(CommandFault) {
        try show(try await connection.send(method, path))
    }

    /// Sends one request with a body and prints the resource that answers.
    func send(_ method: WebRequest.Method, _ path: String, _ body: some Encodable & Sendable) async throws(CommandFault)
    {
        try show(try await connection.send(method, path, body))
    }

    /// Prints a listing of several pages: as served, or as one table of what stands under `key`.
    func list(
        _ path: String,
        _ key: String,
        _ columns: [(heading: String, key: String)],
        by parameter: String
    ) async throws(CommandFault) {
        var pages: [JSON.Value] = []
        var next: String?
        repeat {
            let query = next.map { "?\(parameter)=\($0.percentEncoded)" } ?? ""
            guard let page = try await connection.send(.get, path + query) else { break }
            pages.append(page)
            next = page["next"]?.string
        } while next != nil
        guard !json else {
            for page in pages { try Output.line(page.compact()) }
            return
        }
        try Output.line(Table.rows(pages.flatMap { $0[key]?.elements ?? [] }, columns))
    }

    /// Prints a resource.
    func show(_ resource: JSON.Value?) throws(CommandFault) {
        guard let resource else { return }
        if json { try Output.line(resource.compact()) } else { try Output.line(Table.fields(resource)) }
    }
}

/// HTTP over the daemon's Unix socket.
struct AdminConnection: Sendable {
    let socketPath: String
    private let transport = Transport()

    init(socketPath: String) { self.socketPath = socketPath }

    /// Sends a request without a body; the answer is nil where there is none.
    func send(_ method: WebRequest.Method, _ path: String) async throws(CommandFault) -> JSON.Value? {
        try await send(method, path, bytes: nil)
    }

    /// Sends a request with a body; the answer is nil where there is none.
    func send(
        _ method: WebRequest.Method,
        _ path: String,
        _ body: some Encodable & Sendable
    ) async throws(CommandFault) -> JSON.Value? {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(body) else { preconditionFailure("strings and flags always encode") }
        return try await send(method, path, bytes: Array(data))
    }

    private func send(
        _ method: WebRequest.Method,
        _ path: String,
        bytes: [UInt8]?
    ) async throws(CommandFault) -> JSON.Value? {
        var request = WebRequest(method, "http://localhost/admin/\(path)")
        request.schemes = [.http]
        request.socketPath = socketPath
        request.headers = [("Accept", "application/json")]
        if let bytes {
            request.headers.append(("Content-Type", "application/json"))
            request.body = bytes
        }
        let response: WebResponse
        do throws(TransportFault) {
            response = try await transport.perform(request)
        } catch {
            throw .socket(path: socketPath, error)
        }
        guard (200..<300).contains(response.status) else { throw .refused(Refusal(response)) }
        return response.body.isEmpty ? nil : try Connection.read(response, from: "/admin/\(path)")
    }
}
