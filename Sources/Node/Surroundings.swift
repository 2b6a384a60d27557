public import Exchange
public import Foundation

/// What the node takes from the world outside: time, chance and the network.
///
/// Tests bring their own.
public struct Surroundings: Sendable {
    /// What time it is.
    public let clock: @Sendable () -> Timestamp
    /// So many bytes that nobody can guess.
    public let randomBytes: @Sendable (Int) -> [UInt8]
    /// What brings to others what the node sends.
    public let carrier: any Carrier

    /// Puts it together from its parts.
    public init(
        clock: @escaping @Sendable () -> Timestamp,
        randomBytes: @escaping @Sendable (Int) -> [UInt8],
        carrier: any Carrier
    ) {
        self.clock = clock
        self.randomBytes = randomBytes
        self.carrier = carrier
    }

    /// A random UUID (RFC 9562 §5.4, version 4).
    public func uuid() -> UUID { UUID(randomBytes(16), version: 4) }
}
