public import Exchange
import Synchronization

/// Why a write was not made, or may not have been.
public enum WriteFault: Error, Sendable {
    /// Too many writes wait already; the same call may be repeated.
    case busy
    /// The commit failed or its answer was lost: nothing, or all, of it is stored. The same call may be repeated.
    case notCommitted(DatabaseFault)
}

/// Many requests in one transaction: what waits when it begins is gathered, each request runs, one commit, then all are
/// answered.
///
/// A request that fails before it wrote anything is told so, and the others go on. Where one fails later, the
/// transaction is rolled back and runs again with each request in a savepoint; they cost more than most requests do.
/// Nobody is answered before the commit is durable. While one group is answered the next already commits.
public final class GroupCommit: Sendable {
    /// How many requests may share one transaction.
    public static let groupMax = 256
    /// How much work one transaction may have, unless a single request alone has more: a long one makes all wait.
    public static let groupWeightMax = 5_000
    /// How many requests may wait for theirs.
    public static let waitingMax = 10_000
    /// How many groups may be under way: one that commits, and one that is next or being answered.
    private static let underwayMax = 2

    private struct Job: Sendable {
        let weight: Int
        /// Runs the request and keeps its outcome for the one who asked.
        let run: @Sendable (Transaction, Isolation) throws -> Void
        let caller: CheckedContinuation<Void, any Error>
    }

    /// Whether what a request wrote can be undone without the others'.
    private enum Isolation {
        case none, savepoint
    }

    /// A request failed after it had written, and is not isolated.
    private struct Entangled: Error {}

    private struct Queue {
        var waiting: [Job] = []
        var underway = 0

        mutating func take() -> [Job] {
            var count = 0
            var weight = 0
            for job in waiting.prefix(groupMax) {
                weight += job.weight
                guard count == 0 || weight <= groupWeightMax else { break }
                count += 1
            }
            defer { waiting.removeFirst(count) }
            return Array(waiting.prefix(count))
        }
    }

    private enum Turn {
        case leads, waits, refused
    }

    private let database: any Database
    private let clock: @Sendable () -> Timestamp
    private let afterCommit: @Sendable (CommittedEntries?) async -> Void
    private let queue = Mutex(Queue())

    /// - Parameter afterCommit: runs once a commit is durable, before anybody is answered, with what it added to the
    ///   journal; with nil where it may be durable or not, or what it added is not known.
    public init(
        _ database: any Database,
        clock: @escaping @Sendable () -> Timestamp,
        afterCommit: @escaping @Sendable (CommittedEntries?) async -> Void
    ) {
        self.database = database
        self.clock = clock
        self.afterCommit = afterCommit
    }

    /// Runs `body` in a transaction shared with others, and returns once it is durable.
    ///
    /// When `body` throws, nothing of it was written, and the others go on.
    /// - Parameter weight: how much work it is: about as many objects as it writes.
    /// - Throws: `WriteFault`, or what `body` throws.
    public func write<Output: Sendable>(
        weight: Int = 1,
        _ body: @escaping @Sendable (Transaction) throws -> Output
    ) async throws -> Output {
        let outcome = Outcome<Output>()
        try await withCheckedThrowingContinuation { caller in
            let job = Job(weight: weight, run: { try Self.run(body, in: $0, $1, keeping: outcome) }, caller: caller)
            switch enqueue(job) {
            case .leads: Task.immediate { await self.commitGroups() }
            case .waits: break
            case .refused: caller.resume(throwing: WriteFault.busy)
            }
        }
        return try outcome.kept.get()
    }

    private func enqueue(_ job: Job) -> Turn {
        queue.withLock { queue in
            guard queue.waiting.count < Self.waitingMax else { return .refused }
            queue.waiting.append(job)
            guard queue.underway < Self.underwayMax else { return .waits }
            queue.underway += 1
            return .leads
        }
    }

    private static func run<Output: Sendable>(
        _ body: (Transaction) throws -> Output,
        in transaction: Transaction,
        _ isolation: Isolation,
        keeping outcome: Outcome<Output>
    ) throws {
        let connection = transaction.connection
        let before = connection.changeCount
        do {
            switch isolation {
            case .none: outcome.keep(.success(try body(transaction)))
            case .savepoint: outcome.keep(.success(try transaction.savepoint { try body(transaction) }))
            }
        } catch let fault as DatabaseFault {
            // Where the connection itself failed the whole group does.
            guard fault.isOfOneStatement else { throw fault }
            guard isolation == .savepoint else { throw Entangled() }
            outcome.keep(.failure(WriteFault.notCommitted(fault)))
        } catch {
            guard isolation == .savepoint || connection.changeCount == before else { throw Entangled() }
            outcome.keep(.failure(error))
        }
    }

    /// Commits group after group until nothing waits.
    private func commitGroups() async {
        repeat {
            let group = Mutex<[Job]?>(nil)
            let outcome = await commit { [self] in
                // A driver may begin a transaction twice, and neither may lose a job.
                group.withLock { group in
                    if group == nil { group = queue.withLock { $0.take() } }
                    return group ?? []
                }
            }
            // The transaction did not even begin: those who wait for it are told.
            let jobs = group.withLock { $0 } ?? queue.withLock { $0.take() }
            // After a failure as well: the commit may be durable all the same.
            if !jobs.isEmpty { await afterCommit((try? outcome.get()) ?? nil) }
            for job in jobs { job.caller.resume(with: outcome.map { _ in () }) }
        } while goesOn()
    }

    private func goesOn() -> Bool {
        queue.withLock { queue in
            if queue.waiting.isEmpty { queue.underway -= 1 }
            return !queue.waiting.isEmpty
        }
    }

    /// - Parameter gather: takes what waits, once the transaction has begun.
    /// - Returns: what was added to the journal, where that is known; or why nothing may have been.
    private func commit(_ gather: @escaping @Sendable () -> [Job]) async -> Result<CommittedEntries?, any Error> {
        do {
            do {
                return .success(try await commit(gather, .none))
            } catch is Entangled {
                return .success(try await commit(gather, .savepoint))
            }
        } catch let fault as DatabaseFault {
            return .failure(WriteFault.notCommitted(fault))
        } catch {
            return .failure(error)
        }
    }

    private func commit(
        _ gather: @escaping @Sendable () -> [Job],
        _ isolation: Isolation
    ) async throws -> CommittedEntries? {
        try await database.write { [engine = database.engine, clock] connection in
            let jobs = gather()
            guard !jobs.isEmpty else { return nil }
            let transaction = try Transaction(connection, on: engine, clock: clock)
            for job in jobs { try job.run(transaction, isolation) }
            try transaction.finish(on: engine)
            // A request that was undone may have entered something before.
            return isolation == .none ? transaction.committed : nil
        }
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
