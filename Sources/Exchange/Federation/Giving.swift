/// What became of something released, for one other exchange.
public enum Giving: Hashable, Sendable {
    /// It was given there.
    case given
    /// It is to be given, and the peer was not reached yet.
    case waits
    /// The peer would not have it: it is among the dead letters.
    case returned
    /// The copy that is there no longer counts: this version may not go.
    case superseded
    /// It went by when nothing was agreed on that lets it go, or the policy kept it from the peer.
    case passed
    /// Its label cannot be said to others.
    case unsayable
    /// Nothing of it was signed: its pool was shared with nobody then.
    case unsigned
    case refused(PassageRefusal)

    /// Whether it is there.
    public var isGiven: Bool { self == .given }

    /// Why, for an auditor.
    public var reason: String {
        switch self {
        case .given: "it was given there"
        case .waits: "it waits to be sent: the operator sees what keeps it (caveat admin peer show)"
        case .returned: "it was refused there: the operator sees why, and sends it again (caveat admin peer replay)"
        case .superseded: "the copy there no longer counts, and this version may not go"
        case .passed: "it was released before the agreement and the policy let it go: its next version goes"
        case .unsayable: "its purposes, addressees, caveats, compartment, grade or subjects confine it to readers here"
        case .unsigned:
            "it was not signed when it was released: its pool was shared with nobody, "
                + "or it has more than \(Release.objectsMax) objects"
        case .refused(let refusal): refusal.rawValue
        }
    }
}
