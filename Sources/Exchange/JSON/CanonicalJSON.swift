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
        case .string: JSONString.append(document.decodedString(at: place), to: &output)
        case .array:
            output.append(UInt8(ascii: "["))
            for (place, element) in elements.enumerated() {
                if place > 0 { output.append(UInt8(ascii: ",")) }
                element.append(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object:
            output.append(UInt8(ascii: "{"))
            for (place, member) in sortedMembers.enumerated() {
                if place > 0 { output.append(UInt8(ascii: ",")) }
                JSONString.append(member.key, to: &output)
                output.append(UInt8(ascii: ":"))
                member.value.append(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    /// By the UTF-16 code units of their keys (RFC 8785 §3.2.3), which for keys of ASCII is the order of their bytes.
    private var sortedMembers: [(key: [UInt8], value: JSON.Value)] {
        var members: [(key: [UInt8], value: JSON.Value)] = []
        members.reserveCapacity(count)
        var isASCII = true
        var place = place + 1
        for _ in 0..<count {
            let key = document.decodedString(at: place)
            isASCII = isASCII && key.allSatisfy { $0 < 0x80 }
            members.append((key, JSON.Value(document: document, place: place + 1)))
            place = Int(document.tape[place + 1].next)
        }
        if isASCII {
            members.sort { $0.key.lexicographicallyPrecedes($1.key) }
        } else {
            let units = members.map { Array(String(decoding: $0.key, as: UTF8.self).utf16) }
            let order = units.indices.sorted { units[$0].lexicographicallyPrecedes(units[$1]) }
            members = order.map { members[$0] }
        }
        return members
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
