/// Whether an advisory and what a member saw of it may have one origin, as far as the exchange knows.
///
/// It is what two ownership groups told each other before the advisory was out, and what the one that confirms was
/// given before it committed.
///
/// It takes in one after another of what there is of that.
public struct Provenance: Sendable {
    /// The ownership group of the one who confirms.
    public let group: Name
    /// The ownership group of the originator.
    public let originator: Name
    /// Marks of the subjects that the advisory shows.
    public let marks: Set<SubjectMark>
    /// Whether one of the two told the other of such a subject.
    public private(set) var isShared = false
    /// Whether the group was given such a subject in any advisory.
    public private(set) var isRead = false

    /// Nothing is taken in yet.
    public init(of group: Name, to advisory: Advisory, from originator: Name) {
        (self.group, self.originator) = (group, originator)
        marks = advisory.shownMarks
    }

    /// Whether it is of this advisory as it is now, and of these two.
    public func isOf(_ advisory: Advisory, by group: Name, from originator: Name) -> Bool {
        self.group == group && self.originator == originator && marks == advisory.shownMarks
    }

    /// Takes in a report of before the advisory was out.
    public mutating func take(_ report: Report, _ directory: Directory) {
        take(report.content, from: report.member, to: [report.authority], directory)
    }

    /// Takes in a request of before the advisory was out.
    ///
    /// What it asks about is told to those that are asked; an answer tells of nobody else.
    public mutating func take(_ request: InformationRequest, _ directory: Directory) {
        take(request.content, from: request.member, to: request.asked, directory)
    }

    private mutating func take(
        _ content: ReportContent,
        from teller: ID<Member>,
        to listeners: Set<ID<Member>>,
        _ directory: Directory
    ) {
        let teller = directory.members[teller]?.group
        let told = Set(listeners.compactMap { directory.members[$0]?.group })
        let isBetween =
            teller == group && told.contains(originator) || teller == originator && told.contains(group)
        if isBetween, content.subjects.contains(where: { !$0.marks.isDisjoint(with: marks) }) { isShared = true }
    }

    /// Takes in an advisory of which the group was given some objects before it committed what it saw.
    ///
    /// What it was not given of it does not count: it would be told by that who else the advisory names.
    public mutating func take(_ advisory: Advisory, holding objects: Set<String>, ids: @escaping RenditionIDs) {
        if advisory.shown(in: objects, ids: ids).contains(where: { !$0.marks.isDisjoint(with: marks) }) {
            isRead = true
        }
    }
}

extension Advisory {
    /// Marks of the subjects that it shows: who is to be protected is in no rendition.
    fileprivate var shownMarks: Set<SubjectMark> { content.shown.reduce(into: []) { $0.formUnion($1.marks) } }
}
