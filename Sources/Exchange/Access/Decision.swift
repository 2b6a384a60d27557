/// What the policy says of one label to one reader.
public enum Decision: Hashable, Sendable {
    /// It does not exist for the reader.
    case hidden(by: AccessRow)
    /// It is outside its marking's scope or its purposes. No interface of the exchange tells this from `hidden`; an
    /// auditor is told.
    case denied(by: AccessRow)
    /// The reader may have the rendition that the label is of, with what it owes for it.
    case permitted(by: AccessRow, Set<Obligation>)

    /// Whether the reader may have it.
    public var isPermitted: Bool {
        switch self {
        case .permitted: true
        case .hidden, .denied: false
        }
    }

    /// What goes with it; nothing where the reader may not have it.
    public var obligations: Set<Obligation> {
        switch self {
        case .permitted(_, let obligations): obligations
        case .hidden, .denied: []
        }
    }

    /// The row of the table that decided.
    public var row: AccessRow {
        switch self {
        case .hidden(let row), .denied(let row), .permitted(let row, _): row
        }
    }
}

/// What goes with a rendition that a reader may have.
public enum Obligation: String, CaseIterable, Sendable, Codable, Comparable {
    /// It was recalled: the reader owes an acknowledgement.
    case acknowledge
    /// There is more, and the originator may be asked for it.
    case mayAskConsent = "may-ask-consent"
    /// Somebody disputes it.
    case disputed

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A row of the access table (docs/ACCESS.md), by the number that it has there.
public enum AccessRow: Int, CaseIterable, Sendable, Codable {
    /// Who cannot read at all: no role, no valid credential.
    case noReader = 0
    case recalled
    case conflict
    case compartment
    case safety
    case suspended
    case purpose
    case scope
    case weakGrade
    case noGateway
    case reportDerived
    case originatorControl
    case protectedPerson
    case disputed
    case time
    case open
    case embargo

    /// Why, for an auditor; a reader is never told.
    public var reason: String {
        switch self {
        case .noReader: "the principal may not read: its role, its standing or its credential"
        case .recalled: "recalled, withdrawn or expired: its earlier recipients have the stub, nobody has anything else"
        case .conflict: "the subject is the reader, its ownership group or a linked person"
        case .compartment: "a task force or compartment that the reader does not hold, or no longer"
        case .safety: "a safety advisory, and the reader is of the affected population: the tearline, at once"
        case .suspended: "the member is suspended: recalls and corrections only"
        case .purpose: "the purpose of the request is not among those permitted"
        case .scope: "outside the scope of its TLP marking, its addressees or the pool"
        case .weakGrade: "graded E or 5, or F or 6 without corroboration, about a person: authorities only"
        case .noGateway: "no legal gateway: the non-nominal rendition"
        case .reportDerived: "derived from a suspicious-activity report without consent of the FIU: the tearline"
        case .originatorControl:
            "controlled by its originator, and the reader is no addressee: the tearline, or what a consent covers"
        case .protectedPerson: "the person is a victim or innocent: revealed on a screening hit only"
        case .disputed: "disputed: with a banner, and not pushed"
        case .time: "put off by the tier of the reader's group: it is the reader's once its delay is over"
        case .open: "nothing stands against it"
        case .embargo: "under an embargo: it is the reader's when that ends"
        }
    }
}
