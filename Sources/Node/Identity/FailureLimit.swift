public import Exchange
import Synchronization

/// Counts failed attempts, or others that are not to be many, per key in windows of time, and says when enough is
/// enough.
///
/// A key is a source address or an account name. Bounded: the oldest window's counts go when the minute ends.
public final class FailureLimit: Sendable {
    /// How many keys are counted at once; when full, unknown keys are refused until the window ends.
    public static let keysMax = 100_000
    private struct Counts {
        var start: Int64 = 0
        var failures: [String: Int] = [:]
    }

    private let failuresMax: Int
    private let window: Int64
    private let counts = Mutex(Counts())

    /// - Parameter failuresMax: how many failures one key may have in a minute.
    public convenience init(failuresPerMinute failuresMax: Int) {
        self.init(failuresMax: failuresMax, window: .seconds(60))
    }

    /// - Parameters:
    ///   - failuresMax: how many one key may have in a window.
    ///   - window: whole seconds.
    init(failuresMax: Int, window: Duration) {
        self.failuresMax = failuresMax
        self.window = window.components.seconds * 1_000_000_000
    }

    /// How long the caller has to wait before another attempt; nil when it may try now.
    public func wait(for keys: [String], at now: Timestamp) -> Duration? {
        counts.withLock { counts in
            roll(&counts, now)
            let isFull = counts.failures.count >= Self.keysMax
            let isSpent = keys.contains { counts.failures[$0].map { $0 >= failuresMax } ?? isFull }
            return isSpent ? .nanoseconds(counts.start + window - now.nanoseconds) : nil
        }
    }

    /// Counts one failure under each key.
    public func count(_ keys: [String], at now: Timestamp) {
        counts.withLock { counts in
            roll(&counts, now)
            for key in keys where counts.failures.count < Self.keysMax || counts.failures[key] != nil {
                counts.failures[key, default: 0] += 1
            }
        }
    }

    private func roll(_ counts: inout Counts, _ now: Timestamp) {
        guard now.nanoseconds - counts.start >= window || now.nanoseconds < counts.start else { return }
        counts = Counts(start: now.nanoseconds)
    }
}

/// A token bucket per principal: so many requests a second, with bursts.
public final class RequestRate: Sendable {
    private struct Bucket {
        var tokens: Double
        var filled: Int64
    }

    private let perSecond: Double
    private let burst: Double
    private let buckets = Mutex<[ID<Principal>: Bucket]>([:])

    /// - Parameter perSecond: 0 switches the limit off.
    public init(perSecond: Int, burst: Int) {
        self.perSecond = Double(perSecond)
        self.burst = Double(max(burst, perSecond))
    }

    /// Takes one request of `principal`; the time until the next is allowed when there is none left.
    public func take(_ principal: ID<Principal>, at now: Timestamp) -> Duration? {
        guard perSecond > 0 else { return nil }
        return buckets.withLock { buckets in
            var bucket = buckets[principal] ?? Bucket(tokens: burst, filled: now.nanoseconds)
            let seconds = Double(max(0, now.nanoseconds - bucket.filled)) / 1e9
            bucket.tokens = min(burst, bucket.tokens + seconds * perSecond)
            bucket.filled = now.nanoseconds
            defer { buckets[principal] = bucket }
            guard bucket.tokens >= 1 else { return .seconds((1 - bucket.tokens) / perSecond) }
            bucket.tokens -= 1
            return nil
        }
    }
}
