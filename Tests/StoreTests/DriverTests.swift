import Foundation
import Store
import StorePostgres
import StoreSQLite
import Synchronization
import TestSupport
import Testing

/// What both drivers promise.
@Suite("Drivers")
struct DriverTests {
    @Test("give back every value as it was bound", arguments: Engine.all)
    func roundTrip(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let long = [UInt8]((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            let texts = ["", "a", "ß — 漢字 🚢\u{0301}", "it's \"quoted\" $1 \\", String(repeating: "é", count: 40_000)]
            let blobs: [[UInt8]] = [[], [0], [0, 1, 0, 255], Array(repeating: 7, count: 1025), long]
            let integers: [Int64] = [.min, -1, 0, 1, 1 << 53, .max]
            try await database.write { connection in
                for (index, text) in texts.enumerated() {
                    try connection.run(insert, .integer(Int64(index)), .text(text), .null)
                }
                for (index, blob) in blobs.enumerated() {
                    try connection.run(insert, .integer(100 + Int64(index)), .null, .bytes(blob))
                }
                for integer in integers where !(0...1).contains(integer) {
                    try connection.run(insert, .integer(integer), .text("integer"), .bytes([1]))
                }
            }
            try await database.read { connection in
                for (index, text) in texts.enumerated() {
                    let row = try connection.first(select, .integer(Int64(index))) { row in
                        #expect(!row.isNull(1) && row.isNull(2) && row.bytes(2).isEmpty)
                        #expect(unsafe row.withBytes(1) { unsafe $0.elementsEqual(text.utf8) })
                        return row.text(1)
                    }
                    #expect(row == text)
                }
                for (index, blob) in blobs.enumerated() {
                    let row = try connection.first(select, .integer(100 + Int64(index))) { row in
                        #expect(row.isNull(1) && !row.isNull(2) && row.text(1).isEmpty)
                        return row.bytes(2)
                    }
                    #expect(row == blob)
                }
                for integer in integers {
                    #expect(try connection.first(select, .integer(integer)) { $0.integer(0) } == integer)
                }
                #expect(try connection.first(select, .integer(-77)) { $0.integer(0) } == nil)
            }
        }
    }

    @Test("bind a value by its number, whatever the order of the text", arguments: Engine.all)
    func parameterOrder(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            try await database.write { connection in
                let sql = "insert into things (body, name, id) values ($3, $2, $1)"
                let count = try connection.run(sql, .integer(5), .text("five"), .bytes([5]))
                #expect(count == 1)
            }
            let found = try await database.read { connection in
                try connection.rows(
                    "select id from things where name = $2 and id = $1 or (id = $1 and name = $2) limit $3",
                    .integer(5),
                    .text("five"),
                    .integer(10)
                ) { $0.integer(0) }
            }
            #expect(found == [5])
        }
    }

    @Test("refuse a wrong number of values", arguments: Engine.all)
    func valueCount(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            for values in [[], [SQLValue.integer(1), .integer(2)]] {
                await expectFault(.statement) { try await database.read { try $0.run(select, values) { _ in } } }
            }
        }
    }

    @Test("count what a statement changed", arguments: Engine.all)
    func counts(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            try await database.write { connection in
                for id in 1...5 { try connection.run(insert, .integer(Int64(id)), .text("t"), .null) }
                #expect(try connection.run("update things set name = $1 where id > $2", .text("u"), .integer(2)) == 3)
                #expect(try connection.run(select, .integer(1)) == 0)
                let ignored = "insert into things (id) values ($1) on conflict do nothing"
                #expect(try connection.run(ignored, .integer(1)) == 0)
                var returned: [Int64] = []
                let deleted = try connection.run("delete from things where id < $1 returning id", [.integer(3)]) {
                    returned.append($0.integer(0))
                }
                #expect(deleted == 2 && returned.sorted() == [1, 2])
                #expect(try connection.run("savepoint request") == 0)
                #expect(try connection.run("release savepoint request") == 0)
                let sum = try connection.first("select sum(id), count(*) from things") {
                    ($0.integer(0), $0.integer(1))
                }
                #expect(sum?.0 == 12 && sum?.1 == 3)
            }
        }
    }

    @Test("run a statement inside the rows of the same statement", arguments: Engine.all)
    func nested(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            try await database.write { connection in
                for id in 1...3 { try connection.run(insert, .integer(Int64(id)), .text("t"), .null) }
            }
            let pairs = try await database.read { connection in
                var pairs = 0
                let sql = "select id from things order by id"
                try connection.run(sql, []) { _ in try connection.run(sql, []) { _ in pairs += 1 } }
                return pairs
            }
            #expect(pairs == 9)
        }
    }

    @Test("undo a savepoint alone when its body fails", arguments: Engine.all)
    func savepoint(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            try await database.write { connection in
                try connection.run(insert, .integer(1), .text("kept"), .null)
                #expect(throws: DatabaseFault.self) {
                    try connection.savepoint {
                        try connection.run(insert, .integer(2), .text("undone"), .null)
                        try connection.run(insert, .integer(1), .text("twice"), .null)
                    }
                }
                #expect(throws: Refused.self) {
                    try connection.savepoint {
                        try connection.run(insert, .integer(3), .text("undone"), .null)
                        throw Refused()
                    }
                }
                _ = try connection.savepoint { try connection.run(insert, .integer(4), .text("kept"), .null) }
            }
            #expect(try await ids(in: database) == [1, 4])
        }
    }

    @Test("name the kind of fault", arguments: Engine.all)
    func faults(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            _ = try await database.write { try $0.run(insert, .integer(1), .text("a"), .null) }
            for id in [SQLValue.integer(1), .integer(-1000)] {
                await expectFault(.constraint) { try await database.write { try $0.run(insert, id, .null, .null) } }
            }
            await expectFault(.constraint) {
                try await database.write { try $0.run("insert into parts (thing) values ($1)", .integer(99)) }
            }
            await expectFault(.statement) { try await database.write { try $0.run("insert into nothing values (1)") } }
            await expectFault(.statement) { try await database.read { try $0.script("selekt 1") } }
            // A read may not write.
            await expectFault(.statement, .unreachable) {
                try await database.read { try $0.run(insert, .integer(2), .null, .null) }
            }
            #expect(try await ids(in: database) == [1])
        }
    }

    @Test("write nothing when the body throws", arguments: Engine.all)
    func bodyThrows(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            await #expect(throws: Refused.self) {
                try await database.write { connection in
                    try connection.run(insert, .integer(1), .null, .null)
                    throw Refused()
                }
            }
            await #expect(throws: Refused.self) {
                try await database.write { connection in
                    try connection.run("insert into things (id) values ($1) returning id", [.integer(2)]) { _ in
                        throw Refused()
                    }
                }
            }
            let found = try await ids(in: database)
            #expect(found.isEmpty)
        }
    }

    @Test("write nothing when the body goes on after a failed statement", arguments: Engine.all)
    func failedStatement(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            await expectFault(.statement) {
                try await database.write { connection in
                    try connection.run(insert, .integer(1), .null, .null)
                    _ = try? connection.run(insert, .integer(1), .null, .null)
                }
            }
            await expectFault(.statement) {
                try await database.write { connection in
                    _ = try? connection.run("insert into nothing values (1)")
                    try connection.run(insert, .integer(1), .null, .null)
                }
            }
            let found = try await ids(in: database)
            #expect(found.isEmpty)
        }
    }

    @Test("show a read one state while a writer commits", arguments: Engine.all)
    func snapshot(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let (started, starting) = AsyncStream<Void>.makeStream()
            let written = DispatchSemaphore(value: 0)
            async let counts = database.read { connection in
                let before = try connection.first("select count(*) from things") { $0.integer(0) }
                starting.yield()
                written.wait()
                return [before, try connection.first("select count(*) from things") { $0.integer(0) }]
            }
            for await _ in started { break }
            _ = try await database.write { try $0.run(insert, .integer(1), .null, .null) }
            #expect(try await ids(in: database) == [1])
            written.signal()
            #expect(try await counts == [0, 0])
        }
    }

    @Test("run writes one after another, and many reads beside them", arguments: Engine.all)
    func concurrency(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            _ = try await database.write { try $0.run(insert, .integer(0), .text("0"), .null) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        try await database.write { connection in
                            let name = try connection.first(select, .integer(0)) { $0.text(1) } ?? ""
                            let next = "\((Int(name) ?? -1) + 1)"
                            try connection.run("update things set name = $1 where id = $2", .text(next), .integer(0))
                        }
                    }
                    group.addTask {
                        for _ in 0..<10 {
                            let name = try await database.read { try $0.first(select, .integer(0)) { $0.text(1) } }
                            #expect((0...100).contains(Int(name ?? "") ?? -1))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.read { try $0.first(select, .integer(0)) { $0.text(1) } } == "100")
        }
    }

    @Test("refuse calls once closed", arguments: Engine.all)
    func closed(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let changes = database.changes()
            await database.close()
            for await _ in changes {}
            for await _ in database.changes() {}
            await expectFault(.unreachable) { try await database.write { try $0.run("select 1") } }
            await expectFault(.unreachable) { try await database.read { try $0.run("select 1") } }
            await database.close()
        }
    }

    @Test("fail one write as told", arguments: Engine.all, FaultyDatabase.Fault.allCases)
    func faulty(engine: Engine, fault: FaultyDatabase.Fault) async throws {
        try await withDatabase(engine) { database in
            let faulty = FaultyDatabase(database, failing: fault, write: 2)
            _ = try await faulty.write { try $0.run(insert, .integer(1), .null, .null) }
            await expectFault(.commit) { try await faulty.write { try $0.run(insert, .integer(2), .null, .null) } }
            #expect(try await ids(in: faulty) == (fault == .beforeCommit ? [1] : [1, 2]))
            _ = try await faulty.write { try $0.run(insert, .integer(3), .null, .null) }
            #expect(try await ids(in: faulty).last == 3)
            #expect(faulty.writeCount == 3 && faulty.engine == engine)
        }
    }
}
