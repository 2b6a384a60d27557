import Foundation
import Subprocess
import Testing

/// The server of `server.py` as a process of its own; it ends with its standard input, so also when the test crashes.
final class TestServer: Sendable {
    let folder: URL
    let port: Int
    let portTLS: Int
    private let process: Task<Void, any Error>

    var url: String { "http://127.0.0.1:\(port)" }
    var urlTLS: String { "https://127.0.0.1:\(portTLS)" }
    var socketPath: String { folder.appending(path: "socket").path }
    var certificate: String { folder.appending(path: "cert.pem").path }
    var key: String { folder.appending(path: "key.pem").path }

    init() async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "caveat-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await Self.makeCertificate(in: folder)
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "server.py").path
        let arguments = Arguments([script, folder.appending(path: "socket").path, folder.path])
        let (lines, news) = AsyncStream.makeStream(of: String.self)
        process = Task {
            defer { news.finish() }
            _ = try await Subprocess.run(
                .name("python3"),
                arguments: arguments,
                input: .inputWriter,
                output: .sequence,
                error: .discarded
            ) { execution in
                for try await line in execution.standardOutput.strings() { news.yield(line) }
            }
        }
        let line = await lines.first { _ in true } ?? ""
        let ports = line.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        try #require(ports.count == 2, "server.py must print two ports")
        port = ports[0]
        portTLS = ports[1]
    }

    deinit {
        process.cancel()
        // A folder that cannot be removed is the system's to clear away.
        try? FileManager.default.removeItem(at: folder)
    }

    /// One certificate that is its own authority, for the server and for clients.
    private static func makeCertificate(in folder: URL) async throws {
        let openssl = try await Subprocess.run(
            .name("openssl"),
            arguments: [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                folder.appending(path: "key.pem").path, "-out", folder.appending(path: "cert.pem").path,
            ],
            output: .discarded
        )
        try #require(openssl.terminationStatus.isSuccess, "openssl must make a certificate")
    }
}
