/// Where an advisory stands.
public enum AdvisoryState: Hashable, Sendable {
    case draft, graded, approved, published
    /// Disputed: readers see a banner.
    case restricted
    case expired
    case withdrawn(WithdrawalReason)
    case recalled(RecallReason)

    /// The word of VOCABULARY.
    public var name: String {
        switch self {
        case .draft: "draft"
        case .graded: "graded"
        case .approved: "approved"
        case .published: "published"
        case .restricted: "restricted"
        case .expired: "expired"
        case .withdrawn: "withdrawn"
        case .recalled: "recalled"
        }
    }

    /// Whether nothing but a recall can follow.
    public var isFinal: Bool {
        switch self {
        case .draft, .graded, .approved, .published, .restricted: false
        case .expired, .withdrawn, .recalled: true
        }
    }
}

/// What holds of an advisory from its first publication on.
public struct AdvisoryRelease: Hashable, Sendable, Codable {
    /// The number that people know it by.
    public let reference: AdvisoryReference
    /// When its first version was published.
    public let first: Timestamp
    /// When the version that readers see was published.
    public internal(set) var last: Timestamp
    /// When it expires unless it is reviewed; nil when the cap alone ends it.
    public internal(set) var review: Timestamp?
    /// Whether a second person approved what readers see; without, it is recalled by itself.
    public internal(set) var isRatified: Bool

    /// When it expires, whatever anybody says.
    public var cap: Timestamp { Self.cap(from: first) }

    /// When what is first out at `first` expires whatever is done.
    static func cap(from first: Timestamp) -> Timestamp {
        first.advanced(by: .seconds(Advisory.capDays * 86_400))
    }

    /// When it is recalled by itself; nil once it is ratified.
    public var ratificationEnd: Timestamp? {
        isRatified ? nil : first.advanced(by: Advisory.ratificationTime)
    }
}

/// How far an advisory has come, with what only that stage has.
public enum AdvisoryStage: Hashable, Sendable, Codable {
    /// Not published yet.
    case pending
    /// A draft that was given up.
    case discarded(WithdrawalReason, at: Timestamp)
    case published(AdvisoryRelease)
    case restricted(AdvisoryRelease, since: Timestamp)
    case expired(AdvisoryRelease, at: Timestamp)
    case withdrawn(WithdrawalReason, AdvisoryRelease, at: Timestamp)
    case recalled(RecallReason, AdvisoryRelease, at: Timestamp)
}
