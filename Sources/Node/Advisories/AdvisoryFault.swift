public import Exchange
public import Store

/// Why nothing was done to an advisory.
///
/// When one is thrown nothing was stored, and the same call may be repeated.
public enum AdvisoryFault: Error, Sendable {
    /// The caller's credential, principal or member is no longer valid.
    case ended
    /// It does not exist, or may not be seen.
    case absent
    /// What a field names beside it does not exist, or may not be seen; the text says of what kind that is.
    case noSuch(field: String, rule: String)
    /// The caller may see it, but not do this; the text says why.
    case forbidden(String)
    /// A value breaks a rule; the text says which and how to mend it.
    case invalid(field: String, rule: String)
    /// It may be done at another time; the text says why not now.
    case notNow(String)
    /// The advisory's life does not allow it.
    case refused(LifecycleRefusal)
    /// The state of a report or request does not allow it.
    case conflict(ReportFault)
    /// More is asked than is left of the caller's quota.
    case overQuota(Allowance, asked: Int)
    /// It is not what the caller saw.
    case changedMeanwhile
    /// Not stored, for a reason of ours.
    case notStored(WriteFault)

    /// A refusal; where the caller lacks a role, it is the caller that is refused, whatever the advisory is.
    init(_ refusal: LifecycleRefusal) {
        if case .missingRole = refusal {
            self = .forbidden(refusal.description)
        } else {
            self = .refused(refusal)
        }
    }

    /// A refusal, with the name of who approved it where somebody did.
    init(_ refusal: LifecycleRefusal, _ directory: Directory) {
        self.init(refusal)
        guard case .approved(let principal) = refusal, let name = directory.principals[principal]?.name else { return }
        self = .notNow("is approved already by \(name); nothing is to be done")
    }

    /// What a write throws, as one of these.
    init(_ error: any Error) {
        self =
            switch error {
            case let fault as AdvisoryFault: fault
            case let fault as WriteFault: .notStored(fault)
            default: .notStored(.notCommitted(.statement(String(describing: error))))
            }
    }
}
