/// What contribution is credited for.
public enum EarningEvent: String, CaseIterable, Sendable, Codable, Comparable {
    /// An authority's triage accepted a report, or its silence did.
    case accepted
    /// Somebody independent corroborated the report.
    case corroborated
    /// It corroborated somebody's report.
    case corroborating
    case investigation, seizure, arrest
    case safeguarded = "victim-safeguarded"
    case charge, restraint, conviction
    /// A request was answered in time, and something was known.
    case answer
    /// A request was answered in time, and nothing was known.
    case nilAnswer = "nil-answer"
    /// A holder of an advisory said in time what it made of it.
    case feedback
    /// A reporter said itself, in time, that its accepted report was wrong.
    case ownError = "own-error"

    /// What an authority says came of a report; nil for what earns nothing, among it everything a member says.
    ///
    /// Paying for exits would pay for de-risking, and paying for what was filed would show that it was.
    public init?(_ outcome: Outcome) {
        switch outcome {
        case .investigationOpened: self = .investigation
        case .seizure: self = .seizure
        case .arrest: self = .arrest
        case .victimSafeguarded: self = .safeguarded
        case .charge: self = .charge
        case .restraint: self = .restraint
        case .conviction: self = .conviction
        case .examined, .penalty, .acquittal, .noOffenceFound, .mistakenIdentity, .noMatch, .reviewing, .falseMatch,
            .controlsApplied, .declined, .retained, .usefulContext, .reported, .corroborated, .sighting,
            .contradicted, .duplicate, .retracted, .expiredUnverified, .silenceVested:
            return nil
        }
    }

    /// What a holder's word on an advisory is credited as; nil for what earns nothing.
    ///
    /// Who leaves a customer, or filed a report, is not paid for saying so.
    public init?(feedback outcome: Outcome) {
        switch outcome {
        case .noMatch, .reviewing, .falseMatch, .controlsApplied, .retained, .usefulContext: self = .feedback
        case .declined, .reported, .examined, .seizure, .penalty, .investigationOpened, .arrest, .charge, .conviction,
            .acquittal, .restraint, .victimSafeguarded, .noOffenceFound, .mistakenIdentity, .corroborated, .sighting,
            .contradicted, .duplicate, .retracted, .expiredUnverified, .silenceVested:
            return nil
        }
    }

    /// What it earns at most.
    public var base: Term {
        switch self {
        case .accepted: .accepted
        case .corroborated: .corroborated
        case .corroborating: .corroborating
        case .investigation: .investigation
        case .seizure: .seizure
        case .arrest: .arrest
        case .safeguarded: .safeguarded
        case .charge: .charge
        case .restraint: .restraint
        case .conviction: .conviction
        case .answer: .answer
        case .nilAnswer: .nilAnswer
        case .feedback: .feedback
        case .ownError: .ownError
        }
    }

    /// Whether it confirms what was reported.
    public var confirms: Bool {
        switch self {
        case .investigation, .seizure, .arrest, .safeguarded, .charge, .restraint, .conviction: true
        case .accepted, .corroborated, .corroborating, .answer, .nilAnswer, .feedback, .ownError: false
        }
    }

    /// Whether customs issue vouchers for it.
    public var isFacilitated: Bool {
        switch self {
        case .accepted, .corroborated, .corroborating: true
        case .investigation, .seizure, .arrest, .safeguarded, .charge, .restraint, .conviction, .answer, .nilAnswer,
            .feedback, .ownError:
            false
        }
    }

    /// Itself, but for a nil answer an answer: a group answers a request once.
    public var slot: EarningEvent { self == .nilAnswer ? .answer : self }

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
