import Foundation
import Store
import StoreSQLite
import Testing

@Suite("SQLite driver")
struct DriverSQLiteTests {
    @Test("syncs the log at each commit, keeps foreign keys, and writes what would fill its memory to the log")
    func pragmas() async throws {
        try await withSQLitePath { path in
            let database = try SQLiteDatabase(path: path, readers: 1)
            let values = try await database.write { connection in
                try ["synchronous", "journal_mode", "foreign_keys", "busy_timeout", "cache_spill"].map { name in
                    try connection.first("pragma \(name)") { $0.text(0) }
                }
            }
            #expect(values.dropLast() == ["2", "wal", "1", "5000"])
            // Pages of 4 KiB, with what SQLite keeps beside each; 0 would be never.
            #expect((7_000...8_192).contains(values.last?.flatMap { Int($0) } ?? 0))
            await database.close()
        }
    }

    @Test("refuses a file that is open already, and opens it once that is closed")
    func oneHolder() async throws {
        try await withSQLitePath { path in
            let first = try SQLiteDatabase(path: path, readers: 1)
            do {
                _ = try SQLiteDatabase(path: path, readers: 1)
                Issue.record("opened twice")
            } catch DatabaseFault.busy(let text) {
                #expect(text.contains(path))
            }
            await first.close()
            await (try SQLiteDatabase(path: path, readers: 1)).close()
        }
    }

    @Test("keeps what was committed when it is closed and opened again")
    func reopened() async throws {
        try await withSQLitePath { path in
            let first = try SQLiteDatabase(path: path, readers: 2)
            try await first.write { connection in
                try connection.script("create table things (id integer primary key)")
                try connection.run("insert into things values ($1)", .integer(7))
            }
            await first.close()
            let second = try SQLiteDatabase(path: path, readers: 2)
            #expect(try await ids(in: second) == [7])
            await second.close()
        }
    }

    @Test("has all in its one file once it is closed")
    func oneFile() async throws {
        try await withSQLitePath { path in
            let database = try SQLiteDatabase(path: path, readers: 2)
            try await database.write { try $0.script("create table things (id integer primary key)") }
            _ = try await database.write { try $0.run("insert into things values ($1)", .integer(7)) }
            #expect(try await ids(in: database) == [7])
            await database.close()
            try FileManager.default.copyItem(atPath: path, toPath: path + ".copy")
            let copy = try SQLiteDatabase(path: path + ".copy", readers: 1)
            #expect(try await ids(in: copy) == [7])
            await copy.close()
        }
    }

    @Test("is free for another as soon as it is closed")
    func closed() async throws {
        try await withSQLitePath { path in
            for _ in 0..<60 {
                let database = try SQLiteDatabase(path: path, readers: 4)
                _ = try await database.read { try $0.first("select 1") { $0.integer(0) } }
                await database.close()
            }
        }
    }

    @Test("scrubbed, holds nothing on disk of what was deleted or replaced", arguments: [40, 400, 9_000])
    func scrubbed(bytes: Int) async throws {
        try await withSQLitePath { path in
            let word = "Tamsin Verloop"
            let database = try SQLiteDatabase(path: path, readers: 2)
            try await database.write { try $0.script("create table kept (number int not null primary key, body text)") }
            for number in 0..<300 {
                let long = String(repeating: "x", count: bytes) + word
                _ = try await database.write { connection in
                    try connection.run("insert into kept values ($1, $2)", .integer(Int64(number)), .text(long))
                }
            }
            for number in 0..<300 {
                _ = try await database.write { connection in
                    if number.isMultiple(of: 3) {
                        try connection.run("delete from kept where number = $1", .integer(Int64(number)))
                    } else {
                        try connection.run("update kept set body = 'none' where number = $1", .integer(Int64(number)))
                    }
                }
            }
            #expect(try Self.isOnDisk(word, path))
            try await database.scrub()
            #expect(try !Self.isOnDisk(word, path))
            await database.close()
        }
    }

    private static func isOnDisk(_ word: String, _ path: String) throws -> Bool {
        try [path, path + "-wal"].contains { file in
            try Data(contentsOf: URL(fileURLWithPath: file)).firstRange(of: Data(word.utf8)) != nil
        }
    }

    @Test("says so when the file is not a database or cannot be made")
    func unreachable() async throws {
        try await withSQLitePath { path in
            try Data(repeating: 65, count: 8192).write(to: URL(fileURLWithPath: path))
            await expectFault(.unreachable) { try SQLiteDatabase(path: path, readers: 1) }
            await expectFault(.unreachable) { try SQLiteDatabase(path: path + "/no/test.db", readers: 1) }
        }
    }

    @Test("reports a commit that a deferred constraint refuses, and goes on")
    func commitRefused() async throws {
        try await withSQLitePath { path in
            let database = try SQLiteDatabase(path: path, readers: 1)
            try await database.write { connection in
                try connection.script(
                    """
                    create table things (id integer primary key);
                    create table parts (thing integer references things (id) deferrable initially deferred)
                    """
                )
            }
            await expectFault(.commit) {
                try await database.write { try $0.run("insert into parts values ($1)", .integer(1)) }
            }
            _ = try await database.write { try $0.run("insert into things values ($1)", .integer(1)) }
            #expect(try await database.read { try $0.first("select count(*) from parts") { $0.integer(0) } } == 0)
            await database.close()
        }
    }

    @Test("closes its file when it is let go without being closed")
    func released() async throws {
        try await withSQLitePath { path in
            do {
                let database = try SQLiteDatabase(path: path, readers: 1)
                _ = try await database.write { try $0.run("create table things (id integer primary key)") }
            }
            // Its threads end soon after, once all is in the file; the lock is free then.
            let deadline = ContinuousClock.now + .seconds(30)
            while ContinuousClock.now < deadline {
                do {
                    let again = try SQLiteDatabase(path: path, readers: 1)
                    await again.close()
                    return
                } catch DatabaseFault.busy {
                    await Task.yield()
                }
            }
            Issue.record("still locked")
        }
    }
}
