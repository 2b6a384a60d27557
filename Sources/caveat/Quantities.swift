import ArgumentParser
import Exchange

// Times, durations and counts as they are typed; each error says what one looks like.

/// Reads a time: RFC 3339.
func readTime(_ text: String) throws -> Timestamp {
    do throws(TimestampFault) {
        return try Timestamp(parsing: text)
    } catch {
        throw ValidationError(error.rule)
    }
}

/// Reads a duration of 100 ms or longer.
func readInterval(_ text: String) throws -> Duration {
    let digits = text.prefix { ("0"..."9").contains($0) }
    let units: [Substring: Duration] = [
        "ms": .milliseconds(1), "s": .seconds(1), "m": .seconds(60), "h": .seconds(3_600),
    ]
    guard let count = Int(digits), count <= 1_000_000, let unit = units[text.dropFirst(digits.count)],
        unit * count >= .milliseconds(100)
    else {
        throw ValidationError("must be a number and ms, s, m or h, at least 100ms, such as 500ms, 5s, 2m or 1h")
    }
    return unit * count
}

/// Reads a count of one or more.
func readCount(_ text: String) throws -> Int {
    guard let count = Int(text), count > 0 else {
        throw ValidationError("must be a whole number from 1 on, such as 20")
    }
    return count
}

/// Reads a schedule in whole seconds: a number and s, m, h or d.
func readSchedule(_ text: String) throws -> Int64 {
    let digits = text.prefix { ("0"..."9").contains($0) }
    let units: [Substring: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    guard let count = Int64(digits), count <= 1_000_000, let unit = units[text.dropFirst(digits.count)] else {
        throw ValidationError("must be a number and s, m, h or d, such as 5m, 6h or 1d")
    }
    return count * unit
}
