public import Store
import Synchronization

/// A database that counts what is read of it, and in whose next read something happens first: between what its reader
/// decided and what it reads.
public final class InterposedDatabase: Database {
    private let database: any Database
    private let action = Mutex<(@Sendable () async throws -> Void)?>(nil)
    private let statements = Mutex(0)

    /// Passes everything on to `database`.
    public init(_ database: any Database) {
        self.database = database
    }

    /// The engine of the database within.
    public var engine: Engine { database.engine }

    /// How many statements its reads have run so far.
    public var statementCount: Int { statements.withLock { $0 } }

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
        return try await database.read { [self] connection in
            try body(CountingConnection(connection) { self.statements.withLock { $0 += 1 } })
        }
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

private struct CountingConnection: SQLConnection {
    private let connection: any SQLConnection
    private let count: () -> Void

    init(_ connection: any SQLConnection, count: @escaping () -> Void) {
        self.connection = connection
        self.count = count
    }

    var changeCount: Int { connection.changeCount }

    func run(_ sql: String, _ values: [SQLValue], _ row: (any SQLRow) throws -> Void) throws -> Int {
        count()
        return try connection.run(sql, values, row)
    }

    func script(_ sql: String) throws { try connection.script(sql) }
}
