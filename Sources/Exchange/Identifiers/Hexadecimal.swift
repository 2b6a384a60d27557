extension Sequence<UInt8> {
    /// Two lower-case digits for each byte.
    public var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(2 * underestimatedCount)
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 0x0f)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Reads hexadecimal digits.
public enum Hex {
    /// The bytes; colons, as openssl writes them, are passed over.
    ///
    /// Nil for anything else.
    public static func bytes(of text: String) -> [UInt8]? {
        let digits = text.filter { $0 != ":" }.compactMap(\.hexDigitValue)
        guard digits.count == text.filter({ $0 != ":" }).count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }
}
