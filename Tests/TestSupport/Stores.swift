public import Exchange
public import Foundation
public import Store
import Synchronization

/// A clock that a test moves by hand.
public final class ManualClock: Sendable {
    private let time: Mutex<Timestamp>

    /// Starts at a time, in microseconds since 1970.
    public init(_ microseconds: Int64 = 1_800_000_000_000_000) {
        time = Mutex(Timestamp(microseconds: microseconds))
    }

    /// What it shows.
    public var now: Timestamp { time.withLock { $0 } }

    /// Moves it, back as well.
    public func advance(by duration: Duration) {
        time.withLock { $0 = $0.advanced(by: duration) }
    }
}

/// A folder that is gone when the value is.
public final class TemporaryFolder: Sendable {
    /// Where it is.
    public let url: URL

    /// Makes it.
    public init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "caveat-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)  // The system clears what stays.
    }

    /// The path of a file in it.
    public func path(_ name: String) -> String { url.appending(path: name).path }
}

extension Engine {
    /// Both engines.
    public static let both: [Engine] = [.sqlite, .postgresql]
}
