import Store
import StorePostgres
import StoreSQLite
import TestSupport

/// A store that can be closed and opened again.
enum StorePlace {
    case file(TemporaryFolder)
    case url(String)

    init(_ engine: Engine) async throws {
        self =
            switch engine {
            case .sqlite: .file(try TemporaryFolder())
            case .postgresql: .url(try await PostgresServer.shared().database())
            }
    }

    func open() async throws -> any Database {
        switch self {
        case .file(let folder): try SQLiteDatabase(path: folder.path("test.db"), readers: 2)
        case .url(let url): try await PostgresDatabase(url: url, readers: 2)
        }
    }
}
