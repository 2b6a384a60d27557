import Exchange
import Foundation
import Screening
import Store

/// What a report earns its member, entered in the transaction of what an authority or the member does with it.
///
/// A report counts in the first inbox of the authority that it is for; with one that has none nothing is counted.
struct ReportLedger {
    let transaction: Transaction
    let directory: Directory
    /// Who is exposed to what reports are about.
    let exposures: Exposures

    /// Enters that an authority owes a word on a report that is submitted to it.
    func begin(_ row: DossierRow<Report>) throws {
        let report = row.content
        guard let (inbox, group, authority) = parties(of: report) else { return }
        let ledger = try transaction.ledger(of: inbox)
        let terms = ledger.terms(at: report.submitted)
        let awaited = AwaitedReport(report, to: authority, from: group, in: ledger.days, terms)
        try transaction.keep(DebtRow(number: row.number, pool: ledger.pool, awaited: awaited), in: ledger)
    }

    /// Enters what follows from a change of a report.
    func note(_ report: Report, after last: Report) throws {
        if let row = try DebtRows.debt(of: ID(report.id.uuid), transaction.connection) {
            try change(row, last) { awaited, now in awaited.note(report, after: last, at: now) }
        }
        guard let (inbox, group, authority) = parties(of: report) else { return }
        let isAccepted = report.state == .accepted && last.state != .accepted
        let outcomes = report.outcomes.enumerated().dropFirst(last.outcomes.count)
        let isRetracted = report.state == .retracted && last.state != .retracted
        let votes = last.badFaith?.second == nil ? report.badFaith?.votes ?? [] : []
        guard isAccepted || isRetracted || !outcomes.isEmpty || !votes.isEmpty else { return }
        let ledger = try transaction.ledger(of: inbox)
        let desk = Entering(
            ledger: ledger,
            report: report,
            group: group,
            authority: authority,
            exposures,
            transaction
        )
        if isAccepted { try desk.accept(on: desk.today, from: "accept") }
        // Once bad faith is decided nothing is added to what it is fined for.
        if last.badFaith?.second == nil { for (place, outcome) in outcomes { try desk.conclude(outcome, at: place) } }
        if isRetracted { try desk.retract() }
        if !votes.isEmpty { try desk.condemn(try decision(by: votes, on: report)) }
    }

    /// Enters what time made of a report by now: its word is overdue, or silence accepted it.
    func pass(_ row: DebtRow, _ report: Report) throws {
        try change(row, report) { _, _ in }
    }

    /// Lets time pass for a report as it was, and then changes what is owed on it.
    ///
    /// Where silence accepted it, that comes before what is said now, whether the calendar was there already or not.
    private func change(
        _ row: DebtRow,
        _ report: Report,
        _ change: (inout AwaitedReport, Timestamp) -> Void
    ) throws {
        var awaited = row.awaited
        let isVested = awaited.pass(to: transaction.now)
        change(&awaited, transaction.now)
        guard awaited != row.awaited else { return }
        guard let ledger = try LedgerRows.ledger(row.pool, transaction.connection) else {
            throw DatabaseFault.statement("a report is awaited in a ledger that is not there")
        }
        try transaction.keep(DebtRow(number: row.number, pool: row.pool, awaited: awaited), in: ledger)
        guard isVested else { return }
        let desk = Entering(
            ledger: ledger,
            report: report,
            group: awaited.group,
            authority: awaited.authority,
            exposures,
            transaction
        )
        try desk.accept(on: ledger.days.day(of: awaited.vests), from: "silence")
    }

    /// What the two decided, under the names that they have now.
    private func decision(by votes: [BadFaith.Vote], on report: Report) throws -> PanelDecision {
        let group = directory.members[report.authority]?.group
        let reporter = directory.members[report.member]?.group
        do {
            return try PanelDecision(
                votes.compactMap { vote in
                    guard let group, let person = directory.principals[vote.principal]?.name else { return nil }
                    return PanelDecision.Vote(by: person, of: group, because: vote.reason)
                },
                about: reporter.map { [$0] } ?? []
            )
        } catch {
            throw AdvisoryFault.conflict(.panel(error))
        }
    }

    /// Where it is counted, for whom, and with whom; nil where it is not: at an authority without an inbox, and
    /// between two of one owner.
    private func parties(of report: Report) -> (inbox: Pool, group: Name, authority: Name)? {
        guard let inbox = directory.inbox(of: report.authority), let member = directory.members[report.member],
            let authority = directory.members[report.authority], member.group != authority.group
        else { return nil }
        return (inbox, member.group, authority.name)
    }

    /// One report in one ledger.
    private struct Entering {
        private let ledger: LedgerRow
        private let report: Report
        private let group: Name
        private let authority: Name
        private let exposures: Exposures
        private let transaction: Transaction
        private let item: ID<LedgerItem>

        init(
            ledger: LedgerRow,
            report: Report,
            group: Name,
            authority: Name,
            _ exposures: Exposures,
            _ transaction: Transaction
        ) {
            (self.ledger, self.report, self.group, self.authority) = (ledger, report, group, authority)
            self.exposures = exposures
            self.transaction = transaction
            item = ID(report.id.uuid)
        }

        var today: Int { ledger.days.day(of: transaction.now) }

        /// Keeps what it tells, and claims what its acceptance earns, once: by triage or by silence.
        func accept(on day: Int, from cause: String) throws {
            if let held = try LedgerRows.item(item, transaction.connection) { return try regrade(held) }
            let content = report.content
            let features = ItemFeatures(of: content)
            let similar = try LedgerRows.items(
                sharing: features.clusterMarks,
                in: ledger.pool,
                transaction.connection
            )
            // What others told joins nothing of the group's own: nobody's account tells of another's.
            let known = similar.filter { $0.row.group == group }.flatMap { found in
                found.marks.map { ($0, found.row.cluster) }
            }
            // In whatever order they are accepted; what can be compared with nothing is like what was told before.
            let others = similar.map(\.row).filter { $0.group != group && $0.submitted < report.told }
            let isPlain = features.clusterMarks.isEmpty
            let novelty = Novelty(of: features, held: others.map(\.features))
            let relevance = try relevance()
            let terms = ledger.terms[day: day]
            let seen = content.seenLast ?? content.seen
            let quality = Quality(
                credibility: Quality.credibility(report.grade?.credibility ?? .unknown),
                relevance: relevance.score(terms),
                novelty: novelty.score,
                timeliness: seen.map { Quality.timeliness(seen: $0, submitted: report.told, terms) } ?? 0
            )
            let row = LedgerItemRow(
                group: group,
                cluster: .of(Dictionary(known) { min($0, $1) }, else: isPlain ? .plain : ID(report.id.uuid)),
                features: features,
                reason: ItemReason(relevance, novelty),
                quality: quality,
                submitted: report.told
            )
            try transaction.keep(row, of: item, in: ledger)
            try claim(.accepted, row, day: day, shows: day, from: cause)
        }

        /// Whether it meets what the authority wanted to know when it was told, or touches another's exposure now.
        private func relevance() throws -> Relevance {
            let wanted = try RequirementRows.requirements(
                of: report.authority,
                at: report.told,
                transaction.connection
            )
            return Relevance(
                categories: Set(report.content.categories),
                kinds: Set(report.content.subjects.map(\.kind)),
                of: group,
                requirements: wanted.compactMap { $0.requirement(of: authority, in: ledger.days) },
                exposure: exposures.exposure(to: report),
                on: max(0, ledger.days.day(of: report.told))
            )
        }

        /// What silence had accepted is paid for; for what comes of it later the authority's grade counts, where that
        /// is better than none.
        private func regrade(_ row: LedgerItemRow) throws {
            guard let grade = report.grade else { return }
            let credibility = max(Quality.credibility(grade.credibility), row.quality.credibility)
            try transaction.change(row.graded(credibility), of: item)
        }

        func conclude(_ outcome: Report.Entry, at place: Int) throws {
            guard let row = try LedgerRows.item(item, transaction.connection) else { return }
            // What was under an embargo is not told by itself, however short it was.
            let shows = outcome.embargo.map { ledger.days.day(of: $0) + 1 } ?? today
            let cause = "outcome-\(place)"
            if let event = EarningEvent(outcome.outcome) { try claim(event, row, shows: shows, from: cause) }
            if outcome.outcome == .mistakenIdentity {
                let clawBack = ClawBack(item, of: row.group, on: shows, .error)
                try transaction.enter(.takenBack(clawBack), from: cause, in: ledger)
                try undo(on: shows, from: cause)
            }
        }

        func retract() throws {
            guard let row = try LedgerRows.item(item, transaction.connection) else { return }
            let clawBack = ClawBack(retracting: item, of: row.group, submitted: submitted(row), on: today, terms)
            try transaction.enter(.takenBack(clawBack), from: "retract", in: ledger)
            try undo(on: today, from: "retract")
            // Whoever is told that it was mistaken says nothing by taking it back.
            let isKnown = report.outcomes(for: report.member, at: transaction.now).contains {
                $0.outcome == .mistakenIdentity
            }
            guard clawBack.cause == .retraction, !isKnown else { return }
            try claim(.ownError, row, .full, shows: today, from: "retract")
        }

        func condemn(_ decision: PanelDecision) throws {
            guard let row = try LedgerRows.item(item, transaction.connection) else { return }
            let clawBack = ClawBack(item, of: row.group, on: today, .badFaith(decision))
            try transaction.enter(.takenBack(clawBack), from: "bad-faith", in: ledger)
            try undo(on: today, from: "bad-faith")
        }

        private func undo(on day: Int, from cause: String) throws {
            try transaction.undoCorroborations(with: item, on: day, showing: day == today, from: cause, in: ledger)
        }

        private func claim(
            _ event: EarningEvent,
            _ row: LedgerItemRow,
            _ quality: Quality? = nil,
            day: Int? = nil,
            shows: Int,
            from cause: String
        ) throws {
            let claim = Claim(
                // Whoever owns the member by now: the item is of who owned it when it was accepted.
                Claim.Key(item: item, event: event, group: row.group),
                cluster: row.cluster,
                window: Claim.window(submitted: submitted(row), terms),
                from: .authority(authority),
                office: authority,
                quality ?? row.quality,
                day: day ?? today,
                shows: shows
            )
            try transaction.enter(.claim(claim), from: cause, in: ledger)
        }

        /// What was told before the ledger began, was on its first day.
        private func submitted(_ row: LedgerItemRow) -> Int { max(0, ledger.days.day(of: row.submitted)) }

        private var terms: ReciprocityTerms { ledger.terms(at: transaction.now) }
    }
}

extension ItemFeatures {
    /// What a report or a request tells, with names by their sound as screening has it.
    init(of content: ReportContent) {
        self.init(content.subjects, place: content.place, called: NameSound.key)
    }
}

extension Directory {
    /// Where an authority is reported to, and by which it keeps its ledger; nil for a member without an inbox.
    func inbox(of authority: ID<Member>) -> Pool? {
        pools.values.filter { $0.kind == .inbox && $0.owner == authority }.min { $0.number < $1.number }
    }
}
