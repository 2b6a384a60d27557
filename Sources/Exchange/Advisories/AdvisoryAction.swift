/// Who acts on an advisory.
public struct ActingPrincipal: Hashable, Sendable {
    /// Who.
    public let principal: ID<Principal>
    /// For whom.
    public let member: ID<Member>
    /// What it may do.
    public let roles: Set<Role>
    /// The unit of its member that it belongs to; nil where unsaid.
    public let unit: Name?

    /// Puts it together from its parts.
    public init(_ principal: ID<Principal>, of member: ID<Member>, roles: Set<Role>, unit: Name? = nil) {
        self.principal = principal
        self.member = member
        self.roles = roles
        self.unit = unit
    }
}

/// Why an advisory was recalled.
public enum RecallReason: String, CaseIterable, Sendable, Codable {
    /// What it said was wrong.
    case error
    /// It was about somebody else.
    case mistakenIdentity = "mistaken-identity"
    case unfounded, legal
    case sourceWithdrawn = "source-withdrawn"
    /// It reached, or could reach, those it must not.
    case leak
    /// A safety advisory that nobody ratified in time; never given by anybody.
    case unratified
}

/// What the originator of an advisory does to it.
///
/// Disputes are the exchange's: see `Advisory.disputed`.
public enum AdvisoryAction: Hashable, Sendable {
    /// Replaces content and terms of what is being drafted, which is a draft again.
    case edit(AdvisoryContent, AdvisoryTerms)
    /// Grades what is being drafted.
    case grade(Grade)
    /// A second person stands by the grade that was given.
    case confirmGrade
    /// A second person approves what is being drafted: the version with this digest, and no other.
    case approve(digest: [UInt8])
    /// Publishes for the first time, under this number.
    case publish(AdvisoryReference)
    /// Begins a version that is to take the published one's place, instead of any that is being drafted.
    case amend(AdvisoryContent, AdvisoryTerms, what: String, why: String)
    /// Puts the approved amendment in the published version's place.
    case publishAmendment
    /// Keeps it until another date; nil for the pool's usual one.
    case review(until: Timestamp?)
    /// Takes it back as no longer needed, or gives a draft up.
    case withdraw(WithdrawalReason)
    /// Calls back every copy.
    case recall(RecallReason)
    /// A second person approves a safety advisory that was published without: the version with this digest.
    case ratify(digest: [UInt8])
    /// A second person erases what it said, once it has ended.
    case erase(ErasureReason)

    /// The roles of which the actor must have one.
    public var roles: Set<Role> {
        switch self {
        case .edit, .publish, .amend, .publishAmendment, .withdraw: [.publisher]
        case .grade: [.publisher, .officer]
        case .confirmGrade: [.approver, .officer]
        case .approve, .ratify, .erase: [.approver]
        case .review: [.publisher, .approver]
        // Stopping harm waits for nobody.
        case .recall: [.publisher, .approver, .officer]
        }
    }

    /// What it is called in a refusal.
    public var name: String {
        switch self {
        case .edit: "edit"
        case .grade: "grade"
        case .confirmGrade: "confirm the grade of"
        case .approve: "approve"
        case .publish: "publish"
        case .amend: "amend"
        case .publishAmendment: "publish the amendment of"
        case .review: "review"
        case .withdraw: "withdraw"
        case .recall: "recall"
        case .ratify: "ratify"
        case .erase: "erase"
        }
    }
}
