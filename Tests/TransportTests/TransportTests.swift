import Exchange
import Foundation
import Testing
import TransportCurl

@Suite("Transport", .timeLimit(.minutes(5)))
struct TransportTests {
    let server: TestServer
    let transport = Transport()

    init() async throws { server = try await TestServer() }

    private func get(_ path: String) -> WebRequest { server.get(path) }

    private func fault(of request: WebRequest) async -> TransportFault? {
        do throws(TransportFault) {
            _ = try await transport.perform(request)
            return nil
        } catch {
            return error
        }
    }

    private func echo(_ request: WebRequest) async throws -> [String: Any] {
        let body = try await transport.perform(request).body
        return try #require(JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
    }

    @Test("one connection serves requests that follow each other, whatever their status")
    func reuse() async throws {
        var opened = 0
        for path in ["/connection", "/missing", "/redirect", "/big?bytes=100000", "/connection"] {
            opened += try await transport.perform(get(path)).connectionsOpened
        }
        #expect(opened == 1)
    }

    @Test("a body and header fields arrive as given, and no field is added by surprise")
    func sends() async throws {
        var request = get("/echo?a=%2F..%2F")
        request.method = .post
        request.headers = [("X-Test", "späte Post; a=\"b\""), ("Content-Type", "application/json")]
        request.body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
        let seen = try await echo(request)
        #expect(seen["method"] as? String == "POST")
        #expect(seen["path"] as? String == "/echo?a=%2F..%2F")
        #expect(seen["bytes"] as? Int == 3_000_000)
        #expect(seen["sum"] as? Int == request.body?.reduce(0) { $0 + Int($1) })
        #expect(seen["fields"] as? [String] == ["accept", "content-length", "content-type", "host", "x-test"])
    }

    @Test("each method is sent as itself", arguments: [WebRequest.Method.get, .post, .put, .patch, .delete])
    func methods(method: WebRequest.Method) async throws {
        var request = get("/echo")
        request.method = method
        #expect(try await echo(request)["method"] as? String == method.rawValue)
    }

    @Test("the answer's header fields are found by lower-case name, without outer white space")
    func receivesHeaders() async throws {
        let response = try await transport.perform(get("/echo"))
        #expect(response.status == 200)
        #expect(response.header("x-mixed-case") == "kept: as is")
        #expect(response.header("x-absent") == nil)
    }

    @Test("a redirect is an answer and is not followed")
    func redirect() async throws {
        let response = try await transport.perform(get("/redirect"))
        #expect(response.status == 302)
        #expect(response.header("location") == "/connection")
    }

    @Test(
        "an answer over the limit is broken off, with and without a length",
        arguments: ["/big?bytes=1001", "/endless"]
    )
    func sizeCap(path: String) async throws {
        var request = get(path)
        request.bodyBytesMax = 1000
        let fault = TransportFault.tooLarge(place: server.url, bodyBytesMax: 1000)
        await #expect(throws: fault) { try await transport.perform(request) }
        request.url = server.url + "/big?bytes=1000"
        #expect(try await transport.perform(request).body.count == 1000)
    }

    @Test("endless header fields are broken off")
    func headerCap() async throws {
        #expect(await fault(of: get("/headers")) != nil)
    }

    @Test("a late answer is a fault at the time limit, and the transport goes on")
    func deadline() async throws {
        var request = get("/slow?ms=20000")
        request.totalMax = .milliseconds(200)
        await #expect(throws: TransportFault.timedOut(place: server.url, limit: .milliseconds(200))) {
            try await transport.perform(request)
        }
        #expect(try await transport.perform(get("/connection")).status == 200)
    }

    @Test("waiting for a free connection counts against the time limit")
    func deadlineInQueue() async throws {
        let narrow = Transport(limits: .init(hostConnectionsMax: 1, connectionsMax: 1))
        var request = get("/slow?ms=20000")
        request.totalMax = .milliseconds(300)
        await withTaskGroup(of: Void.self) { [request] group in
            for _ in 0..<40 {
                group.addTask {
                    await #expect(throws: TransportFault.timedOut(place: server.url, limit: .milliseconds(300))) {
                        try await narrow.perform(request)
                    }
                }
            }
        }
    }

    @Test("a Unix socket takes the place of the host")
    func unixSocket() async throws {
        var request = WebRequest(.get, "http://localhost/echo")
        request.schemes = [.http]
        request.socketPath = server.socketPath
        #expect(try await transport.perform(request).status == 200)
        #expect(try await transport.perform(request).connectionsOpened == 0)
        request.socketPath = server.socketPath + "-absent"
        let fault = await fault(of: request)
        #expect(fault?.isPassing == true)
    }

    @Test(
        "only the schemes that are allowed are used",
        arguments: ["http://127.0.0.1:1/", "file:///etc/hostname", "ftp://a/"]
    )
    func schemes(url: String) async throws {
        let fault = await fault(of: WebRequest(.get, url))
        #expect(fault?.description.contains("scheme that is not allowed") == true)
    }

    @Test("what could break out of a header field or a path is refused before anything is sent")
    func injection() async throws {
        for value in ["a\r\nX-Evil: b", "a\nb", "a\0b"] {
            var request = get("/echo")
            request.headers = [("X-Test", value)]
            #expect(await fault(of: request) != nil)
        }
        #expect(await fault(of: get("/\0")) != nil)
    }

    @Test(
        "credentials in a URL are refused, and neither they nor a query are ever named",
        arguments: ["https://user:hush@127.0.0.1:1/", "https://127.0.0.1:1?hush", "https://127.0.0.1:1/?hush#hush"]
    )
    func secrets(url: String) async throws {
        let fault = try #require(await fault(of: WebRequest(.get, url)))
        #expect(!fault.description.contains("hush"))
        #expect(fault.description.contains("credentials") == url.contains("@"))
    }

    @Test("a closed port is unreachable, a connection cut short is interrupted; both may pass")
    func connectionFaults() async throws {
        var request = get("/")
        request.url = "http://127.0.0.1:1/"
        let closed = await fault(of: request)
        #expect(closed?.description.hasPrefix("no connection to http://127.0.0.1:1 ") == true)
        let broken = await fault(of: get("/broken"))
        #expect(broken?.description.hasPrefix("the connection to \(server.url) broke") == true)
        #expect(closed?.isPassing == true && broken?.isPassing == true)
    }
}
