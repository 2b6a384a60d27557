/// What an authority owes on a report: a word on what became of it within 90 days.
///
/// An interim word discharges it. Its silence costs the reporter nothing: after 180 days the report counts as accepted.
public struct OwedFeedback: Hashable, Sendable {
    /// Where it stands.
    public enum State: Hashable, Sendable {
        /// The first day on which it is overdue.
        case owed(due: Int)
        case overdue(since: Int)
        /// When, and whether it was overdue before.
        case discharged(on: Int, isLate: Bool)

        /// The account that it stands in.
        public var part: DebtAccount.Part {
            switch self {
            case .owed: .owed
            case .overdue: .overdue
            case .discharged: .discharged
            }
        }
    }

    /// The report.
    public let item: ID<LedgerItem>
    /// Who owes.
    public let authority: Name
    /// Whose report it is.
    public let group: Name
    /// The day on which it was submitted.
    public let submitted: Int
    /// The day of the authority's first word, as the reporter may know of it; nil while there is none.
    public let answered: Int?
    /// The first day on which it is overdue, by the terms when it was submitted.
    public let due: Int

    /// Puts it together from its parts.
    public init(
        _ item: ID<LedgerItem>,
        of authority: Name,
        to group: Name,
        submitted: Int,
        due: Int,
        answered: Int?
    ) {
        self.item = item
        self.authority = authority
        self.group = group
        self.submitted = submitted
        self.answered = answered
        self.due = due
    }

    /// One that is due by terms.
    public init(
        _ item: ID<LedgerItem>,
        of authority: Name,
        to group: Name,
        submitted: Int,
        answered: Int?,
        _ terms: ReciprocityTerms
    ) {
        self.init(
            item,
            of: authority,
            to: group,
            submitted: submitted,
            due: submitted + terms[.statusDays],
            answered: answered
        )
    }

    /// Where it stands on a day.
    public func state(on day: Int) -> State {
        if let answered, answered <= day { return .discharged(on: answered, isLate: answered >= due) }
        return day < due ? .owed(due: due) : .overdue(since: due)
    }

    /// The day on which silence accepts a report; nil where triage decided before.
    public static func vestingDay(submitted: Int, decided: Int?, _ terms: ReciprocityTerms) -> Int? {
        let day = submitted + terms[.vestingDays]
        if let decided, decided < day { return nil }
        return day
    }

    /// All entries up to a day; those that were posted before are the same again.
    public func entries(to day: Int) -> [LedgerEntry<DebtAccount>] {
        var entries = [entry(.incurred, .incurred, .owed, submitted)]
        let isLate = answered.map { $0 >= due } ?? true
        if isLate { entries.append(entry(.overdue, .owed, .overdue, due)) }
        if let answered { entries.append(entry(.discharged, isLate ? .overdue : .owed, .discharged, answered)) }
        return entries.filter { $0.day <= day }
    }

    private func entry(
        _ cause: EntryCause,
        _ debit: DebtAccount.Part,
        _ credit: DebtAccount.Part,
        _ day: Int
    ) -> LedgerEntry<DebtAccount> {
        LedgerEntry(
            EntryKey("fd/\(item)/\(cause.rawValue)"),
            cause,
            item: item,
            debit: DebtAccount(authority, debit),
            credit: DebtAccount(authority, credit),
            Amount(1),
            day: day
        )
    }
}
