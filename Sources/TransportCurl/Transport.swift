public import Exchange

/// HTTP, mail and files out; no proxy is used.
///
/// HTTP connections are kept and reused, and redirects are never followed.
///
/// One thread owns libcurl's multi handle and every transfer (libcurl blocks, and is not safe for several threads).
/// At the end of an SFTP session it waits up to a second for the other side: files are best moved by a transport of
/// their own.
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
    private let worker: Worker
    private let limits: Limits

    /// How often at most what reads over HTTP/2 is asked for.
    private static let attemptsMax = 3

    /// Starts the thread.
    ///
    /// It ends with `close`, or when the last reference to the transport is gone.
    public init(limits: Limits = .init()) {
        let mailbox = Mailbox()
        worker = Worker("transport-curl") {
            var driver = Driver(mailbox, limits)
            driver.run()
        }
        self.mailbox = mailbox
        self.limits = limits
    }

    deinit { close() }

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

    /// Breaks off what is under way and waits for the end of the thread; later requests fault with `closed`.
    ///
    /// A process that used TLS ends after this alone. May be called again.
    public func close() {
        mailbox.close()
        worker.join()
    }

    fileprivate func carry(_ errand: any Errand) async throws(TransportFault) -> WebResponse {
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
}

extension Transport: MailCarrier {
    /// Hands over a message; see `MailCarrier`.
    public func send(_ mail: Mail) async throws(TransportFault) {
        try mail.check()
        _ = try await carry(mail)
    }
}

extension Transport: FileCarrier {
    /// Writes a file aside and renames it; see `FileCarrier`.
    public func upload(_ bytes: [UInt8], to file: RemoteFile) async throws(TransportFault) {
        try file.check()
        _ = try await carry(try FileErrand(file, .upload(bytes)))
    }

    /// Reads a file into a new file here; see `FileCarrier`.
    public func download(_ file: RemoteFile, to path: String) async throws(TransportFault) {
        try file.check()
        if path.unicodeScalars.contains("\0") { throw .malformed("a path holds a NUL; take it out") }
        _ = try await carry(try FileErrand(file, .download(to: path)))
    }

    /// The names in a folder; see `FileCarrier`.
    public func list(_ folder: RemoteFile) async throws(TransportFault) -> [String] {
        try folder.check()
        let lines = try await carry(try FileErrand(folder, .list)).body.split(separator: UInt8(ascii: "\n"))
        return lines.map { String(decoding: $0, as: UTF8.self) }.filter { $0 != "." && $0 != ".." }
    }
}
