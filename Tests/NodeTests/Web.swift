import Exchange
import Foundation
import Synchronization
import TestSupport

/// Servers of files and of TAXII, over a network that fails as it is told to.
final class Web: Carrier {
    private struct File {
        let bytes: [UInt8]
        let etag: String?
    }

    private struct State {
        var files: [String: File] = [:]
        var servers: [String: TAXIIModel] = [:]
        var answers: [String: [Int]] = [:]
        var failures = 0
        var failure: Int?
        var gate: Gate?
    }

    /// Where a request waits.
    final class Gate: Sendable {
        private let (arrived, arrival) = AsyncStream<Void>.makeStream()
        private let (opened, opening) = AsyncStream<Void>.makeStream()

        /// Returns once a request waits.
        func reached() async { for await _ in arrived { return } }

        func open() { opening.finish() }

        fileprivate func pass() async {
            arrival.yield()
            for await _ in opened {}
        }
    }

    private let state = Mutex(State())

    func set(_ url: String, _ text: String, etag: String? = nil) {
        state.withLock { $0.files[url] = File(bytes: Array(text.utf8), etag: etag) }
    }

    func remove(_ url: String) { _ = state.withLock { $0.files.removeValue(forKey: url) } }

    func serve(_ url: String, _ server: TAXIIModel) { state.withLock { $0.servers[url] = server } }

    func add(_ object: String, to url: String) { state.withLock { $0.servers[url]?.add(object) } }

    func pass(_ duration: Duration, at url: String) {
        state.withLock { state in state.servers[url].map { state.servers[url]?.now = $0.now.advanced(by: duration) } }
    }

    /// The next requests fail: with a status, or without any answer.
    func fail(_ count: Int, status: Int?) { state.withLock { ($0.failures, $0.failure) = (count, status) } }

    /// The next request waits at a gate.
    func hold() -> Gate {
        let gate = Gate()
        state.withLock { $0.gate = gate }
        return gate
    }

    /// The statuses that were answered to requests for a file.
    func asked(_ url: String) -> [Int] { state.withLock { $0.answers[url] ?? [] } }

    func perform(_ request: WebRequest) async throws(TransportFault) -> WebResponse {
        if let gate = state.withLock({ state in
            defer { state.gate = nil }
            return state.gate
        }) {
            await gate.pass()
        }
        let answer = state.withLock { Self.answer(request, &$0) }
        guard let answer else { throw .unreachable(place: request.place, cause: "lost") }
        return answer
    }

    private static func answer(_ request: WebRequest, _ state: inout State) -> WebResponse? {
        if state.failures > 0 {
            state.failures -= 1
            return state.failure.map { WebResponse(status: $0) }
        }
        if let file = state.files[request.url] {
            let known = request.headers.first { $0.name == "If-None-Match" }?.value
            let status = file.etag != nil && known == file.etag ? 304 : 200
            state.answers[request.url, default: []].append(status)
            let headers = file.etag.map { [(name: "etag", value: $0)] } ?? []
            return WebResponse(status: status, headers: headers, body: status == 200 ? file.bytes : [])
        }
        guard let components = URLComponents(string: request.url),
            let (_, server) = state.servers.first(where: {
                request.url.hasPrefix($0.key + "objects/?")
            })
        else { return WebResponse(status: 404) }
        let query = (components.queryItems ?? []).map { (name: $0.name, value: $0.value ?? "") }
        let (objects, page) = server.page(query)
        var fields = page.more ? ["\"more\":true"] : []
        if let next = page.next { fields.append("\"next\":\"\(next)\"") }
        if !objects.isEmpty { fields.append("\"objects\":[\(objects.joined(separator: ","))]") }
        let headers = page.last.map { [(name: "x-taxii-date-added-last", value: $0.text)] } ?? []
        return WebResponse(status: 200, headers: headers, body: Array("{\(fields.joined(separator: ","))}".utf8))
    }
}
