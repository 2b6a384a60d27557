/// What a member that holds an advisory says of it to its originator.
public struct Feedback: Hashable, Sendable, Codable {
    /// Characters of a note, as code points.
    public static let noteCharactersMax = 2_048

    /// Who says it.
    public let member: ID<Member>
    /// What: one that is the speaker's to say.
    public let outcome: Outcome
    /// How much, of a seizure; nil where unsaid.
    public let seized: Seizure?
    /// More of it; nil where there is none.
    public let note: String?
    /// When.
    public let at: Timestamp
    /// The observation that it was made of, where the exchange made it of a confirmation.
    public let observation: ID<Observation>?
    /// What was seen, where the exchange made it of a confirmation and a legal gateway lets the originator have it.
    public let content: ReportContent?

    /// What an officer of an authority has done with it, or any principal of a member that holds it makes of it.
    /// - Throws: `ReportFault` where the outcome is another's to say.
    public init(
        _ outcome: Outcome,
        seized: Seizure? = nil,
        note: String?,
        by speaker: ActingPrincipal,
        of member: Member,
        at now: Timestamp
    ) throws(ReportFault) {
        switch outcome.speaker {
        case .member: break
        case .authority where member.kind.isAuthority:
            guard speaker.roles.contains(.officer) else { throw .missingRole(oneOf: [.officer]) }
        case .authority, .exchange: throw .notEntitled(outcome)
        }
        try Self.check(seized, outcome)
        if let note {
            do throws(ContentFault) {
                try ContentRule.text(note, "note", charactersMax: Self.noteCharactersMax)
            } catch {
                throw .content(error)
            }
        }
        self.member = member.id
        self.outcome = outcome
        self.seized = seized
        self.note = note
        self.at = now
        observation = nil
        content = nil
    }

    /// Refuses an amount with another outcome than a seizure.
    static func check(_ seized: Seizure?, _ outcome: Outcome) throws(ReportFault) {
        guard seized == nil || outcome == .seizure else {
            throw .content(ContentFault("seized", .form("goes with \(Outcome.seizure.rawValue) alone; leave it out")))
        }
    }

    /// What the exchange makes of a member's confirmation: an ownership group corroborates an advisory once.
    /// - Parameters:
    ///   - content: what was seen; nil where no legal gateway lets the originator have it.
    ///   - said: what the member's group said of the advisory before.
    /// - Throws: `ReportFault.told` where the observation came to no less before.
    public init(
        confirmation finding: Corroboration.Finding,
        of observation: ID<Observation>,
        _ content: ReportContent?,
        by member: ID<Member>,
        after said: [Feedback],
        at now: Timestamp
    ) throws(ReportFault) {
        let isCounted = said.contains { $0.outcome == .corroborated }
        let (outcome, note): (Outcome, String?) =
            switch finding {
            case .corroborated where isCounted: (.sighting, Corroboration.Shortfall.countedBefore.rawValue)
            case .corroborated: (.corroborated, nil)
            case .sighting(let shortfall): (.sighting, shortfall?.rawValue)
            }
        let told = Set(said.filter { $0.observation == observation }.map(\.outcome))
        guard told.isDisjoint(with: [outcome, .corroborated]) else { throw .told }
        self.member = member
        self.outcome = outcome
        self.note = note
        self.observation = observation
        self.content = content
        seized = nil
        at = now
    }

    /// What the exchange keeps of a member's dispute: contradicted, with its reason.
    public init(dispute reason: String, by member: ID<Member>, at now: Timestamp) throws(ReportFault) {
        try Report.check(reason, "reason")
        self.member = member
        outcome = .contradicted
        seized = nil
        note = reason
        at = now
        observation = nil
        content = nil
    }

    /// Whether a member may see it: who said it; the originator, unless it is sealed; and of a sealed one, financial
    /// intelligence units alone.
    public func isSeen(by reader: Member, originator: ID<Member>) -> Bool {
        if reader.id == member { return true }
        return outcome.isSealed ? reader.kind == .fiu : reader.id == originator
    }
}
