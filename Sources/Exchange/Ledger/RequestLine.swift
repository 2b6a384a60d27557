/// How much a request asks of those who answer it.
public enum RequestWeight: String, CaseIterable, Sendable, Codable {
    case simple, moderate, deep

    /// In units of requests.
    public var term: Term {
        switch self {
        case .simple: .simpleRequest
        case .moderate: .moderateRequest
        case .deep: .deepRequest
        }
    }

    /// How many units of requests, by terms.
    public func units(_ terms: ReciprocityTerms) -> Int64 { Int64(terms[term]) }
}

/// A request that one group puts to another, on the line between them.
///
/// It is pending until it is answered, in time and be it with nothing, or refused or let pass. Posting the first entry
/// may be refused with `EntryRefusal.below`: then the asker has reached its line and answers others first.
public struct LineRequest: Hashable, Sendable {
    /// Which request.
    public let item: ID<LedgerItem>
    /// Who asks.
    public let asker: Name
    /// Who is asked.
    public let responder: Name
    /// How much it asks.
    public let weight: RequestWeight

    /// Nil between members of one group, who owe each other nothing here.
    public init?(_ item: ID<LedgerItem>, by asker: Name, of responder: Name, _ weight: RequestWeight) {
        guard asker != responder else { return nil }
        self.item = item
        self.asker = asker
        self.responder = responder
        self.weight = weight
    }

    /// The entry with which it is asked.
    public func asked(on day: Int, _ terms: ReciprocityTerms) -> LedgerEntry<LineAccount> {
        entry(.asked, .pending, Amount(weight.units(terms)), day)
    }

    /// The entry with which an answer in time is owed.
    /// - Parameter asked: the entry with which it was asked.
    public func answered(_ asked: LedgerEntry<LineAccount>, on day: Int) -> LedgerEntry<LineAccount> {
        entry(.answered, .posts(asked.key), asked.amount, day)
    }

    /// The entry with which a refusal, or the end of its time, frees the line.
    /// - Parameter asked: the entry with which it was asked.
    public func lapsed(_ asked: LedgerEntry<LineAccount>, on day: Int) -> LedgerEntry<LineAccount> {
        entry(.lapsed, .voids(asked.key), asked.amount, day)
    }

    private func entry(
        _ cause: EntryCause,
        _ step: LedgerEntry<LineAccount>.Step,
        _ amount: Amount<RequestUnit>,
        _ day: Int
    ) -> LedgerEntry<LineAccount> {
        LedgerEntry(
            EntryKey("rq/\(item)/\(responder)/\(cause.rawValue)"),
            cause,
            item: item,
            debit: LineAccount(of: asker, towards: responder),
            credit: LineAccount(of: responder, towards: asker),
            amount,
            step,
            day: day
        )
    }
}
