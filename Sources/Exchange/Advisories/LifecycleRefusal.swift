/// Why an advisory stays as it is, and what to do about it.
public enum LifecycleRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The actor is of another member than the originator.
    case notOriginator
    /// The actor has none of the roles that the action needs.
    case missingRole(oneOf: [Role])
    /// Nothing can be done in this state that the action does.
    case wrongState(AdvisoryState, action: String)
    /// It has no grade.
    case notGraded
    /// It has no approval.
    case notApproved
    /// The actor wrote, or graded, what a second person must look at.
    case ownWork
    /// The second person must be of another unit than those who wrote it, and both units must be known.
    case sameUnit
    /// The version is not the one that the approver saw, or that was approved.
    case changedSince
    /// Somebody approved exactly this before.
    case approved(by: ID<Principal>)
    /// There is no amendment to do that to.
    case noAmendment(AdvisoryState, action: String)
    /// The same of one that stands on one pair of eyes.
    case notRatified(AdvisoryState, action: String)
    /// Nobody disputes it.
    case notDisputed(AdvisoryState)
    /// The amendment is published, and under an embargo.
    case waiting(until: Timestamp)
    /// It is no safety advisory that waits to be ratified.
    case nothingToRatify
    /// The review date is not after now.
    case reviewPast
    /// The review date is later than this.
    case reviewLate(latest: Timestamp)
    /// A reason that is not anybody's to give.
    case reservedReason
    /// The published version has a tearline, and readers hold it: the amendment must have one.
    case tearlineMissing
    /// What it said may still be needed: it has not ended.
    case notEnded(AdvisoryState)
    /// What it said is erased already.
    case erased
    /// The actor's ownership group disputed this version before.
    case disputed
    /// Content, terms, grade or note cannot be taken.
    case content(ContentFault)

    /// The rule, and the fix.
    public var description: String {
        switch self {
        case .notOriginator: "only principals of the member that originated it act on it; ask the originator"
        case .missingRole(let roles):
            "needs the role \(roles.map(\.rawValue).joined(separator: " or ")); have one who holds it act"
        case .wrongState(let state, let action): "cannot \(action) one that is \(state.name); \(state.fix)"
        case .notGraded: "must be graded before it is approved; grade it first"
        case .notApproved: "must be approved by a second person before it is published; have it approved first"
        case .ownWork:
            "needs a second person: not who began it, changed it last or gave the grade to be confirmed; ask another"
        case .sameUnit:
            "names a person or lets readers act, so the approver must be of another unit than its author and last "
                + "editor, with the units of all of them known; ask an approver of another unit"
        case .changedSince: "is not the version that was looked at; read it again and approve that"
        case .approved: "is approved already; nothing is to be done"
        case .noAmendment(let state, let action):
            "cannot \(action) one that is \(state.name) and has no amendment: what readers see changes by an amendment alone; "
                + "amend it first"
        case .notRatified(let state, let action):
            "cannot \(action) one that is \(state.name) on one pair of eyes and has no amendment: a second person ratifies it "
                + "as it is; have it ratified, or amend it"
        case .notDisputed(let state):
            "cannot settle a dispute of one that is \(state.name): nobody disputes it, and only one that is restricted is "
                + "settled; nothing is to be done"
        case .waiting(let end):
            "is published already, and leaves at \(end.text), when its embargo ends; edit it to change that"
        case .nothingToRatify: "only a safety advisory published on one pair of eyes is ratified; nothing is to be done"
        case .reviewPast: "the review date must lie after now, and after the end of an embargo; give a later one"
        case .reviewLate(let latest): "the review date may be \(latest.text) at the latest; give an earlier one"
        case .reservedReason: "this reason is the exchange's own; give another"
        case .tearlineMissing: "readers hold the published tearline, so the amendment must have one; write one"
        case .notEnded(let state):
            "one that is \(state.name) cannot be erased; withdraw or recall it first, or wait until it expires"
        case .erased: "what it said is erased already; nothing is to be done"
        case .disputed:
            "your member, or another of its owner, disputed this version already: it waits for the originator, or was settled; "
                + "say more of it as feedback"
        case .content(let fault): fault.description
        }
    }
}

extension AdvisoryState {
    /// What it is called in a refusal.
    fileprivate var fix: String {
        switch self {
        case .draft, .graded, .approved: "it must be published first"
        case .published, .restricted: "amend it instead"
        case .expired, .withdrawn, .recalled: "this is final; draft a new one"
        }
    }
}
