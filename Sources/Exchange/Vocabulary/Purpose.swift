/// What a reader wants something for; a credential is bound to some of them.
public enum Purpose: String, CaseIterable, Sendable, Codable, Comparable {
    case onboarding = "P01"
    case monitoring = "P02"
    /// A decision on a shipment or a transaction.
    case decision = "P03"
    /// A report to an authority.
    case reporting = "P04"
    case investigation = "P05"
    case targeting = "P06"
    case staffVetting = "P07"
    /// Diligence on third parties.
    case diligence = "P08"
    /// Without names.
    case strategic = "P09"
    case safetyOfLife = "P10"
    case sanctions = "P11"

    /// What something may be used for where its originator does not say: everything but the vetting of staff.
    public static let usual = Set(allCases).subtracting([.staffVetting])

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
