/// What officers of an authority find of a report that was false: that whoever made it knew that.
///
/// One proposes it, another seconds it, each with reasons; before that nothing follows from it and the member sees
/// nothing of it.
public struct BadFaith: Hashable, Sendable, Codable {
    /// What one of the two says.
    public struct Vote: Hashable, Sendable, Codable {
        /// Who.
        public let principal: ID<Principal>
        /// Why it was in bad faith.
        public let reason: String
        /// When it was said.
        public let at: Timestamp
    }

    /// What was said first.
    public let proposal: Vote
    /// What decided it; nil while nobody did.
    public let second: Vote?

    /// Both, once it is decided.
    public var votes: [Vote] { second.map { [proposal, $0] } ?? [] }

    /// Proposed by somebody, who may say it anew until another seconds it.
    init(
        _ reason: String,
        by principal: ID<Principal>,
        after known: BadFaith?,
        accepted accepter: ID<Principal>?,
        at now: Timestamp
    ) throws(ReportFault) {
        if let known {
            guard known.second == nil else { throw .panel(.decided) }
            guard known.proposal.principal == principal else { throw .panel(.proposed) }
        }
        proposal = try Self.vote(reason, principal, accepter, now)
        second = nil
    }

    /// Seconded by another.
    init(
        _ reason: String,
        by principal: ID<Principal>,
        seconding known: BadFaith?,
        accepted accepter: ID<Principal>?,
        at now: Timestamp
    ) throws(ReportFault) {
        guard let known else { throw .panel(.notProposed) }
        guard known.second == nil else { throw .panel(.decided) }
        guard known.proposal.principal != principal else { throw .panel(.people) }
        proposal = known.proposal
        second = try Self.vote(reason, principal, accepter, now)
    }

    private static func vote(
        _ reason: String,
        _ principal: ID<Principal>,
        _ accepter: ID<Principal>?,
        _ now: Timestamp
    ) throws(ReportFault) -> Vote {
        guard principal != accepter else { throw .panel(.accepter) }
        guard PanelDecision.isReason(reason) else { throw .panel(.reason) }
        return Vote(principal: principal, reason: reason, at: now)
    }
}

extension PanelDecision.Refusal: CustomStringConvertible {
    /// The rule, and the fix.
    public var description: String {
        switch self {
        case .people: "two people decide this; have another officer of your authority second it"
        case .partial:
            "your authority is of the owner of who reported it, or the report is about it; leave it to another"
        case .reason:
            "must say in 1 to \(PanelDecision.reasonCharactersMax) characters, with a letter among them, why it was in bad faith"
        case .accepter: "whoever accepted the report does not judge it; have two other officers do it"
        case .notProposed: "nobody has proposed it; propose it first, with your reasons"
        case .proposed: "another officer has proposed it already; second it, or leave it"
        case .decided: "it is decided, which is final; nothing is to be done"
        }
    }
}
