internal import CLibcurl
internal import Glibc
internal import Synchronization

/// A thread that can be waited for, which Foundation's cannot.
///
/// What libcurl's TLS keeps for a thread is freed as the thread ends, and once more as the process does: a process that
/// ends meanwhile breaks its heap. So whoever uses libcurl on a thread waits for the end of it.
final class Worker: Sendable {
    private let thread: Mutex<pthread_t?>

    private final class Work: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(_ name: String, _ run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Starts the thread.
    /// - Parameter name: what tools of the system show, up to 15 bytes of it.
    init(_ name: String, _ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let work = unsafe Unmanaged.passRetained(Work(name, run))
        let code = unsafe pthread_create(
            &thread,
            nil,
            { context in
                guard let context = unsafe context else { return nil }
                let work = unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
                unsafe cc_name_thread(work.name)
                work.run()
                return nil
            },
            work.toOpaque()
        )
        precondition(code == 0, "no thread for another transport; raise the limit of tasks")
        self.thread = Mutex(thread)
    }

    /// Waits until the thread is gone.
    ///
    /// May be called again, and by several threads at once; not by the thread itself.
    func join() {
        thread.withLock { thread in
            if let ending = thread.take() { pthread_join(ending, nil) }
        }
    }
}
