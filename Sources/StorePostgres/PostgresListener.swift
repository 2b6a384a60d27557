import Foundation
import Glibc
import Store
import Synchronization

/// Waits for the notifications of other daemons on a thread and a connection of its own.
final class PostgresListener: Sendable {
    private let address: PostgresAddress
    /// A byte, or the end, in this pipe ends the thread.
    private let wake: (reading: Int32, writing: Int32)
    private let state = Mutex(State())

    private struct State {
        var streams: [Int: AsyncStream<Void>.Continuation] = [:]
        var streamCount = 0
        var isStopped = false
        var hasEnded = false
        var ended: [@Sendable () -> Void] = []
    }

    init(_ address: PostgresAddress) throws(DatabaseFault) {
        self.address = address
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw .unreachable("no pipe can be made (errno \(errno))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        wake = (ends[0], ends[1])
    }

    deinit {
        close(wake.reading)
        close(wake.writing)
    }

    /// Returns once it listens on its first connection.
    func start() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let thread = Thread {
                do {
                    let session = try Self.session(self.address)
                    continuation.resume()
                    self.listen(session)
                } catch {
                    continuation.resume(throwing: error)
                }
                self.end()
            }
            thread.name = "listener"
            thread.start()
        }
    }

    /// One element after each notification and after each new connection: there may have been some before it.
    func stream() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state -> Int? in
            if state.isStopped { return nil }
            state.streamCount += 1
            state.streams[state.streamCount] = continuation
            return state.streamCount
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.streams.removeValue(forKey: number) }
        }
        return stream
    }

    /// Ends the streams, then the thread and its connection, and then calls `ended`.
    func stop(_ ended: @escaping @Sendable () -> Void) {
        let (streams, isOver) = state.withLock { state in
            defer { state.streams = [:] }
            state.isStopped = true
            if !state.hasEnded { state.ended.append(ended) }
            return (state.streams, state.hasEnded)
        }
        for stream in streams.values { stream.finish() }
        if isOver { return ended() }
        var byte: UInt8 = 0
        unsafe write(wake.writing, &byte, 1)
    }

    private func end() {
        let ended = state.withLock { state in
            defer { state.ended = [] }
            state.hasEnded = true
            return state.ended
        }
        for call in ended { call() }
    }

    private static func session(_ address: PostgresAddress) throws(DatabaseFault) -> PostgresSession {
        let session = try PostgresSession(address)
        try session.send("listen caveat_journal")
        return session
    }

    private func listen(_ first: PostgresSession?) {
        var session = first
        while true {
            if let session, !follow(session) { return }
            session = nil
            var wait: Int32 = 100
            while session == nil {
                if waits(milliseconds: wait) { return }
                wait = min(wait * 2, 5000)
                session = try? Self.session(address)  // Why it fails, the reads and writes report.
            }
            announce()
        }
    }

    /// Follows one connection until it is lost.
    /// - Returns: false when the listener is to end.
    private func follow(_ session: PostgresSession) -> Bool {
        while true {
            // Some may have come with the answer to an earlier statement.
            guard let count = session.notifications() else { return true }
            if count > 0 { announce() }
            if waits(milliseconds: -1, for: session.socket) { return false }
        }
    }

    private func announce() {
        let streams = state.withLock { $0.streams }
        for stream in streams.values { stream.yield() }
    }

    /// Waits for the time, or until there is something to read at the socket.
    /// - Returns: true when the listener is to end.
    private func waits(milliseconds: Int32, for socket: Int32 = -1) -> Bool {
        var watched = [
            pollfd(fd: wake.reading, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
        ]
        _ = unsafe poll(&watched, 2, milliseconds)
        return watched[0].revents != 0
    }
}
