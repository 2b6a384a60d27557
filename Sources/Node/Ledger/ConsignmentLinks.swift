import Exchange
import Store
import Synchronization

/// What a consignment is linked to, inside one transaction: each side is told of what it knows, and of nothing else.
struct ConsignmentLinks {
    let transaction: Transaction
    let directory: Directory
    /// What is looked for.
    let marks: Set<SubjectMark>

    /// Those that reports of an ownership group are about, whoever they were for and whatever became of them.
    func reported(by group: Name) throws -> Set<SubjectMark> {
        let members = directory.members.values.filter { $0.group == group }
        return try members.reduce(into: Set()) { found, member in
            for report in try reports(of: member) where report.member == member.id {
                found.formUnion(report.content.subjectMarks)
            }
        }.intersection(marks)
    }

    /// The same, of the reports to one authority: it is told of no others.
    func reported(by group: Name, to authority: Member) throws -> Set<SubjectMark> {
        let reports = try reports(of: authority).filter { report in
            report.authority == authority.id && directory.members[report.member]?.group == group
        }
        return reports.reduce(into: Set()) { $0.formUnion($1.content.subjectMarks) }.intersection(marks)
    }

    /// Those that anybody's reports to an authority suspect, but for what it refused and what was taken back.
    func suspected(by authority: Member) throws -> Set<SubjectMark> {
        let standing = try reports(of: authority).filter { report in
            switch report.state {
            case .submitted, .moreWanted, .accepted: report.authority == authority.id
            case .refused, .retracted: false
            }
        }
        return standing.reduce(into: Set()) { $0.formUnion($1.content.suspectMarks) }.intersection(marks)
    }

    /// Those that advisories show which are out, under one of some labels.
    /// - Parameter labels: those that the caller may see, by the advisories whose they are.
    func advised(under labels: [ID<Advisory>: Set<Int64>]) throws -> Set<SubjectMark> {
        var found: Set<SubjectMark> = []
        for (id, numbers) in labels {
            guard let row = try AdvisoryRows.advisory(id, transaction.connection) else { continue }
            let standing = Set(try transaction.standing(of: row.number).map(\.label))
            guard !standing.isDisjoint(with: numbers) else { continue }
            found.formUnion(row.advisory.content.shownMarks)
        }
        return found.intersection(marks)
    }

    private func reports(of member: Member) throws -> [Report] {
        let connection = transaction.connection
        return try ReportMarkRows.reports(sharing: marks, of: member.number, connection).compactMap {
            try DossierRows.dossier(numbered: $0, Report.self, connection)?.content
        }
    }
}

extension LiveState {
    /// The labels of full renditions about somebody or something of some marks, by their advisories: those that a
    /// session may see, and those of its own member.
    ///
    /// What it may see is known whatever is looked for: the look takes as long for what is hidden from it as for what
    /// there is not.
    func labels(showing marks: Set<SubjectMark>, to session: Session, at now: Timestamp) -> [ID<Advisory>: Set<Int64>] {
        let (labels, permitted) = state.withLock { state in
            let sights = state.directory.pools.values.map { state.sight(session, $0, at: now).numbers }
            return (state.labels, sights.reduce(into: Set<Int64>()) { $0.formUnion($1) })
        }
        var found: [ID<Advisory>: Set<Int64>] = [:]
        for label in labels {
            guard let terms = label.label.terms, terms.rendition == .full, !terms.subjects.isDisjoint(with: marks),
                terms.originator == session.member.id || permitted.contains(label.number)
            else { continue }
            found[terms.advisory, default: []].insert(label.number)
        }
        return found
    }
}
