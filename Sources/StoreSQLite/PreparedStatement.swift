import GRDB
import GRDBSQLite
import Store

/// A prepared statement, and which of the values each of its parameters takes.
///
/// Safe because the C statement lives as long as `statement`, and only the connection's own thread uses it.
@safe final class PreparedStatement {
    let pointer: OpaquePointer
    /// A statement that runs is not run again inside its own rows; another one is prepared.
    var isRunning = false
    private let statement: Statement
    /// For each of SQLite's parameters, in its order, the place of its value.
    private let places: [Int]
    private let valueCount: Int

    /// Longer values are not copied but lent to SQLite while the statement runs.
    private static let copiedBytesMax = 1024

    /// - Throws: `DatabaseFault.statement` when a parameter is not `$1`, `$2`… .
    init(_ statement: Statement) throws {
        self.statement = statement
        let pointer = unsafe statement.sqliteStatement
        unsafe self.pointer = pointer
        // SQLite numbers `$2` as the first parameter when it occurs first, so the name decides.
        let count = unsafe sqlite3_bind_parameter_count(pointer)
        places = try (0..<count).map { index in
            guard let name = unsafe sqlite3_bind_parameter_name(pointer, index + 1),
                let number = unsafe Int(String(cString: name).dropFirst()), number > 0
            else { throw DatabaseFault.statement("a parameter is not named $1, $2…: \(statement.sql)") }
            return number - 1
        }
        valueCount = (places.max() ?? -1) + 1
    }

    /// Runs `body` with the values bound.
    func bind<Output>(_ values: [SQLValue], _ body: () throws -> Output) throws -> Output {
        guard values.count == valueCount else {
            throw DatabaseFault.statement("\(valueCount) values expected, \(values.count) given: \(statement.sql)")
        }
        return try bind(values, from: 0, body)
    }

    private func bind<Output>(_ values: [SQLValue], from first: Int, _ body: () throws -> Output) throws -> Output {
        for index in first..<places.count {
            let parameter = Int32(index + 1)
            switch values[places[index]] {
            case .null:
                try check(unsafe sqlite3_bind_null(pointer, parameter))
            case .integer(let value):
                try check(unsafe sqlite3_bind_int64(pointer, parameter, value))
            case .text(var value):
                let isLent = value.utf8.count > Self.copiedBytesMax
                let output = try value.withUTF8 { utf8 -> Output? in
                    try unsafe bind(text: UnsafeRawBufferPointer(utf8), to: parameter, isLent: isLent)
                    return isLent ? try bind(values, from: index + 1, body) : nil
                }
                if let output { return output }
            case .bytes(let value):
                let isLent = value.count > Self.copiedBytesMax
                let output = unsafe try value.withUnsafeBytes { bytes -> Output? in
                    try unsafe bind(bytes: bytes, to: parameter, isLent: isLent)
                    return isLent ? try bind(values, from: index + 1, body) : nil
                }
                if let output { return output }
            }
        }
        return try body()
    }

    private func bind(text: UnsafeRawBufferPointer, to parameter: Int32, isLent: Bool) throws {
        let code =
            if let start = text.baseAddress {
                unsafe sqlite3_bind_text64(
                    pointer,
                    parameter,
                    start.assumingMemoryBound(to: CChar.self),
                    UInt64(text.count),
                    isLent ? nil : Self.copied,
                    UInt8(SQLITE_UTF8)
                )
            } else {
                unsafe sqlite3_bind_text(pointer, parameter, "", 0, Self.copied)  // No start would mean null.
            }
        try check(code)
    }

    private func bind(bytes: UnsafeRawBufferPointer, to parameter: Int32, isLent: Bool) throws {
        let code =
            if let start = bytes.baseAddress, unsafe !bytes.isEmpty {
                unsafe sqlite3_bind_blob64(
                    pointer,
                    parameter,
                    start,
                    UInt64(bytes.count),
                    isLent ? nil : Self.copied
                )
            } else {
                unsafe sqlite3_bind_zeroblob(pointer, parameter, 0)  // No start would mean null.
            }
        try check(code)
    }

    /// Tells SQLite to copy what is bound (`SQLITE_TRANSIENT`).
    private static var copied: sqlite3_destructor_type {
        unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else {
            throw unsafe DatabaseFault(on: sqlite3_db_handle(pointer), running: statement.sql)
        }
    }
}
