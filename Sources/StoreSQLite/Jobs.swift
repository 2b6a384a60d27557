import Dispatch
import Synchronization

/// Work that waits for a thread with a connection.
///
/// Each job's caller awaits it, so callers bound what waits.
final class Jobs: Sendable {
    /// Gets the thread's connection, or nil when the database is closed.
    typealias Job = @Sendable (SQLiteSession?) -> Void

    private struct Queue {
        var jobs: [Job] = []
        var first = 0
        var isClosed = false

        mutating func next() -> Job? {
            guard first < jobs.count else { return nil }
            let job = jobs[first]
            first += 1
            if first == jobs.count {
                jobs.removeAll(keepingCapacity: true)
                first = 0
            } else if first >= 1024 {
                jobs.removeFirst(first)
                first = 0
            }
            return job
        }
    }

    private let queue = Mutex(Queue())
    private let signal = DispatchSemaphore(value: 0)

    func add(_ job: @escaping Job) {
        let isOpen = queue.withLock { queue in
            if !queue.isClosed { queue.jobs.append(job) }
            return !queue.isClosed
        }
        if isOpen { signal.signal() } else { job(nil) }
    }

    /// Runs jobs on the calling thread until the database is closed.
    func run(on session: SQLiteSession) {
        while true {
            signal.wait()
            let (job, isClosed) = queue.withLock { ($0.next(), $0.isClosed) }
            if let job { job(session) } else if isClosed { break }
        }
        signal.signal()  // The next thread is to see it too.
    }

    /// Ends the threads once the jobs that wait have run; jobs added later are refused.
    func close() {
        queue.withLock { $0.isClosed = true }
        signal.signal()
    }
}
