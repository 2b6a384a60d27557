/// An address of the Internet protocol, of either version, as the bytes that go on the wire.
public struct NetworkAddress: Hashable, Sendable {
    /// Four bytes or sixteen.
    public let bytes: [UInt8]

    /// Takes four bytes (IPv4) or sixteen (IPv6); nil for any other number.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads `192.0.2.1`, without leading zeros, or an IPv6 address in any form of RFC 4291 §2.2, without a zone.
    public init?(_ text: some StringProtocol) {
        let text = Substring(text)
        guard let bytes = text.utf8.contains(UInt8(ascii: ":")) ? Self.version6(text) : Self.version4(text) else {
            return nil
        }
        self.bytes = bytes
    }

    /// The IPv4 address that this IPv6 address stands for: mapped (RFC 4291), NAT64 (RFC 6052) or 6to4 (RFC 3056).
    ///
    /// What is sent to the one arrives at the other.
    public var embedded: NetworkAddress? {
        guard bytes.count == 16 else { return nil }
        let position = Self.embeddings.first { $0.network.contains(self) }?.position
        return position.flatMap { NetworkAddress(bytes: Array(bytes[$0..<$0 + 4])) }
    }

    private static let embeddings: [(network: Network, position: Int)] = [
        ("::ffff:0.0.0.0/96", 12), ("64:ff9b::/96", 12), ("2002::/16", 2),
    ].map { (Network(literal: $0), $1) }

    private static func version4(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        var part: UInt8?
        for character in text.utf8 {
            switch (character, part) {
            case (UInt8(ascii: "."), let whole?):
                bytes.append(whole)
                part = nil
            case (0x30...0x39, nil): part = character - 0x30
            case (0x30...0x39, let begun?):
                let (tens, isTooLarge) = begun.multipliedReportingOverflow(by: 10)
                let (sum, isOver) = tens.addingReportingOverflow(character - 0x30)
                guard begun != 0, !isTooLarge, !isOver else { return nil }
                part = sum
            default: return nil
            }
        }
        guard bytes.count == 3, let last = part else { return nil }
        return bytes + [last]
    }

    private static func version6(_ text: Substring) -> [UInt8]? {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2, let head = groups(halves[0], isLast: halves.count == 1) else { return nil }
        guard halves.count == 2 else { return head.count == 16 ? head : nil }
        guard let tail = groups(halves[1], isLast: true), head.count + tail.count <= 14 else { return nil }
        return head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// The bytes of groups of hexadecimal digits; the last may be an IPv4 address.
    private static func groups(_ text: Substring, isLast: Bool) -> [UInt8]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if isLast, index == parts.count - 1, part.contains(".") {
                guard let four = version4(part) else { return nil }
                bytes += four
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ $0 != 0x2B && $0 != 0x2D }),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
            }
        }
        return bytes
    }
}

/// The addresses that begin with the same bits, in the notation of RFC 4632: `10.0.0.0/8`, `fd00::/8`.
public struct Network: Hashable, Sendable, CustomStringConvertible {
    /// Its first address.
    public let first: NetworkAddress
    /// How many bits its addresses share.
    public let bits: Int
    /// The text it was read from.
    public let description: String

    /// Reads an address, a slash and a number of bits, or an address alone, which is a network of one.
    ///
    /// Nil for what is neither, and for an address with bits after those that are shared (`10.0.0.1/8`).
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = NetworkAddress(parts[0]) else { return nil }
        let all = first.bytes.count * 8
        guard let bits = parts.count == 1 ? all : Int(parts[1]), (0...all).contains(bits),
            parts.count == 1 || String(bits) == parts[1]
        else { return nil }
        guard Self.masked(first.bytes, bits) == first.bytes else { return nil }
        self.first = first
        self.bits = bits
        description = text
    }

    /// A network that is written in the source.
    init(literal text: String) {
        guard let network = Network(text) else { preconditionFailure("\(text) is no network") }
        self = network
    }

    /// Whether it is a single address.
    public var isSingle: Bool { bits == first.bytes.count * 8 }

    /// Whether an address of the same version lies in it.
    public func contains(_ address: NetworkAddress) -> Bool {
        guard address.bytes.count == first.bytes.count else { return false }
        return first.bytes.indices.allSatisfy { place in
            (address.bytes[place] ^ first.bytes[place]) & Self.mask(bits, place) == 0
        }
    }

    /// The bits of one byte that are among the first `bits` of an address.
    private static func mask(_ bits: Int, _ place: Int) -> UInt8 {
        ~(UInt8.max >> UInt8(min(8, max(0, bits - place * 8))))
    }

    private static func masked(_ bytes: [UInt8], _ bits: Int) -> [UInt8] {
        bytes.enumerated().map { $1 & mask(bits, $0) }
    }
}
