/// A stretch of days at whose close contributions are posted.
public struct Epoch: Hashable, Sendable, CustomStringConvertible {
    /// Counts them, from 1.
    public let number: Int
    /// Its first day; days of a pool count from 0.
    public let opens: Int
    /// The first day after it: the one on which it is closed.
    public let closes: Int

    /// The first epoch of a pool.
    public init(first terms: ReciprocityTerms) {
        self.init(number: 1, opens: 0, closes: terms[.epochDays])
    }

    /// Puts it together from its parts.
    public init(number: Int, opens: Int, closes: Int) {
        precondition(opens < closes, "an epoch has days")
        self.number = number
        self.opens = opens
        self.closes = closes
    }

    /// The one after it, under the terms that are in force then.
    public func next(_ terms: ReciprocityTerms) -> Epoch {
        Epoch(number: number + 1, opens: closes, closes: closes + terms[.epochDays])
    }

    /// For people to read.
    public var description: String { "epoch \(number) (days \(opens) to \(closes - 1))" }
}

/// The days of a pool: the first begins when its ledger does.
public struct PoolDays: Hashable, Sendable {
    private static let nanoseconds: Int64 = 86_400_000_000_000

    /// When day 0 begins.
    public let start: Timestamp

    /// Takes the start.
    public init(start: Timestamp) {
        self.start = start
    }

    /// The day that an instant lies in.
    public func day(of time: Timestamp) -> Int {
        let elapsed = time.nanoseconds - start.nanoseconds
        let days = elapsed / Self.nanoseconds
        return Int(elapsed % Self.nanoseconds < 0 ? days - 1 : days)
    }

    /// The date in UTC on which a day begins: `YYYY-MM-DD`.
    public func date(of day: Int) -> String { start(of: day).date }

    /// When a day begins.
    public func start(of day: Int) -> Timestamp { start.advanced(by: .seconds(Int64(day) * 86_400)) }
}
