/// What an ownership group owes others for answers and has asked of them, as far as it may know: whether it may ask
/// more is decided by that alone.
///
/// Nobody is told whom a request to a pool was put to, or who was passed over. So one that is open counts as put to
/// everybody who did not answer it: nothing that is refused, or is not, tells who reads a pool.
public struct AskedLines: Hashable, Sendable {
    /// A request that is open and not overdue.
    public struct Open: Hashable, Sendable {
        /// How much it asks.
        public let weight: RequestWeight
        /// Whose member it named; nil where it is to a pool.
        public let responder: Name?
        /// Which groups answered it in time.
        public let answered: Set<Name>

        /// Puts it together from its parts.
        public init(_ weight: RequestWeight, of responder: Name?, answered: Set<Name> = []) {
            self.weight = weight
            self.responder = responder
            self.answered = answered
        }
    }

    /// What others owe it for answers, and below zero what it owes them, in request units.
    public let posted: [Name: Int64]
    /// What it has asked.
    public let open: [Open]

    /// Puts it together from its parts; without any nothing was ever asked.
    public init(posted: [Name: Int64] = [:], open: [Open] = []) {
        self.posted = posted
        self.open = open
    }

    /// How much it asks of pools, in request units.
    public func openToPools(_ terms: ReciprocityTerms) -> Int64 {
        open.reduce(0) { $0 + ($1.responder == nil ? $1.weight.units(terms) : 0) }
    }

    /// How much it asks of a group by its members' names, in request units.
    public func openByName(to other: Name, _ terms: ReciprocityTerms) -> Int64 {
        open.reduce(0) { $0 + ($1.responder == other ? $1.weight.units(terms) : 0) }
    }

    /// Whether as much more may be asked of a group.
    public func hasRoom(for weight: RequestWeight, towards other: Name, _ terms: ReciprocityTerms) -> Bool {
        let toPools = open.reduce(Int64(0)) { sum, request in
            request.responder == nil && !request.answered.contains(other) ? sum + request.weight.units(terms) : sum
        }
        let open = openByName(to: other, terms) + toPools
        return (posted[other] ?? 0) - open - weight.units(terms) >= -Int64(terms[.line])
    }

    /// Why no more is asked.
    /// - Parameter other: whose member was named; nil where it was to be put to a pool.
    func refusal(
        of weight: RequestWeight,
        towards other: Name?,
        at now: Timestamp,
        _ terms: ReciprocityTerms
    ) -> LineRefusal {
        let owed = posted.filter { $0.value < 0 && (other == nil || $0.key == other) }
        return LineRefusal(
            other: other,
            asked: weight.units(terms),
            line: Int64(terms[.line]),
            owed: owed.map { StatementSum(name: $0.key.text, amount: -$0.value) }
                .sorted { ($1.amount, $0.name) < ($0.amount, $1.name) },
            open: openToPools(terms) + (other.map { openByName(to: $0, terms) } ?? 0),
            nets: LineMonth(at: now).end
        )
    }
}

/// A request was refused, since its asker would owe more than its line holds: what it owes, and what to do.
public struct LineRefusal: Hashable, Sendable, CustomStringConvertible {
    /// How many groups that are owed are named, those that are owed most.
    static let namedMax = 5

    /// Whose member was named; nil for a pool.
    public let other: Name?
    /// What the request asks, in request units.
    public let asked: Int64
    /// How much one group may owe another.
    public let line: Int64
    /// What the asker's group owes whom, the most first.
    public let owed: [StatementSum]
    /// What it has asked, and what is neither answered nor over.
    public let open: Int64
    /// When debts in a circle are cancelled next.
    public let nets: Timestamp

    /// The rule, and the fix.
    public var description: String {
        let named = owed.prefix(Self.namedMax).map { "\($0.name) \($0.amount)" }.joined(separator: ", ")
        let more = owed.count > Self.namedMax ? " and \(owed.count - Self.namedMax) more" : ""
        let owes = owed.isEmpty ? "owes nothing" : "owes \(named)\(more)"
        let whom = other.map { "\($0)" } ?? "all whom it might be put to"
        let answers = other.map { "answer requests of \($0)" } ?? "answer requests of those"
        return
            "asks \(asked) units, beyond the line of \(line) between your group and \(whom): it \(owes), and \(open) "
            + "are in requests that are open; \(answers), close one of yours, or wait for their time to be over or for "
            + "debts in a circle to be cancelled on \(nets.date)"
    }
}

/// A calendar month in UTC, at whose end debts in a circle are cancelled.
public struct LineMonth: Hashable, Comparable, Sendable {
    /// The days that request lines are counted in: the first is 1970-01-01.
    public static let days = PoolDays(start: Timestamp(nanoseconds: 0))

    /// How many months it is after January 1970.
    public let number: Int

    /// Takes the number.
    public init(number: Int) {
        self.number = number
    }

    /// The month that an instant lies in.
    public init(at time: Timestamp) {
        let (year, month, _) = time.calendarDay
        number = Int((year - 1_970) * 12 + month - 1)
    }

    /// The one before it.
    public var previous: LineMonth { LineMonth(number: number - 1) }
    /// When it is over.
    public var end: Timestamp { Self.days.start(of: LineMonth(number: number + 1).firstDay) }

    /// Itself, to be netted at its end.
    public var epoch: Epoch {
        Epoch(number: number, opens: firstDay, closes: LineMonth(number: number + 1).firstDay)
    }

    private var firstDay: Int {
        Int(Timestamp.days(year: 1_970 + Int64(number / 12), month: Int64(number % 12 + 1), day: 1))
    }

    /// The order in which they come.
    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}
