import Store
import Synchronization

/// Lends links, one caller each, in the order of asking.
final class LinkPool: Sendable {
    private let links: [PostgresLink]
    private let state: Mutex<State>

    private struct State {
        var free: [PostgresLink]
        var waiting: [CheckedContinuation<PostgresLink?, Never>] = []
        var isClosed = false
    }

    init(_ links: [PostgresLink]) {
        self.links = links
        state = Mutex(State(free: links))
    }

    /// Lends a link to `body`, waiting until one is free.
    func lend<Output: Sendable>(_ body: (PostgresLink) async throws -> Output) async throws -> Output {
        guard let link = await take() else { throw DatabaseFault.unreachable("the database is closed") }
        defer { give(link) }
        return try await body(link)
    }

    func close() async {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for caller in waiting { caller.resume(returning: nil) }
        for link in links { await link.close() }
    }

    private func take() async -> PostgresLink? {
        await withCheckedContinuation { continuation in
            let link: PostgresLink?? = state.withLock { state in
                if state.isClosed { return .some(nil) }
                // The last that was given back: its caches are warm, and the others need not connect.
                if let link = state.free.popLast() { return link }
                state.waiting.append(continuation)
                return nil
            }
            if let link { continuation.resume(returning: link) }
        }
    }

    private func give(_ link: PostgresLink) {
        let next = state.withLock { state -> CheckedContinuation<PostgresLink?, Never>? in
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            state.free.append(link)
            return nil
        }
        next?.resume(returning: link)
    }
}
