/// What an epoch's close may post: it is entered in the transaction of what causes it, once.
public enum LedgerEvent: Hashable, Sendable, Codable {
    /// A group is to be credited.
    case claim(Claim)
    /// An item of the reporter's is taken back, on a day on which that may show.
    case takenBack(ClawBack)

    /// Whose account it is of.
    public var group: Name {
        switch self {
        case .claim(let claim): claim.key.group
        case .takenBack(let clawBack): clawBack.reporter
        }
    }

    /// What it is known by: the same cause never enters two, and what another causes is another, be it hidden or not.
    public func key(from cause: String) -> String {
        switch self {
        case .claim(let claim): "claim/\(claim.key.item)/\(claim.key.event.rawValue)/\(claim.key.group)/\(cause)"
        case .takenBack(let clawBack): "taken-back/\(clawBack.scope)/\(clawBack.reporter)/\(cause)"
        }
    }
}

extension Sequence<EnteredEvent> {
    /// The first day on which whose events these are may corroborate again, as of a day; nil where it may.
    public func frozen(on day: Int, _ terms: TermsHistory) -> Int? {
        compactMap { entered in
            switch entered.event {
            case .claim: nil
            case .takenBack(let clawBack): clawBack.freezes(terms[day: clawBack.day])
            }
        }.filter { $0 > day }.max()
    }
}

/// An event, and the epoch that was open when it was entered: none before that one posts it.
public struct EnteredEvent: Hashable, Sendable {
    /// The number of the epoch.
    public let epoch: Int
    /// What was entered.
    public let event: LedgerEvent

    /// Puts it together from its parts.
    public init(epoch: Int, event: LedgerEvent) {
        self.epoch = epoch
        self.event = event
    }
}

extension GroupAccount {
    /// Closes an epoch with what had been entered by then: first what is taken back, in the order of its days.
    ///
    /// The account follows from the events alone: made anew of the same it is the same, with the same entries.
    /// - Parameter record: what was written down at this close, where it was closed before: size and tier stay as they
    ///   were then, whatever became of the group since.
    /// - Returns: the entries to be posted.
    public mutating func close(
        _ epoch: Epoch,
        entered events: [EnteredEvent],
        recorded record: StandingRecord? = nil,
        _ terms: TermsHistory
    ) -> [LedgerEntry<CreditAccount>] {
        guard epoch.number > closed else { return [] }
        if let record { size = record.size }
        defer { if let record { tier = record.tier } }
        var (claims, taken): ([Claim], [ClawBack]) = ([], [])
        for entered in events where entered.epoch <= epoch.number {
            switch entered.event {
            case .claim(let claim): claims.append(claim)
            case .takenBack(let clawBack) where clawBack.day < epoch.closes: taken.append(clawBack)
            case .takenBack: break
            }
        }
        var entries: [LedgerEntry<CreditAccount>] = []
        for clawBack in taken.sorted(by: { ($0.day, $0.item, $0.scope) < ($1.day, $1.item, $1.scope) }) {
            entries += self.clawBack(clawBack, waiting: claims, terms[day: clawBack.day])
        }
        return entries + close(epoch, claims, terms)
    }
}
