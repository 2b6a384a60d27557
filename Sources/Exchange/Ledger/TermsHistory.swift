/// Terms that an operator proposed for a ledger: they count from the opening of an epoch on.
public struct TermsVersion: Hashable, Sendable {
    /// Counts a ledger's proposals, from 1.
    public let number: Int
    /// The number of the first epoch that they count in.
    public let epoch: Int
    /// When they were proposed.
    public let proposed: Timestamp
    /// When they were withdrawn, or others took their place, before they counted; nil where neither was.
    public let ended: Timestamp?
    /// The terms.
    public let terms: ReciprocityTerms

    /// What they are while they count.
    public var stage: TermsHistory.Stage { TermsHistory.Stage(version: number, epoch: epoch, terms: terms) }

    /// Puts it together from its parts.
    public init(number: Int, epoch: Int, proposed: Timestamp, ended: Timestamp? = nil, _ terms: ReciprocityTerms) {
        self.number = number
        self.epoch = epoch
        self.proposed = proposed
        self.ended = ended
        self.terms = terms
    }
}

/// The terms of a ledger, epoch by epoch: no later ones change how an epoch is counted.
///
/// Its epochs and windows are numbered by the terms of the first, which later ones leave as they are.
public struct TermsHistory: Hashable, Sendable {
    /// How many versions a ledger may come to have, those that never counted included.
    public static let versionsMax = 1_000
    /// The defaults, from the first epoch on.
    public static let standard = TermsHistory([])

    /// What counts from an epoch on, until something else does.
    public struct Stage: Hashable, Sendable {
        /// The version; 0 for the defaults.
        public let version: Int
        /// The number of the first epoch that it counts in.
        public let epoch: Int
        /// The terms.
        public let terms: ReciprocityTerms
    }

    /// All versions by their numbers, those too that never counted.
    public let versions: [TermsVersion]
    private let stages: [Stage]
    private let epochDays: Int

    /// Takes all versions, in any order; of two that count from one epoch on the later one does.
    public init(_ versions: [TermsVersion]) {
        self.versions = versions.sorted { $0.number < $1.number }
        var stages = [Stage(version: 0, epoch: 1, terms: .standard)]
        for version in self.versions where version.ended == nil {
            stages.removeAll { $0.epoch >= version.epoch }
            stages.append(version.stage)
        }
        self.stages = stages
        epochDays = stages[0].terms[.epochDays]
    }

    /// What counts in an epoch.
    public func stage(in epoch: Int) -> Stage { stages.last { $0.epoch <= epoch } ?? stages[0] }

    /// What counts in an epoch, and all that is to count later.
    public func stages(from epoch: Int) -> [Stage] { [stage(in: epoch)] + stages.filter { $0.epoch > max(1, epoch) } }

    /// The terms of an epoch.
    public subscript(epoch number: Int) -> ReciprocityTerms { stage(in: number).terms }

    /// The terms of the epoch that a day lies in; of one before the first, those of the first.
    public subscript(day day: Int) -> ReciprocityTerms {
        stages.count == 1 ? stages[0].terms : self[epoch: epoch(on: day)]
    }

    /// The number of the epoch that a day lies in.
    public func epoch(on day: Int) -> Int { max(0, day) / epochDays + 1 }

    /// The day on which an epoch opens.
    public func opening(of epoch: Int) -> Int { (epoch - 1) * epochDays }

    /// What is to count from an epoch on, or from a later one.
    public func announced(from epoch: Int) -> TermsVersion? {
        versions.last { $0.ended == nil && $0.epoch >= epoch }
    }

    /// The version that a proposal makes: it takes the place of what is announced.
    /// - Parameter epoch: the first that is neither open nor over; 1 where the ledger did not begin.
    /// - Returns: nil where the same is announced already.
    /// - Throws: `TermsFault` for a figure that is no ledger's, one that a ledger that began cannot change, and terms
    ///   that change nothing.
    public func proposal(
        of terms: ReciprocityTerms,
        from epoch: Int,
        at now: Timestamp
    ) throws(TermsFault) -> TermsVersion? {
        for term in Term.allCases {
            if terms[term] != term.standard, let rule = term.scope.rule {
                throw TermsFault(key: term.rawValue, rule: rule)
            }
            if epoch > 1, term.numbersDays, terms[term] != self[epoch: 1][term] {
                throw TermsFault(
                    key: term.rawValue,
                    rule:
                        "is \(terms[term]), but the ledger has begun and is numbered by \(self[epoch: 1][term]) days; "
                        + "let it be \(self[epoch: 1][term])"
                )
            }
        }
        let announced = announced(from: epoch)
        if let announced, announced.terms == terms { return nil }
        guard terms != (epoch > 1 ? self[epoch: epoch - 1] : .standard) else {
            let fix = announced == nil ? "change a figure" : "withdraw what is proposed instead"
            throw TermsFault(key: "terms", rule: "are those that count already; \(fix)")
        }
        guard versions.count < Self.versionsMax else {
            throw TermsFault(
                key: "terms",
                rule: "have \(Self.versionsMax) versions, which is all that a ledger may have"
            )
        }
        return TermsVersion(number: (versions.last?.number ?? 0) + 1, epoch: epoch, proposed: now, terms)
    }
}

extension Term.Scope {
    /// Why a ledger's terms cannot set such a figure, and what to do; nil where they can.
    fileprivate var rule: String? {
        switch self {
        case .ledger: nil
        case .exchange:
            "is the exchange's and no pool's: take it out, and set it in the file that reciprocity.terms of caveatd.yaml "
                + "names"
        case .fixed: "holds between groups whatever pool they are in, and is its default everywhere: take it out"
        }
    }
}
