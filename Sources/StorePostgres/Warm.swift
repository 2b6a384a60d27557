public import Store
public final class PostgresDatabase: Database { public init(url: String, readers: Int) async throws { throw DatabaseFault.unreachable("not yet") }
 public var engine: Engine { .postgresql }
 public func write<O: Sendable>(_ b: @escaping @Sendable (any SQLConnection) throws -> O) async throws -> O { throw DatabaseFault.unreachable("") }
 public func read<O: Sendable>(_ b: @escaping @Sendable (any SQLConnection) throws -> O) async throws -> O { throw DatabaseFault.unreachable("") }
 public func changes() -> AsyncStream<Void> { AsyncStream { $0.finish() } }
 public func close() async {} }
