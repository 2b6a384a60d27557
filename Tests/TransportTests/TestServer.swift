import Exchange
import Foundation

/// The server of `server.py`, and two certificates that it trusts: its own, and another that clients may show.
final class TestServer: Sendable {
    private let process: ScriptProcess

    var port: String { process.words[0] }
    var url: String { "http://127.0.0.1:\(port)" }
    var portTLS: String { process.words[1] }
    var urlTLS: String { "https://127.0.0.1:\(portTLS)" }
    var urlHTTP2: String { "https://127.0.0.1:\(process.words[2])" }
    var socketPath: String { path("socket") }
    var certificate: String { path("cert.pem") }
    var identity: WebRequest.Identity { .init(certificate: certificate, key: path("key.pem")) }
    var other: WebRequest.Identity { .init(certificate: path("other.pem"), key: path("other-key.pem")) }

    init() async throws {
        process = try await ScriptProcess("server.py") { folder in
            try await ScriptProcess.makeCertificate(named: "test", in: folder, "cert.pem", "key.pem")
            try await ScriptProcess.makeCertificate(named: "other", in: folder, "other.pem", "other-key.pem")
        }
    }

    /// A path in its folder.
    func path(_ name: String) -> String { process.folder.appending(path: name).path }

    /// A request to it, which may go to this machine.
    func get(_ path: String) -> WebRequest {
        var request = WebRequest(.get, url + path)
        request.schemes = [.http]
        request.networks = .any
        return request
    }
}
