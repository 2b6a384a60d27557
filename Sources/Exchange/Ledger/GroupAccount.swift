/// What one ownership group has in the contribution ledger of one pool.
///
/// Nothing in it depends on another group, so that a close takes one group after the other. Each change returns the
/// entries to be posted with it; the same change again returns none.
public struct GroupAccount: Hashable, Sendable {
    /// Whose it is.
    public let group: Name
    /// The day on which its first member joined the pool.
    public let joined: Int
    /// How large it is.
    public var size: SizeClass
    /// What was posted, in the order in which it was.
    public internal(set) var lots: [Lot]
    /// What it was fined, in order.
    public internal(set) var penalties: [Penalty]
    /// The items that were taken back, in order.
    public internal(set) var clawBacks: [ClawBack]
    /// What counted again after that, in order.
    public internal(set) var restorations: [Restoration]
    /// The vouchers that it was issued, in order.
    public internal(set) var issues: [VoucherIssue]
    /// Its tier.
    public internal(set) var tier: TierState
    /// The last epoch that was closed; 0 before the first.
    public internal(set) var closed: Int
    /// The day up to which decay is booked.
    public internal(set) var booked: Int

    /// Puts it together from its parts; a new group has nothing.
    public init(
        _ group: Name,
        joined: Int,
        size: SizeClass,
        lots: [Lot] = [],
        penalties: [Penalty] = [],
        clawBacks: [ClawBack] = [],
        restorations: [Restoration] = [],
        issues: [VoucherIssue] = [],
        tier: TierState = .new,
        closed: Int = 0,
        booked: Int = 0
    ) {
        self.group = group
        self.joined = joined
        self.size = size
        self.lots = lots
        self.penalties = penalties
        self.clawBacks = clawBacks
        self.restorations = restorations
        self.issues = issues
        self.tier = tier
        self.closed = closed
        self.booked = booked
    }

    /// How often its reports came true, and how often not.
    public var record: TrackRecord { record(with: []) }

    /// The same, with claims that are posted now.
    ///
    /// A cluster in a window counts once, however many reports it was told in.
    private func record(with claims: [Claim]) -> TrackRecord {
        let all = lots.filter { $0.taken == nil }.map(\.claim) + claims
        let confirmed = Set(all.filter(\.key.event.confirms).map(\.matter))
        return TrackRecord(
            confirmed: confirmed.count,
            refuted: Set(clawBacks.filter { countsAgainst($0) }.map(\.item)).count
        )
    }

    /// What it has on a day.
    public func standing(on day: Int, _ terms: ReciprocityTerms) -> GroupStanding {
        GroupStanding(lots: lots, penalties: penalties, size, on: day, terms)
    }

    /// The first day on which it may corroborate again; nil where it may.
    public func frozen(on day: Int, _ terms: TermsHistory) -> Int? {
        clawBacks.filter { $0.reporter == group }.compactMap { $0.freezes(terms[day: $0.day]) }.filter { $0 > day }
            .max()
    }

    private func countsAgainst(_ clawBack: ClawBack) -> Bool {
        guard clawBack.reporter == group else { return false }
        return switch clawBack.cause {
        case .retraction: false
        case .error, .badFaith: true
        }
    }
}

extension ClawBack {
    var isBadFaith: Bool {
        switch cause {
        case .retraction, .error: false
        case .badFaith: true
        }
    }
}

// MARK: Changes

extension GroupAccount {
    /// Books what time took since the last day that it was booked for: one total.
    public mutating func carry(to day: Int) -> [LedgerEntry<CreditAccount>] {
        guard day > booked else { return [] }
        let lost = lots.reduce(Amount<MilliCredit>.zero) { $0 + $1.remaining(on: booked) - $1.remaining(on: day) }
        let relieved = penalties.reduce(Amount<MilliCredit>.zero) {
            $0 + $1.remaining(on: booked) - $1.remaining(on: day)
        }
        booked = day
        return entries([
            entry(.decay, "\(day)", from: .earned(group), to: .decay, lost),
            entry(.relief, "\(day)", from: .decay, to: .penalty(group), relieved),
        ])
    }

    /// Closes an epoch: posts what showed before its close, issues vouchers for it, and moves the tier a step.
    ///
    /// An epoch that was closed before changes nothing. What a claim earns is by the terms of the day of its event, all
    /// else by those of the epoch.
    /// - Parameters:
    ///   - claims: the group's claims, those posted before included or not; others' are passed over.
    public mutating func close(
        _ epoch: Epoch,
        _ claims: [Claim],
        _ history: TermsHistory
    ) -> [LedgerEntry<CreditAccount>] {
        guard epoch.number > closed else { return [] }
        let terms = history[epoch: epoch.number]
        let decay = carry(to: epoch.closes)
        let first = lots.count
        post(due(claims, epoch, history), epoch, history)
        let issued = lots[first...].reduce(Amount<MilliCredit>.zero) { $0 + $1.amount }
        issues += vouchers(for: lots[first...], epoch, terms)
        tier = tier.next(
            standing: standing(on: epoch.closes, terms).total,
            size: size,
            reliability: record.reliability(terms),
            age: epoch.closes - joined,
            terms
        )
        closed = epoch.number
        return decay + entries([entry(.close, "\(epoch.number)", from: .issuance, to: .earned(group), issued)])
    }

    /// The claims that an epoch's close posts, in the order in which it does.
    private func due(_ claims: [Claim], _ epoch: Epoch, _ terms: TermsHistory) -> [Claim] {
        let shown = claims.filter { claim in
            guard let shows = claim.shows else { return false }
            return claim.key.group == group && shows < epoch.closes
        }
        let taken = Dictionary(grouping: clawBacks, by: \.item)
        let accepted = Set((shown + lots.map(\.claim)).filter { $0.key.event == .accepted }.map(\.key.item))
        var posted = Set(lots.map(\.claim.key.slot))
        // Of what was said in the open nothing may change because it had been said under an embargo before.
        let open = Set(shown.filter { !$0.wasHidden }.map(\.key.slot))
        let told = shown.filter { !$0.wasHidden || !open.contains($0.key.slot) }
        // Of two claims of one key on one day the better counts.
        var isErring = false
        return told.sorted { left, right in
            (left.day, left.key, -left.quality.score(terms[day: left.day]), left.shows ?? .max)
                < (right.day, right.key, -right.quality.score(terms[day: right.day]), right.shows ?? .max)
        }.filter { claim in
            guard claim.key.event == .ownError else {
                let isTaken = (taken[claim.key.item] ?? []).contains { $0.takes(claim) }
                return !isTaken && posted.insert(claim.key.slot).inserted
            }
            // An own error is one where there was something to be in error about, and who meant it was in none. One an
            // epoch is paid for: reporting in order to take back is no service.
            guard !isErring, claim.day >= epoch.opens, accepted.contains(claim.key.item),
                !(taken[claim.key.item] ?? []).contains(where: \.isBadFaith)
            else { return false }
            isErring = posted.insert(claim.key.slot).inserted
            return isErring
        }
    }

    private mutating func post(_ claims: [Claim], _ epoch: Epoch, _ history: TermsHistory) {
        let reliability = record(with: claims).reliability(history[epoch: epoch.number])
        var greatest: [Claim.Mask: Amount<MilliCredit>] = [:]
        for lot in lots where lot.taken == nil {
            greatest[lot.claim.mask] = max(greatest[lot.claim.mask] ?? .zero, lot.worth)
        }
        for claim in claims {
            let terms = history[day: claim.day]
            let worth = claim.key.event.earns(claim.quality, reliability: reliability, terms)
            let held = greatest[claim.mask] ?? .zero
            greatest[claim.mask] = max(held, worth)
            lots.append(
                Lot(
                    claim,
                    epoch: epoch.number,
                    day: epoch.closes,
                    halfLifeDays: terms[.halfLifeDays],
                    reliability: reliability,
                    worth: worth,
                    amount: max(worth - held, .zero)
                )
            )
        }
    }

    private func vouchers(
        for lots: ArraySlice<Lot>,
        _ epoch: Epoch,
        _ terms: ReciprocityTerms
    ) -> [VoucherIssue] {
        var credits: [Name: Amount<MilliCredit>] = [:]
        for lot in lots where lot.claim.key.event.isFacilitated {
            if let office = lot.claim.office { credits[office, default: .zero] += lot.amount }
        }
        return credits.sorted { $0.key < $1.key }.compactMap { office, credit in
            let recent = issues.filter { $0.office == office && $0.day > epoch.closes - terms[.quarterDays] }
            let room = terms[.vouchersPerQuarter] - recent.reduce(0) { $0 + $1.count }
            let count = min(Int(credit.count) / terms[.voucherPrice], room)
            return count > 0 ? VoucherIssue(office, epoch: epoch.number, day: epoch.closes, count: count) : nil
        }
    }

    /// Of each issue of vouchers, what is left of the credit that it was for no longer stands for, with that count.
    public func unearned(_ terms: TermsHistory) -> [VoucherIssue] {
        issues.compactMap { issue in
            let left = lots.reduce(Amount<MilliCredit>.zero) { sum, lot in
                let isOf = lot.epoch == issue.epoch && lot.claim.office == issue.office
                return isOf && lot.claim.key.event.isFacilitated && lot.taken == nil ? sum + lot.amount : sum
            }
            let count = issue.count - Int(left.count) / terms[epoch: issue.epoch][.voucherPrice]
            return count > 0 ? VoucherIssue(issue.office, epoch: issue.epoch, day: issue.day, count: count) : nil
        }
    }

    /// Takes back what is left of an item, and lets what it masked count again.
    ///
    /// An item that was taken back before changes nothing, but that one in bad faith is fined all the same. Where it
    /// was not posted yet, it never is.
    /// - Parameters:
    ///   - waiting: claims that were not posted yet: in bad faith the group's own are fined too.
    ///   - terms: those of its day.
    public mutating func clawBack(
        _ clawBack: ClawBack,
        waiting: [Claim] = [],
        _ terms: ReciprocityTerms
    ) -> [LedgerEntry<CreditAccount>] {
        let before = clawBacks.filter { $0.item == clawBack.item && $0.part == clawBack.part }
        guard before.isEmpty || clawBack.isBadFaith && !before.contains(where: \.isBadFaith) else { return [] }
        let day = max(clawBack.day, booked)
        var new = carry(to: day)
        // What another's item took with it is neither taken again nor fined.
        let parts = clawBacks.filter { $0.part != nil }
        func stands(_ claim: Claim) -> Bool {
            (claim.key.event != .ownError || clawBack.isBadFaith) && !parts.contains { $0.takes(claim) }
        }
        clawBacks.append(clawBack)
        var fined = Amount<MilliCredit>.zero
        var taken = Amount<MilliCredit>.zero
        var masks: Set<Claim.Mask> = []
        for place in lots.indices where clawBack.takes(lots[place].claim) && stands(lots[place].claim) {
            // What was paid for telling of it goes, and is no part of the item that is fined.
            if lots[place].claim.key.event != .ownError { fined += lots[place].worth }
            guard lots[place].taken == nil else { continue }
            let left = lots[place].remaining(on: day)
            lots[place].taken = Lot.Taken(day: day, amount: left)
            taken += left
            masks.insert(lots[place].claim.mask)
        }
        let (restored, faded) = restore(masks, on: day)
        let item = clawBack.item
        new += entries([
            entry(.clawBack, clawBack, from: .earned(group), to: .clawback, taken),
            entry(.restored, clawBack, from: .issuance, to: .earned(group), restored),
            entry(.faded, clawBack, from: .earned(group), to: .decay, faded),
        ])
        guard clawBack.isBadFaith, clawBack.reporter == group else { return new }
        let posted = Set(lots.map(\.claim.key.slot))
        // What does not show yet must not show in a fine either.
        let shown = waiting.filter { claim in claim.key.group == group && claim.shows.map { $0 <= day } ?? false }
        let told = shown.filter { $0.key.item == item && $0.key.event != .ownError && stands($0) }
        for claim in told where !posted.contains(claim.key.slot) {
            // At the rho of a group with no record, so that an item in parts is fined as the whole is.
            fined += claim.key.event.earns(claim.quality, reliability: TrackRecord().reliability(terms), terms)
        }
        let penalty = Penalty(
            item: clawBack.item,
            day: day,
            halfLifeDays: terms[.halfLifeDays],
            amount: Amount(fined.count * Int64(terms[.penaltyFactor]))
        )
        penalties.append(penalty)
        return new + entries([entry(.penalty, clawBack, from: .penalty(group), to: .clawback, penalty.amount)])
    }

    /// Evaluates clusters again in posting order, so that what was masked counts as if nothing had masked it.
    /// - Returns: what is issued, and what time took of that before.
    private mutating func restore(
        _ masks: Set<Claim.Mask>,
        on day: Int
    ) -> (Amount<MilliCredit>, Amount<MilliCredit>) {
        var greatest: [Claim.Mask: Amount<MilliCredit>] = [:]
        var restored = Amount<MilliCredit>.zero
        var faded = Amount<MilliCredit>.zero
        for place in lots.indices where masks.contains(lots[place].claim.mask) && lots[place].taken == nil {
            let held = greatest[lots[place].claim.mask] ?? .zero
            let before = lots[place]
            lots[place].amount = max(before.worth - held, .zero)
            greatest[before.claim.mask] = max(held, before.worth)
            let gain = lots[place].amount - before.amount
            guard gain > .zero else { continue }
            restorations.append(Restoration(claim: before.claim.key, epoch: closed + 1, day: day, amount: gain))
            restored += gain
            faded += gain - (lots[place].remaining(on: day) - before.remaining(on: day))
        }
        return (restored, faded)
    }

    /// What an entry of the group is known by.
    func key(_ cause: EntryCause, _ scope: String) -> EntryKey { EntryKey("cr/\(group)/\(cause.rawValue)/\(scope)") }

    private func entry(
        _ cause: EntryCause,
        _ scope: String,
        item: ID<LedgerItem>? = nil,
        from debit: CreditAccount,
        to credit: CreditAccount,
        _ amount: Amount<MilliCredit>
    ) -> LedgerEntry<CreditAccount> {
        LedgerEntry(key(cause, scope), cause, item: item, debit: debit, credit: credit, amount, day: booked)
    }

    private func entry(
        _ cause: EntryCause,
        _ clawBack: ClawBack,
        from debit: CreditAccount,
        to credit: CreditAccount,
        _ amount: Amount<MilliCredit>
    ) -> LedgerEntry<CreditAccount> {
        entry(cause, clawBack.scope, item: clawBack.item, from: debit, to: credit, amount)
    }

    /// Those that move something.
    private func entries(_ entries: [LedgerEntry<CreditAccount>]) -> [LedgerEntry<CreditAccount>] {
        entries.filter { $0.amount != .zero }
    }
}
