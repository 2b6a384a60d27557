/// A report that an authority owes a word on, and a decision: what time makes of it while there is none.
///
/// An outcome is never the first word: it follows the acceptance or the retraction of a report. So what is under an
/// embargo changes nothing here.
public struct AwaitedReport: Hashable, Sendable {
    /// The report.
    public let item: ID<LedgerItem>
    /// Who owes.
    public let authority: Name
    /// The ownership group whose report it is: that of its member when it was submitted.
    public let group: Name
    /// When it was submitted.
    public let submitted: Timestamp
    /// From when on a word is overdue.
    public let due: Timestamp
    /// When silence accepts it.
    public let vests: Timestamp
    /// When the authority said something of it first, or the reporter took it back; nil before.
    public private(set) var answered: Timestamp?
    /// When it was accepted, by silence too, refused or taken back first; nil before.
    public private(set) var decided: Timestamp?
    /// Whether it was posted that the word is overdue.
    public private(set) var isOverdue: Bool

    /// Puts it together from its parts, as the store has them.
    public init(
        _ item: ID<LedgerItem>,
        of authority: Name,
        to group: Name,
        submitted: Timestamp,
        due: Timestamp,
        vests: Timestamp,
        answered: Timestamp?,
        decided: Timestamp?,
        isOverdue: Bool
    ) {
        self.item = item
        self.authority = authority
        self.group = group
        self.submitted = submitted
        self.due = due
        self.vests = vests
        self.answered = answered
        self.decided = decided
        self.isOverdue = isOverdue
    }

    /// A report that is submitted now, under the terms of today.
    public init(
        _ report: Report,
        to authority: Name,
        from group: Name,
        in days: PoolDays,
        _ terms: ReciprocityTerms
    ) {
        let day = days.day(of: report.submitted)
        self.init(
            ID(report.id.uuid),
            of: authority,
            to: group,
            submitted: report.submitted,
            due: days.start(of: day + terms[.statusDays]),
            vests: days.start(of: day + terms[.vestingDays]),
            answered: nil,
            decided: nil,
            isOverdue: false
        )
    }

    /// When time alone changes it next; nil where it does not any more.
    public var next: Timestamp? {
        let changes = [
            answered == nil && !isOverdue ? due : nil,
            decided == nil ? vests : nil,
        ]
        return changes.compactMap(\.self).min()
    }

    /// Lets time pass up to now.
    /// - Returns: whether silence accepted it.
    public mutating func pass(to now: Timestamp) -> Bool {
        if answered == nil, due <= now { isOverdue = true }
        guard decided == nil, vests <= now else { return false }
        decided = vests
        return true
    }

    /// Notes what was done to the report; what was said or decided before stays as it was.
    public mutating func note(_ report: Report, after last: Report, at now: Timestamp) {
        let isNew = report.state != last.state
        let texts = report.messages.dropFirst(last.messages.count)
        switch report.state {
        case .accepted where isNew, .refused where isNew, .retracted where isNew:
            answered = answered ?? now
            decided = decided ?? now
        case .moreWanted where isNew: answered = answered ?? now
        case .submitted, .moreWanted, .accepted, .refused, .retracted: break
        }
        if texts.contains(where: { $0.member == report.authority }) { answered = answered ?? now }
    }

    /// What is owed of it, by the days of any pool.
    /// - Parameter end: what was said from then on is left out; nil for all.
    public func owed(before end: Timestamp? = nil, in days: PoolDays) -> OwedFeedback {
        OwedFeedback(
            item,
            of: authority,
            to: group,
            submitted: days.day(of: submitted),
            due: days.day(of: due),
            answered: answered.flatMap { said in end.map { said < $0 } ?? true ? days.day(of: said) : nil }
        )
    }
}
