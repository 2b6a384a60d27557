import Foundation

/// Why the schema cannot be used.
public enum MigrationFault: Error, CustomStringConvertible, Sendable {
    /// The database was written by a later program than this one.
    case newer(found: Int64, known: Int64)
    case failed(version: Int64, DatabaseFault)

    /// The same, for people to read.
    public var description: String {
        switch self {
        case .newer(let found, let known):
            "the database has schema \(found) and this caveatd knows only \(known): start the newer caveatd, or restore "
                + "a backup made before it"
        case .failed(let version, let fault): "migration \(version) failed and left nothing behind: \(fault)"
        }
    }
}

/// Brings a database to the schema of this program, forward only, one migration a transaction, under a lock.
public enum Migrator {
    /// The migrations in order; number `n` is the nth.
    ///
    /// A shipped one never changes.
    private static var migrations: [[UInt8]] {
        [
            PackageResources.M0001_sql, PackageResources.M0002_sql, PackageResources.M0003_sql,
            PackageResources.M0004_sql, PackageResources.M0005_sql, PackageResources.M0006_sql,
            PackageResources.M0007_sql, PackageResources.M0008_sql, PackageResources.M0009_sql,
            PackageResources.M0010_sql, PackageResources.M0011_sql, PackageResources.M0012_sql,
            PackageResources.M0013_sql, PackageResources.M0014_sql, PackageResources.M0015_sql,
            PackageResources.M0016_sql, PackageResources.M0017_sql, PackageResources.M0018_sql,
            PackageResources.M0019_sql, PackageResources.M0020_sql, PackageResources.M0021_sql,
            PackageResources.M0022_sql, PackageResources.M0023_sql, PackageResources.M0024_sql,
            PackageResources.M0025_sql, PackageResources.M0026_sql, PackageResources.M0027_sql,
            PackageResources.M0028_sql, PackageResources.M0029_sql, PackageResources.M0030_sql,
            PackageResources.M0031_sql, PackageResources.M0032_sql, PackageResources.M0033_sql,
            PackageResources.M0034_sql, PackageResources.M0035_sql,
        ]
    }

    /// The schema this program knows.
    public static var latest: Int64 { Int64(migrations.count) }

    /// - Throws: `MigrationFault`, or `DatabaseFault` when the database cannot be reached.
    public static func migrate(_ database: any Database) async throws {
        let engine = database.engine
        let found = try await database.write { connection in
            try lock(connection, engine)
            try connection.script("create table if not exists schema_version (version bigint not null primary key)")
            return try version(connection)
        }
        guard found <= latest else { throw MigrationFault.newer(found: found, known: latest) }
        for number in migrations.indices where number >= Int(found) {
            let text = String(decoding: migrations[number], as: UTF8.self)
            do {
                try await database.write { connection in
                    try lock(connection, engine)
                    // Another process may have run it between our look and our lock.
                    guard try version(connection) == Int64(number) else { return }
                    try connection.script(Dialect.schema(text, for: engine))
                    try connection.run("insert into schema_version (version) values ($1)", .integer(Int64(number) + 1))
                }
            } catch let fault as DatabaseFault {
                throw MigrationFault.failed(version: Int64(number) + 1, fault)
            }
        }
        try await HoldingRows.fill(database)
        try await ReportMarkRows.fill(database)
    }

    private static func lock(_ connection: any SQLConnection, _ engine: Engine) throws {
        if let lock = Dialect.migrationLock(for: engine) { try connection.run(lock) }
    }

    private static func version(_ connection: any SQLConnection) throws -> Int64 {
        try connection.first("select coalesce(max(version), 0) from schema_version") { $0.integer(0) } ?? 0
    }
}
