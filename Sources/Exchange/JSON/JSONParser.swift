/// Reads bytes into a tape, and refuses whatever RFC 8259 or RFC 7493 refuse.
struct JSONParser {
    private let bytes: [UInt8]
    private let depthMax: Int
    private let isolatesElements: Bool
    private var index = 0
    private(set) var tape: [JSON.Node] = []
    /// What is wrong with the elements that were passed over, by their places on the tape, where each is a null.
    private(set) var faults: [Int: JSONFault] = [:]

    init(_ bytes: [UInt8], _ limits: JSON.Limits) {
        self.bytes = bytes
        depthMax = limits.depthMax
        isolatesElements = limits.isolatesElements
        tape.reserveCapacity(bytes.count / 12 + 4)
    }

    mutating func parse() throws(JSONFault) {
        guard bytes.count < Int(Int32.max) else { throw fault(.tooLong) }
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { throw fault(.byteOrderMark) }
        skipSpace()
        guard index < bytes.count else { throw fault(.empty) }
        try value(depth: 1)
        skipSpace()
        guard index == bytes.count else { throw fault(.trailing) }
    }

    private mutating func value(depth: Int) throws(JSONFault) {
        guard index < bytes.count else { throw fault(.syntax) }
        switch bytes[index] {
        case UInt8(ascii: "{"): try object(depth)
        case UInt8(ascii: "["): try array(depth)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try word("true", .boolean)
        case UInt8(ascii: "f"): try word("false", .boolean)
        case UInt8(ascii: "n"): try word("null", .null)
        default: try number()
        }
    }

    // MARK: Objects and lists

    private mutating func object(_ depth: Int) throws(JSONFault) {
        let place = try open(.object, depth)
        var keys: [Int] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return close(place, count: 0) }
        while true {
            skipSpace()
            keys.append(tape.count)
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw fault(.syntax) }
            try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault(.syntax) }
            skipSpace()
            try value(depth: depth + 1)
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { throw fault(.syntax) }
            break
        }
        try checkKeys(keys)
        close(place, count: keys.count)
    }

    private mutating func array(_ depth: Int) throws(JSONFault) {
        let place = try open(.array, depth)
        var count = 0
        skipSpace()
        if take(UInt8(ascii: "]")) { return close(place, count: 0) }
        while true {
            skipSpace()
            try element(depth + 1)
            count += 1
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { throw fault(.syntax) }
            return close(place, count: count)
        }
    }

    /// One element of a list; where elements are isolated, one that breaks a rule beyond JSON's grammar is passed over.
    private mutating func element(_ depth: Int) throws(JSONFault) {
        guard isolatesElements, depth == JSON.isolatedDepth else { return try value(depth: depth) }
        let (start, place) = (index, tape.count)
        do {
            try value(depth: depth)
        } catch  where error.rule.leavesStructure {
            index = start
            guard passOver() else { throw error }
            tape.removeSubrange(place...)
            tape.append(JSON.Node(kind: .null, start: Int32(start), end: Int32(index), next: Int32(place + 1)))
            faults[place] = error
        }
    }

    /// Moves behind the value that begins here, by its brackets and quotation marks alone; false when it has no end.
    private mutating func passOver() -> Bool {
        var open = 0
        var isInString = false
        while index < bytes.count {
            let byte = bytes[index]
            if isInString {
                if byte == UInt8(ascii: "\\") { index += 1 }
                if byte == UInt8(ascii: "\"") { isInString = false }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): open += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if open == 0 { return true }  // The end of the list.
                    open -= 1
                case UInt8(ascii: ","):
                    if open == 0 { return true }
                default: break
                }
            }
            index += 1
        }
        return false
    }

    private mutating func open(_ kind: JSON.Kind, _ depth: Int) throws(JSONFault) -> Int {
        guard depth <= depthMax else { throw fault(.depth) }
        tape.append(JSON.Node(kind: kind, start: Int32(index), end: 0, next: 0))
        index += 1
        return tape.count - 1
    }

    private mutating func close(_ place: Int, count: Int) {
        tape[place].end = Int32(index)
        tape[place].next = Int32(tape.count)
        tape[place].count = Int32(count)
    }

    /// Few keys are compared pair by pair, many through a set whose hashes nobody can foresee.
    private func checkKeys(_ keys: [Int]) throws(JSONFault) {
        guard keys.count > 1 else { return }
        let isEscaped = keys.contains { tape[$0].isEscaped }
        if keys.count <= 24, !isEscaped {
            for (place, key) in keys.enumerated() {
                for other in keys[..<place] where isSame(tape[key], tape[other]) { throw doubled(key) }
            }
            return
        }
        var seen: Set<[UInt8]> = []
        for key in keys {
            let node = tape[key]
            let inner = bytes[Int(node.start) + 1..<Int(node.end) - 1]
            let decoded = node.isEscaped ? JSONString.unescaped(inner) : Array(inner)
            guard seen.insert(decoded).inserted else { throw doubled(key) }
        }
    }

    private func isSame(_ left: JSON.Node, _ right: JSON.Node) -> Bool {
        let count = Int(left.end - left.start)
        guard count == Int(right.end - right.start) else { return false }
        for offset in 0..<count where bytes[Int(left.start) + offset] != bytes[Int(right.start) + offset] {
            return false
        }
        return true
    }

    @inline(never)
    private func doubled(_ key: Int) -> JSONFault {
        let path = JSONPath.text(to: key, from: 0, tape, bytes)
        return JSONFault(.doubledKey, at: Int(tape[key].start), in: path)
    }

    // MARK: Strings

    private mutating func string() throws(JSONFault) {
        let start = index
        var isEscaped = false
        index += 1
        while true {
            guard index < bytes.count else { throw fault(.syntax) }
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                tape.append(
                    JSON.Node(
                        kind: .string,
                        isEscaped: isEscaped,
                        start: Int32(start),
                        end: Int32(index),
                        next: Int32(tape.count + 1)
                    )
                )
                return
            case UInt8(ascii: "\\"):
                isEscaped = true
                try escape()
            case 0: throw fault(.null)
            case 1..<0x20: throw fault(.control)
            case 0x80...: try scalar(byte)
            default: index += 1
            }
        }
    }

    private mutating func escape() throws(JSONFault) {
        guard index + 1 < bytes.count else { throw fault(.syntax) }
        switch bytes[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            index += 2
        case UInt8(ascii: "u"):
            let unit = try codeUnit(at: index)
            switch unit {
            case 0: throw fault(.null)
            case 0xd800..<0xdc00:
                guard index + 7 < bytes.count, bytes[index + 6] == UInt8(ascii: "\\"),
                    bytes[index + 7] == UInt8(ascii: "u"), (0xdc00..<0xe000).contains(try codeUnit(at: index + 6))
                else { throw fault(.surrogate) }
                index += 12
            case 0xdc00..<0xe000: throw fault(.surrogate)
            default: index += 6
            }
        default: throw fault(.escape)
        }
    }

    /// The code unit of `\uXXXX` at `start`.
    private func codeUnit(at start: Int) throws(JSONFault) -> UInt32 {
        guard start + 6 <= bytes.count, let unit = JSONString.hexadecimal(bytes[start + 2..<start + 6]) else {
            throw fault(.escape, at: start)
        }
        return unit
    }

    /// One scalar of more than one byte (RFC 3629 §4): no overlong form, no surrogate, nothing above U+10FFFF.
    private mutating func scalar(_ lead: UInt8) throws(JSONFault) {
        let length: Int
        let second: ClosedRange<UInt8>
        switch lead {
        case 0xc2...0xdf: (length, second) = (2, 0x80...0xbf)
        case 0xe0: (length, second) = (3, 0xa0...0xbf)
        case 0xe1...0xec, 0xee, 0xef: (length, second) = (3, 0x80...0xbf)
        case 0xed: (length, second) = (3, 0x80...0x9f)
        case 0xf0: (length, second) = (4, 0x90...0xbf)
        case 0xf1...0xf3: (length, second) = (4, 0x80...0xbf)
        case 0xf4: (length, second) = (4, 0x80...0x8f)
        default: throw fault(.utf8)
        }
        guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { throw fault(.utf8) }
        for offset in 2..<max(2, length) where bytes[index + offset] & 0xc0 != 0x80 { throw fault(.utf8) }
        index += length
    }

    // MARK: Numbers and words

    private mutating func number() throws(JSONFault) {
        let start = index
        if index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
        let whole = index
        let digits = skipDigits()
        guard digits == 1 || (digits > 1 && bytes[whole] != UInt8(ascii: "0")) else {
            throw fault(digits == 0 && start == whole ? .syntax : .number, at: start)
        }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            guard skipDigits() > 0 else { throw fault(.number) }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard skipDigits() > 0 else { throw fault(.number) }
        }
        try checkNumber(start, isInteger)
        tape.append(
            JSON.Node(kind: .number, start: Int32(start), end: Int32(index), next: Int32(tape.count + 1))
        )
    }

    private func checkNumber(_ start: Int, _ isInteger: Bool) throws(JSONFault) {
        guard index - start <= JSON.numberBytesMax else { throw fault(.longNumber, at: start) }
        if isInteger, index - start <= 15 { return }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isInteger {
            guard let integer = Int64(text), (-JSON.integerMax...JSON.integerMax).contains(integer) else {
                throw fault(.integer, at: start)
            }
        } else {
            guard let double = Double(text), double.isFinite else { throw fault(.infinite, at: start) }
        }
    }

    private mutating func skipDigits() -> Int {
        let start = index
        while index < bytes.count, (48...57).contains(bytes[index]) { index += 1 }
        return index - start
    }

    private mutating func word(_ word: StaticString, _ kind: JSON.Kind) throws(JSONFault) {
        let start = index
        let isThere = word.withUTF8Buffer { unsafe bytes[start...].starts(with: $0) }
        guard isThere else { throw fault(.syntax) }
        index += word.utf8CodeUnitCount
        tape.append(
            JSON.Node(kind: kind, start: Int32(start), end: Int32(index), next: Int32(tape.count + 1))
        )
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0a, 0x0d, 0x09: index += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    @inline(never)
    private func fault(_ rule: JSONFault.Rule, at offset: Int? = nil) -> JSONFault {
        let path = JSONPath.text(to: tape.count, from: 0, tape, bytes)
        return JSONFault(rule, at: offset ?? index, in: path)
    }
}
