internal import CLibcurl
internal import Exchange
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
@safe
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
    /// Used by the driver's thread alone, but for `curl_multi_wakeup`, which any thread may call while it exists.
    ///
    /// It is called under the lock and never after `stop`, so not after the driver has freed the handle.
    nonisolated(unsafe) let multi: UnsafeMutableRawPointer

    private static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init(limits: Transport.Limits) {
        precondition(Self.isReady, "libcurl could not be initialised")
        guard let multi = unsafe curl_multi_init() else { preconditionFailure("no memory for a libcurl handle") }
        unsafe cc_multi_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, limits.hostConnectionsMax)
        unsafe cc_multi_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, limits.connectionsMax)
        unsafe self.multi = multi
    }

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
            content.letters.append(letter)
            unsafe curl_multi_wakeup(multi)
            return true
        }
    }
}
