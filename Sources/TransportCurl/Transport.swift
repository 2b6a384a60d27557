public import Exchange
internal import Foundation
internal import Glibc

/// HTTP out: connections are kept and reused, redirects are never followed, no proxy is used.
///
/// One thread owns libcurl's multi handle and every transfer (libcurl blocks, and is not safe for several threads).
public final class Transport: Carrier {
    /// How much is open at once; requests beyond it wait, within their own time limit.
    public struct Limits: Hashable, Sendable {
        /// Connections to one host at once.
        public var hostConnectionsMax: Int
        /// Connections at once.
        public var connectionsMax: Int
        /// A transfer that is slower than this, either way, for `slownessMax` is broken off.
        public var bytesPerSecondMin: Int
        /// How long a transfer may be slow or wait for the other side, in whole seconds.
        public var slownessMax: Duration

        /// Four connections to one host and 64 in all, and a minute of less than 64 bytes a second, if not said
        /// otherwise.
        public init(
            hostConnectionsMax: Int = 4,
            connectionsMax: Int = 64,
            bytesPerSecondMin: Int = 64,
            slownessMax: Duration = .seconds(60)
        ) {
            self.hostConnectionsMax = hostConnectionsMax
            self.connectionsMax = connectionsMax
            self.bytesPerSecondMin = bytesPerSecondMin
            self.slownessMax = slownessMax
        }
    }

    private let mailbox: Mailbox
    private let limits: Limits

    /// How often at most what reads over HTTP/2 is asked for.
    private static let attemptsMax = 3

    /// Starts the thread.
    ///
    /// It ends with `close`, or when the last reference to the transport is gone.
    public init(limits: Limits = .init()) {
        let mailbox = Mailbox(limits: limits)
        let thread = Thread {
            Self.blockPipeSignal()
            var driver = Driver(mailbox)
            driver.run()
        }
        thread.name = "transport-curl"
        thread.start()
        self.mailbox = mailbox
        self.limits = limits
    }

    deinit { mailbox.close() }

    /// Sends a request and waits for its answer; see `Carrier`.
    public func perform(_ request: WebRequest) async throws(TransportFault) -> WebResponse {
        try request.check()
        guard request.allowsHTTP2, [.get, .head].contains(request.method) else { return try await carry(request) }
        let start = ContinuousClock.now
        var request = request
        let totalMax = request.totalMax
        for _ in 1..<Self.attemptsMax {
            do throws(TransportFault) {
                return try await carry(request)
            } catch {
                request.totalMax = totalMax - (ContinuousClock.now - start)
                guard case .interrupted = error, request.totalMax > .zero else { throw error }
            }
        }
        return try await carry(request)
    }

    /// Breaks off what is under way and ends the thread; later requests fault with `closed`.
    ///
    /// May be called again.
    public func close() { mailbox.close() }

    private func carry(_ errand: any Errand) async throws(TransportFault) -> WebResponse {
        let ticket = Ticket()
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                mailbox.start(Transfer(errand, limits, ticket, continuation))
            }
        } onCancel: {
            ticket.cancel()
            mailbox.cancel(ticket)
        }
        return try outcome.get()
    }

    /// Keeps a write to a connection that the other side has closed from ending the process.
    ///
    /// libcurl leaves this to the program where it may not use signals.
    private static func blockPipeSignal() {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
