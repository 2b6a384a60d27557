import Dispatch

/// Runs an actor's jobs one by one on a queue of their own, so that what blocks does not stop the shared pool.
public final class BlockingExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// - Parameter label: what the queue is called in a debugger.
    public init(label: String) {
        queue = DispatchQueue(label: label)
    }

    /// Runs a job when those before it are done.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
