public import Exchange
public import Foundation

/// What the node takes from the world outside: time, chance and the network.
///
/// Tests bring their own.
public final class Surroundings: Sendable {
    /// What time it is.
    public let clock: @Sendable () -> Timestamp
    /// So many bytes that nobody can guess.
    public let randomBytes: @Sendable (Int) -> [UInt8]
    /// What brings to others what the node sends by HTTP.
    public let carrier: any Carrier
    /// What brings its mail to a server.
    public let mail: any MailCarrier
    /// What brings its files to other hosts.
    public let files: any FileCarrier

    /// Puts it together from its parts.
    public init(
        clock: @escaping @Sendable () -> Timestamp,
        randomBytes: @escaping @Sendable (Int) -> [UInt8],
        carrier: any Carrier,
        mail: any MailCarrier,
        files: any FileCarrier
    ) {
        self.clock = clock
        self.randomBytes = randomBytes
        self.carrier = carrier
        self.mail = mail
        self.files = files
    }

    /// Anything from 0 to 1.
    func chance() -> Double {
        let number = randomBytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Double(number) / Double(UInt32.max)
    }

    /// A random UUID (RFC 9562 §5.4, version 4).
    public func uuid() -> UUID { UUID(randomBytes(16), version: 4) }
}
