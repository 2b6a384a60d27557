import Dispatch

/// Runs an actor's work, piece by piece, on a queue of its own.
///
/// libpq blocks the calling thread; on the shared pool, a few slow statements would stop a small machine.
final class BlockingExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
