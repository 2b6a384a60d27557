/// The escapes of JSON strings (RFC 8259 §7).
enum JSONString {
    /// A checked string's inner bytes with their escapes undone.
    static func unescaped(_ inner: ArraySlice<UInt8>) -> [UInt8] {
        var plain: [UInt8] = []
        plain.reserveCapacity(inner.count)
        var index = inner.startIndex
        while index < inner.endIndex {
            let byte = inner[index]
            guard byte == UInt8(ascii: "\\") else {
                plain.append(byte)
                index += 1
                continue
            }
            switch inner[index + 1] {
            case UInt8(ascii: "b"): plain.append(8)
            case UInt8(ascii: "t"): plain.append(9)
            case UInt8(ascii: "n"): plain.append(10)
            case UInt8(ascii: "f"): plain.append(12)
            case UInt8(ascii: "r"): plain.append(13)
            case UInt8(ascii: "u"):
                index += append(inner, at: index, to: &plain)
                continue
            case let other: plain.append(other)
            }
            index += 2
        }
        return plain
    }

    /// Appends the scalar of `\uXXXX`, or of a pair of them.
    /// - Returns: how many bytes the escape has.
    private static func append(_ inner: ArraySlice<UInt8>, at index: Int, to plain: inout [UInt8]) -> Int {
        let unit = hexadecimal(inner[index + 2..<index + 6]) ?? 0xfffd
        guard (0xd800..<0xdc00).contains(unit) else {
            plain.append(contentsOf: String(Unicode.Scalar(unit) ?? "\u{fffd}").utf8)
            return 6
        }
        let low = hexadecimal(inner[index + 8..<index + 12]) ?? 0xdc00
        let scalar = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
        plain.append(contentsOf: String(Unicode.Scalar(scalar) ?? "\u{fffd}").utf8)
        return 12
    }

    /// Four hexadecimal digits; nil for anything else.
    static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt32? {
        var value: UInt32 = 0
        for digit in digits {
            switch digit {
            case 48...57: value = value << 4 | UInt32(digit - 48)
            case 65...70: value = value << 4 | UInt32(digit - 55)
            case 97...102: value = value << 4 | UInt32(digit - 87)
            default: return nil
            }
        }
        return value
    }

    /// Appends a string with its quotation marks, escaped as RFC 8785 §3.2.2.2 has it.
    static func append(_ plain: some Collection<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        guard plain.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
            output += plain
            output.append(UInt8(ascii: "\""))
            return
        }
        for byte in plain {
            switch byte {
            case UInt8(ascii: "\""): output += [UInt8(ascii: "\\"), UInt8(ascii: "\"")]
            case UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), UInt8(ascii: "\\")]
            case 8: output += [UInt8(ascii: "\\"), UInt8(ascii: "b")]
            case 9: output += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
            case 10: output += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case 12: output += [UInt8(ascii: "\\"), UInt8(ascii: "f")]
            case 13: output += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
            case 0..<0x20: output += Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}

extension JSON {
    /// Appends a text as a JSON string, with its quotation marks.
    public static func append(_ text: String, to output: inout [UInt8]) {
        JSONString.append(text.utf8, to: &output)
    }
}
