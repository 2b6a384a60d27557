import Exchange
import Foundation
import Testing
import TransportCurl

@Suite("Transport, its limits", .timeLimit(.minutes(5)))
struct LimitTests {
    let server: TestServer
    let transport = Transport()

    init() async throws { server = try await TestServer() }

    @Test(
        "this machine is refused unless it is named, however its address is written",
        arguments: ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "[::ffff:127.0.0.1]", "0.0.0.0"]
    )
    func addresses(host: String) async throws {
        var request = server.get("/connection")
        request.url = request.url.replacing("127.0.0.1", with: host)
        request.networks = WebRequest(.get, "").networks
        do throws(TransportFault) {
            _ = try await transport.perform(request)
            Issue.record("connected to \(host)")
        } catch {
            guard case .addressRefused(let place, let network) = error else { throw error }
            #expect(place == "http://\(host):\(server.port)")
            #expect(network.contains("loopback") || network.contains("unspecified"))
            #expect(!error.isPassing)
        }
        let named = ["127.0.0.0/8", "::1", "0.0.0.0"].compactMap { Network($0) }
        request.networks = .publicOr(named)
        #expect(try await transport.perform(request).status == 200)
    }

    @Test("a connection to an address that one request may use serves no request that may not")
    func keptConnection() async throws {
        var request = server.get("/connection")
        #expect(try await transport.perform(request).status == 200)
        request.networks = .publicOnly
        await #expect(throws: TransportFault.addressRefused(place: server.url, network: "127.0.0.0/8, loopback")) {
            try await transport.perform(request)
        }
    }

    @Test("gzip is taken where it is asked for, and counts by what it unpacks to")
    func gzip() async throws {
        var request = server.get("/gzip?bytes=100000")
        #expect(try await transport.perform(request).body == Array("plain".utf8))
        request.acceptsGzip = true
        #expect(try await transport.perform(request).body == Array(repeating: UInt8(ascii: "x"), count: 100_000))
        request.url = server.url + "/gzip?bytes=100000000"  // A hundred kilobytes on the wire.
        request.bodyBytesMax = 1 << 20
        let fault = TransportFault.tooLarge(place: server.url, bodyBytesMax: 1 << 20)
        await #expect(throws: fault) { try await transport.perform(request) }
        request.bodyFile = server.path("bomb")
        await #expect(throws: fault) { try await transport.perform(request) }
        #expect(!FileManager.default.fileExists(atPath: server.path("bomb")))
    }

    @Test("a server that drips is broken off, long before the time limit")
    func slow() async throws {
        let strict = Transport(limits: .init(bytesPerSecondMin: 1000, slownessMax: .seconds(1)))
        await #expect(
            throws: TransportFault.stalled(place: server.url, bytesPerSecondMin: 1000, during: .seconds(1))
        ) {
            try await strict.perform(server.get("/drip"))
        }
    }

    @Test("a large answer goes to a file that only its owner may read, and not into memory")
    func file() async throws {
        var request = server.get("/large?megabytes=256")
        request.bodyFile = server.path("large")
        request.bodyBytesMax = 256 << 20
        #expect(try await transport.perform(request).body.isEmpty)
        let attributes = try FileManager.default.attributesOfItem(atPath: server.path("large"))
        #expect(attributes[.size] as? Int == 256 << 20)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test("no file is left of an answer that broke off, was too large or was not waited for")
    func noFile() async throws {
        for (path, totalMax) in [
            ("/broken", 60_000), ("/big?bytes=1001", 60_000), ("/endless", 60_000), ("/drip", 300),
        ] {
            var request = server.get(path)
            request.bodyFile = server.path("left")
            request.bodyBytesMax = 1000
            request.totalMax = .milliseconds(totalMax)
            await #expect(throws: TransportFault.self) { try await transport.perform(request) }
            #expect(!FileManager.default.fileExists(atPath: server.path("left")))
        }
    }

    @Test("a file that is there already stays as it is, and one that cannot be made is a fault with its path")
    func fileFaults() async throws {
        var request = server.get("/connection")
        request.bodyFile = server.path("kept")
        try Data("mine".utf8).write(to: URL(fileURLWithPath: server.path("kept")))
        for path in [server.path("kept"), server.path("absent/file")] {
            request.bodyFile = path
            do throws(TransportFault) {
                _ = try await transport.perform(request)
                Issue.record("\(path) was written")
            } catch {
                #expect(error.description.hasPrefix("the answer cannot be kept in \(path) "))
            }
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: server.path("kept"))) == Data("mine".utf8))
    }
}
