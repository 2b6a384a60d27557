import Foundation
import Store
import StorePostgres
import StoreSQLite
import TestSupport
import Testing

struct Refused: Error {}

/// What kind of `DatabaseFault` is expected.
enum FaultKind {
    case unreachable
    case busy
    case constraint
    case statement
    case commit

    init(_ fault: DatabaseFault) {
        switch fault {
        case .unreachable: self = .unreachable
        case .busy: self = .busy
        case .constraint: self = .constraint
        case .statement: self = .statement
        case .commit: self = .commit
        }
    }
}

extension Engine {
    static let all: [Engine] = [.sqlite, .postgresql]
}

let insert = "insert into things (id, name, body) values ($1, $2, $3)"
let select = "select id, name, body from things where id = $1"

/// Runs `body` with an empty database of the engine that holds the tables `things` and `parts`.
func withDatabase(_ engine: Engine, _ body: (any Database) async throws -> Void) async throws {
    switch engine {
    case .sqlite:
        try await withSQLitePath { path in
            try await run(body, with: SQLiteDatabase(path: path, readers: 4))
        }
    case .postgresql:
        let url = try await PostgresServer.shared().database()
        try await run(body, with: PostgresDatabase(url: url, readers: 4))
    }
}

/// Runs `body` with the path of a file that does not exist yet, in a folder of its own.
func withSQLitePath(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "caveat-\(UInt64.random(in: 0 ... .max))"
    )
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }  // What stays is the system's to clear.
    try await body(folder.appendingPathComponent("test.db").path)
}

private func run(_ body: (any Database) async throws -> Void, with database: any Database) async throws {
    let (int, blob) =
        switch database.engine {
        case .sqlite: ("integer", "blob")
        case .postgresql: ("bigint", "bytea")
        }
    try await database.write { connection in
        try connection.script(
            """
            create table things (id \(int) not null primary key check (id <> -1000), name text, body \(blob));
            create table parts (thing \(int) not null references things (id))
            """
        )
    }
    do {
        try await body(database)
    } catch {
        await database.close()
        throw error
    }
    await database.close()
}

func ids(in database: any Database) async throws -> [Int64] {
    try await database.read { try $0.rows("select id from things order by id") { $0.integer(0) } }
}

/// Expects a fault of one of these kinds.
func expectFault(
    _ kinds: FaultKind...,
    at location: SourceLocation = #_sourceLocation,
    _ body: () async throws -> some Any
) async {
    do {
        _ = try await body()
        Issue.record("no fault", sourceLocation: location)
    } catch let fault as DatabaseFault {
        #expect(kinds.contains(FaultKind(fault)), "\(fault)", sourceLocation: location)
    } catch {
        Issue.record(error, sourceLocation: location)
    }
}
