import Glibc
import Store
import Synchronization

/// The file beside the database that one process holds while it has the database open.
///
/// The kernel frees the lock when the process ends, however it ends; the file stays.
final class LockFile: Sendable {
    private let descriptor: Mutex<Int32?>

    /// - Throws: `DatabaseFault.busy` when another holder has it, `unreachable` when it cannot be made.
    init(path: String) throws(DatabaseFault) {
        let opened = unsafe open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw .unreachable("lock file \(path) cannot be opened (errno \(errno)): check the folder and its mode")
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(opened)
            if reason == EWOULDBLOCK {
                throw .busy("\(path) is locked: another process has this database open; stop it first")
            }
            throw .unreachable("lock file \(path) cannot be locked (errno \(reason)): use a local file system")
        }
        descriptor = Mutex(opened)
    }

    deinit {
        release()
    }

    func release() {
        descriptor.withLock { descriptor in
            guard let held = descriptor else { return }
            descriptor = nil
            // A process that is being started may hold a copy of the descriptor for a moment, and the lock with it.
            _ = flock(held, LOCK_UN)
            close(held)
        }
    }
}
