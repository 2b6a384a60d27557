import Exchange
import Node
import Store

struct AdvisoryList: Encodable {
    let advisories: [AdvisorySummary]
    /// The `before` of the next page; nil on the last.
    let next: String?
}

struct AdvisorySummary: Encodable {
    let id: String
    let reference: String?
    let pool, kind, state, title: String
    let version: Int
    let due: String?

    init(_ advisory: Advisory, _ directory: Directory) {
        id = advisory.id.text
        reference = advisory.reference?.text
        pool = directory.pools[advisory.pool]?.name.text ?? ""
        kind = advisory.kind.rawValue
        state = advisory.state.name
        title = advisory.content.title
        version = advisory.version.number
        due = advisory.due?.text
    }
}

/// An advisory as its originator sees it.
struct AdvisoryResource: Encodable {
    struct Version: Encodable {
        let number: Int
        let progress, digest: String
        let content: AdvisoryContent
        let terms: AdvisoryTerms
        let grade: String?
        /// The grade that was given, where it counts for less until a second person has looked at it.
        let gradeGiven: String?
        let author, editor: String
        let approver: String?

        enum CodingKeys: String, CodingKey {
            case number, progress, digest, content, terms, grade, author, editor, approver
            case gradeGiven = "grade_given"
        }

        init(_ version: AdvisoryVersion, _ directory: Directory) {
            func login(_ attribution: Attribution) -> String {
                directory.principals[attribution.principal]?.name.text ?? ""
            }
            number = version.number
            progress = version.progress.rawValue
            digest = version.digest.hexadecimal
            content = version.content
            terms = version.terms
            grade = version.grade?.code
            let given = version.grading?.grade.code
            gradeGiven = given == grade ? nil : given
            author = login(version.author)
            editor = login(version.editor)
            approver = version.approval.map { login($0.by) }
        }
    }

    struct Erased: Encodable {
        let reason, time: String
        /// Nil where the exchange did it.
        let principal: String?
    }

    let id: String
    let reference: String?
    let pool, kind, state: String
    let reason: String?
    let member: String
    let due, review: String?
    let ratified: Bool?
    let version: Version
    let amendment: Version?
    let changes: [ChangeNote]
    let erased: Erased?

    init(_ advisory: Advisory, _ directory: Directory) {
        id = advisory.id.text
        reference = advisory.reference?.text
        pool = directory.pools[advisory.pool]?.name.text ?? ""
        kind = advisory.kind.rawValue
        state = advisory.state.name
        switch advisory.state {
        case .withdrawn(let why): reason = why.rawValue
        case .recalled(let why): reason = why.rawValue
        case .draft, .graded, .approved, .published, .restricted, .expired: reason = nil
        }
        member = directory.members[advisory.member]?.name.text ?? ""
        due = advisory.due?.text
        review = advisory.release?.review?.text
        ratified = advisory.release?.isRatified
        version = Version(advisory.version, directory)
        amendment = advisory.amendment.map { Version($0, directory) }
        changes = advisory.changes
        erased = advisory.erasure.map { erasure in
            Erased(
                reason: erasure.reason.rawValue,
                time: erasure.at.text,
                principal: erasure.by.flatMap { directory.principals[$0.principal]?.name.text }
            )
        }
    }
}

/// Who was given an advisory, and who owes an acknowledgement of its recall.
struct SightList: Encodable {
    struct Sight: Encodable {
        let member, principal: String
        let time: String?
        let channel, purpose: String
        let renditions: [String]
        let versions: [Int]
    }

    struct Owed: Encodable {
        let member, due: String
        let acknowledged, note: String?
        let overdue: Bool
    }

    let receipts: [Sight]
    /// On the first page.
    let owed: [Owed]
    /// On the first page, of a recall that went to other exchanges.
    let elsewhere: Elsewhere?
    /// The `after` of the next page; nil on the last.
    let next: String?

    struct Elsewhere: Encodable {
        let holders, acknowledged, awaited: Int
    }

    init(
        _ page: Listed<AdvisoryDesk.Sight>,
        _ owed: [(member: Member, OwedRow)],
        _ tally: RecallTally?,
        at now: Timestamp
    ) {
        elsewhere = tally.map {
            Elsewhere(holders: $0.holders, acknowledged: $0.acknowledged, awaited: $0.awaited)
        }
        next = page.last?.receipt.tick.map { String($0.microseconds) }
        receipts = page.shown.map { sight in
            Sight(
                member: sight.member.name.text,
                principal: sight.principal.name.text,
                time: sight.receipt.tick?.text,
                channel: sight.receipt.channel.rawValue,
                purpose: sight.receipt.purpose.rawValue,
                renditions: sight.renditions.map(\.rawValue),
                versions: sight.versions
            )
        }
        self.owed = owed.map { member, row in
            Owed(
                member: member.name.text,
                due: row.ends.text,
                acknowledged: row.acknowledged?.text,
                note: row.note,
                overdue: row.isOverdue(at: now)
            )
        }
    }
}

/// What the policy says of each rendition, for those that oversee the advisory.
struct DecisionList: Encodable {
    struct Said: Encodable {
        let version: Int
        let rendition, decision: String
        let row: Int
        let reason: String
        let obligations: [String]
        let given: Bool?
    }

    let decisions: [Said]

    init(_ rulings: [AdvisoryDesk.Ruling]) {
        decisions = rulings.map { ruling in
            let word =
                switch ruling.decision {
                case .hidden: "hidden"
                case .denied: "denied"
                case .permitted: "permitted"
                }
            return Said(
                version: ruling.version,
                rendition: ruling.rendition.rawValue,
                decision: word,
                row: ruling.decision.row.rawValue,
                reason: Self.reason(of: ruling),
                obligations: ruling.decision.obligations.sorted().map(\.rawValue),
                given: ruling.giving?.isGiven
            )
        }
    }
}

extension DecisionList {
    /// What keeps it from the reader first, the policy or what was agreed on with another exchange.
    private static func reason(of ruling: AdvisoryDesk.Ruling) -> String {
        if ruling.decision == .hidden(by: .open) { return "the reader has the fuller rendition instead" }
        if let giving = ruling.giving, ruling.decision.isPermitted { return giving.reason }
        return ruling.decision.row.reason
    }
}

/// What the caller may have of an advisory, and what goes with it: no version, row or reason, which tell of the rest.
struct OwnView: Encodable {
    struct Held: Encodable {
        let rendition: String
        let obligations: [String]
    }

    let decisions: [Held]

    init(_ rulings: [AdvisoryDesk.Ruling]) {
        decisions = rulings.map {
            Held(rendition: $0.rendition.rawValue, obligations: $0.decision.obligations.sorted().map(\.rawValue))
        }
    }
}

struct ConsentResource: Encodable {
    let reader, purpose, rendition, until: String

    init(_ consent: Consent, reader: String) {
        self.reader = reader
        purpose = consent.purpose.rawValue
        rendition = consent.rendition.rawValue
        until = consent.until.text
    }
}

/// The recalls that a member owes an acknowledgement of, or gave it.
struct RecallList: Encodable {
    struct Recalled: Encodable {
        let report: String
        let reason: String?
        let reference: String?
        let recalled, due: String
        let acknowledged: String?
        let overdue: Bool
        /// The first ones: `/v1/reliances` has all.
        let decisions: [String]
    }

    let recalls: [Recalled]
    /// The `after` of the next page; nil on the last.
    let next: String?

    init(_ page: Listed<AdvisoryDesk.Recall>, at now: Timestamp) {
        next = page.last.flatMap { AdvisoryDesk.RecallPlace($0)?.text }
        recalls = page.shown.map { recall in
            Recalled(
                report: recall.report,
                reason: recall.reason?.rawValue,
                reference: recall.reference?.text,
                recalled: recall.owed.recalled.text,
                due: recall.owed.ends.text,
                acknowledged: recall.owed.acknowledged?.text,
                overdue: recall.owed.isOverdue(at: now),
                decisions: Array(recall.decisions.prefix(Paging.shownMax))
            )
        }
    }
}

/// A decision that was noted, with the recall of what it relied on where there was one already.
struct RelianceResource: Encodable {
    let report, decision: String
    let recalled, reason: String?

    init(_ report: String, _ decision: String, _ recalled: AdvisoryDesk.Recalled?) {
        self.report = report
        self.decision = decision
        self.recalled = recalled?.at.text
        reason = recalled?.reason?.rawValue
    }
}

/// The decisions of a member that relied on one advisory.
struct RelianceList: Encodable {
    struct Reliance: Encodable {
        let decision: String
    }

    let reliances: [Reliance]
    /// The `after` of the next page; nil on the last.
    let next: String?
}
