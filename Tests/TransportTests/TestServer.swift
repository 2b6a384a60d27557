import Foundation
import Testing

/// The server of `server.py` as a process of its own; it ends with its standard input, so also when the test crashes.
final class TestServer: Sendable {
    let folder: URL
    let port: Int
    let portTLS: Int
    private let input = Pipe()

    var url: String { "http://127.0.0.1:\(port)" }
    var urlTLS: String { "https://127.0.0.1:\(portTLS)" }
    var socketPath: String { folder.appending(path: "socket").path }
    var certificate: String { folder.appending(path: "cert.pem").path }
    var key: String { folder.appending(path: "key.pem").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "caveat-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Self.makeCertificate(in: folder)
        let server = Process()
        let output = Pipe()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "server.py").path
        server.arguments = ["python3", script, folder.appending(path: "socket").path, folder.path]
        server.standardInput = input
        server.standardOutput = output
        try server.run()
        var line = Data()
        while line.last != UInt8(ascii: "\n"), let byte = try output.fileHandleForReading.read(upToCount: 1) {
            line += byte
        }
        let ports = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        try #require(ports.count == 2, "server.py must print two ports")
        port = ports[0]
        portTLS = ports[1]
    }

    deinit {
        // A folder that cannot be removed is the system's to clear away.
        try? input.fileHandleForWriting.close()
        try? FileManager.default.removeItem(at: folder)
    }

    /// One certificate that is its own authority, for the server and for clients.
    private static func makeCertificate(in folder: URL) throws {
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        openssl.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
            folder.appending(path: "key.pem").path, "-out", folder.appending(path: "cert.pem").path,
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        try #require(openssl.terminationStatus == 0, "openssl must make a certificate")
    }
}
