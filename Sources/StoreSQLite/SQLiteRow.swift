import GRDBSQLite
import Store

/// The row under a statement's cursor.
///
/// Safe as long as it stays inside the closure that it is handed to: there the statement is neither stepped nor reset.
@safe struct SQLiteRow: SQLRow {
    private let statement: OpaquePointer

    init(_ statement: OpaquePointer) {
        unsafe self.statement = statement
    }

    func isNull(_ column: Int) -> Bool {
        unsafe sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL
    }

    func integer(_ column: Int) -> Int64 {
        unsafe sqlite3_column_int64(statement, Int32(column))
    }

    func text(_ column: Int) -> String {
        guard let start = unsafe sqlite3_column_text(statement, Int32(column)) else { return "" }
        let count = unsafe Int(sqlite3_column_bytes(statement, Int32(column)))
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func bytes(_ column: Int) -> [UInt8] {
        unsafe withBytes(column) { unsafe Array($0) }
    }

    func withBytes<Output>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Output) rethrows -> Output {
        let start = unsafe sqlite3_column_blob(statement, Int32(column))
        let count = unsafe Int(sqlite3_column_bytes(statement, Int32(column)))
        return unsafe try body(UnsafeRawBufferPointer(start: start, count: count))
    }
}
