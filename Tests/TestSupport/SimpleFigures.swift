/// The figures of RECIPROCITY written out, and from which epoch on which of them are others.
public struct SimpleFigures: Sendable {
    private static let defaults: [String: Int] = [
        "decay.half_life_days": 180,
        "quality.credibility": 400, "quality.relevance": 200, "quality.novelty": 250, "quality.timeliness": 150,
        "reliability.prior_confirmed": 2, "reliability.prior_refuted": 2, "reliability.least_share": 500,
        "earning.accepted": 10_000, "earning.corroborated": 15_000, "earning.corroborating": 8_000,
        "earning.investigation": 15_000, "earning.seizure": 40_000, "earning.arrest": 40_000,
        "earning.victim_safeguarded": 40_000, "earning.charge": 50_000, "earning.restraint": 50_000,
        "earning.conviction": 60_000, "earning.answer": 6_000, "earning.nil_answer": 3_000,
        "earning.feedback": 2_000, "earning.own_error": 1_000,
        "limits.counterpart_share": 350, "limits.feedback_share": 250, "limits.penalty_factor": 2,
        "size.small": 40_000, "size.medium": 120_000, "size.large": 400_000,
        "tier.basic.threshold": 250, "tier.contributing.threshold": 750, "tier.anchor.threshold": 1_500,
        "tier.anchor.reliability": 700, "tier.demotion_share": 800, "tier.demotion_epochs": 2, "tier.grace_days": 90,
        "entitlements.credit_each": 10_000, "entitlements.per_quarter": 10, "entitlements.quarter_days": 90,
    ]

    private let changes: [Int: [String: Int]]

    /// - Parameter changes: by the epoch from which on they count, all that is not as it is written here.
    public init(_ changes: [Int: [String: Int]] = [:]) {
        self.changes = changes
    }

    /// A figure on a day.
    subscript(name: String, day: Int) -> Int {
        let epoch = max(0, day) / 30 + 1
        let last = changes.keys.filter { $0 <= epoch }.max()
        guard let known = Self.defaults[name] else { preconditionFailure("\(name) is no figure that counts here") }
        return last.flatMap { changes[$0]?[name] } ?? known
    }
}
