/// A directed question of one member to another, or to a pool: does anyone know them.
///
/// Each of those asked answers once: positive, nil or refused. An answer is seen by the asker and who gave it.
public struct InformationRequest: Hashable, Sendable, Codable {
    /// Whom it may be put to at the most.
    public static let askedMax = 1_000

    /// What one that was asked says.
    public enum Reply: Hashable, Sendable, Codable {
        /// Something is known.
        case positive(String)
        /// Nothing is known: a nil answer is an answer.
        case nothing
        case refused(Refusal)

        /// The code of VOCABULARY.
        public var code: String {
            switch self {
            case .positive: "RSP-POS"
            case .nothing: "RSP-NIL"
            case .refused: "RSP-REF"
            }
        }
    }

    /// Why somebody does not answer.
    public enum Refusal: String, CaseIterable, Sendable, Codable {
        case legal, proportion, capacity
        case noConsent = "no-consent"
    }

    /// Whom the asker named.
    public enum Addressee: Hashable, Sendable, Codable {
        case member(ID<Member>)
        /// All that read it, of those that a legal gateway lets have names.
        case pool(ID<Pool>)
    }

    /// One answer.
    public struct Answer: Hashable, Sendable, Codable {
        /// Whose.
        public let member: ID<Member>
        /// What it says.
        public let reply: Reply
        /// When.
        public let at: Timestamp
        /// Whether it came after the time that the request gave.
        public let isLate: Bool

        /// What it is credited for: one in time, whether something was known or not; nil for any other.
        public var earns: EarningEvent? {
            switch reply {
            case .positive: isLate ? nil : .answer
            case .nothing: isLate ? nil : .nilAnswer
            case .refused: nil
            }
        }
    }

    /// What became of what it puts on the line between its asker's group and one that was asked.
    public enum LineState: String, Sendable {
        case pending, posted, void
    }

    /// Its id.
    public let id: ID<InformationRequest>
    /// Who asks.
    public let member: ID<Member>
    /// Who wrote it.
    public let author: ID<Principal>
    /// What for.
    public let purpose: Purpose
    /// The question.
    public let content: ReportContent
    /// How much it asks of those who answer; nil for a request of before that was kept.
    public let weight: RequestWeight?
    /// Whom the asker named, for the asker alone; nil for a request of before that was kept.
    public let addressee: Addressee?
    /// Who is asked.
    public let asked: Set<ID<Member>>
    /// When it was asked.
    public let at: Timestamp
    /// When answers are late, by its severity: 8 hours to 14 days.
    public let due: Timestamp
    /// The answers, in the order in which they came.
    public private(set) var answers: [Answer]
    /// When the asker closed it; nil while it is open.
    public private(set) var closed: Timestamp?

    /// A new request.
    /// - Parameters:
    ///   - addressee: whom the asker named.
    ///   - candidates: who might be asked: those of them that a legal gateway lets have names, towards whom the asker
    ///     has room on its line, and that are in no conflict with a subject, are.
    ///   - weight: how much it asks of them.
    ///   - lines: what the asker's group owes and has asked.
    public init(
        _ id: ID<InformationRequest>,
        _ content: ReportContent,
        for purpose: Purpose,
        by author: ActingPrincipal,
        of asker: Member,
        to addressee: Addressee,
        asking candidates: [(member: Member, links: Set<SubjectMark>)],
        gateways: Gateways,
        weight: RequestWeight = .simple,
        on lines: AskedLines = AskedLines(),
        at now: Timestamp
    ) throws(ReportFault) {
        guard !author.roles.isDisjoint(with: [.reporter, .publisher, .officer]) else {
            throw .missingRole(oneOf: [.officer, .publisher, .reporter])
        }
        let others = candidates.filter { $0.member.id != asker.id }
        guard !others.isEmpty else { throw .oneself }
        let marks = content.subjects.reduce(into: Set<SubjectMark>()) { $0.formUnion($1.conflictMarks) }
        let lawful = others.filter { other in
            !content.isNominal
                || gateways.covering(
                    origin: GatewayParty(asker),
                    reader: GatewayParty(other.member),
                    mode: .request,
                    purpose: purpose,
                    at: now
                ) != nil
        }
        guard !lawful.isEmpty else { throw .noGateway }
        let roomy = lawful.filter { lines.hasRoom(for: weight, of: $0.member, by: asker) }
        guard !roomy.isEmpty else { throw lines.refusal(of: weight, to: addressee, lawful.map(\.member), at: now) }
        self.id = id
        member = asker.id
        self.author = author.principal
        self.purpose = purpose
        self.content = content
        self.weight = weight
        self.addressee = addressee
        // One in conflict, or suspended, is passed over in silence: to the asker it is one that has not answered.
        let able = roomy.filter { $0.member.standing == .active && $0.links.isDisjoint(with: marks) }
        asked = Set(able.map(\.member.id).prefix(Self.askedMax))
        at = now
        due = now.advanced(by: content.severity.answerTime)
        answers = []
        closed = nil
    }

    /// Whether a member may see it.
    public func isSeen(by reader: ID<Member>) -> Bool { reader == member || asked.contains(reader) }

    /// The answers that a member may see: all its own, and all where it asks.
    public func answers(for reader: ID<Member>) -> [Answer] {
        reader == member ? answers : answers.filter { $0.member == reader }
    }

    /// The request with an answer of one that was asked.
    public func answered(
        _ reply: Reply,
        by actor: ActingPrincipal,
        at now: Timestamp
    ) throws(ReportFault) -> InformationRequest {
        guard asked.contains(actor.member) else { throw .notParty }
        guard !actor.roles.isDisjoint(with: [.reporter, .publisher, .officer]) else {
            throw .missingRole(oneOf: [.officer, .publisher, .reporter])
        }
        if let closed { throw .closed(at: closed) }
        guard !answers.contains(where: { $0.member == actor.member }) else { throw .answered }
        if case .positive(let text) = reply { try Report.check(text, "text") }
        var next = self
        next.answers.append(Answer(member: actor.member, reply: reply, at: now, isLate: now > due))
        return next
    }

    /// The request, closed by its asker.
    public func closed(by actor: ActingPrincipal, at now: Timestamp) throws(ReportFault) -> InformationRequest {
        guard actor.member == member else { throw .otherSide("close") }
        guard !actor.roles.isDisjoint(with: [.reporter, .publisher, .officer]) else {
            throw .missingRole(oneOf: [.officer, .publisher, .reporter])
        }
        if let closed { throw .closed(at: closed) }
        var next = self
        next.closed = now
        return next
    }

    /// What becomes of what it puts on the line to some of those asked, all of one owner.
    ///
    /// One answer in time is owed for, and none where all refuse, where it is closed, or once its time is over.
    public func lineState(among members: Set<ID<Member>>, at now: Timestamp) -> LineState {
        let given = answers.filter { members.contains($0.member) }
        if given.contains(where: { $0.earns != nil }) { return .posted }
        let isOver = closed != nil || now > due || Set(given.map(\.member)) == members
        return isOver ? .void : .pending
    }
}

extension AskedLines {
    private static let terms = ReciprocityTerms.standard

    fileprivate func hasRoom(for weight: RequestWeight, of other: Member, by asker: Member) -> Bool {
        switch Timing(requestOf: other.kind, by: asker.kind) {
        case .exempt: true
        case .discretionary: other.group == asker.group || hasRoom(for: weight, towards: other.group, Self.terms)
        }
    }

    fileprivate func refusal(
        of weight: RequestWeight,
        to addressee: InformationRequest.Addressee,
        _ lawful: [Member],
        at now: Timestamp
    ) -> ReportFault {
        let named: Name? =
            switch addressee {
            case .member: lawful.first?.group
            case .pool: nil
            }
        return .line(refusal(of: weight, towards: named, at: now, Self.terms))
    }
}
