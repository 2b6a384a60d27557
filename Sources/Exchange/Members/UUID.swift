public import Foundation

extension UUID {
    /// A UUID of 16 bytes, of which the version and the variant are set as RFC 9562 §4 has them.
    public init(_ bytes: some Sequence<UInt8>, version: UInt8) {
        var words = [0, 0] as [UInt64]
        var count = 0
        for byte in bytes.prefix(16) {
            words[count / 8] = words[count / 8] << 8 | UInt64(byte)
            count += 1
        }
        precondition(count == 16, "a UUID has 16 bytes")
        self.init(words[0], words[1], version: version)
    }

    /// A UUID of its first and its last 64 bits, of which the version and the variant are set.
    public init(_ high: UInt64, _ low: UInt64, version: UInt8) {
        self.init(high & ~0xf000 | UInt64(version) << 12, low & ~(3 << 62) | 2 << 62)
    }

    /// Reads 36 characters with digits in either case (RFC 9562 §4); nil for anything else.
    ///
    /// Foundation's own reader and writer go through C's scanf and printf, at a microsecond each.
    public init?(utf8 text: some Sequence<UInt8>) {
        var words = [0, 0] as [UInt64]
        var place = 0
        var digits = 0
        for byte in text {
            switch (place, byte) {
            case (8, 0x2d), (13, 0x2d), (18, 0x2d), (23, 0x2d): break
            case (8, _), (13, _), (18, _), (23, _), (36..., _): return nil
            default:
                let digit: UInt8
                switch byte {
                case 0x30...0x39: digit = byte - 0x30
                case 0x41...0x46, 0x61...0x66: digit = byte & 0x0f + 9
                default: return nil
                }
                words[digits / 16] = words[digits / 16] << 4 | UInt64(digit)
                digits += 1
            }
            place += 1
        }
        guard place == 36 else { return nil }
        self.init(words[0], words[1])
    }

    private init(_ high: UInt64, _ low: UInt64) {
        func byte(_ word: UInt64, _ place: Int) -> UInt8 { UInt8(truncatingIfNeeded: word >> (56 - 8 * place)) }
        self.init(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4), byte(high, 5),
                byte(high, 6), byte(high, 7), byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3), byte(low, 4),
                byte(low, 5), byte(low, 6), byte(low, 7)
            )
        )
    }

    /// The 36 characters in lower case (RFC 9562 §4).
    public var text: String {
        let all = uuid
        let bytes: [16 of UInt8] = [
            all.0, all.1, all.2, all.3, all.4, all.5, all.6, all.7, all.8, all.9, all.10, all.11, all.12, all.13,
            all.14, all.15,
        ]
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
        return unsafe String(unsafeUninitializedCapacity: 36) { text in
            var count = 0
            for place in bytes.indices {
                if place == 4 || place == 6 || place == 8 || place == 10 {
                    unsafe text[count] = 0x2d
                    count += 1
                }
                unsafe text[count] = digit(bytes[place] >> 4)
                unsafe text[count + 1] = digit(bytes[place] & 0x0f)
                count += 2
            }
            return count
        }
    }
}
