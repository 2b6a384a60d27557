import Exchange
import Store

/// What a holder's word on an advisory earns its group, entered in the transaction in which it is said.
///
/// It counts in the ledger of the pool that the advisory is in, once for all of one owner. It is in totals and never
/// told by itself: others of the owner, who see the same statement, may not know that there is such an advisory.
struct FeedbackLedger {
    let transaction: Transaction
    let directory: Directory

    /// Claims what it earns, where it came in time.
    func note(_ feedback: Feedback, on row: AdvisoryRow) throws {
        let advisory = row.advisory
        guard let event = EarningEvent(feedback: feedback.outcome), let release = advisory.release,
            let speaker = directory.members[feedback.member], let originator = directory.members[advisory.member],
            !speaker.kind.isAuthority, speaker.group != originator.group,
            let pool = directory.pool(numbered: row.pool)
        else { return }
        // By the terms of its release: where the ledger did not begin yet, those that it begins with.
        let held = try LedgerRows.ledger(pool.number, transaction.connection)
        let terms =
            try held?.terms(at: release.last) ?? TermsRows.history(of: pool.number, transaction.connection)[epoch: 1]
        let due = release.last.advanced(by: .seconds(Int64(terms[.statusDays]) * 86_400))
        guard feedback.at < due else { return }
        let ledger = try transaction.ledger(of: pool)
        let day = ledger.days.day(of: feedback.at)
        let claim = Claim(
            Claim.Key(item: ID(advisory.id.uuid), event: event, group: speaker.group),
            cluster: ID(advisory.id.uuid),
            window: Claim.window(submitted: day, terms),
            from: originator.kind.isAuthority ? .authority(originator.name) : .group(originator.group),
            .full,
            day: day,
            shows: day + 1
        )
        try transaction.enter(.claim(claim), from: "feedback-\(feedback.outcome.rawValue)", in: ledger)
    }
}
