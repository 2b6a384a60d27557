import Store
import Synchronization

/// A database of which one call, done already, does not return until it is let go.
final class HeldDatabase: Database {
    enum Call: Hashable, Sendable {
        case read, write
    }

    private enum State {
        /// The next call is to be held.
        case armed
        case held(CheckedContinuation<Void, Never>)
    }

    private let database: any Database
    private let states = Mutex<[Call: State]>([:])

    init(_ database: any Database) { self.database = database }

    var engine: Engine { database.engine }

    /// Holds the next call of a sort.
    func hold(_ call: Call) { states.withLock { $0[call] = .armed } }

    /// Returns once a call is held.
    func isHeld(_ call: Call) async {
        while true {
            let state = states.withLock { $0[call] }
            if case .held = state { return }
            await Task.yield()
        }
    }

    /// Lets a call go.
    func release(_ call: Call) {
        let state = states.withLock { $0.removeValue(forKey: call) }
        if case .held(let caller) = state { caller.resume() }
    }

    private func wait(_ call: Call) async {
        guard case .armed = states.withLock({ $0[call] }) else { return }
        await withCheckedContinuation { caller in states.withLock { $0[call] = .held(caller) } }
    }

    func write<Output: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Output
    ) async throws -> Output {
        let output = try await database.write(body)
        await wait(.write)
        return output
    }

    func read<Output: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Output
    ) async throws -> Output {
        let output = try await database.read(body)
        await wait(.read)
        return output
    }

    func changes() -> AsyncStream<Void> { database.changes() }

    func scrub() async throws { try await database.scrub() }

    func close() async { await database.close() }
}
