import CLibpq
import Store

/// One connection to the server with its prepared statements.
///
/// Safe because one owner at a time calls it: a link on its queue, or the listener on its thread.
@safe final class PostgresSession: SQLConnection {
    private let pointer: OpaquePointer
    private var statements: [StatementKey: PreparedStatement] = [:]
    private var preparedCount = 0
    private var isLost = false
    private(set) var changeCount = 0

    private struct PreparedStatement {
        let name: String
        let parameters: [PostgresType?]
    }

    /// Bounds the memory of statements whose text is put together when it is needed.
    private static let statementsMax = 256

    private static let settings = """
        select set_config('synchronous_commit', case current_setting('synchronous_commit')
            when 'remote_apply' then 'remote_apply' else 'on' end, false);
        set statement_timeout = '30s';
        set idle_in_transaction_session_timeout = '60s'
        """

    /// Connects; blocks up to the address's time-out.
    init(_ address: PostgresAddress) throws(DatabaseFault) {
        guard let pointer = unsafe PQconnectdb(address.parameters) else { throw .unreachable("out of memory") }
        unsafe self.pointer = pointer
        guard unsafe PQstatus(pointer) == CONNECTION_OK else {
            throw .unreachable(unsafe Self.message(of: pointer))
        }
        guard unsafe PQserverVersion(pointer) >= 130_000 else {
            throw .unreachable("PostgreSQL is older than 13: upgrade it")
        }
        let encoding = unsafe PQparameterStatus(pointer, "server_encoding").map { unsafe String(cString: $0) }
        guard encoding == "UTF8" else {
            throw .unreachable("the database's encoding is \(encoding ?? "unknown"): create it with encoding 'UTF8'")
        }
        unsafe PQsetNoticeProcessor(pointer, { _, _ in }, nil)  // Else libpq writes to standard error.
        try send(Self.settings)
    }

    deinit {
        unsafe PQfinish(pointer)
    }

    /// Whether the next transaction can start on it.
    var isIdle: Bool {
        unsafe !isLost && PQstatus(pointer) == CONNECTION_OK && PQtransactionStatus(pointer) == PQTRANS_IDLE
    }

    /// Whether a statement of the transaction under way failed, so that it cannot be committed.
    var hasFailed: Bool {
        unsafe PQtransactionStatus(pointer) == PQTRANS_INERROR
    }

    /// - Throws: `unreachable` when the connection is known to be lost.
    func checkConnected() throws(DatabaseFault) {
        if isLost { throw .unreachable("the connection to PostgreSQL was lost") }
    }

    /// The socket to wait on for notifications.
    var socket: Int32 {
        unsafe PQsocket(pointer)
    }

    /// Takes what arrived at the socket, without waiting.
    /// - Returns: how many notifications there were; nil when the connection is lost.
    func notifications() -> Int? {
        guard unsafe PQconsumeInput(pointer) == 1 else { return nil }
        var count = 0
        while let notification = unsafe PQnotifies(pointer) {
            unsafe PQfreemem(notification)
            count += 1
        }
        return count
    }

    /// Runs a text of one or more statements by the simple protocol, and drops the rows.
    /// - Returns: the last command's tag.
    @discardableResult
    func send(_ sql: String) throws(DatabaseFault) -> String {
        try checkConnected()
        let result = unsafe PQexec(pointer, sql)
        defer { unsafe PQclear(result) }
        try unsafe check(result, sql)
        return unsafe String(cString: PQcmdStatus(result))
    }

    func script(_ sql: String) throws {
        try send(sql)
    }

    func run(_ sql: String, _ values: [SQLValue], _ row: (any SQLRow) throws -> Void) throws -> Int {
        if values.isEmpty, Self.isControl(sql) {
            try send(sql)
            return 0
        }
        guard let result = try unsafe execute(sql, values) else { return 0 }
        defer { unsafe PQclear(result) }
        for index in 0..<(unsafe PQntuples(result)) {
            unsafe try row(PostgresRow(result, index))
        }
        let tag = unsafe String(cString: PQcmdStatus(result))
        guard tag.hasPrefix("INSERT") || tag.hasPrefix("UPDATE") || tag.hasPrefix("DELETE") else { return 0 }
        let count = unsafe Int(String(cString: PQcmdTuples(result))) ?? 0
        changeCount += count
        return count
    }

    /// Statements that need no plan: one round trip fewer when they come for the first time.
    private static func isControl(_ sql: String) -> Bool {
        sql.hasPrefix("savepoint") || sql.hasPrefix("release") || sql.hasPrefix("rollback") || sql.hasPrefix("notify")
    }

    private func execute(_ sql: String, _ values: [SQLValue]) throws(DatabaseFault) -> OpaquePointer? {
        try checkConnected()
        let statement = try prepared(sql, values)
        guard values.count == statement.parameters.count else {
            let count = statement.parameters.count
            throw .statement("\(count) values expected, \(values.count) given: \(sql)")
        }
        var buffer: [UInt8] = []
        var ends: [Int] = []
        for (index, (value, type)) in zip(values, statement.parameters).enumerated() {
            if value != .null, type?.append(value, to: &buffer) != true {
                throw .statement("the value of $\(index + 1) does not fit its type: \(sql)")
            }
            ends.append(buffer.count)
        }
        buffer.append(0)  // So that an empty value has an address too, else it would be null.
        let result = unsafe buffer.withUnsafeBytes { bytes in
            unsafe send(statement, values, bytes.assumingMemoryBound(to: CChar.self), ends)
        }
        do {
            try unsafe check(result, sql)
        } catch {
            // A plan that a migration made invalid is made anew the next time.
            statements[StatementKey(sql)] = nil
            unsafe PQclear(result)
            throw error
        }
        return unsafe result
    }

    private func send(
        _ statement: PreparedStatement,
        _ values: [SQLValue],
        _ bytes: UnsafeBufferPointer<CChar>,
        _ ends: [Int]
    ) -> OpaquePointer? {
        var starts: [UnsafePointer<CChar>?] = unsafe []
        var lengths: [Int32] = []
        var start = 0
        for (value, end) in zip(values, ends) {
            unsafe starts.append(value == .null ? nil : bytes.baseAddress.map { unsafe $0 + start })
            lengths.append(Int32(end - start))
            start = end
        }
        let formats = [Int32](repeating: 1, count: values.count)
        return unsafe PQexecPrepared(pointer, statement.name, Int32(values.count), starts, lengths, formats, 1)
    }

    private func prepared(_ sql: String, _ values: [SQLValue]) throws(DatabaseFault) -> PreparedStatement {
        if let kept = statements[StatementKey(sql)] { return kept }
        if preparedCount >= Self.statementsMax {
            try send("deallocate all")
            statements = [:]
            preparedCount = 0
        }
        let name = "s\(preparedCount)"
        preparedCount += 1
        let types = values.map { PostgresType.declared(for: $0) }
        let answer = unsafe PQprepare(pointer, name, sql, Int32(types.count), types)
        defer { unsafe PQclear(answer) }
        try unsafe check(answer, sql)
        let description = unsafe PQdescribePrepared(pointer, name)
        defer { unsafe PQclear(description) }
        try unsafe check(description, sql)
        let parameters = (0..<(unsafe PQnparams(description))).map { index in
            unsafe PostgresType(rawValue: PQparamtype(description, index))
        }
        let made = PreparedStatement(name: name, parameters: parameters)
        statements[StatementKey(sql)] = made
        return made
    }

    private func check(_ result: OpaquePointer?, _ sql: String) throws(DatabaseFault) {
        let status = unsafe PQresultStatus(result)
        if status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK { return }
        if unsafe PQstatus(pointer) != CONNECTION_OK {
            isLost = true
            throw .unreachable(unsafe Self.message(of: pointer))
        }
        let fault = unsafe DatabaseFault(result, running: sql)
        isLost = isLost || fault.isLoss
        throw fault
    }

    private static func message(of connection: OpaquePointer) -> String {
        var text = unsafe String(cString: PQerrorMessage(connection))
        while text.last?.isWhitespace == true { text.removeLast() }
        return text.isEmpty ? "the connection to PostgreSQL was lost" : text
    }
}
