import Exchange
import Foundation
import Store
import StorePostgres
import StoreSQLite
import Synchronization
import TestSupport
import Testing

/// The journal's promises, on both engines.
@Suite("Journal")
struct JournalTests {
    private func open(_ engine: Engine, _ folder: TemporaryFolder) async throws -> any Database {
        switch engine {
        case .sqlite: try SQLiteDatabase(path: folder.path("journal.db"), readers: 2)
        case .postgresql: try await PostgresDatabase(url: try await PostgresServer.shared().database(), readers: 2)
        }
    }

    private func found(_ database: any Database) async throws {
        try await Migrator.migrate(database)
        let proposal = ExchangeIdentity(id: "1", cursorKey: [1])
        _ = try await ExchangeIdentity.found(in: database, proposal: proposal)
    }

    private static func ticks(_ database: any Database) async throws -> [Int64] {
        try await database.read { try $0.rows("select tick from journal order by tick") { $0.integer(0) } }
    }

    @Test("gives every entry a tick of its own, in commit order, however the clock runs", arguments: Engine.both)
    func ticks(engine: Engine) async throws {
        let folder = try TemporaryFolder()
        let database = try await open(engine, folder)
        try await found(database)
        let clock = ManualClock()
        let commits = GroupCommit(database, clock: { clock.now }, afterCommit: { _ in })
        let given = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for writer in 0..<16 {
                group.addTask {
                    var ticks: [Int64] = []
                    for step in 0..<12 {
                        ticks.append(
                            try await commits.write { transaction in
                                let tick = transaction.nextTick()
                                try transaction.enter(.held, at: tick, principal: Int64(writer))
                                return tick.microseconds
                            }
                        )
                        clock.advance(by: .microseconds((step * 7 + writer) % 11 - 6))
                    }
                    #expect(ticks == ticks.sorted())
                    return ticks
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(given).count == given.count)
        #expect(try await Self.ticks(database) == given.sorted())
        await database.close()
    }

    @Test("never shows a tick to a reader who was shown a later one, with two processes on one PostgreSQL")
    func order() async throws {
        let url = try await PostgresServer.shared().database()
        let nodes = [
            try await PostgresDatabase(url: url, readers: 2), try await PostgresDatabase(url: url, readers: 2),
        ]
        try await found(nodes[0])
        let done = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (place, node) in nodes.enumerated() {
                // The two clocks are a second apart.
                let now = Timestamp(microseconds: 1_800_000_000_000_000 + Int64(place) * 1_000_000)
                let commits = GroupCommit(node, clock: { now }, afterCommit: { _ in })
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<20 {
                            try await commits.write { try $0.enter(.held, at: $0.nextTick(), principal: nil) }
                        }
                    }
                }
            }
            async let poller = Self.poll(nodes[1]) { done.isSet }
            try await group.waitForAll()
            done.set()
            let (seen, all) = (try await poller, try await Self.ticks(nodes[0]))
            #expect(all.count == 160)
            #expect(seen == all)
        }
        for node in nodes { await node.close() }
    }

    /// Everything that a poller gets that only asks for what is newer than the last it saw.
    private static func poll(_ database: any Database, until isDone: @Sendable () -> Bool) async throws -> [Int64] {
        var seen: [Int64] = []
        while true {
            let isLast = isDone()
            let after = seen.last ?? 0
            seen += try await database.read { connection in
                try connection.rows("select tick from journal where tick > $1 order by tick", .integer(after)) {
                    $0.integer(0)
                }
            }
            if isLast { return seen }
        }
    }

    private final class Flag: Sendable {
        private let state = Mutex(false)
        var isSet: Bool { state.withLock { $0 } }
        func set() { state.withLock { $0 = true } }
    }

    @Test("keeps the others of a group when one of them fails", arguments: Engine.both)
    func savepoints(engine: Engine) async throws {
        struct Refused: Error {}
        let folder = try TemporaryFolder()
        let database = try await open(engine, folder)
        try await found(database)
        let commits = GroupCommit(database, clock: { Timestamp(microseconds: 5) }, afterCommit: { _ in })
        let kept = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<40 {
                group.addTask {
                    do {
                        try await commits.write { transaction in
                            try transaction.enter(.held, at: transaction.nextTick(), principal: Int64(number))
                            if number.isMultiple(of: 3) { throw Refused() }
                        }
                        return true
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(kept == 26)
        #expect(try await Self.ticks(database).count == 26)
        await database.close()
    }

    @Test("shows nobody of a group the directory that another changed and did not keep", arguments: Engine.both)
    func undoneDirectory(engine: Engine) async throws {
        struct Refused: Error {}
        let folder = try TemporaryFolder()
        let database = try await open(engine, folder)
        try await found(database)
        let commits = GroupCommit(database, clock: { Timestamp(microseconds: 5) }, afterCommit: { _ in })
        let empty = Directory(members: [], principals: [], credentials: [], pools: [])
        let seen = await withTaskGroup(of: Int?.self) { group in
            for number in 1...40 {
                group.addTask {
                    try? await commits.write { transaction in
                        if number.isMultiple(of: 3) { try transaction.add(Samples.member(number)) }
                        let members = try transaction.directory { (empty, .zero) }.members.count
                        if members > 0, number.isMultiple(of: 3) { throw Refused() }
                        return members
                    }
                }
            }
            return await group.reduce(into: [Int]()) { $0 += [$1].compactMap { $0 } }
        }
        #expect(seen == Array(repeating: 0, count: 27))
        await database.close()
    }

    @Test(
        "answers a failed commit with an error, and goes on",
        arguments: FaultyDatabase.Fault.allCases
    )
    func failedCommit(fault: FaultyDatabase.Fault) async throws {
        let folder = try TemporaryFolder()
        let database = try await open(.sqlite, folder)
        try await found(database)
        let commits = GroupCommit(
            FaultyDatabase(database, failing: fault),
            clock: { Timestamp(microseconds: 5) },
            afterCommit: { _ in }
        )
        await #expect(throws: WriteFault.self) {
            try await commits.write { try $0.enter(.held, at: $0.nextTick(), principal: nil) }
        }
        let stored = try await Self.ticks(database).count
        #expect(stored == (fault == .afterCommit ? 1 : 0))
        try await commits.write { try $0.enter(.held, at: $0.nextTick(), principal: nil) }
        #expect(try await Self.ticks(database).count == stored + 1)
        await database.close()
    }

    @Test("answers nobody before the commit is durable, and bounds the work of one transaction")
    func groups() async throws {
        let folder = try TemporaryFolder()
        let database = try await open(.sqlite, folder)
        try await found(database)
        let begun = Mutex(Int64(0))
        // Each transaction reads the clock once, so its time tells which it was.
        let clock: @Sendable () -> Timestamp = {
            begun.withLock { begun in
                begun += 1
                return Timestamp(microseconds: begun * 1_000)
            }
        }
        let followed = Mutex<[Int]>([])
        let commits = GroupCommit(database, clock: clock) { _ in
            let durable = (try? await Self.ticks(database).count) ?? 0
            followed.withLock { $0.append(durable) }
        }
        let groups = try await withThrowingTaskGroup(of: (group: Timestamp, isDurable: Bool).self) { group in
            for _ in 0..<40 {
                group.addTask {
                    let (time, tick) = try await commits.write(weight: 2_000) { transaction in
                        let tick = transaction.nextTick()
                        try transaction.enter(.released, at: tick, principal: nil)
                        return (transaction.now, tick)
                    }
                    return (time, try await Self.ticks(database).contains(tick.microseconds))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let early = groups.filter { !$0.isDurable }
        #expect(early.isEmpty)
        let sizes = Dictionary(grouping: groups, by: \.group).values.map(\.count)
        #expect(sizes.allSatisfy { $0 * 2_000 <= GroupCommit.groupWeightMax })
        #expect(followed.withLock { $0.count } == sizes.count)
        await database.close()
    }

    @Test("wakes those who follow it for what they need to know, and for nothing else", arguments: Engine.both)
    func concerns(engine: Engine) async throws {
        let folder = try TemporaryFolder()
        let database = try await open(engine, folder)
        try await found(database)
        let followed = Mutex(0)
        let commits = GroupCommit(database, clock: { Timestamp(microseconds: 5) }) { committed in
            if committed?.entries?.isEmpty != true { followed.withLock { $0 += 1 } }
        }
        for kind in EntryKind.allCases {
            let before = followed.withLock { $0 }
            try await commits.write { try $0.enter(kind, at: $0.nextTick(), principal: nil) }
            let known: Set<EntryKind> = [
                .released, .deleted, .directory, .gained, .destination, .federated, .crossReference, .ledger,
                .watchList,
            ]
            let isFollowed = known.contains(kind)
            #expect(followed.withLock { $0 } == before + (isFollowed ? 1 : 0), "\(kind)")
        }
        await database.close()
    }

    @Test("of a database that is newer than the program is refused by name", arguments: Engine.both)
    func newer(engine: Engine) async throws {
        let folder = try TemporaryFolder()
        let database = try await open(engine, folder)
        try await Migrator.migrate(database)
        try await Migrator.migrate(database)  // A second time changes nothing.
        let next = Migrator.latest + 1
        _ = try await database.write { try $0.run("insert into schema_version (version) values ($1)", .integer(next)) }
        let fault = await #expect(throws: MigrationFault.self) { try await Migrator.migrate(database) }
        #expect(fault?.description.contains("schema \(next)") == true)
        await database.close()
    }

    @Test("is brought up to date once by two processes that start together")
    func migrationsTogether() async throws {
        let url = try await PostgresServer.shared().database()
        let nodes = [
            try await PostgresDatabase(url: url, readers: 1), try await PostgresDatabase(url: url, readers: 1),
        ]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in nodes { group.addTask { try await Migrator.migrate(node) } }
            try await group.waitForAll()
        }
        let version = try await nodes[0].read { try $0.first("select count(*) from schema_version") { $0.integer(0) } }
        #expect(version == Migrator.latest)
        for node in nodes { await node.close() }
    }
}
