/// Why a text is no time that the exchange takes.
public struct TimestampFault: Error, Hashable, CustomStringConvertible, Sendable {
    /// What must hold.
    public let rule: String
    /// The same, for people to read.
    public var description: String { rule }
}

/// An instant: nanoseconds since 1970-01-01T00:00:00Z, in the years 1678 to 2261.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The years that can be told whole.
    public static let years = 1678...2261

    /// Since 1970-01-01T00:00:00Z.
    public let nanoseconds: Int64

    /// Takes the count.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Saturates outside the years that can be told.
    public init(microseconds: Int64) {
        let limit = Int64.max / 1_000
        nanoseconds = min(max(microseconds, -limit), limit) * 1_000
    }

    /// Whole microseconds, rounded down.
    public var microseconds: Int64 {
        let quotient = nanoseconds / 1_000
        return nanoseconds % 1_000 < 0 ? quotient - 1 : quotient
    }

    /// Reads RFC 3339: 0 to 9 digits of fraction, `Z` or an offset, either case.
    public init(parsing text: String) throws(TimestampFault) {
        var reader = TimestampReader(Array(text.utf8))
        guard let nanoseconds = try reader.nanoseconds() else {
            throw TimestampFault(rule: "must lie in the years \(Self.years.lowerBound) to \(Self.years.upperBound)")
        }
        self.nanoseconds = nanoseconds
    }

    /// Reads RFC 3339 of any year: an instant beyond those that can be told becomes the nearest that can.
    public init(clamping text: String) throws(TimestampFault) {
        var reader = TimestampReader(Array(text.utf8))
        nanoseconds = try reader.nanoseconds() ?? (text < "1970" ? -.max : .max)
    }

    /// The instant so much later; negative durations go back.
    public func advanced(by duration: Duration) -> Timestamp {
        let parts = duration.components
        let step = parts.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let sum = nanoseconds.addingReportingOverflow(
            step.overflow ? (parts.seconds < 0 ? .min : .max) : step.partialValue + parts.attoseconds / 1_000_000_000
        )
        return Timestamp(nanoseconds: sum.overflow ? (parts.seconds < 0 ? .min : .max) : sum.partialValue)
    }

    /// `YYYY-MM-DDTHH:MM:SS.ssssssZ`: always six digits and `Z` (TAXII 2.1 §2).
    public var text: String {
        let micros = microseconds
        var days = micros / 86_400_000_000
        var rest = micros % 86_400_000_000
        if rest < 0 {
            days -= 1
            rest += 86_400_000_000
        }
        let (year, month, day) = Self.date(days: days)
        var output: [UInt8] = []
        output.reserveCapacity(27)
        func put(_ number: Int64, _ width: Int, _ end: Character) {
            var divisor: Int64 = 1
            for _ in 1..<width { divisor *= 10 }
            while divisor > 0 {
                output.append(UInt8(48 + number / divisor % 10))
                divisor /= 10
            }
            output.append(contentsOf: end.utf8)
        }
        put(year, 4, "-")
        put(month, 2, "-")
        put(day, 2, "T")
        put(rest / 3_600_000_000, 2, ":")
        put(rest / 60_000_000 % 60, 2, ":")
        put(rest / 1_000_000 % 60, 2, ".")
        put(rest % 1_000_000, 6, "Z")
        return String(decoding: output, as: UTF8.self)
    }

    /// The day in UTC that it lies in: `YYYY-MM-DD`.
    public var date: String { String(text.prefix(10)) }

    /// The day in UTC that it lies in.
    var calendarDay: (year: Int64, month: Int64, day: Int64) {
        let days = nanoseconds / 86_400_000_000_000
        return Self.date(days: nanoseconds % 86_400_000_000_000 < 0 ? days - 1 : days)
    }

    /// The same, for people to read.
    public var description: String { text }

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Days since 1970 of a date in the proleptic Gregorian calendar.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * part + 2) / 5 + 1)
    }
}

extension Timestamp {
    /// How many days a month has.
    public static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// Reads RFC 3339 §5.6 from bytes.
private struct TimestampReader {
    let bytes: [UInt8]
    var index = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The instant; nil when its year is beyond those that a `Timestamp` can tell.
    mutating func nanoseconds() throws(TimestampFault) -> Int64? {
        let year = try number(4)
        try expect("-")
        let month = try number(2)
        try expect("-")
        let day = try number(2)
        try expect("Tt")
        let hour = try number(2)
        try expect(":")
        let minute = try number(2)
        try expect(":")
        let second = try number(2)
        let fraction = try fraction()
        let offset = try offset()
        guard index == bytes.count else { throw Self.form }
        guard (1...12).contains(month), day >= 1, day <= Timestamp.days(in: month, of: year) else {
            throw TimestampFault(rule: "must be a date that the calendar has")
        }
        guard hour < 24, minute < 60, second < 60 else {
            throw TimestampFault(
                rule: "must be a time of day up to 23:59:59; a leap second is written as the second before"
            )
        }
        guard Timestamp.years.contains(Int(year)) else { return nil }
        let days = Timestamp.days(year: year, month: month, day: day)
        return (days * 86_400 + hour * 3_600 + minute * 60 + second - offset * 60) * 1_000_000_000 + fraction
    }

    private static let form = TimestampFault(rule: "must be a time of RFC 3339 such as 2026-11-24T12:00:00.000000Z")

    private mutating func number(_ digits: Int) throws(TimestampFault) -> Int64 {
        guard index + digits <= bytes.count else { throw Self.form }
        var value: Int64 = 0
        for byte in bytes[index..<index + digits] {
            guard (48...57).contains(byte) else { throw Self.form }
            value = value * 10 + Int64(byte - 48)
        }
        index += digits
        return value
    }

    private mutating func expect(_ characters: String) throws(TimestampFault) {
        guard index < bytes.count, characters.utf8.contains(bytes[index]) else { throw Self.form }
        index += 1
    }

    private mutating func fraction() throws(TimestampFault) -> Int64 {
        guard index < bytes.count, bytes[index] == UInt8(ascii: ".") else { return 0 }
        index += 1
        let start = index
        while index < bytes.count, (48...57).contains(bytes[index]) { index += 1 }
        guard (1...9).contains(index - start) else {
            throw TimestampFault(rule: "must have 1 to 9 digits after the point")
        }
        var value: Int64 = 0
        for place in start..<start + 9 { value = value * 10 + (place < index ? Int64(bytes[place] - 48) : 0) }
        return value
    }

    /// Minutes east of UTC.
    private mutating func offset() throws(TimestampFault) -> Int64 {
        guard index < bytes.count else { throw Self.form }
        let sign = bytes[index]
        index += 1
        switch sign {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): return 0
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            let hours = try number(2)
            try expect(":")
            let minutes = try number(2)
            guard hours < 24, minutes < 60 else { throw Self.form }
            return (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
        default: throw Self.form
        }
    }
}
