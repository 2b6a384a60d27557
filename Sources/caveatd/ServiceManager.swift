import AsyncAlgorithms
import Foundation
import ServiceLifecycle

/// Tells the service manager how the daemon is (sd_notify(3)): datagrams to `$NOTIFY_SOCKET`.
///
/// Silent without one.
struct ServiceManager: Sendable {
    private let path: [UInt8]
    private let watchdog: Duration?

    /// - Parameter environment: where `NOTIFY_SOCKET` and `WATCHDOG_USEC` are looked for.
    init(_ environment: [String: String]) {
        path = Array((environment["NOTIFY_SOCKET"] ?? "").utf8)
        watchdog = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.map { .microseconds($0) }
    }

    /// Sends a state such as `READY=1`.
    /// - Returns: whether it was sent whole.
    @discardableResult
    func notify(_ state: String) -> Bool {
        var address = sockaddr_un()
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.count > 1, path.count < capacity else { return false }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        address.sun_family = sa_family_t(AF_UNIX)
        // A leading `@` stands for the abstract namespace, where the first byte is zero and the length tells the end.
        let name = path[0] == UInt8(ascii: "@") ? [0] + path.dropFirst() : path
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let message = Array(state.utf8)
        let sent = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), generic, length)
            }
        }
        return sent == message.count
    }

    /// Feeds the watchdog at half of its interval, each time `act` has returned; idle where there is none.
    func watchdog(after act: @escaping @Sendable () async -> Void) -> Watchdog {
        Watchdog(manager: self, interval: watchdog.map { $0 / 2 }, act: act)
    }

    struct Watchdog: Service {
        let manager: ServiceManager
        let interval: Duration?
        let act: @Sendable () async -> Void

        func run() async throws {
            guard let interval else { return try await gracefulShutdown() }
            let beats = AsyncTimerSequence(interval: interval, clock: ContinuousClock()).cancelOnGracefulShutdown()
            for await _ in beats {
                await act()
                manager.notify("WATCHDOG=1")
            }
        }
    }
}
