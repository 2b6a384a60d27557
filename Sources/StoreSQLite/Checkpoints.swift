import Store
import Synchronization

/// Brings the write-ahead log into the file, most of it on a connection of its own, so that commits go on meanwhile.
final class Checkpoints: Sendable {
    /// From so many pages in the log (32 MiB) it is brought into the file: one that many commits touch is written once.
    private static let pagesMax = 8_192
    /// After how many more it is tried again, where a read still needed the log.
    private static let pagesBetween = 2_048

    /// What runs on the connection beside the writer's.
    let jobs = Jobs()
    private let writes: Jobs
    private let state = Mutex((due: pagesMax, isUnderWay: false))
    private let turn = Mutex(())

    init(after writes: Jobs) {
        self.writes = writes
    }

    /// Begins one where it is due; runs on the writer's thread after each transaction.
    func begin(after writer: SQLiteSession) {
        let begins = state.withLock { state in
            if writer.pagesInLog < Self.pagesMax { state.due = Self.pagesMax }
            guard writer.pagesInLog >= state.due, !state.isUnderWay else { return false }
            state.isUnderWay = true
            return true
        }
        guard begins else { return }
        jobs.add { [self] session in
            checkpoint(session)
            // The little that came meanwhile: the next commit begins the log anew when all of it is in the file.
            writes.add { [self] writer in
                checkpoint(writer)
                state.withLock { $0 = ((writer?.pagesInLog ?? 0) + Self.pagesBetween, false) }
            }
        }
    }

    /// What fails here stays in the log, and is tried again with the next.
    private func checkpoint(_ session: SQLiteSession?) {
        _ = alone { try? session?.run("pragma wal_checkpoint(passive)") }
    }

    /// Runs one while no other does: SQLite refuses to wait for another's.
    func alone<Output>(_ checkpoint: () throws -> Output) rethrows -> Output {
        try turn.withLock { _ in try checkpoint() }
    }
}
