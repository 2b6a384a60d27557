import Exchange
import TestSupport
import Testing

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "are read from RFC 3339 and written with six digits",
        arguments: [
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"),
            ("2026-11-24t12:34:56.7z", "2026-11-24T12:34:56.700000Z"),
            ("2026-11-24T12:34:56.123456789Z", "2026-11-24T12:34:56.123456Z"),
            ("2026-11-24T12:34:56+02:30", "2026-11-24T10:04:56.000000Z"),
            ("2024-02-29T23:59:59-00:30", "2024-03-01T00:29:59.000000Z"),
            ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
            ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000000Z"),
        ]
    )
    func read(text: String, expected: String) throws {
        #expect(try Timestamp(parsing: text).text == expected)
    }

    @Test(
        "are refused where the form or the calendar is broken",
        arguments: [
            "", "2026", "2026-11-24", "2026-11-24 12:00:00Z", "2026-11-24T12:00:00", "2026-13-01T00:00:00Z",
            "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-11-31T00:00:00Z", "2026-11-24T24:00:00Z",
            "2026-11-24T12:60:00Z", "2026-11-24T12:00:60Z", "2026-11-24T12:00:00.Z", "2026-11-24T12:00:00.1234567890Z",
            "2026-11-24T12:00:00+2:00", "2026-11-24T12:00:00Zx", "9999-01-01T00:00:00Z", "-026-11-24T12:00:00Z",
        ]
    )
    func refused(text: String) {
        #expect(throws: TimestampFault.self) { try Timestamp(parsing: text) }
    }

    @Test("of any year have a nearest instant")
    func clamping() throws {
        #expect(try Timestamp(clamping: "9999-12-31T23:59:59Z").nanoseconds == .max)
        #expect(try Timestamp(clamping: "0001-01-01T00:00:00Z").nanoseconds == -.max)
    }

    @Test("come back the same from their text", arguments: UInt64(0)..<200)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let time = Timestamp(microseconds: .random(in: -9_000_000_000_000_000...9_000_000_000_000_000, using: &random))
        #expect(try Timestamp(parsing: time.text) == time)
        #expect(try Timestamp(parsing: time.advanced(by: .seconds(1)).text) > time)
    }

    @Test("give ticks that never repeat and never go back")
    func ticks() {
        let now = Timestamp(microseconds: 1_000)
        let first = Tick.zero.next(at: now)
        #expect(first.microseconds == 1_000)
        #expect(first.next(at: now).microseconds == 1_001)
        #expect(first.next(at: Timestamp(microseconds: 500)).microseconds == 1_001)
        #expect(first.next(at: Timestamp(microseconds: 9_000)).microseconds == 9_000)
    }
}
