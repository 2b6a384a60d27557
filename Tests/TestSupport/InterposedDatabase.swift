public import Store
import Synchronization

/// A database in whose next read something happens first: between what its reader decided and what it reads.
public final class InterposedDatabase: Database {
    private let database: any Database
    private let action = Mutex<(@Sendable () async throws -> Void)?>(nil)

    /// Passes everything on to `database`.
    public init(_ database: any Database) {
        self.database = database
    }

    /// The engine of the database within.
    public var engine: Engine { database.engine }

    /// Has `action` run once, when the next read is asked for and before it begins.
    public func beforeNextRead(_ action: @escaping @Sendable () async throws -> Void) {
        self.action.withLock { $0 = action }
    }

    /// Writes as the database within does.
    public func write<Output: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Output
    ) async throws -> Output {
        try await database.write(body)
    }

    /// Lets the action run, and reads as the database within does.
    public func read<Output: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Output
    ) async throws -> Output {
        let action = action.withLock { action in
            defer { action = nil }
            return action
        }
        try await action?()
        return try await database.read(body)
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
