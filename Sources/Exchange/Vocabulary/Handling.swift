/// What a marking asks beside its TLP level.
public enum HandlingCaveat: String, CaseIterable, Sendable, Codable, Comparable {
    /// Crime prevention only.
    case crimePrevention = "H0"
    /// Not in court without permission.
    case notInCourt = "H1"
    /// No onward dissemination without permission.
    case noOnward = "H2"
    case other = "H3"
    /// The originator controls who has it beyond its addressees.
    case originatorControlled = "ORCON"
    /// Not beyond the originator's jurisdiction.
    case noExport = "NOEXPORT"
    /// Derived from a suspicious-activity report.
    case reportDerived = "SARX"
    /// No victim's identity.
    case noVictim = "NOVI"

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The most that a reader may do on the ground of an advisory; maps to the permitted actions of FIRST IEP 2.0.
public enum ActionCode: String, CaseIterable, Sendable, Codable, Comparable {
    /// Contact the originator first.
    case contactFirst = "A0"
    /// Internal use only.
    case internalOnly = "A1"
    /// Ordinary due-diligence questions.
    case ordinaryQuestions = "A2"
    /// An independent hold or decline.
    case holdOrDecline = "A3"
    /// External action.
    case externalAction = "A4"

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// One form of an advisory's version; each has STIX ids of its own.
public enum Rendition: String, CaseIterable, Sendable, Codable {
    /// All of it.
    case full
    /// Sanitised by its author.
    case tearline
    /// Method and route alone, made by the exchange: no name, identifier, address or account.
    case nonNominal = "non-nominal"
    /// What is left of it after a recall.
    case stub
}
