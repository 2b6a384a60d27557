/// What an advisory is about.
public enum AdvisoryKind: String, CaseIterable, Sendable, Codable {
    case subject = "ADV-SUB"
    case method = "ADV-MO"
    case route = "ADV-RTE"
    case asset = "ADV-AST"
    case jurisdiction = "ADV-JUR"
    /// Imminent harm to people.
    case safety = "ADV-SAFE"
}

/// Why an advisory was withdrawn.
public enum WithdrawalReason: String, CaseIterable, Sendable, Codable {
    case unfounded, resolved, superseded, legal
    case sourceWithdrawn = "source-withdrawn"
}

/// What a person in an advisory is in the matter.
public enum DataSubject: String, CaseIterable, Sendable, Codable {
    case suspect = "S"
    case convicted = "C"
    case victim = "V"
    case witness = "W"
    case associate = "A"
    /// Innocent, or impersonated.
    case innocent = "I"
    case unknown = "U"

    /// Whether it is revealed on a screening hit alone, with an instruction to protect.
    public var isProtected: Bool {
        switch self {
        case .victim, .innocent: true
        case .suspect, .convicted, .witness, .associate, .unknown: false
        }
    }
}
