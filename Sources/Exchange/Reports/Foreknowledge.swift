/// What an ownership group had from others, or told others, of what it reports and had committed before.
///
/// It is of what the group itself did and was given: what follows from it tells the group nothing of anybody else's
/// report. In doubt somebody may be the same, as where conflicts are looked for.
public struct Foreknowledge: Sendable {
    /// The ownership group of the one who reports.
    public let group: Name
    /// What the report says.
    public let content: ReportContent
    /// When that was committed.
    public let committed: Tick
    /// What any of its subjects may be known by elsewhere.
    public let marks: Set<SubjectMark>
    /// Whether it says itself that it comes from an advisory, or the group asked others about such a subject.
    public private(set) var isShared: Bool
    /// Whether the group was told of such a subject before it committed.
    public private(set) var isGiven = false
    private let members: Set<ID<Member>>

    /// Nothing is taken in yet.
    /// - Parameter members: those of the group.
    public init(of group: Name, _ members: Set<ID<Member>>, _ content: ReportContent, committed: Tick) {
        self.group = group
        self.members = members
        self.content = content
        self.committed = committed
        marks = content.subjects.reduce(into: []) { $0.formUnion($1.linkMarks) }
        isShared = content.advisory != nil
    }

    /// Takes in a report that was begun before the group's own: what it was told by others as an authority.
    public mutating func take(_ report: Report, at tick: Tick) {
        let isTold = members.contains(report.authority) && !members.contains(report.member) && tick < committed
        if isTold, isAbout(report.content.subjects) { isGiven = true }
    }

    /// Takes in a request that was begun before the group's report: who was asked may have reported since.
    public mutating func take(_ request: InformationRequest, at tick: Tick) {
        guard isAbout(request.content.subjects) else { return }
        if members.contains(request.member) {
            isShared = true
        } else if tick < committed, !members.isDisjoint(with: request.asked) {
            isGiven = true
        }
    }

    /// Takes in an advisory of which the group was given some objects before it committed what it saw.
    public mutating func take(_ advisory: Advisory, holding objects: Set<String>, ids: @escaping RenditionIDs) {
        if isAbout(advisory.shown(in: objects, ids: ids)) { isGiven = true }
    }

    private func isAbout(_ subjects: [Subject]) -> Bool {
        subjects.contains { !$0.conflictMarks.isDisjoint(with: marks) }
    }
}
