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
    public func uuid() -> UUID {
        var bytes = randomBytes(16)
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        return UUID(
            uuid: (
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8], bytes[9],
                bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
            )
        )
    }
}
