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
    }

    /// Refuses an amount with another outcome than a seizure.
    static func check(_ seized: Seizure?, _ outcome: Outcome) throws(ReportFault) {
        guard seized == nil || outcome == .seizure else {
            throw .content(ContentFault("seized", .form("goes with \(Outcome.seizure.rawValue) alone; leave it out")))
        }
    }

    /// What the exchange makes of a member's confirmation.
    public init(confirmation finding: Corroboration.Finding, by member: ID<Member>, at now: Timestamp) {
        self.member = member
        (outcome, note) =
            switch finding {
            case .corroborated: (.corroborated, nil)
            case .sighting(let shortfall): (.sighting, shortfall?.rawValue)
            }
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
    }

    /// Whether a member may see it: who said it; the originator, unless it is sealed; and of a sealed one, financial
    /// intelligence units alone.
    public func isSeen(by reader: Member, originator: ID<Member>) -> Bool {
        if reader.id == member { return true }
        return outcome.isSealed ? reader.kind == .fiu : reader.id == originator
    }
}
