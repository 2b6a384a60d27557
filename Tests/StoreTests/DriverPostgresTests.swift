import Dispatch
import Store
import StorePostgres
import TestSupport
import Testing

@Suite("PostgreSQL driver", .timeLimit(.minutes(5)))
struct DriverPostgresTests {
    @Test("hears what another daemon commits")
    func changes() async throws {
        try await withPair { first, second in
            var changes = first.changes().makeAsyncIterator()
            _ = try await second.write { try $0.run("notify caveat_journal") }
            #expect(await changes.next() != nil)
        }
    }

    @Test("commits to disk, bounds each statement and each pause in a transaction")
    func settings() async throws {
        try await withPair { first, _ in
            let names = ["synchronous_commit", "statement_timeout", "idle_in_transaction_session_timeout"]
            let settings = try await first.write { connection in
                try names.map { name in try connection.first("show \(name)") { $0.text(0) } }
            }
            #expect(settings == ["on", "30s", "1min"])
            let levels = try await first.read { connection in
                try ["transaction_isolation", "transaction_read_only"].map { name in
                    try connection.first("show \(name)") { $0.text(0) }
                }
            }
            #expect(levels == ["repeatable read", "on"])
        }
    }

    @Test("connects again after the server ended its connections, and says that it may have missed something")
    func reconnects() async throws {
        try await withPair { first, second in
            #expect(try await first.read { try $0.first("select $1", .integer(1)) { $0.integer(0) } } == 1)
            var changes = first.changes().makeAsyncIterator()
            try await terminateOthers(second)
            #expect(await changes.next() != nil)
            #expect(try await first.read { try $0.first("select $1", .integer(1)) { $0.integer(0) } } == 1)
            _ = try await first.write { try $0.run("create table things (id bigint)") }
            #expect(try await ids(in: first) == [])
        }
    }

    @Test("fails a transaction whose connection is lost, and writes nothing")
    func lostMeanwhile() async throws {
        try await withPair { first, second in
            _ = try await first.write { try $0.run("create table things (id bigint)") }
            for isSwallowed in [false, true] {
                let (started, starting) = AsyncStream<Void>.makeStream()
                let terminated = DispatchSemaphore(value: 0)
                async let outcome: Void = expectFault(.unreachable) {
                    try await first.write { connection in
                        try connection.run("insert into things values ($1)", .integer(1))
                        starting.yield()
                        terminated.wait()
                        do {
                            try connection.run("insert into things values ($1)", .integer(2))
                        } catch {
                            if !isSwallowed { throw error }
                        }
                    }
                }
                for await _ in started { break }
                try await terminateOthers(second)
                terminated.signal()
                await outcome
                #expect(try await ids(in: first) == [])
            }
        }
    }

    @Test("reports a commit whose answer does not come as a commit that may be durable")
    func lostAtCommit() async throws {
        try await withPair { first, second in
            _ = try await first.write { try $0.run("create table things (id bigint)") }
            let (started, starting) = AsyncStream<Void>.makeStream()
            let terminated = DispatchSemaphore(value: 0)
            async let outcome: Void = expectFault(.commit) {
                try await first.write { connection in
                    try connection.run("insert into things values ($1)", .integer(1))
                    starting.yield()
                    terminated.wait()
                }
            }
            for await _ in started { break }
            try await terminateOthers(second)
            terminated.signal()
            await outcome
            #expect(try await ids(in: first) == [])
        }
    }

    @Test("says so when there is no server, without the password")
    func unreachable() async throws {
        let urls = [
            "postgresql://caveat:hush-hush@127.0.0.1:1/none", "host=/nowhere password=hush-hush",
            "postgresql://caveat:hush-hush@:bad:port/", "password=hush-hush sslmode", "nonsense hush-hush",
        ]
        for url in urls {
            do {
                await (try PostgresDatabase(url: url, readers: 1)).close()
                Issue.record("connected")
            } catch let fault as DatabaseFault {
                #expect(FaultKind(fault) == .unreachable)
                #expect(!"\(fault)".contains("hush-hush"))
            }
        }
    }

    @Test("fits integers and bytes to the types of the columns")
    func types() async throws {
        try await withPair { first, _ in
            try await first.write { connection in
                try connection.script("create table things (id bigint, a integer, b smallint, c boolean, d bytea)")
                let sql = "insert into things values ($1, $2, $3, $4, $5)"
                try connection.run(sql, .null, .null, .null, .null, .null)
                try connection.run(sql, .integer(1), .integer(-70_000), .integer(-2), .integer(1), .bytes([0, 1]))
                let row = try connection.rows(
                    "select a, b, c, d, sum(id) from things where id = $1 group by 1, 2, 3, 4",
                    .integer(1)
                ) { row in
                    #expect(row.bytes(3) == [0, 1])
                    return [row.integer(0), row.integer(1), row.integer(2), row.integer(4)]
                }
                #expect(row == [[-70_000, -2, 1, 1]])
            }
            await expectFault(.statement) {
                try await first.write { try $0.run("insert into things (b) values ($1)", .integer(70_000)) }
            }
            let sums: [(String, Int64)] = [
                ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", 0), ("0", 0),
                ("-12345678.9", -12_345_678), ("10000", 10_000), ("100000000000000000000", 0), ("0.5", 0),
            ]
            for (text, value) in sums {
                #expect(try await first.read { try $0.first("select \(text)::numeric") { $0.integer(0) } } == value)
            }
        }
    }

    /// Two databases of one server's database, as two daemons have them.
    private func withPair(_ body: (PostgresDatabase, PostgresDatabase) async throws -> Void) async throws {
        let url = try await PostgresServer.shared().database()
        let first = try await PostgresDatabase(url: url, readers: 2)
        let second = try await PostgresDatabase(url: url, readers: 1)
        do {
            try await body(first, second)
        } catch {
            await first.close()
            await second.close()
            throw error
        }
        await first.close()
        await second.close()
    }

    private func terminateOthers(_ database: PostgresDatabase) async throws {
        _ = try await database.write { connection in
            try connection.run(
                """
                select pg_terminate_backend(pid, 5000) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()
                """
            )
        }
    }
}
