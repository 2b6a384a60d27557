/// What one ownership group gave and took in a pool between two closes of epochs, and why its standing is what it is.
///
/// It is made of what was posted alone: nothing under an embargo or seal moves a byte of it, and what was is in its
/// totals later and never told by itself.
public struct GroupStatement: Hashable, Sendable {
    /// Between which closes.
    public struct Period: Hashable, Sendable {
        /// The first epoch that it tells of.
        public let first: Epoch
        /// The last.
        public let last: Epoch
        /// The days that they are counted in.
        public let days: PoolDays

        /// Takes the first epoch, and the last, which was closed.
        public init(from first: Epoch, to last: Epoch, in days: PoolDays) {
            precondition(first.number <= last.number, "a statement is of an epoch at least")
            self.first = first
            self.last = last
            self.days = days
        }

        func contains(_ epoch: Int) -> Bool { (first.number...last.number).contains(epoch) }
    }

    /// An authority whose word is overdue.
    public struct OverdueAuthority: Hashable, Sendable {
        /// Which.
        public let authority: Name
        /// On how many reports of the group.
        public let count: Int
        /// On the oldest of them, the first day on which it was.
        public let since: Int

        static func of(_ owed: [OwedFeedback], on day: Int) -> [OverdueAuthority] {
            let overdue = owed.filter { $0.state(on: day).part == .overdue }
            return Dictionary(grouping: overdue, by: \.authority).compactMap { authority, owed in
                owed.map(\.due).min().map { OverdueAuthority(authority: authority, count: owed.count, since: $0) }
            }
            .sorted { ($0.since, $0.authority) < ($1.since, $1.authority) }
        }
    }

    /// The balances of the two accounts of a group.
    public struct Balance: Hashable, Sendable {
        /// What it has of what it earned.
        public var earned: Amount<MilliCredit>
        /// What it is fined, above zero.
        public var penalty: Amount<MilliCredit>

        /// Nothing, unless told otherwise.
        public init(earned: Amount<MilliCredit> = .zero, penalty: Amount<MilliCredit> = .zero) {
            self.earned = earned
            self.penalty = penalty
        }
    }

    /// What was taken back of an item.
    public struct TakenBack: Hashable, Sendable {
        /// Why.
        public enum Reason: String, Sendable {
            /// Its reporter took it back in time.
            case retracted
            /// It was wrong, in good faith.
            case error
            case badFaith = "bad-faith"
            /// What it had a part in was: another's report that it corroborated, or was corroborated by.
            case other

            init(_ clawBack: ClawBack) {
                guard clawBack.part == nil else {
                    self = .other
                    return
                }
                self =
                    switch clawBack.cause {
                    case .retraction: .retracted
                    case .error: .error
                    case .badFaith: .badFaith
                    }
            }
        }

        /// Which item.
        public let item: ID<LedgerItem>
        /// How much.
        public let amount: Amount<MilliCredit>
        /// On which day.
        public let day: Int
        /// Why.
        public let reason: Reason
    }

    /// What it was fined for an item in bad faith.
    public struct Fine: Hashable, Sendable {
        /// Which item.
        public let item: ID<LedgerItem>
        /// How much.
        public let amount: Amount<MilliCredit>
        /// On which day.
        public let day: Int
    }

    /// Which pool.
    public let pool: Name
    /// The authority whose ledger that is; nil for a pool's own.
    public let authority: Name?
    /// Whose it is.
    public let group: Name
    /// Of what time.
    public let period: Period
    /// What it had before.
    public let opening: Balance
    /// What it has now.
    public let closing: Balance
    /// What was posted.
    public let posted: Amount<MilliCredit>
    /// What time took of what it earned.
    public let decayed: Amount<MilliCredit>
    /// What was taken back, by items.
    public let takenBack: [TakenBack]
    /// What it was fined in all.
    public let fined: Amount<MilliCredit>
    /// The same, by items.
    public let fines: [Fine]
    /// What each item brought, but for what was under an embargo or seal.
    public let lines: [StatementLine]
    /// What was under an embargo or seal, in one sum.
    public let notItemised: Amount<MilliCredit>
    /// What was posted by events, but for what is not itemised.
    public let events: [StatementSum]
    /// What was posted by those that it came from, but for what is not itemised.
    public let counterparts: [StatementSum]
    /// What it has at the last close.
    public let standing: GroupStanding
    /// r in thousandths.
    public let share: Int
    /// rho in thousandths.
    public let reliability: Int
    /// Its tier after the last close.
    public let tier: Tier
    /// Reports of the group that were found to be no more than sightings.
    public let sightings: [Sighting]
    /// What authorities owe it a word on.
    public let owed: [OwedFeedback]
    /// Those of them whose word is overdue, the longest first.
    public let overdue: [OverdueAuthority]
    /// Its vouchers.
    public let entitlements: [Entitlement]
    /// What others owe it for answers, and below zero what it owes them.
    public let requests: [StatementSum]
    /// The terms of its epochs, and all that are to count later, as far as that is announced.
    public let terms: [TermsHistory.Stage]

    /// Puts it together.
    /// - Parameters:
    ///   - account: after the last close of the period, before anything later.
    ///   - opening: before the first close of the period, and what came between the closes counts to it.
    ///   - entries: of this group in the period, in any order.
    ///   - reasons: why the parts of Q of an item are what they are, by items.
    ///   - authority: whose ledger it is; nil for a pool's.
    public init(
        pool: Name,
        of authority: Name? = nil,
        _ account: GroupAccount,
        _ period: Period,
        opening: Balance,
        entries: [LedgerEntry<CreditAccount>],
        reasons: [ID<LedgerItem>: ItemReason],
        sightings: [Sighting] = [],
        owed: [OwedFeedback],
        entitlements: [Entitlement],
        requests: [Name: LedgerBalance],
        _ history: TermsHistory
    ) {
        let terms = history[epoch: period.last.number]
        func sum(_ causes: EntryCause...) -> Amount<MilliCredit> {
            entries.filter { causes.contains($0.cause) }.reduce(.zero) { $0 + $1.amount }
        }
        let day = period.last.closes
        (self.pool, self.authority, group) = (pool, authority, account.group)
        self.period = period
        self.opening = opening
        posted = sum(.close, .restored)
        decayed = sum(.decay, .faded)
        let causes = Dictionary(account.clawBacks.map { (account.key(.clawBack, $0.scope), $0) }) { first, _ in first }
        takenBack = entries.compactMap { entry in
            guard entry.cause == .clawBack, let item = entry.item, let clawBack = causes[entry.key] else { return nil }
            return TakenBack(item: item, amount: entry.amount, day: entry.day, reason: .init(clawBack))
        }.sorted { ($0.item, $0.day) < ($1.item, $1.day) }
        fined = sum(.penalty)
        fines = entries.compactMap { entry in
            guard entry.cause == .penalty, let item = entry.item else { return nil }
            return Fine(item: item, amount: entry.amount, day: entry.day)
        }.sorted { ($0.day, $0.item) < ($1.day, $1.item) }
        closing = Balance(
            earned: opening.earned + posted - decayed - takenBack.reduce(.zero) { $0 + $1.amount },
            penalty: opening.penalty + fined - sum(.relief)
        )
        let items = account.posted().filter { period.contains($0.lot.epoch) }
        lines = items.filter { !$0.lot.claim.wasHidden }.map { item in
            // Of one's own error the parts are fixed.
            let (key, day) = (item.lot.claim.key, item.lot.claim.day)
            let reason = key.event == .ownError ? nil : reasons[key.item]
            return StatementLine(item.lot, item.kind, reason, history[day: day])
        }
        .sorted { ($0.lot.epoch, $0.lot.claim.key, $0.lot.day) < ($1.lot.epoch, $1.lot.claim.key, $1.lot.day) }
        notItemised = items.filter(\.lot.claim.wasHidden).reduce(.zero) { $0 + $1.lot.amount }
        events = StatementSum.of(lines) { $0.lot.claim.key.event.rawValue }
        counterparts = StatementSum.of(lines) { $0.counterpart }
        standing = account.standing(on: day, terms)
        share = standing.share(account.size, terms)
        reliability = account.record.reliability(terms)
        tier = account.tier.tier
        self.sightings = sightings.sorted { ($0.day, $0.item) < ($1.day, $1.item) }
        overdue = OverdueAuthority.of(owed, on: day)
        self.owed = owed.filter { $0.state(on: day).part != .discharged && $0.submitted < day }
            .sorted { ($0.due, $0.item) < ($1.due, $1.item) }
        self.entitlements = entitlements.sorted { ($0.office, $0.issued, $0.id) < ($1.office, $1.issued, $1.id) }
        self.requests = requests.map { StatementSum(name: $0.key.text, amount: $0.value.posted) }
            .filter { $0.amount != 0 }.sorted { $0.name < $1.name }
        self.terms = history.stages(from: period.first.number)
    }
}

extension GroupAccount {
    /// What was posted at each close: lots as they were then, and what they counted for again later.
    fileprivate func posted() -> [(lot: Lot, kind: StatementLine.Kind)] {
        let restored = Dictionary(grouping: restorations, by: \.claim)
        var all: [(lot: Lot, kind: StatementLine.Kind)] = []
        for lot in lots {
            let later = restored[lot.claim.key] ?? []
            var first = lot
            first.amount = lot.amount - later.reduce(.zero) { $0 + $1.amount }
            all.append((first, .posted))
            for restoration in later { all.append((Lot(lot, restoration), .restored)) }
        }
        return all
    }
}

extension Lot {
    /// What a lot counts for again, as if it were one of its own.
    fileprivate init(_ lot: Lot, _ restoration: Restoration) {
        self.init(
            lot.claim,
            epoch: restoration.epoch,
            day: restoration.day,
            halfLifeDays: lot.halfLifeDays,
            reliability: lot.reliability,
            worth: lot.worth,
            amount: restoration.amount
        )
    }
}
