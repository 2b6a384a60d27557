internal import CLibcurl
internal import Exchange
internal import Glibc
internal import Synchronization

/// One call of `carry`, known to both threads.
///
/// A cancel can overtake its start. The flag is set before the cancel is posted, so either the start finds the flag
/// set, or the cancel finds the transfer alive; nothing needs to be remembered of calls that are over.
final class Ticket: Sendable {
    private let flag = Atomic(false)

    var isCancelled: Bool { flag.load(ordering: .sequentiallyConsistent) }

    func cancel() { flag.store(true, ordering: .sequentiallyConsistent) }
}

/// What callers hand to the driver's thread.
final class Mailbox: Sendable {
    enum Letter: Sendable {
        case start(Transfer)
        case cancel(ObjectIdentifier)
        case stop
    }

    private struct Content {
        var letters: [Letter] = []
        var isClosed = false
    }

    private let content = Mutex(Content())
    /// Rings once there are letters.
    let bell = cc_bell()

    init() { precondition(bell >= 0, "no descriptor for another transport; raise the limit of open files") }

    deinit { Glibc.close(bell) }

    func start(_ transfer: Transfer) {
        if !post(.start(transfer)) { transfer.end(.failure(.closed)) }
    }

    func cancel(_ ticket: Ticket) { _ = post(.cancel(ObjectIdentifier(ticket))) }

    func close() { _ = post(.stop) }

    func collect() -> [Letter] {
        content.withLock { content in
            defer { content.letters = [] }
            return content.letters
        }
    }

    private func post(_ letter: Letter) -> Bool {
        content.withLock { content in
            if content.isClosed { return false }
            if case .stop = letter { content.isClosed = true }
            if content.letters.isEmpty { cc_ring(bell) }
            content.letters.append(letter)
            return true
        }
    }
}
