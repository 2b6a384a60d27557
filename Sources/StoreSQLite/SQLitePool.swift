import Dispatch
import Foundation
import GRDB
import Store
import Synchronization

/// One writer and some readers over GRDB's pool, each on a thread of its own that keeps its connection.
///
/// Taking a connection from the pool for each read costs more than most reads do, so each thread takes one for good.
final class SQLitePool: Sendable {
    let reads = Jobs()
    let writes = Jobs()
    /// As much of the file is read where the kernel has it, without a copy; the rest is read as ever.
    ///
    /// These pages count as resident (`RssFile`), once for each reader, and are the kernel's to take back.
    static let mappedBytesMax = 1 << 30
    private let pool: DatabasePool
    private let lock: LockFile
    private let state: Mutex<State>

    private struct State {
        var threads: Int
        /// The file is closed and its lock free.
        var isOver = false
        var fault: DatabaseFault?
        var ended: [@Sendable () -> Void] = []
    }

    /// Opens the file and its connections; blocks meanwhile.
    init(path: String, readers: Int) throws(DatabaseFault) {
        lock = try LockFile(path: path + ".lock")
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = readers
        configuration.persistentReadOnlyConnections = true
        configuration.label = "caveat.sqlite"
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
        } catch let error as DatabaseError {
            throw DatabaseFault(error)
        } catch {
            throw .unreachable("\(path): \(error)")
        }
        state = Mutex(State(threads: readers + 1))
        let started = DispatchSemaphore(value: 0)
        thread("writer", started) { pool, ready in
            try pool.pool.writeWithoutTransaction { database in
                let session = try Self.writer(on: database)
                ready()
                pool.writes.run(on: session)
            }
        }
        for number in 0..<readers {
            thread("reader \(number)", started) { pool, ready in
                try pool.pool.unsafeRead { database in
                    let session = try SQLiteSession(database)
                    try session.script("pragma mmap_size = \(Self.mappedBytesMax)")
                    ready()
                    pool.reads.run(on: session)
                }
            }
        }
        for _ in 0...readers { started.wait() }
        if let fault = state.withLock({ $0.fault }) {
            end {}
            throw fault
        }
    }

    /// Ends the threads once the work that waits is done, closes the file, frees its lock and then calls `ended`.
    func end(_ ended: @escaping @Sendable () -> Void) {
        reads.close()
        writes.close()
        let isOver = state.withLock { state in
            if !state.isOver { state.ended.append(ended) }
            return state.isOver
        }
        if isOver { ended() }
    }

    private static func writer(on database: GRDB.Database) throws -> SQLiteSession {
        let session = try SQLiteSession(database)
        // The pool opens its writer with `normal`, which may lose acknowledged commits, so this has to come later.
        // A checkpoint each 32 MiB of log: a page that many commits touch is written back once. No other connection may
        // make one: before 3.51.3 SQLite may lose commits then (its WAL-reset bug). What a transaction wrote stays in
        // memory until it commits, up to 32 MiB (negative, as KiB: of a number of pages SQLite reads the last byte as
        // whether to write any out), but little is kept beyond it: whenever a commit rearranged pages, SQLite goes
        // through all that it keeps. Savepoints keep the pages that they may bring back in memory: otherwise each is
        // written to a temporary file. What is deleted is overwritten, since it may be what must be erased.
        try session.script(
            """
            pragma synchronous = full; pragma journal_size_limit = 67108864; pragma wal_autocheckpoint = 8192;
            pragma temp_store = memory; pragma cache_size = -4096; pragma cache_spill = -32768;
            pragma secure_delete = on
            """
        )
        let synchronous = try session.first("pragma synchronous") { $0.integer(0) }
        guard synchronous == 2 else {
            throw DatabaseFault.unreachable("pragma synchronous is \(synchronous ?? -1), must be 2 (full)")
        }
        return session
    }

    private func thread(
        _ name: String,
        _ started: DispatchSemaphore,
        _ body: @escaping @Sendable (SQLitePool, _ ready: () -> Void) throws -> Void
    ) {
        let thread = Thread {
            do {
                try body(self) { started.signal() }
            } catch {
                let fault =
                    switch error {
                    case let error as DatabaseFault: error
                    case let error as DatabaseError: DatabaseFault(error)
                    default: DatabaseFault.unreachable("\(error)")
                    }
                self.state.withLock { $0.fault = fault }
                started.signal()
            }
            self.threadEnded()
        }
        thread.name = name
        thread.start()
    }

    private func threadEnded() {
        let isLast = state.withLock { state in
            state.threads -= 1
            return state.threads == 0
        }
        guard isLast else { return }
        // All is in the one file then, which can be copied by itself. What fails here is in the log, where every commit
        // is durable already, and what is left open ends with the process.
        _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try? pool.close()
        lock.release()
        let ended = state.withLock { state in
            defer { state.ended = [] }
            state.isOver = true
            return state.ended
        }
        for call in ended { call() }
    }
}
