public import Store
import Synchronization

/// A database in one file, opened by one process: SQLite with a write-ahead log that is synced at each commit.
public final class SQLiteDatabase: Database {
    private let pool: SQLitePool
    private let listeners = Mutex<[AsyncStream<Void>.Continuation]?>([])

    /// The engine whose SQL it runs.
    public var engine: Engine { .sqlite }

    /// Opens the file, or makes it, and locks `path` + `.lock` until it is closed.
    /// - Parameters:
    ///   - path: the file; its folder must exist.
    ///   - readers: how many reads run at once, each on a thread of its own; at least 1.
    /// - Throws: `DatabaseFault.busy` when another process has it open, `unreachable` when it cannot be opened.
    public init(path: String, readers: Int) throws(DatabaseFault) {
        pool = try SQLitePool(path: path, readers: max(readers, 1))
    }

    deinit {
        pool.end {}
    }

    /// Runs `body` in one write transaction and returns once the log is synced.
    public func write<Output: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Output
    ) async throws -> Output {
        try await run(on: pool.writes) { try $0.transaction("begin immediate", body) }
    }

    /// Runs `body` in one transaction of a read-only connection.
    public func read<Output: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Output
    ) async throws -> Output {
        try await run(on: pool.reads) { try $0.transaction("begin", body) }
    }

    /// Sends nothing, since no other process can commit; ends when the database is closed.
    public func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let isOpen = listeners.withLock { $0?.append(continuation) != nil }
        if !isOpen { continuation.finish() }
        return stream
    }

    /// Brings the write-ahead log into the file, where deletions overwrite, and empties it.
    ///
    /// What was deleted stays in the log until then.
    public func scrub() async throws {
        try await run(on: pool.writes) { session in
            let busy = try session.first("pragma wal_checkpoint(truncate)") { $0.integer(0) }
            guard busy == 0 else { throw DatabaseFault.busy("the log cannot be emptied while reads go on in it") }
        }
    }

    /// Lets the calls that wait run, closes the file and frees its lock.
    public func close() async {
        let ended = listeners.withLock { listeners in
            defer { listeners = nil }
            return listeners ?? []
        }
        for listener in ended { listener.finish() }
        await withCheckedContinuation { continuation in pool.end { continuation.resume() } }
    }

    private func run<Output: Sendable>(
        on jobs: Jobs,
        _ body: @escaping @Sendable (SQLiteSession) throws -> Output
    ) async throws -> Output {
        try await withCheckedThrowingContinuation { continuation in
            jobs.add { session in
                continuation.resume(
                    with: Result {
                        guard let session else { throw DatabaseFault.unreachable("the database is closed") }
                        return try body(session)
                    }
                )
            }
        }
    }
}
