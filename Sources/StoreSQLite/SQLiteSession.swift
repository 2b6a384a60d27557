import GRDB
import GRDBSQLite
import Store

/// One connection of SQLite with its prepared statements.
///
/// Safe because one thread owns it, inside the pool's closure that keeps the connection open.
@safe final class SQLiteSession: SQLConnection {
    private let database: GRDB.Database
    private let pointer: OpaquePointer
    private var statements: [StatementKey: PreparedStatement] = [:]
    /// Set between the start and the end of a transaction.
    private var isInTransaction = false
    /// A statement of the transaction failed, and no savepoint was rolled back since.
    ///
    /// PostgreSQL refuses to go on then, so this engine does the same.
    private var hasFailed = false

    /// Bounds the memory of statements whose text is put together when it is needed.
    private static let statementsMax = 256

    /// How the one statement begins that a failed transaction still takes.
    private static let recovery = "rollback to "

    init(_ database: GRDB.Database) throws {
        guard let pointer = unsafe database.sqliteConnection else {
            throw DatabaseFault.unreachable("the database is closed")
        }
        self.database = database
        unsafe self.pointer = pointer
    }

    var changeCount: Int { unsafe Int(sqlite3_total_changes(pointer)) }

    func run(_ sql: String, _ values: [SQLValue], _ row: (any SQLRow) throws -> Void) throws -> Int {
        if isInTransaction { try checkTransaction(before: sql) }
        let prepared = try statement(sql)
        prepared.isRunning = true
        defer {
            unsafe sqlite3_reset(prepared.pointer)
            unsafe sqlite3_clear_bindings(prepared.pointer)
            prepared.isRunning = false
        }
        let before = unsafe sqlite3_total_changes(pointer)
        try prepared.bind(values) {
            while true {
                let code = unsafe sqlite3_step(prepared.pointer)
                if code == SQLITE_DONE { break }
                guard code == SQLITE_ROW else {
                    hasFailed = true
                    throw unsafe DatabaseFault(on: pointer, running: sql)
                }
                unsafe try row(SQLiteRow(prepared.pointer))
            }
        }
        if hasFailed, sql.hasPrefix(Self.recovery) { hasFailed = false }
        return unsafe sqlite3_total_changes(pointer) == before ? 0 : Int(sqlite3_changes(pointer))
    }

    func script(_ sql: String) throws {
        if isInTransaction { try checkTransaction(before: sql) }
        guard unsafe sqlite3_exec(pointer, sql, nil, nil, nil) == SQLITE_OK else {
            hasFailed = true
            throw unsafe DatabaseFault(on: pointer, running: sql)
        }
    }

    /// Runs `body` in a transaction that `begin` opens; commits it, or rolls it back when `body` throws.
    func transaction<Output>(_ begin: String, _ body: (any SQLConnection) throws -> Output) throws -> Output {
        try run(begin)
        hasFailed = false
        isInTransaction = true
        let output: Output
        do {
            output = try body(self)
            try checkTransaction(before: "commit")
            isInTransaction = false
        } catch {
            isInTransaction = false
            try rollback()
            throw error
        }
        do {
            try run("commit")
        } catch {
            try rollback()
            throw DatabaseFault.commit("\(error)")
        }
        return output
    }

    private func rollback() throws {
        // Some errors roll back by themselves: a full disk, for one.
        if unsafe sqlite3_get_autocommit(pointer) == 0 { try run("rollback") }
    }

    private func checkTransaction(before sql: String) throws {
        // Outside a transaction each statement would be committed by itself.
        guard unsafe sqlite3_get_autocommit(pointer) == 0 else {
            throw DatabaseFault.statement("the transaction was rolled back after an error: \(sql)")
        }
        guard !hasFailed || sql.hasPrefix(Self.recovery) else {
            throw DatabaseFault.statement("an earlier statement of the transaction failed: \(sql)")
        }
    }

    private func statement(_ sql: String) throws -> PreparedStatement {
        let key = StatementKey(sql)
        let kept = statements[key]
        if let kept, !kept.isRunning { return kept }
        let made: PreparedStatement
        do {
            made = try PreparedStatement(database.makeStatement(sql: sql))
        } catch let error as DatabaseError {
            hasFailed = true
            throw DatabaseFault(error)
        }
        if statements.count >= Self.statementsMax { statements.removeAll() }
        if kept == nil { statements[key] = made }
        return made
    }
}
