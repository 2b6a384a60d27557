/// What came of it, said by someone entitled to say it.
public enum Outcome: String, CaseIterable, Sendable, Codable {
    case examined = "OA-EXM"
    case seizure = "OA-SEI"
    case penalty = "OA-DET"
    case investigationOpened = "OA-OPN"
    case arrest = "OA-ARR"
    case charge = "OA-CHG"
    case conviction = "OA-CNV"
    case acquittal = "OA-ACQ"
    case restraint = "OA-RES"
    case victimSafeguarded = "OA-SAV"
    case noOffenceFound = "OA-NFA"
    case mistakenIdentity = "OA-MIS"
    case noMatch = "OM-NON"
    case reviewing = "OM-REV"
    case falseMatch = "OM-FPM"
    case controlsApplied = "OM-CTL"
    case declined = "OM-DEC"
    case retained = "OM-RET"
    case usefulContext = "OM-USE"
    case reported = "OM-RPT"
    case corroborated = "OS-COR"
    case sighting = "OS-SIG"
    case contradicted = "OS-CON"
    case duplicate = "OS-DUP"
    case retracted = "OS-RTR"
    case expiredUnverified = "OS-EXP"
    case silenceVested = "OS-SIL"

    /// Who may say it.
    public enum Speaker: Sendable {
        case authority, member, exchange
    }

    /// Who may say it.
    public var speaker: Speaker {
        switch self {
        case .examined, .seizure, .penalty, .investigationOpened, .arrest, .charge, .conviction, .acquittal, .restraint,
            .victimSafeguarded, .noOffenceFound, .mistakenIdentity:
            .authority
        case .noMatch, .reviewing, .falseMatch, .controlsApplied, .declined, .retained, .usefulContext, .reported:
            .member
        case .corroborated, .sighting, .contradicted, .duplicate, .retracted, .expiredUnverified, .silenceVested:
            .exchange
        }
    }

    /// Whether financial intelligence units alone may see it: showing it would disclose a report.
    public var isSealed: Bool { self == .reported }
}
