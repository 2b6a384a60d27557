public import Store
import Synchronization

/// A database whose nth write reports that its commit failed.
public final class FaultyDatabase: Database {
    /// Whether the failing write is durable all the same.
    public enum Fault: CaseIterable, Sendable {
        /// The commit never happened.
        case beforeCommit
        /// The commit happened, and its answer was lost.
        case afterCommit
    }

    private struct RolledBack: Error {}

    private let database: any Database
    private let fault: Fault
    private let failing: Int
    private let count = Mutex(0)

    /// - Parameters:
    ///   - database: does the work.
    ///   - failing: how the write fails.
    ///   - write: which write fails, counted from 1; the others go through.
    public init(_ database: any Database, failing: Fault, write: Int = 1) {
        self.database = database
        fault = failing
        self.failing = write
    }

    /// The engine of the database within.
    public var engine: Engine { database.engine }

    /// How many writes were asked for so far.
    public var writeCount: Int { count.withLock { $0 } }

    /// Writes, or fails with `DatabaseFault.commit`.
    public func write<Output: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Output
    ) async throws -> Output {
        let number = count.withLock { count in
            count += 1
            return count
        }
        guard number == failing else { return try await database.write(body) }
        switch fault {
        case .beforeCommit:
            do {
                try await database.write { connection in
                    _ = try body(connection)
                    throw RolledBack()
                }
            } catch is RolledBack {
                throw DatabaseFault.commit("simulated: nothing is durable")
            }
        case .afterCommit:
            _ = try await database.write(body)
        }
        throw DatabaseFault.commit("simulated: durable, and the answer was lost")
    }

    /// Reads as the database within does.
    public func read<Output: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Output
    ) async throws -> Output {
        try await database.read(body)
    }

    /// The changes of the database within.
    public func changes() -> AsyncStream<Void> {
        database.changes()
    }

    /// Scrubs the database within.
    public func scrub() async throws {
        try await database.scrub()
    }

    /// Closes the database within.
    public func close() async {
        await database.close()
    }
}
