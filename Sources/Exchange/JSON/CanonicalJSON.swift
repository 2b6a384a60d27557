extension JSON.Value {
    /// The canonical form of RFC 8785: the same for all texts of the same value.
    public func canonical() -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(range.count)
        append(to: &output)
        return output
    }

    private func append(to output: inout [UInt8]) {
        switch kind {
        case .null, .boolean: output += document.bytes[range]
        case .number: appendNumber(to: &output)
        case .string: document.appendCanonicalString(at: place, to: &output)
        case .array:
            output.append(UInt8(ascii: "["))
            for (place, element) in elements.enumerated() {
                if place > 0 { output.append(UInt8(ascii: ",")) }
                element.append(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object:
            output.append(UInt8(ascii: "{"))
            for (place, key) in sortedKeys.enumerated() {
                if place > 0 { output.append(UInt8(ascii: ",")) }
                document.appendCanonicalString(at: key, to: &output)
                output.append(UInt8(ascii: ":"))
                JSON.Value(document: document, place: key + 1).append(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    /// The places of an object's keys, by the UTF-16 code units of the keys (RFC 8785 §3.2.3).
    private var sortedKeys: [Int] {
        var keys: [Int] = []
        keys.reserveCapacity(count)
        var isEscaped = false
        var place = place + 1
        for _ in 0..<count {
            keys.append(place)
            isEscaped = isEscaped || document.tape[place].isEscaped
            place = Int(document.tape[place + 1].next)
        }
        guard isEscaped else {
            let (bytes, tape) = (document.bytes, document.tape)
            func inner(_ place: Int) -> Range<Int> { Int(tape[place].start) + 1..<Int(tape[place].end) - 1 }
            keys.sort { UTF16Order.precedes(inner($0), inner($1), in: bytes) }
            return keys
        }
        return keys.map { ($0, document.decodedString(at: $0)) }
            .sorted { UTF16Order.precedes($0.1, $1.1) }
            .map { $0.0 }
    }

    private func appendNumber(to output: inout [UInt8]) {
        let text = document.bytes[range]
        if text.count <= 15, text.allSatisfy({ (48...57).contains($0) }) {
            output += text  // A short integer is its own canonical form.
        } else {
            output += CanonicalNumber.text(double ?? 0).utf8
        }
    }
}

extension JSON {
    /// A string without escapes is its own canonical form: whatever must be escaped, was refused without.
    fileprivate func appendCanonicalString(at place: Int, to output: inout [UInt8]) {
        let node = tape[place]
        if node.isEscaped {
            JSONString.append(decodedString(at: place), to: &output)
        } else {
            output += bytes[Int(node.start)..<Int(node.end)]
        }
    }
}

/// The order of UTF-16 code units on UTF-8.
///
/// It is that of the bytes, but that scalars above U+FFFF (lead bytes f0 to f4) come before U+E000 to U+FFFF (ee, ef).
enum UTF16Order {
    static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        precedes(0..<left.count, left.count..<left.count + right.count, in: left + right)
    }

    /// The same of two ranges of one text.
    static func precedes(_ left: Range<Int>, _ right: Range<Int>, in bytes: [UInt8]) -> Bool {
        for offset in 0..<min(left.count, right.count) {
            let (one, other) = (bytes[left.lowerBound + offset], bytes[right.lowerBound + offset])
            if one != other { return weight(one) < weight(other) }
        }
        return left.count < right.count
    }

    private static func weight(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0xee, 0xef: byte + 5
        case 0xf0...0xf4: byte - 2
        default: byte
        }
    }
}

/// Numbers as ECMAScript writes them (RFC 8785 §3.2.2.3), from Swift's shortest digits that read back the same.
enum CanonicalNumber {
    static func text(_ value: Double) -> String {
        guard value != 0 else { return "0" }
        let sign = value < 0 ? "-" : ""
        let (digits, point) = digits(of: abs(value))
        let count = digits.count
        if count <= point, point <= 21 { return sign + digits + String(repeating: "0", count: point - count) }
        if 0 < point, point <= 21 { return sign + digits.prefix(point) + "." + digits.dropFirst(point) }
        if -6 < point, point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        let exponent = point - 1
        let mantissa = digits.prefix(1) + (count > 1 ? "." + digits.dropFirst() : "")
        return sign + mantissa + "e" + (exponent < 0 ? "-" : "+") + String(abs(exponent))
    }

    /// The significant digits, and where the decimal point stands in them: 12.5 is ("125", 2).
    private static func digits(of value: Double) -> (String, Int) {
        let parts = "\(value)".split(separator: "e")
        let mantissa = parts[0].split(separator: ".")
        let whole = String(mantissa[0])
        let fraction = mantissa.count > 1 && mantissa[1] != "0" ? String(mantissa[1]) : ""
        var digits = whole + fraction
        var point = whole.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        while digits.hasPrefix("0"), digits.count > 1 {
            digits.removeFirst()
            point -= 1
        }
        while digits.hasSuffix("0"), digits.count > 1 { digits.removeLast() }
        return (digits, point)
    }
}
