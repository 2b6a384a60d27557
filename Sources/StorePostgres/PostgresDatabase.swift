public import Store

/// A database on a PostgreSQL server, shared by any number of daemons.
public final class PostgresDatabase: Database {
    private let writer: PostgresLink
    private let readers: LinkPool
    private let listener: PostgresListener

    /// The engine whose SQL it runs.
    public var engine: Engine { .postgresql }

    /// Reads a URL without connecting.
    /// - Throws: `DatabaseFault.unreachable` when it has no form of one.
    public static func check(url: String) throws(DatabaseFault) {
        _ = try PostgresAddress(url)
    }

    /// Connects to the server: one connection for writes, one for notifications, and for reads as many as are needed.
    /// - Parameters:
    ///   - url: `postgresql://user:password@host:port/name?…`, or libpq's `keyword=value` form. It is never quoted in
    ///     a fault.
    ///   - readers: how many reads run at once; at least 1.
    /// - Throws: `DatabaseFault.unreachable` when the server cannot be reached, is older than 13 or not in UTF-8.
    public init(url: String, readers: Int) async throws {
        let address = try PostgresAddress(url)
        writer = PostgresLink(.write, address)
        self.readers = LinkPool((0..<max(readers, 1)).map { _ in PostgresLink(.read, address) })
        listener = try PostgresListener(address)
        try await writer.connect()
        try await listener.start()
    }

    deinit {
        listener.stop {}
    }

    /// Runs `body` in one write transaction and returns once the server has it on disk.
    /// - Throws: `unreachable` when the connection was lost before the commit was sent, `commit` when after.
    public func write<Output: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Output
    ) async throws -> Output {
        try await writer.transaction(body)
    }

    /// Runs `body` in one read-only transaction of isolation `repeatable read`.
    public func read<Output: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Output
    ) async throws -> Output {
        try await readers.lend { link in try await link.transaction(body) }
    }

    /// One element after each `notify caveat_journal`, and after the listening connection was lost and made again.
    public func changes() -> AsyncStream<Void> {
        listener.stream()
    }

    /// Does nothing: when the server vacuums, and how long it keeps its log, is for who operates it.
    public func scrub() async throws {}

    /// Closes the connections, each after the transaction under way.
    public func close() async {
        await withCheckedContinuation { continuation in listener.stop { continuation.resume() } }
        await readers.close()
        await writer.close()
    }
}
