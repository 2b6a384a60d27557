/// How far a source, and what it says, can be relied upon (Admiralty code); never merged with confidence or severity.
public struct Grade: Hashable, Sendable, Codable {
    /// How reliable the source is.
    public enum Reliability: String, CaseIterable, Sendable, Codable {
        case completely = "A"
        case usually = "B"
        case fairly = "C"
        case notUsually = "D"
        case unreliable = "E"
        case unknown = "F"
    }

    /// How credible the information is.
    public enum Credibility: Int, CaseIterable, Sendable, Codable {
        case confirmed = 1
        case probable, possible, doubtful, improbable, unknown
    }

    /// The best credibility that an originator may give itself before a second person has reviewed it.
    public static let selfGradedBest = Credibility.possible

    /// Of the source.
    public var reliability: Reliability
    /// Of the information.
    public var credibility: Credibility
    /// The value in the scheme that it was converted from, as it came: `4x4:B2`; nil where it was given in this one.
    public var original: String?

    /// Puts it together from its parts.
    public init(_ reliability: Reliability, _ credibility: Credibility, original: String? = nil) {
        self.reliability = reliability
        self.credibility = credibility
        self.original = original
    }

    /// Letter and digit: `B2`.
    public var code: String { "\(reliability.rawValue)\(credibility.rawValue)" }

    /// Reads letter and digit; nil for any other text.
    public init?(code: String) {
        guard code.count == 2, let letter = code.first, let digit = code.last,
            let reliability = Reliability(rawValue: String(letter)),
            let credibility = Int(String(digit)).flatMap(Credibility.init)
        else { return nil }
        self.init(reliability, credibility)
    }

    /// As it counts before a second person has reviewed it.
    public var selfGraded: Grade {
        guard credibility.rawValue < Self.selfGradedBest.rawValue else { return self }
        return Grade(reliability, Self.selfGradedBest, original: original)
    }

    /// Whether it is too weak for industry to be told of a person on it: an unreliable source or an improbable claim,
    /// or one that nobody can judge and nobody has confirmed.
    public func isTooWeakForIndustry(corroborated: Bool) -> Bool {
        if reliability == .unreliable || credibility == .improbable { return true }
        return (reliability == .unknown || credibility == .unknown) && !corroborated
    }
}

/// How grave it is; the timers of requests follow it.
public enum Severity: Int, CaseIterable, Sendable, Codable {
    case routine = 1
    case significant, serious, critical

    /// How long an answer may take.
    public var answerTime: Duration {
        switch self {
        case .critical: .seconds(8 * 3_600)
        case .serious: .seconds(3 * 86_400)
        case .significant: .seconds(7 * 86_400)
        case .routine: .seconds(14 * 86_400)
        }
    }
}
