/// One figure of a pool's terms of reciprocity.
///
/// The raw value is its key in a file of terms.
public enum Term: String, CaseIterable, Sendable, Codable {
    case epochDays = "epoch.days"
    case halfLifeDays = "decay.half_life_days"
    case windowDays = "cluster.window_days"

    case credibilityWeight = "quality.credibility"
    case relevanceWeight = "quality.relevance"
    case noveltyWeight = "quality.novelty"
    case timelinessWeight = "quality.timeliness"
    case irrelevant = "quality.irrelevant"
    case timelinessHours = "quality.timeliness_half_life_hours"

    case priorConfirmed = "reliability.prior_confirmed"
    case priorRefuted = "reliability.prior_refuted"
    case unreliableShare = "reliability.least_share"

    case accepted = "earning.accepted"
    case corroborated = "earning.corroborated"
    case corroborating = "earning.corroborating"
    case investigation = "earning.investigation"
    case seizure = "earning.seizure"
    case arrest = "earning.arrest"
    case safeguarded = "earning.victim_safeguarded"
    case charge = "earning.charge"
    case restraint = "earning.restraint"
    case conviction = "earning.conviction"
    case answer = "earning.answer"
    case nilAnswer = "earning.nil_answer"
    case feedback = "earning.feedback"
    case ownError = "earning.own_error"

    case counterpartShare = "limits.counterpart_share"
    case feedbackShare = "limits.feedback_share"
    case corroborationAgeDays = "limits.corroboration_age_days"
    case freezeDays = "limits.freeze_days"
    case penaltyFactor = "limits.penalty_factor"
    case retractionDays = "limits.retraction_days"

    case statusDays = "authority.status_days"
    case vestingDays = "authority.vesting_days"

    case small = "size.small"
    case medium = "size.medium"
    case large = "size.large"

    case basicThreshold = "tier.basic.threshold"
    case contributingThreshold = "tier.contributing.threshold"
    case anchorThreshold = "tier.anchor.threshold"
    case anchorReliability = "tier.anchor.reliability"
    case restrictedScreenings = "tier.restricted.screenings_per_day"
    case basicScreenings = "tier.basic.screenings_per_day"
    case contributingScreenings = "tier.contributing.screenings_per_day"
    case anchorScreenings = "tier.anchor.screenings_per_day"
    case restrictedRequests = "tier.restricted.requests_per_month"
    case basicRequests = "tier.basic.requests_per_month"
    case contributingRequests = "tier.contributing.requests_per_month"
    case anchorRequests = "tier.anchor.requests_per_month"
    case restrictedHistory = "tier.restricted.history_days"
    case basicHistory = "tier.basic.history_days"
    case contributingHistory = "tier.contributing.history_days"
    case anchorHistory = "tier.anchor.history_days"
    case restrictedDelay = "tier.restricted.delay_hours"
    case basicDelay = "tier.basic.delay_hours"
    case demotionShare = "tier.demotion_share"
    case demotionEpochs = "tier.demotion_epochs"
    case graceDays = "tier.grace_days"

    case line = "requests.line"
    case simpleRequest = "requests.simple"
    case moderateRequest = "requests.moderate"
    case deepRequest = "requests.deep"

    case voucherPrice = "entitlements.credit_each"
    case vouchersPerQuarter = "entitlements.per_quarter"
    case quarterDays = "entitlements.quarter_days"
    case voucherDays = "entitlements.days"
    case reservationDays = "entitlements.reservation_days"

    /// The figures of what groups may take: none of them moves a balance.
    public static let quotas: [Term] =
        Tier.allCases.flatMap { tier in
            Discretionary.Quota.allCases.map { $0.limit(of: tier) } + [tier.history]
        }

    /// By how much later tiers are given what is released: none of them moves a balance either.
    public static let delays: [Term] = Tier.allCases.compactMap(\.delay)
    private static let ofRequests: [Term] = [.line, .simpleRequest, .moderateRequest, .deepRequest]

    /// Who says what a figure is.
    public enum Scope: Sendable {
        /// Each ledger's own terms.
        case ledger
        /// The exchange's configuration, for all ledgers.
        case exchange
        /// Nobody: it is its default.
        case fixed
    }

    /// Who says what it is.
    public var scope: Scope {
        if Self.ofRequests.contains(self) { return .fixed }
        return Self.quotas.contains(self) || Self.delays.contains(self) ? .exchange : .ledger
    }

    /// Whether the epochs or windows of a ledger are numbered by it, so that it stays as it was in the first.
    public var numbersDays: Bool { self == .epochDays || self == .windowDays }

    /// What a figure counts.
    public enum Unit: String, Sendable {
        case days, hours, epochs, vouchers, screenings, requests, times
        case perMille = "thousandths"
        case milliCredits = "milli-credits"
        case requestUnits = "request units"
        case reports
    }

    /// What it counts.
    public var unit: Unit { figure.unit }
    /// What it is where a pool says nothing else: RECIPROCITY.
    public var standard: Int { figure.standard }
    /// What it may be.
    public var range: ClosedRange<Int> { figure.range }

    private var figure: TermFigure {
        guard let figure = TermFigure.all[self] else { preconditionFailure("every term has a figure") }
        return figure
    }
}

/// The default, the range and the unit of a figure.
struct TermFigure: Sendable {
    let standard: Int
    let range: ClosedRange<Int>
    let unit: Term.Unit

    init(_ standard: Int, _ range: ClosedRange<Int>, _ unit: Term.Unit) {
        self.standard = standard
        self.range = range
        self.unit = unit
    }

    static let all: [Term: TermFigure] = [earning, limits, tiers, exchanges].reduce(into: [:]) { all, part in
        all.merge(part) { _, new in new }
    }

    private static func base(_ standard: Int) -> TermFigure { TermFigure(standard, 0...1_000_000, .milliCredits) }
    private static func share(_ standard: Int) -> TermFigure { TermFigure(standard, 0...1_000, .perMille) }
    private static func days(_ standard: Int, _ range: ClosedRange<Int>) -> TermFigure {
        TermFigure(standard, range, .days)
    }

    private static let earning: [Term: TermFigure] = [
        .epochDays: days(30, 7...90), .halfLifeDays: days(180, 30...1_825), .windowDays: days(30, 7...365),
        .credibilityWeight: share(400), .relevanceWeight: share(200), .noveltyWeight: share(250),
        .timelinessWeight: share(150), .irrelevant: share(300),
        .timelinessHours: TermFigure(48, 1...720, .hours),
        .priorConfirmed: TermFigure(2, 1...100, .reports), .priorRefuted: TermFigure(2, 1...100, .reports),
        .unreliableShare: share(500),
        .accepted: base(10_000), .corroborated: base(15_000), .corroborating: base(8_000),
        .investigation: base(15_000), .seizure: base(40_000), .arrest: base(40_000), .safeguarded: base(40_000),
        .charge: base(50_000), .restraint: base(50_000), .conviction: base(60_000),
        .answer: base(6_000), .nilAnswer: base(3_000), .feedback: base(2_000), .ownError: base(1_000),
    ]

    private static let limits: [Term: TermFigure] = [
        .counterpartShare: TermFigure(350, 50...1_000, .perMille),
        .feedbackShare: TermFigure(250, 0...10_000, .perMille),
        .corroborationAgeDays: days(90, 0...730), .freezeDays: days(90, 0...730),
        .penaltyFactor: TermFigure(2, 0...10, .times), .retractionDays: days(7, 0...30),
        .statusDays: days(90, 7...365), .vestingDays: days(180, 14...730),
        .small: TermFigure(40_000, 1_000...1_000_000_000, .milliCredits),
        .medium: TermFigure(120_000, 1_000...1_000_000_000, .milliCredits),
        .large: TermFigure(400_000, 1_000...1_000_000_000, .milliCredits),
    ]

    private static let tiers: [Term: TermFigure] = [
        .basicThreshold: TermFigure(250, 1...10_000, .perMille),
        .contributingThreshold: TermFigure(750, 1...10_000, .perMille),
        .anchorThreshold: TermFigure(1_500, 1...10_000, .perMille), .anchorReliability: share(700),
        .restrictedScreenings: TermFigure(100, 1...10_000_000, .screenings),
        .basicScreenings: TermFigure(1_000, 1...10_000_000, .screenings),
        .contributingScreenings: TermFigure(20_000, 1...10_000_000, .screenings),
        .anchorScreenings: TermFigure(100_000, 1...10_000_000, .screenings),
        .restrictedRequests: TermFigure(2, 1...100_000, .requests),
        .basicRequests: TermFigure(10, 1...100_000, .requests),
        .contributingRequests: TermFigure(40, 1...100_000, .requests),
        .anchorRequests: TermFigure(120, 1...100_000, .requests),
        .restrictedHistory: days(30, 1...3_650), .basicHistory: days(365, 1...3_650),
        .contributingHistory: days(1_825, 1...3_650), .anchorHistory: days(1_825, 1...3_650),
        .restrictedDelay: TermFigure(0, 0...72, .hours), .basicDelay: TermFigure(0, 0...24, .hours),
        .demotionShare: share(800), .demotionEpochs: TermFigure(2, 1...12, .epochs), .graceDays: days(90, 0...730),
    ]

    private static let exchanges: [Term: TermFigure] = [
        .line: TermFigure(20, 1...10_000, .requestUnits),
        .simpleRequest: TermFigure(1, 1...1_000, .requestUnits),
        .moderateRequest: TermFigure(3, 1...1_000, .requestUnits),
        .deepRequest: TermFigure(8, 1...1_000, .requestUnits),
        .voucherPrice: TermFigure(10_000, 1_000...1_000_000_000, .milliCredits),
        .vouchersPerQuarter: TermFigure(10, 0...1_000, .vouchers), .quarterDays: days(90, 7...365),
        .voucherDays: days(90, 1...365), .reservationDays: days(30, 1...90),
    ]
}
