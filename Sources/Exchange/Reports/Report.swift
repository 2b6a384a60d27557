/// A report of a member to one authority: seen by these two and nobody else.
///
/// A value with pure transitions: `after` says what either may do.
public struct Report: Hashable, Sendable, Codable {
    /// Texts of one dialogue.
    public static let messagesMax = 200
    /// Outcomes of one report.
    public static let outcomesMax = 50
    /// Characters of one text, as code points.
    public static let textCharactersMax = 8_192
    /// How far after now something may have been seen, by another's clock.
    public static let clockSkewMax = Duration.seconds(300)

    /// Where it stands.
    public enum State: Hashable, Sendable, Codable {
        case submitted
        /// The authority asked for more.
        case moreWanted
        case accepted
        case refused(ReportRefusal)
        /// The member took it back.
        case retracted

        /// What it is called.
        public var name: String {
            switch self {
            case .submitted: "submitted"
            case .moreWanted: "more-wanted"
            case .accepted: "accepted"
            case .refused: "refused"
            case .retracted: "retracted"
            }
        }
    }

    /// Why an authority does not take a report.
    public enum ReportRefusal: String, CaseIterable, Sendable, Codable {
        case notCompetent = "not-competent"
        case tooLittle = "too-little"
        case duplicate
        case noSuspicion = "no-suspicion"
    }

    /// One text of the dialogue.
    public struct Message: Hashable, Sendable, Codable {
        /// Who wrote it.
        public let member: ID<Member>
        /// What it says.
        public let text: String
        /// When it was written.
        public let at: Timestamp
    }

    /// What the authority says came of it.
    public struct Entry: Hashable, Sendable, Codable {
        /// What.
        public let outcome: Outcome
        /// How much, of a seizure; nil where unsaid.
        public let seized: Seizure?
        /// More on it; nil where unsaid.
        public let note: String?
        /// When it was said.
        public let at: Timestamp
        /// Until when the authority alone sees it; nil for one that the member sees at once.
        public let embargo: Timestamp?
    }

    /// Its id.
    public let id: ID<Report>
    /// Whose report it is.
    public let member: ID<Member>
    /// Who wrote it.
    public let author: ID<Principal>
    /// Whom it is for.
    public let authority: ID<Member>
    /// When it came.
    public let submitted: Timestamp
    /// What it says.
    public private(set) var content: ReportContent
    /// When the member last said it anew, or took it back; nil while it has not.
    public private(set) var changed: Timestamp?
    /// When it came to tell what it tells, where that is after it came; nil where it told that from the start.
    private var retold: Timestamp?
    /// The version that the member gave it, where it came as STIX.
    public private(set) var stated: Timestamp?
    /// When its member committed what it says; nil where it showed nothing of the kind.
    public private(set) var committed: Tick?
    /// Where it stands.
    public private(set) var state: State
    /// How far the authority relies on it, by its triage; nil where it did not say.
    public private(set) var grade: Grade?
    /// Who accepted it; nil where nobody did, or before that was kept.
    public private(set) var accepter: ID<Principal>?
    /// What was proposed or found of its good faith; nil where nothing was.
    public private(set) var badFaith: BadFaith?
    /// The dialogue on it, in order.
    public private(set) var messages: [Message]
    /// What came of it, in order.
    public private(set) var outcomes: [Entry]

    /// A new report.
    /// - Parameter stated: the version that the member gives it, where it comes as STIX.
    /// - Throws: `ReportFault` where the author may not report, or the receiver is no authority.
    public init(
        _ id: ID<Report>,
        _ content: ReportContent,
        stated: Timestamp? = nil,
        by author: ActingPrincipal,
        to authority: Member,
        at now: Timestamp
    ) throws(ReportFault) {
        guard !author.roles.isDisjoint(with: [.reporter, .publisher]) else {
            throw .missingRole(oneOf: [.reporter, .publisher])
        }
        guard authority.kind.isAuthority else { throw .noAuthority }
        guard authority.id != author.member else { throw .oneself }
        try Self.check(content, at: now)
        self.id = id
        member = author.member
        self.author = author.principal
        self.authority = authority.id
        submitted = now
        self.content = content
        self.stated = stated
        state = .submitted
        messages = []
        outcomes = []
    }

    /// From when on it counts as telling what it tells: what is added to a report that was there before is no older
    /// than that.
    public var told: Timestamp { retold ?? submitted }

    /// Whether a member may see it.
    public func isSeen(by reader: ID<Member>) -> Bool { reader == member || reader == authority }

    /// The outcomes that a member may see at `now`: embargoed ones are the authority's own.
    public func outcomes(for reader: ID<Member>, at now: Timestamp) -> [Entry] {
        outcomes.filter { entry in
            reader == authority || (reader == member && (entry.embargo.map { $0 <= now } ?? true))
        }
    }

    /// What a member may see of what was found of its good faith: until it is decided the authority alone does.
    public func badFaith(for reader: ID<Member>) -> BadFaith? {
        reader == authority || reader == member && badFaith?.second != nil ? badFaith : nil
    }

    /// The report after one action of either side.
    /// - Throws: `ReportFault`; then it stays as it is.
    public func after(
        _ action: ReportAction,
        by actor: ActingPrincipal,
        at now: Timestamp
    ) throws(ReportFault) -> Report {
        guard isSeen(by: actor.member) else { throw .notParty }
        let side: ReportAction.Side = actor.member == authority ? .authority : .member
        guard action.sides.contains(side) else { throw .otherSide(action.name) }
        let roles: Set<Role> = side == .authority ? [.officer] : [.reporter, .publisher]
        guard !actor.roles.isDisjoint(with: roles) else { throw .missingRole(oneOf: roles.sorted()) }
        var next = self
        switch action {
        case .accept(let grade):
            try need([.submitted, .moreWanted], action)
            next.state = .accepted
            next.grade = grade
            next.accepter = actor.principal
        case .wantMore(let text):
            try need([.submitted, .moreWanted], action)
            try next.say(text, actor.member, now)
            next.state = .moreWanted
        case .refuse(let reason, let text):
            try need([.submitted, .moreWanted], action)
            if let text { try next.say(text, actor.member, now) }
            next.state = .refused(reason)
        case .add(let content):
            try need([.submitted, .moreWanted], action)
            try Self.check(content, at: now)
            next.content = content
            next.committed = nil
            next.state = .submitted
            next.changed = next.later(now)
            next.stated = nil
            if content.tellsMore(than: self.content) { next.retold = next.changed }
        case .say(let text): try next.say(text, actor.member, now)
        case .observed(let content, let committed):
            try need([.submitted, .moreWanted, .accepted], action)
            guard content == next.content else { throw .otherContent }
            next.committed = min(committed, next.committed ?? committed)
        case .retract:
            if badFaith?.second != nil { throw .panel(.decided) }
            try need([.submitted, .moreWanted, .accepted], action)
            next.state = .retracted
            next.changed = next.later(now)
            next.stated = nil
        case .conclude(let outcome, let seized, let note, let embargo):
            // What was taken back may have led somewhere all the same.
            try need([.accepted, .retracted], action)
            try next.conclude(outcome, seized, note, embargo, now)
        case .proposeBadFaith(let reason):
            try need([.accepted, .retracted], action)
            next.badFaith = try BadFaith(reason, by: actor.principal, after: badFaith, accepted: accepter, at: now)
        case .secondBadFaith(let reason):
            try need([.accepted, .retracted], action)
            next.badFaith = try BadFaith(reason, by: actor.principal, seconding: badFaith, accepted: accepter, at: now)
        }
        return next
    }

    /// The report as it stands in a version of the member's own.
    public func stated(_ version: Timestamp) -> Report {
        var next = self
        next.stated = version
        return next
    }

    /// Now, or just after the last change: no two versions have the same instant.
    private func later(_ now: Timestamp) -> Timestamp {
        max(now, (changed ?? submitted).advanced(by: .microseconds(1)))
    }

    private func need(_ states: Set<State>, _ action: ReportAction) throws(ReportFault) {
        guard states.contains(state) else { throw .wrongState(state.name, action: action.name) }
    }

    private mutating func say(_ text: String, _ member: ID<Member>, _ now: Timestamp) throws(ReportFault) {
        try Self.check(text, "text")
        guard messages.count < Self.messagesMax else { throw .full("messages", countMax: Self.messagesMax) }
        messages.append(Message(member: member, text: text, at: now))
    }

    private mutating func conclude(
        _ outcome: Outcome,
        _ seized: Seizure?,
        _ note: String?,
        _ embargo: Timestamp?,
        _ now: Timestamp
    ) throws(ReportFault) {
        guard outcome.speaker == .authority else { throw .notEntitled(outcome) }
        try Feedback.check(seized, outcome)
        if let note { try Self.check(note, "note") }
        if let embargo, embargo <= now { throw .embargoPast }
        guard outcomes.count < Self.outcomesMax else { throw .full("outcomes", countMax: Self.outcomesMax) }
        outcomes.append(Entry(outcome: outcome, seized: seized, note: note, at: now, embargo: embargo))
    }

    /// Nothing was seen later than now, but for clocks that differ.
    private static func check(_ content: ReportContent, at now: Timestamp) throws(ReportFault) {
        let latest = now.advanced(by: clockSkewMax)
        for (field, seen) in [("seen", content.seen), ("seen_last", content.seenLast)] {
            guard let seen, seen > latest else { continue }
            throw .content(
                ContentFault(field, .form("must not lie after now; say when it was seen, with the zone of time"))
            )
        }
    }

    static func check(_ text: String, _ field: String) throws(ReportFault) {
        do throws(ContentFault) {
            try ContentRule.text(text, field, charactersMax: textCharactersMax)
        } catch {
            throw .content(error)
        }
    }
}

/// What either side does to a report.
public enum ReportAction: Hashable, Sendable {
    case accept(Grade? = nil)
    /// The authority asks for more.
    case wantMore(String)
    case refuse(Report.ReportRefusal, String?)
    /// The member says it again, with more.
    case add(ReportContent)
    case say(String)
    /// The member shows that it had committed what it says.
    case observed(ReportContent, committed: Tick)
    /// The member takes it back.
    case retract
    /// The authority says what came of it.
    case conclude(Outcome, seized: Seizure? = nil, note: String?, embargo: Timestamp?)
    /// An officer proposes that it was in bad faith, for a reason.
    case proposeBadFaith(String)
    /// Another decides that it was, for a reason.
    case secondBadFaith(String)

    enum Side: Hashable {
        case member, authority
    }

    var sides: Set<Side> {
        switch self {
        case .accept, .wantMore, .refuse, .conclude, .proposeBadFaith, .secondBadFaith: [.authority]
        case .add, .observed, .retract: [.member]
        case .say: [.member, .authority]
        }
    }

    /// What it is called in a refusal.
    public var name: String {
        switch self {
        case .accept: "accept"
        case .wantMore: "want more of"
        case .refuse: "refuse"
        case .add: "add to"
        case .say: "say something on"
        case .observed: "show what was committed of"
        case .retract: "retract"
        case .conclude: "give an outcome of"
        case .proposeBadFaith: "propose bad faith of"
        case .secondBadFaith: "second bad faith of"
        }
    }
}

/// Why a report, a request or an answer stays as it is, and what to do about it.
public enum ReportFault: Error, Hashable, Sendable, CustomStringConvertible {
    case missingRole(oneOf: [Role])
    /// The receiver is no public authority.
    case noAuthority
    /// To oneself.
    case oneself
    /// The actor is no party to it.
    case notParty
    /// The other side does this.
    case otherSide(String)
    case wrongState(String, action: String)
    /// The outcome is another's to say.
    case notEntitled(Outcome)
    case embargoPast
    case full(String, countMax: Int)
    /// No legal gateway covers it.
    case noGateway
    /// The actor's member answered it before.
    case answered
    /// Its asker closed it.
    case closed(at: Timestamp)
    /// Its asker's group would owe more for answers than its line holds.
    case line(LineRefusal)
    /// The speaker's ownership group said it of this version before.
    case said(Outcome)
    /// The observation came to that, of this advisory, before.
    case told
    /// What was committed is not what the report says.
    case otherContent
    /// Two people did not decide on bad faith as they are to.
    case panel(PanelDecision.Refusal)
    case content(ContentFault)

    /// The rule, and the fix.
    public var description: String {
        switch self {
        case .missingRole(let roles):
            "needs the role \(roles.map(\.rawValue).joined(separator: " or ")); have one who holds it act"
        case .noAuthority:
            "is no authority, and a report goes to customs, police, a financial intelligence unit or a regulator; name one of "
                + "these, which caveat members lists, or ask the member with a request"
        case .oneself: "must be for another member"
        case .notParty: "is between others"
        case .otherSide(let action): "it is the other side that may \(action) it"
        case .wrongState(let state, let action):
            "cannot \(action) one that is \(state); read it again: it says whose turn it is"
        case .notEntitled(let outcome): "\(outcome.rawValue) is not yours to say; authorities say OA-, members OM-"
        case .embargoPast: "the embargo must lie after now; leave it out to tell it at once"
        case .full(let what, let max): "has \(max) \(what) already; begin another"
        case .noGateway:
            "names somebody, and no legal gateway covers you, the receiver and the purpose; leave the names out, or have the "
                + "operator record the fact that a gateway asks for"
        case .answered:
            "was answered by your member before, and each of those asked answers once; nothing is to be done"
        case .closed(let time): "its asker closed it at \(time.text), and nobody answers it any more; ask anew"
        case .line(let refusal): refusal.description
        case .said(let outcome): "your group said \(outcome.rawValue) of this version already; once counts"
        case .told:
            "this observation was told of this advisory already, and counts once; commit another that you make by yourself"
        case .otherContent:
            "says something else than what was committed; add what was, or report that by itself"
        case .panel(let refusal): refusal.description
        case .content(let fault): fault.description
        }
    }
}
