import Exchange
import Foundation
import Testing
import TransportCurl

@Suite("Transport, whom it trusts", .timeLimit(.minutes(5)))
struct TrustTests {
    let server: TestServer
    let transport = Transport()

    init() async throws { server = try await TestServer() }

    private func get(_ url: String) -> WebRequest {
        var request = WebRequest(.get, url)
        request.networks = .any
        request.authorities = server.certificate
        return request
    }

    private func isMistrusted(_ request: WebRequest) async throws -> Bool {
        do throws(TransportFault) {
            _ = try await transport.perform(request)
            return false
        } catch {
            return error.description.hasPrefix("no trusted connection to")
        }
    }

    private func echo(_ request: WebRequest) async throws -> (peer: String, connection: Int) {
        let body = try await transport.perform(request).body
        let seen = try #require(JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
        return (try #require(seen["peer"] as? String), try #require(seen["connection"] as? Int))
    }

    @Test("a server is trusted by its authority alone, and under its own name alone")
    func authority() async throws {
        var request = get(server.urlTLS + "/echo")
        request.authorities = nil
        #expect(try await isMistrusted(request))
        request.authorities = server.certificate
        #expect(try await !isMistrusted(request))
        request.url = "https://localhost:\(server.portTLS)/echo"
        #expect(try await isMistrusted(request))
    }

    @Test("a connection serves no request with another identity or without one")
    func identities() async throws {
        var connections: [String: Int] = [:]
        for round in 0..<3 {
            for (identity, name) in [(server.identity, "test"), (nil, ""), (server.other, "other")] {
                var request = get(server.urlTLS + "/echo")
                request.identity = identity
                let (peer, connection) = try await echo(request)
                #expect(peer == name)
                if round > 0 { #expect(connections[name] == connection, "each keeps a connection of its own") }
                connections[name] = connection
            }
        }
        #expect(Set(connections.values).count == 3)
    }

    @Test("identities do not cross where many requests are under way at once")
    func identitiesAtOnce() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<60 {
                group.addTask {
                    var request = get(server.urlTLS + "/echo")
                    request.identity = [server.identity, server.other, nil][index % 3]
                    let peer = try await echo(request).peer
                    #expect(peer == ["test", "other", ""][index % 3])
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("a connection that one authority vouched for serves no request that trusts another")
    func authorities() async throws {
        var request = get(server.urlTLS + "/echo")
        _ = try await echo(request)
        request.authorities = server.other.certificate
        #expect(try await isMistrusted(request))
        request.authorities = nil
        #expect(try await isMistrusted(request))
        request.authorities = server.certificate
        #expect(try await transport.perform(request).connectionsOpened == 0)
    }

    @Test("a certificate that was replaced in its file is shown from then on, whatever connections are open")
    func replaced() async throws {
        let identity = WebRequest.Identity(certificate: server.path("mine.pem"), key: server.path("mine-key.pem"))
        for (original, name) in [(server.identity, "test"), (server.other, "other")] {
            try Data(contentsOf: URL(fileURLWithPath: original.certificate))
                .write(to: URL(fileURLWithPath: identity.certificate))
            try Data(contentsOf: URL(fileURLWithPath: original.key)).write(to: URL(fileURLWithPath: identity.key))
            var request = get(server.urlTLS + "/echo")
            request.identity = identity
            #expect(try await echo(request).peer == name)
        }
    }

    @Test("a certificate that is not there, or of which the key is another's, is told from one that is refused")
    func unusable() async throws {
        for (certificate, key) in [("none.pem", server.identity.key), (server.identity.certificate, server.other.key)] {
            var request = get(server.urlTLS + "/echo")
            request.identity = WebRequest.Identity(certificate: certificate, key: key)
            do throws(TransportFault) {
                _ = try await transport.perform(request)
                Issue.record("an answer without a certificate")
            } catch {
                guard case .identityUnusable = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(PushAnswer(error) == .failed(PushFault(.identity), wait: nil))
            }
        }
    }

    @Test("a server that closes while much is sent to it ends the request and nothing else")
    func closedWhileSending() async throws {
        for base in [server.url, server.urlTLS] {
            var request = get(base + "/slam")
            request.schemes = [.http, .https]
            request.method = .post
            request.body = [UInt8](repeating: 1, count: 50_000_000)
            do throws(TransportFault) {
                _ = try await transport.perform(request)
                Issue.record("an answer without a word")
            } catch {
                #expect(error.isPassing)
            }
        }
    }

    @Test("HTTP/2 is offered where it is allowed, and nowhere else")
    func http2() async throws {
        var request = get(server.urlHTTP2 + "/")
        #expect(String(decoding: try await transport.perform(request).body, as: UTF8.self) == "h1")
        request.allowsHTTP2 = true
        // The server breaks off the first connection: what reads is asked for again.
        let response = try await transport.perform(request)
        #expect(response.status == 200)
        #expect(String(decoding: response.body, as: UTF8.self) == "h2")
        #expect(try await transport.perform(request).connectionsOpened == 0)
    }

    @Test("what writes is not sent twice when an HTTP/2 connection breaks")
    func http2Once() async throws {
        var request = get(server.urlHTTP2 + "/")
        request.allowsHTTP2 = true
        request.method = .post
        request.body = [1]
        do throws(TransportFault) {
            _ = try await transport.perform(request)
            Issue.record("the server breaks off the first connection")
        } catch {
            #expect(error.description.contains("broke"))
        }
    }
}
