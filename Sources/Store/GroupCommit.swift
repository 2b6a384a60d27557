public import Exchange
import Synchronization

/// Why a write was not made, or may not have been.
public enum WriteFault: Error, Sendable {
    /// Too many writes wait already; the same call may be repeated.
    case busy
    /// The commit failed or its answer was lost: nothing, or all, of it is stored. The same call may be repeated.
    case notCommitted(DatabaseFault)
}

/// Many requests in one transaction: what waits is gathered, each runs in a savepoint, one commit, then all are
/// answered.
///
/// Nobody is answered before the commit is durable.
public final class GroupCommit: Sendable {
    /// How many requests may share one transaction.
    public static let groupMax = 256
    /// How many requests may wait for theirs.
    public static let waitingMax = 10_000

    private struct Job: Sendable {
        /// Runs the request in a savepoint and keeps its outcome for the one who asked.
        let run: @Sendable (Transaction) throws -> Void
    }

    private let database: any Database
    private let clock: @Sendable () -> Timestamp
    private let afterCommit: @Sendable () async -> Void
    private let convoy = Convoy<Job>(groupMax: groupMax, waitingMax: waitingMax)

    /// - Parameter afterCommit: runs once a commit is durable, before anybody is answered.
    public init(
        _ database: any Database,
        clock: @escaping @Sendable () -> Timestamp,
        afterCommit: @escaping @Sendable () async -> Void
    ) {
        self.database = database
        self.clock = clock
        self.afterCommit = afterCommit
    }

    /// Runs `body` in a transaction shared with others, and returns once it is durable.
    ///
    /// When `body` throws, nothing of
    /// it was written, and the others go on.
    /// - Throws: `WriteFault`, or what `body` throws.
    public func write<Output: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Output
    ) async throws -> Output {
        let outcome = Outcome<Output>()
        let job = Job { transaction in
            do {
                outcome.keep(.success(try transaction.connection.savepoint { try body(transaction) }))
            } catch let fault as DatabaseFault where !fault.isOfOneStatement {
                throw fault  // The connection itself failed: the whole group does.
            } catch let fault as DatabaseFault {
                outcome.keep(.failure(WriteFault.notCommitted(fault)))
            } catch {
                outcome.keep(.failure(error))
            }
        }
        try await convoy.ride(job) { jobs in await self.commit(jobs) }
        return try outcome.kept.get()
    }

    private func commit(_ jobs: [Job]) async -> (any Error)? {
        do {
            try await database.write { [engine = database.engine, clock] connection in
                let transaction = try Transaction(connection, clock: clock)
                for job in jobs { try job.run(transaction) }
                try transaction.finish(on: engine)
            }
        } catch let fault as DatabaseFault {
            return WriteFault.notCommitted(fault)
        } catch {
            return error
        }
        await afterCommit()
        return nil
    }
}

/// Where one request's outcome waits for the commit.
private final class Outcome<Output: Sendable>: Sendable {
    private let value = Mutex<Result<Output, any Error>?>(nil)

    func keep(_ outcome: Result<Output, any Error>) {
        value.withLock { $0 = outcome }
    }

    var kept: Result<Output, any Error> {
        value.withLock { value in
            guard let value else { preconditionFailure("a committed request has an outcome") }
            return value
        }
    }
}
