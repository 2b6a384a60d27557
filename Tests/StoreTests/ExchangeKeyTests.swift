import Exchange
import Store
import StorePostgres
import StoreSQLite
import TestSupport
import Testing

@Suite("The exchange's key")
struct ExchangeKeyTests {
    private static let outside = [UInt8](repeating: 7, count: 32)
    private static let proposal = ExchangeIdentity(id: "1", cursorKey: [UInt8](repeating: 1, count: 32))

    private func found(_ database: any Database, with outside: [UInt8]?) async throws -> [UInt8] {
        // What is proposed later is passed over.
        let another = ExchangeIdentity(id: "2", cursorKey: [UInt8](repeating: 2, count: 32))
        return try await ExchangeIdentity.found(in: database, proposal: another, with: outside).cursorKey
    }

    @Test("is that of its store and of the file with which that was made", arguments: Engine.both, [nil, outside])
    func kept(engine: Engine, outside: [UInt8]?) async throws {
        let folder = try TemporaryFolder()
        let database: any Database =
            switch engine {
            case .sqlite: try SQLiteDatabase(path: folder.path("key.db"), readers: 1)
            case .postgresql: try await PostgresDatabase(url: try await PostgresServer.shared().database(), readers: 1)
            }
        try await Migrator.migrate(database)
        let made = try await ExchangeIdentity.found(in: database, proposal: Self.proposal, with: outside)
        #expect(made.id == "1" && (made.cursorKey == Self.proposal.cursorKey) == (outside == nil))
        #expect(try await found(database, with: outside) == made.cursorKey)
        let other = [UInt8](repeating: 8, count: 32)
        await #expect(throws: outside == nil ? ExchangeKeyFault.late : .other) {
            try await found(database, with: other)
        }
        if outside != nil {
            await #expect(throws: ExchangeKeyFault.missing) { try await found(database, with: nil) }
        } else {
            // A store of before there was a digest goes on as it was.
            _ = try await database.write { try $0.run("update exchange set key_check = null") }
            #expect(try await found(database, with: nil) == made.cursorKey)
            await #expect(throws: ExchangeKeyFault.late) { try await found(database, with: other) }
        }
        await database.close()
    }
}
