import Exchange
import Foundation
import Testing
import TransportCurl

@Suite("Transport, ended early", .timeLimit(.minutes(5)))
struct CancelTests {
    let server: TestServer
    let transport = Transport(limits: .init(hostConnectionsMax: 32))

    init() async throws { server = try await TestServer() }

    private func get(_ path: String) -> WebRequest { server.get(path) }

    @Test("a cancelled task ends at once, and the transport goes on")
    func cancel() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: TransportFault.cancelled) { try await transport.perform(get("/slow?ms=20000")) }
            }
            group.cancelAll()
        }
        #expect(try await transport.perform(get("/connection")).status == 200)
    }

    @Test("many that nobody answers keep no other from its turn")
    func crowd() async throws {
        let wide = Transport(limits: .init(hostConnectionsMax: 512, connectionsMax: 512))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<300 {
                group.addTask {
                    await #expect(throws: TransportFault.cancelled) { try await wide.perform(get("/slow?ms=100000")) }
                }
            }
            // Each transport has a connection of its own, and the server counts them all.
            var opened = 0
            while opened <= 300 {
                let body = try await Transport().perform(get("/connection")).body
                opened = Int(String(decoding: body, as: UTF8.self)) ?? 0
            }
            group.cancelAll()
        }
    }

    @Test("a task that was cancelled before it asks sends nothing")
    func cancelBeforeStart() async throws {
        let before = try await number()
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            for _ in 0..<50 {
                group.addTask {
                    await #expect(throws: TransportFault.cancelled) { try await transport.perform(get("/connection")) }
                }
            }
        }
        #expect(try await number() == before)  // No connection was opened in between.
    }

    @Test("a storm of cancels leaves neither hanging calls nor a broken transport", arguments: UInt64(0)..<3)
    func storm(seed: UInt64) async throws {
        let outcomes = await withTaskGroup(of: TransportFault?.self) { group in
            for index in 0..<300 {
                let delay = Duration.microseconds((Int(seed) * 7919 + index * 104_729) % 30_000)
                group.addTask {
                    await withTaskGroup(of: TransportFault?.self) { inner in
                        inner.addTask {
                            do throws(TransportFault) {
                                _ = try await transport.perform(get("/slow?ms=15"))
                                return nil
                            } catch {
                                return error
                            }
                        }
                        // Cancels fall before the start, during the transfer and after its end: that is the test.
                        try? await Task.sleep(for: delay)
                        inner.cancelAll()
                        return await inner.next() ?? nil
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count == 300)
        #expect(outcomes.compactMap(\.self).filter { $0 != .cancelled } == [])
        #expect(try await transport.perform(get("/connection")).status == 200)
    }

    @Test("after close, what is under way and what comes later ends with closed")
    func close() async throws {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    await #expect(throws: TransportFault.closed) { try await transport.perform(get("/slow?ms=20000")) }
                }
            }
            group.addTask {
                transport.close()
                transport.close()
            }
        }
        await #expect(throws: TransportFault.closed) { try await transport.perform(get("/connection")) }
    }

    @Test("a transport that nobody holds any more ends its thread")
    func dropped() async throws {
        for _ in 0..<50 {
            let short = Transport()
            #expect(try await short.perform(get("/connection")).status == 200)
        }
        // Each thread frees its handle soon after; 50 threads that stay would show here.
        for _ in 0..<200 {
            if try threads() < 40 { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try threads() < 40)
    }

    private func number() async throws -> String {
        String(decoding: try await transport.perform(get("/connection")).body, as: UTF8.self)
    }

    /// How many threads of transports this process has.
    private func threads() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count {
            (try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8)) == "transport-curl\n"
        }
    }
}
