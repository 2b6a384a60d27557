import Exchange
import Node
import Store

struct ReportList: Encodable {
    let reports: [ReportResource]
    /// The `before` of the next page; nil on the last.
    let next: String?
}

/// Reports that an authority owes a word on.
struct OwedList: Encodable {
    let owed: [OwedResource]
    /// The `after` of the next page; nil on the last.
    let next: String?
}

/// A report that an authority owes a word on.
struct OwedResource: Encodable {
    let due: String
    let overdue: Bool
    let report: ReportResource

    init(_ owed: OwedReport, for session: Session, at now: Timestamp) {
        due = owed.due.text
        overdue = owed.due <= now
        report = ReportResource(owed.report, for: session, at: now)
    }
}

/// A report as one of its two parties sees it.
struct ReportResource: Encodable {
    struct Message: Encodable {
        let member, text, time: String
    }

    struct Said: Encodable {
        let outcome, time: String
        let seized: Seizure?
        let note, embargo: String?
    }

    let id, member, authority, state: String
    let reason, grade: String?
    let submitted: String
    /// When its member committed what it says.
    let committed: String?
    let content: ReportContent
    let messages: [Message]
    let outcomes: [Said]
    /// What was proposed or found of its good faith.
    let badFaith: BadFaithResource?

    private enum CodingKeys: String, CodingKey {
        case id, member, authority, state, reason, grade, submitted, committed, content, messages, outcomes
        case badFaith = "bad_faith"
    }

    init(_ report: Report, for session: Session, at now: Timestamp) {
        func name(_ member: ID<Member>) -> String { session.directory.members[member]?.name.text ?? "" }
        id = report.id.text
        member = name(report.member)
        authority = name(report.authority)
        state = report.state.name
        switch report.state {
        case .refused(let why): reason = why.rawValue
        case .submitted, .moreWanted, .accepted, .retracted: reason = nil
        }
        grade = report.grade?.code
        submitted = report.submitted.text
        committed = report.committed?.text
        content = report.content
        messages = report.messages.map { Message(member: name($0.member), text: $0.text, time: $0.at.text) }
        outcomes = report.outcomes(for: session.member.id, at: now).map { entry in
            Said(
                outcome: entry.outcome.rawValue,
                time: entry.at.text,
                seized: entry.seized,
                note: entry.note,
                embargo: entry.embargo?.text
            )
        }
        badFaith = report.badFaith(for: session.member.id).map { BadFaithResource($0, on: report, for: session) }
    }
}

/// What officers found of a report's good faith: their names are told to the authority alone.
struct BadFaithResource: Encodable {
    struct Vote: Encodable {
        let reason, time: String
        let by: String?
    }

    /// When it was decided; nil while it is proposed.
    let decided: String?
    let votes: [Vote]

    init(_ badFaith: BadFaith, on report: Report, for session: Session) {
        decided = badFaith.second?.at.text
        votes = ([badFaith.proposal] + (badFaith.second.map { [$0] } ?? [])).map { vote in
            let name = session.directory.principals[vote.principal]?.name.text
            return Vote(
                reason: vote.reason,
                time: vote.at.text,
                by: session.member.id == report.authority ? name : nil
            )
        }
    }
}

/// What was found of a report that was looked at beside an earlier one.
struct CorroborationResource: Encodable {
    /// The earlier, and the one that corroborates it or not.
    let report, by: String
    let finding: Outcome
    /// Why it is a sighting.
    let reason: String?

    init(_ row: CorroborationRow) {
        report = row.original.text
        by = row.item.text
        finding = row.refusal == nil ? .corroborated : .sighting
        reason = row.refusal?.rawValue
    }
}

struct RequestList: Encodable {
    let requests: [RequestResource]
    /// The `before` of the next page; nil on the last.
    let next: String?
}

/// A request as its asker, or one that was asked, sees it: nobody is told who else was asked.
struct RequestResource: Encodable {
    struct Answer: Encodable {
        let member, answer, time: String
        let text, reason: String?
        let late: Bool
    }

    let id, member, purpose, time, due: String
    /// How much it asks; nil for a request of before that was kept.
    let weight: String?
    /// Whom the asker named, for the asker alone, as long as it may know of it.
    let to: String?
    /// Whether nobody answered in time, as far as the reader sees.
    ///
    /// That another is yet to answer is not told: one that was passed by in silence looks like one that does not.
    let overdue: Bool
    let closed: String?
    let content: ReportContent
    let answers: [Answer]

    init(_ request: InformationRequest, for session: Session, at now: Timestamp) {
        func name(_ member: ID<Member>) -> String { session.directory.members[member]?.name.text ?? "" }
        id = request.id.text
        member = name(request.member)
        purpose = request.purpose.rawValue
        time = request.at.text
        due = request.due.text
        weight = request.weight?.rawValue
        to =
            switch request.member == session.member.id ? request.addressee : nil {
            case .member(let id): name(id)
            case .pool(let id):
                session.directory.pools[id].flatMap {
                    PoolRights($0, session.reader, at: now).sees ? $0.name.text : nil
                }
            case nil: nil
            }
        closed = request.closed?.text
        content = request.content
        let seen = request.answers(for: session.member.id)
        overdue = request.closed == nil && seen.isEmpty && now > request.due
        answers = seen.map { answer in
            let (text, reason): (String?, String?) =
                switch answer.reply {
                case .positive(let text): (text, nil)
                case .nothing: (nil, nil)
                case .refused(let why): (nil, why.rawValue)
                }
            return Answer(
                member: name(answer.member),
                answer: answer.reply.code,
                time: answer.at.text,
                text: text,
                reason: reason,
                late: answer.isLate
            )
        }
    }
}

struct FeedbackList: Encodable {
    let feedback: [FeedbackResource]
    /// The `after` of the next page; nil on the last.
    let next: String?
}

/// What a holder said of an advisory.
struct FeedbackResource: Encodable {
    let member, outcome, time: String
    let seized: Seizure?
    let note: String?
    let content: ReportContent?

    init(_ feedback: Feedback, _ directory: Directory) {
        member = directory.members[feedback.member]?.name.text ?? ""
        outcome = feedback.outcome.rawValue
        time = feedback.at.text
        seized = feedback.seized
        note = feedback.note
        content = feedback.content
    }
}
