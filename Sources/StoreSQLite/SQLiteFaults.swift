import GRDB
import GRDBSQLite
import Store

extension DatabaseFault {
    /// The fault that the connection's last error means.
    ///
    /// The text names the statement, never its values.
    init(on connection: OpaquePointer?, running sql: String) {
        let code = unsafe sqlite3_extended_errcode(connection)
        let message = unsafe String(cString: sqlite3_errmsg(connection))
        self.init(code: code, text: "SQLite error \(code): \(message): \(sql)")
    }

    init(_ error: DatabaseError) {
        let code = error.extendedResultCode.rawValue
        self.init(code: code, text: "SQLite error \(code): \(error.message ?? ""): \(error.sql ?? "")")
    }

    private init(code: Int32, text: String) {
        switch code & 0xff {
        case SQLITE_CONSTRAINT: self = .constraint(text)
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy(text)
        case SQLITE_CANTOPEN, SQLITE_NOTADB, SQLITE_CORRUPT, SQLITE_PERM, SQLITE_READONLY: self = .unreachable(text)
        default: self = .statement(text)
        }
    }
}
