import Dispatch
import Exchange
import Foundation

/// SIGINT and SIGTERM as a way to stop work at a good place.
enum Interruption {
    /// Runs work until it ends or a signal comes; then the work is cancelled, and its end awaited.
    ///
    /// A second signal ends the process at once, as it would without this.
    /// - Returns: Whether the work ended by itself.
    static func watch(_ work: @escaping @Sendable () async throws -> Void) async throws -> Bool {
        let (signals, arrival) = AsyncStream.makeStream(of: Void.self)
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                signal(number, SIG_DFL)
                arrival.yield()
            }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await work()
                return true
            }
            group.addTask {
                for await _ in signals { break }
                return false
            }
            let isDone = try await group.next() ?? true
            group.cancelAll()
            if !isDone {
                do {
                    _ = try await group.next()
                } catch CommandFault.transport(.cancelled) {
                    // What the cancelling was for.
                }
            }
            return isDone
        }
    }
}
