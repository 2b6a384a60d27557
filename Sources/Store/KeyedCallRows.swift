/// Calls that their callers named by a key, as rows.
public enum KeyedCallRows {
    /// The call that a key was used for first, and the number of what it made; nil for a key that was not used.
    public static func call(
        of key: String,
        _ connection: any SQLConnection
    ) throws -> (call: String, made: Int64)? {
        try connection.first("select call, made from keyed_call where key = $1", .text(key)) {
            ($0.text(0), $0.integer(1))
        }
    }
}

extension Transaction {
    /// Keeps what a call made that its caller named by a key.
    public func keep(call: String, of key: String, made number: Int64) throws {
        try connection.run(
            "insert into keyed_call (key, call, made) values ($1, $2, $3)",
            .text(key),
            .text(call),
            .integer(number)
        )
    }
}
