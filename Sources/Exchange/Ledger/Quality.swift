/// How good an item is, each part in thousandths.
public struct Quality: Hashable, Sendable, Codable {
    /// The best there is; feedback and the word of an own error have it.
    public static let full = Quality(credibility: 1_000, relevance: 1_000, novelty: 1_000, timeliness: 1_000)

    /// C, by the information's grade.
    public let credibility: Int
    /// R, by stated requirements and declared exposure.
    public let relevance: Int
    /// U, by what others had told before.
    public let novelty: Int
    /// T, by the time from the observation on.
    public let timeliness: Int

    /// Takes the parts, each 0 to 1000.
    public init(credibility: Int, relevance: Int, novelty: Int, timeliness: Int) {
        for part in [credibility, relevance, novelty, timeliness] {
            precondition((0...1_000).contains(part), "a part of quality is a share in thousandths")
        }
        self.credibility = credibility
        self.relevance = relevance
        self.novelty = novelty
        self.timeliness = timeliness
    }

    /// C of a grade: its value in the Admiralty scale times 10.
    public static func credibility(_ grade: Grade.Credibility) -> Int {
        switch grade {
        case .confirmed: 1_000
        case .probable: 750
        case .possible, .unknown: 500
        case .doubtful: 250
        case .improbable: 0
        }
    }

    /// T: what is left of 1000 since the observation, which halves every 48 hours.
    public static func timeliness(seen: Timestamp, submitted: Timestamp, _ terms: ReciprocityTerms) -> Int {
        let elapsed = max(0, submitted.nanoseconds.subtractingReportingOverflow(seen.nanoseconds).partialValue)
        return HalfLife.perMille(Int(elapsed / 1_000_000_000), of: terms[.timelinessHours] * 3_600)
    }

    /// That of an answer: it is what was asked for, is compared with no other, and is the timelier the sooner it comes.
    ///
    /// Nobody grades it: its C is that of what cannot be judged.
    public init(of answer: InformationRequest.Answer, to request: InformationRequest, _ terms: ReciprocityTerms) {
        self.init(
            credibility: Self.credibility(.unknown),
            relevance: 1_000,
            novelty: 1_000,
            timeliness: Self.timeliness(seen: request.at, submitted: answer.at, terms)
        )
    }

    /// Q: the weighted mean of the parts, in thousandths, rounded down.
    public func score(_ terms: ReciprocityTerms) -> Int {
        (terms[.credibilityWeight] * credibility + terms[.relevanceWeight] * relevance
            + terms[.noveltyWeight] * novelty + terms[.timelinessWeight] * timeliness) / 1_000
    }
}

/// How often an ownership group's reports came true, and how often not.
public struct TrackRecord: Hashable, Sendable {
    /// Items that an authority confirmed.
    public var confirmed: Int
    /// Items that were taken back as wrong.
    public var refuted: Int

    /// Nothing, unless told otherwise.
    public init(confirmed: Int = 0, refuted: Int = 0) {
        self.confirmed = confirmed
        self.refuted = refuted
    }

    /// rho, in thousandths, rounded down: 500 for a group with no record.
    public func reliability(_ terms: ReciprocityTerms) -> Int {
        1_000 * (terms[.priorConfirmed] + confirmed)
            / (terms[.priorConfirmed] + terms[.priorRefuted] + confirmed + refuted)
    }
}

extension EarningEvent {
    /// What it earns: base · Q · (500 + rho) / 1 000 000, rounded down.
    public func earns(_ quality: Quality, reliability: Int, _ terms: ReciprocityTerms) -> Amount<MilliCredit> {
        let share = quality.score(terms) * (terms[.unreliableShare] + reliability)
        return Amount(Int64(terms[base] * share / 1_000_000))
    }
}
