public import Exchange
public import Foundation

/// What the node takes from the world outside: time and chance.
///
/// Tests bring their own.
public struct Surroundings: Sendable {
    /// What time it is.
    public let clock: @Sendable () -> Timestamp
    /// So many bytes that nobody can guess.
    public let randomBytes: @Sendable (Int) -> [UInt8]

    /// Puts it together from its parts.
    public init(clock: @escaping @Sendable () -> Timestamp, randomBytes: @escaping @Sendable (Int) -> [UInt8]) {
        self.clock = clock
        self.randomBytes = randomBytes
    }

    /// A random UUID (RFC 9562 §5.4, version 4).
    public func uuid() -> UUID { UUID(randomBytes(16), version: 4) }
}
