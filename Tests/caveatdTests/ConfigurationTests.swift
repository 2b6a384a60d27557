import Foundation
import Server
import Testing

@testable import caveatd

@Suite("Configuration")
struct ConfigurationTests {
    private static var file: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "config/caveatd.yaml")
    }

    @Test("in the repository is the default, with every key in it")
    func repository() throws {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        #expect(try Configuration.read(text) == Configuration())
        // Uncommented, every key is one that the program takes.
        let whole = text.replacing(#/(?m)^  \# (certificate|key|client_ca|client_certificates|contact|gateways): /#) {
            "  \($0.1): "
        }
        let configuration = try Configuration.read(whole)
        #expect(configuration.clientAuthorities == "/etc/caveat/members-ca.pem" && configuration.contact != nil)
        #expect(configuration.tls?.clientCertificates == .optional)
        let documented = try String(
            contentsOf: Self.file.deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "Sources/caveatd/Configuration.swift"),
            encoding: .utf8
        ).matches(of: #/keys\.[a-z]+\("([a-z_.]+)"/#).map { String($0.1.split(separator: ".").last ?? "") }
        #expect(documented.count == 32)
        for key in documented { #expect(text.contains("\(key):"), "config/caveatd.yaml lacks \(key)") }
    }

    @Test(
        "names the key that is wrong",
        arguments: [
            ("liste: 1", "liste"), ("limits:\n  body_bytes: 1", "limits.body_bytes"), ("listen: nowhere", "listen"),
            ("limits:\n  body_bytes_max: 1", "limits.body_bytes_max"),
            ("limits:\n  idle_seconds: soon", "limits.idle_seconds"),
            ("listen: 0.0.0.0:1", "tls.certificate"), ("tls:\n  key: a", "tls.certificate"),
            ("tls:\n  client_ca: a", "tls.client_ca"), ("store:\n  url: mysql://x", "store.url"),
            ("store:\n  url: sqlite:a\n  url_file: b", "store.url"), ("log:\n  level: loud", "log.level"),
            ("push:\n  networks: [10.0.0.1/8]", "push.networks"), ("push:\n  networks: all", "push.networks"),
            ("tls: 5", "tls"), ("- a", "file"), ("a: [", "file"), ("listen: [1]", "listen"),
            ("tls:\n  certificate: a\n  key: b\n  client_certificates: required", "tls.client_certificates"),
        ]
    )
    func wrong(text: String, key: String) {
        let fault = #expect(throws: ConfigurationFault.self) { try Configuration.read(text) }
        #expect(fault?.key == key, "\(String(describing: fault))")
    }

    @Test("refuses a key that stands twice")
    func doubled() {
        #expect(throws: ConfigurationFault.self) { try Configuration.read("listen: 127.0.0.1:1\nlisten: 127.0.0.1:2") }
    }

    @Test(
        "reads addresses",
        arguments: [
            ("127.0.0.1:80", "127.0.0.1", 80, true), ("[::1]:0", "::1", 0, true), ("localhost:1", "localhost", 1, true),
            ("0.0.0.0:443", "0.0.0.0", 443, false), ("127.example.org:1", "127.example.org", 1, false),
        ]
    )
    func addresses(text: String, host: String, port: Int, isLoopback: Bool) throws {
        let address = try #require(ListenAddress(text))
        #expect(address.host == host && address.port == port && address.isLoopback == isLoopback)
        for bad in ["", "80", ":80", "a:b", "a:70000", "::1:80", "a:-1"] { #expect(ListenAddress(bad) == nil) }
    }
}

@Suite("Service manager")
struct ServiceManagerTests {
    @Test("hears what the daemon says, by path and in the abstract namespace", arguments: ["path", "abstract"])
    func notify(form: String) throws {
        let name = "caveat-notify-\(UUID().uuidString)"
        let path = form == "path" ? "\(NSTemporaryDirectory())/\(name)" : "@\(name)"
        let receiver = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer {
            close(receiver)
            if form == "path" { unsafe unlink(path) }
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = form == "path" ? Array(path.utf8) : [0] + Array(name.utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(receiver, $0, length) }
        }
        try #require(bound == 0)
        #expect(ServiceManager(["NOTIFY_SOCKET": path]).notify("READY=1"))
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = unsafe recv(receiver, &buffer, buffer.count, 0)
        #expect(String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self) == "READY=1")
    }

    @Test("is not needed")
    func silent() {
        #expect(!ServiceManager([:]).notify("READY=1"))
        #expect(!ServiceManager(["NOTIFY_SOCKET": "/nowhere/at/all"]).notify("READY=1"))
    }
}
