/// A value bound to a statement's `$1`, `$2`… .
public enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
}

/// The row under a running statement's cursor.
///
/// Valid only inside the closure that it is handed to. Columns count from 0.
public protocol SQLRow {
    /// Whether the column holds null.
    func isNull(_ column: Int) -> Bool
    /// An integer column; 0 when it is null.
    func integer(_ column: Int) -> Int64
    /// A text column; empty when it is null.
    func text(_ column: Int) -> String
    /// A bytes column; empty when it is null.
    func bytes(_ column: Int) -> [UInt8]
    /// The bytes of a text or bytes column in place, without a copy; empty when it is null.
    func withBytes<Output>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Output) rethrows -> Output
}

/// One connection inside a transaction.
///
/// Statements are prepared once and kept.
public protocol SQLConnection {
    /// Runs one statement of the common SQL text and hands each row to `row`, in order.
    /// - Returns: how many rows it inserted, updated or deleted; 0 for a `select`.
    /// - Throws: `DatabaseFault`, or what `row` throws.
    @discardableResult
    func run(_ sql: String, _ values: [SQLValue], _ row: (any SQLRow) throws -> Void) throws -> Int

    /// How many rows its statements have inserted, updated or deleted so far.
    var changeCount: Int { get }

    /// Runs a text of several statements separated by `;`, without values: a migration.
    func script(_ sql: String) throws
}

/// A statement's text as the key of what was prepared for it.
///
/// Only the length is hashed: the texts are few constants, and comparing one with itself looks at no character.
public struct StatementKey: Hashable {
    private let sql: String

    /// The key of a text.
    public init(_ sql: String) {
        self.sql = sql
    }

    /// Combines the length.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(sql.utf8.count)
    }
}

extension SQLConnection {
    /// Runs one statement for its effect.
    @discardableResult
    public func run(_ sql: String, _ values: SQLValue...) throws -> Int {
        try run(sql, values) { _ in }
    }

    /// All rows of one statement, each made into a value.
    @inline(__always)  // Otherwise each row looks up what type it is made into.
    public func rows<Output>(_ sql: String, _ values: SQLValue..., make: (any SQLRow) throws -> Output) throws
        -> [Output]
    {
        var all: [Output] = []
        try run(sql, values) { all.append(try make($0)) }
        return all
    }

    /// The first row of one statement, made into a value; nil when there is none.
    public func first<Output>(_ sql: String, _ values: SQLValue..., make: (any SQLRow) throws -> Output) throws
        -> Output?
    {
        var first: Output?
        try run(sql, values) { row in
            if first == nil { first = try make(row) }
        }
        return first
    }

    /// Runs `body` in a savepoint: when it throws, what it wrote is undone and the transaction goes on.
    public func savepoint<Output>(_ body: () throws -> Output) throws -> Output {
        try run("savepoint request")
        do {
            let output = try body()
            try run("release savepoint request")
            return output
        } catch {
            try run("rollback to savepoint request")
            try run("release savepoint request")
            throw error
        }
    }
}

/// What a driver reports.
///
/// Everything else that a transaction's body throws passes through as it is.
public enum DatabaseFault: Error, Sendable {
    /// The database cannot be opened or reached; the text is for the operator's log.
    case unreachable(String)
    /// Another process holds what this one needs; the same call may be repeated.
    case busy(String)
    /// A statement was refused by a constraint of the schema.
    case constraint(String)
    /// Any other failure of a statement.
    case statement(String)
    /// The commit failed or its answer was lost: it may or may not be durable.
    case commit(String)

    /// Whether one statement failed and its transaction can go on from a savepoint.
    var isOfOneStatement: Bool {
        switch self {
        case .constraint, .statement: true
        case .unreachable, .busy, .commit: false
        }
    }
}

/// Which engine runs the SQL; only `Dialect` asks.
public enum Engine: String, Sendable {
    case sqlite
    case postgresql
}

/// A database that runs the common SQL text: the one seam between `Store` and the two engines.
///
/// Bodies run synchronously on a thread of the driver's own, never on the shared pool.
public protocol Database: Sendable {
    var engine: Engine { get }

    /// Runs `body` in one write transaction and returns once its commit is durable.
    ///
    /// Write transactions of one process run one after another. When `body` throws, nothing was written.
    /// - Throws: `DatabaseFault`, or what `body` throws.
    func write<Output: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Output) async throws
        -> Output

    /// Runs `body` in one read-only transaction that sees one state of the database throughout.
    func read<Output: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Output) async throws -> Output

    /// One element whenever another process may have committed.
    ///
    /// A driver whose database has one process never sends any.
    /// Ends when the database is closed.
    func changes() -> AsyncStream<Void>

    /// Leaves nothing on disk of what was deleted before, as far as that is not the operator's task.
    /// - Throws: `DatabaseFault.busy` where it cannot do so now.
    func scrub() async throws

    /// Closes every connection. Calls that come later fail with `unreachable`.
    func close() async
}
