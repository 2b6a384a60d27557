import Foundation
import Subprocess
import SystemPackage
import Testing

/// A server of `Tests/TransportTests` in a temporary folder, as a process of its own.
///
/// It ends with its standard input, so also when the test crashes.
final class ScriptProcess: Sendable {
    let folder: URL
    /// What it printed in its first line.
    let words: [String]
    private let process: Task<Void, any Error>

    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    private static let root = tests.deletingLastPathComponent().deletingLastPathComponent()

    /// Starts a script with a folder as its last argument, once the folder is filled.
    init(
        _ script: String,
        _ arguments: [String] = [],
        fill: @Sendable (URL) async throws -> Void = { _ in }
    ) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "caveat-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await fill(folder)
        // The environment that `make setup` makes.
        let python = Self.root.appending(path: ".venv/bin/python").path
        let all = Arguments([Self.tests.appending(path: script).path] + arguments + [folder.path])
        let (lines, news) = AsyncStream.makeStream(of: String.self)
        process = Task {
            defer { news.finish() }
            _ = try await Subprocess.run(
                .path(FilePath(python)),
                arguments: all,
                input: .inputWriter,
                output: .sequence,
                error: .discarded
            ) { execution in
                for try await line in execution.standardOutput.strings() { news.yield(line) }
            }
        }
        words = (await lines.first { _ in true } ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
        if words.isEmpty { try await process.value }  // Tells why.
        try #require(!words.isEmpty, "\(script) must print its ports")
    }

    deinit {
        process.cancel()
        // A folder that cannot be removed is the system's to clear away.
        try? FileManager.default.removeItem(at: folder)
    }

    /// One certificate for 127.0.0.1 that is its own authority, for servers and for clients.
    static func makeCertificate(named name: String, in folder: URL, _ certificate: String, _ key: String) async throws {
        let openssl = try await Subprocess.run(
            .name("openssl"),
            arguments: [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                folder.appending(path: key).path, "-out", folder.appending(path: certificate).path,
            ],
            output: .discarded
        )
        try #require(openssl.terminationStatus.isSuccess, "openssl must make a certificate")
    }
}
