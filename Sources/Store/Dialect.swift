/// The few places where the two engines need another text.
enum Dialect {
    /// A migration's text for one engine.
    ///
    /// `{int}` is a 64-bit integer, `{text}` a text compared byte by byte, `{bytes}` a byte string, `{strict}` closes
    /// a table.
    static func schema(_ text: String, for engine: Engine) -> String {
        let words: [(String, String)] =
            switch engine {
            case .sqlite: [("{int}", "integer"), ("{text}", "text"), ("{bytes}", "blob"), ("{strict}", "strict")]
            case .postgresql:
                [("{int}", "bigint"), ("{text}", "text collate \"C\""), ("{bytes}", "bytea"), ("{strict}", "")]
            }
        return words.reduce(text) { $0.replacing($1.0, with: $1.1) }
    }

    /// Holds the lock under which migrations run, until the transaction ends.
    ///
    /// SQLite's write transaction is lock enough.
    static func migrationLock(for engine: Engine) -> String? {
        switch engine {
        case .sqlite: nil
        case .postgresql: "select pg_advisory_xact_lock(4849375129)"
        }
    }

    /// Gives the last tick, and holds the right to allocate further ones until the transaction ends.
    ///
    /// SQLite's write transaction is right enough.
    static func takingTicks(for engine: Engine) -> String {
        switch engine {
        case .sqlite: "select tick from exchange"
        case .postgresql: "select tick from exchange for update"
        }
    }

    /// Tells other processes, at commit, that the journal has grown.
    ///
    /// SQLite has one process.
    static func announcement(for engine: Engine) -> String? {
        switch engine {
        case .sqlite: nil
        case .postgresql: "notify caveat_journal"
        }
    }
}
