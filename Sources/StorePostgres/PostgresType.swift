import Store

/// The types of PostgreSQL that the common SQL text uses, in their binary form.
enum PostgresType: UInt32 {
    case boolean = 16
    case bytes = 17
    case int64 = 20
    case int16 = 21
    case int32 = 23
    case text = 25
    case varchar = 1043
    case name = 19
    /// What `sum` of 64-bit integers gives.
    case numeric = 1700

    /// The type to declare for a parameter, 0 when PostgreSQL is to infer it.
    static func declared(for value: SQLValue) -> UInt32 {
        switch value {
        case .null: 0
        case .integer: PostgresType.int64.rawValue
        case .text: PostgresType.text.rawValue
        case .bytes: PostgresType.bytes.rawValue
        }
    }

    /// Appends the binary form of a value for a parameter of this type; false when the value does not fit it.
    func append(_ value: SQLValue, to buffer: inout [UInt8]) -> Bool {
        switch (value, self) {
        case (.integer(let value), .int64):
            Self.append(value, to: &buffer)
        case (.integer(let value), .int32):
            guard let value = Int32(exactly: value) else { return false }
            Self.append(value, to: &buffer)
        case (.integer(let value), .int16):
            guard let value = Int16(exactly: value) else { return false }
            Self.append(value, to: &buffer)
        case (.integer(let value), .boolean):
            buffer.append(value == 0 ? 0 : 1)
        case (.text(let value), .text), (.text(let value), .varchar), (.text(let value), .name),
            (.text(let value), .bytes):
            buffer.append(contentsOf: value.utf8)
        case (.bytes(let value), .bytes), (.bytes(let value), .text), (.bytes(let value), .varchar):
            buffer.append(contentsOf: value)
        case (.null, _), (.integer, _), (.text, _), (.bytes, _):
            return false
        }
        return true
    }

    /// The integer that the binary form holds; 0 when it holds none.
    func integer(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        switch self {
        case .boolean, .int16, .int32, .int64:
            guard let first = unsafe bytes.first else { return 0 }
            let sign: Int64 = self != .boolean && first >= 0x80 ? -1 : 0
            return unsafe bytes.reduce(sign) { $0 << 8 | Int64($1) }
        case .numeric:
            return unsafe Self.whole(bytes)
        case .text, .varchar, .name, .bytes:
            return unsafe Int64(String(decoding: bytes, as: UTF8.self)) ?? 0
        }
    }

    /// The whole part of a `numeric`, which is four 16-bit fields and then digits of base 10 000; 0 if it overflows.
    private static func whole(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        func field(_ index: Int) -> Int64 {
            guard bytes.count >= 2 * index + 2 else { return 0 }
            return unsafe Int64(Int16(bitPattern: UInt16(bytes[2 * index]) << 8 | UInt16(bytes[2 * index + 1])))
        }
        let (count, weight, sign) = (field(0), field(1), field(2))
        guard (0...4).contains(weight) else { return 0 }
        var value: Int64 = 0
        for place in 0...weight {
            let digit = place < count ? field(4 + Int(place)) : 0
            let (shifted, isOver) = value.multipliedReportingOverflow(by: 10_000)
            let (sum, isSumOver) = shifted.subtractingReportingOverflow(digit)  // Negative: reaches `Int64.min`.
            guard !isOver, !isSumOver else { return 0 }
            value = sum
        }
        if sign != 0 { return value }
        return value == .min ? 0 : -value
    }

    private static func append(_ value: some FixedWidthInteger, to buffer: inout [UInt8]) {
        for shift in stride(from: type(of: value).bitWidth - 8, through: 0, by: -8) {
            buffer.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
