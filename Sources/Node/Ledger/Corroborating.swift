public import Exchange
public import Store

/// Reports of two groups about one matter: an officer of the authority has it found whether the later corroborates the
/// earlier.
extension ReportDesk {
    /// Finds whether a report corroborates an earlier one of another group, and counts it for both where it does.
    ///
    /// A report is looked at once, beside one other: asked again, the same is given. Neither reporter is told of it but
    /// by its statement.
    /// - Returns: what was found, with the reason where it is no more than a sighting.
    public func corroborate(
        _ original: ID<Report>,
        by other: ID<Report>,
        for session: Session
    ) async throws(AdvisoryFault) -> CorroborationRow {
        while true {
            let known = try await foreknowledge(of: other, for: session)
            let found = try await commits.write(by: session, live) {
                transaction,
                directory,
                officer -> CorroborationRow? in
                let pair = try CorroboratingPair(original, other, by: officer, directory, transaction)
                if let found = try CorroborationRows.found(of: pair.later.item, transaction.connection) {
                    guard found.original == pair.earlier.item else { throw CorroboratingPair.looked }
                    return found
                }
                try pair.check()
                guard try pair.isOf(known) else { return nil }
                return try pair.find(known)
            }
            // Otherwise it changed meanwhile, and is looked at anew.
            if let found { return found }
        }
    }

    /// What a report's group had of its subjects from others before it committed what it saw; nil where the report
    /// shows no commitment, counts in no ledger, or is none of the caller's.
    ///
    /// It is all of the past, which nothing changes any more, so it is looked for page by page and holds up no
    /// transaction, however much it is.
    private func foreknowledge(
        of id: ID<Report>,
        for session: Session
    ) async throws(AdvisoryFault) -> Foreknowledge? {
        do {
            if !live.isCurrent { try await live.follow() }
            let directory = live.directory
            let found = try await database.read { connection -> (DossierRow<Report>, Name)? in
                guard let row = try DossierRows.report(id, of: session.member, connection),
                    let item = try LedgerRows.item(ID(row.content.id.uuid), connection)
                else { return nil }
                return (row, item.group)
            }
            guard let (row, group) = found, let committed = row.content.committed else { return nil }
            // Whoever owns the one that reported by now, what it had it had.
            let kin = directory.members.values.filter { $0.group == group || $0.id == row.content.member }
            let members = Set(kin.map(\.id))
            var known = Foreknowledge(of: group, members, row.content.content, committed: committed)
            for member in kin {
                try await eachRequest(of: member, before: row.number) { known.take($0.content, at: $0.tick) }
                let told = try await database.read { [known] connection in
                    try ReportMarkRows.reports(sharing: known.marks, of: member.number, connection)
                        .filter { $0 < row.number }
                        .compactMap { try DossierRows.dossier(numbered: $0, Report.self, connection) }
                }
                for report in told { known.take(report.content, at: report.tick) }
            }
            for id in live.advisories(showing: known.marks) where !known.isGiven {
                let given = try await database.read { connection -> (Advisory, Set<String>)? in
                    guard let row = try AdvisoryRows.advisory(id, connection) else { return nil }
                    let holders = try Holders(of: row, directory, connection)
                    return (row.advisory, holders.objects(givenTo: members, before: committed))
                }
                if let (advisory, objects) = given {
                    known.take(advisory, holding: objects, ids: press.ids(of: advisory))
                }
            }
            return known
        } catch {
            throw AdvisoryFault(error)
        }
    }

    /// The requests that a member made or was asked before a report, newest first.
    private func eachRequest(
        of member: Member,
        before end: Int64,
        _ body: (DossierRow<InformationRequest>) -> Void
    ) async throws {
        let countMax = 100
        var next: Int64? = end
        while let before = next {
            let rows = try await database.read { connection in
                try DossierRows.dossiers(
                    of: member.number,
                    before: before,
                    upTo: countMax,
                    InformationRequest.self,
                    connection
                )
            }
            rows.forEach(body)
            next = rows.count == countMax ? rows.last?.number : nil
        }
    }
}

/// Two reports to one authority, inside one transaction.
private struct CorroboratingPair {
    /// One of the two, as the ledger has it.
    struct Side {
        let row: DossierRow<Report>
        let item: ID<LedgerItem>
        let told: LedgerItemRow
    }

    static let looked = AdvisoryFault.notNow(
        "this report was looked at beside another already, and counts once; nothing is to be done"
    )

    let earlier, later: Side
    private let ledger: LedgerRow
    private let authority: Name
    private let officer: Reader
    private let directory: Directory
    private let transaction: Transaction
    private var terms: ReciprocityTerms { ledger.terms(at: transaction.now) }

    init(
        _ original: ID<Report>,
        _ other: ID<Report>,
        by officer: Reader,
        _ directory: Directory,
        _ transaction: Transaction
    ) throws {
        (self.officer, self.directory, self.transaction) = (officer, directory, transaction)
        let connection = transaction.connection
        func got(_ id: ID<Report>) throws -> DossierRow<Report>? {
            let row = try DossierRows.report(id, of: officer.member, connection)
            return row.flatMap { $0.content.authority == officer.member.id ? $0 : nil }
        }
        guard let first = try got(original) else { throw AdvisoryFault.absent }
        guard officer.principal.roles.contains(.officer) else {
            throw AdvisoryFault.forbidden("this \(ReportFault.missingRole(oneOf: [.officer]))")
        }
        guard let second = try got(other) else {
            throw AdvisoryFault.noSuch(field: "by", rule: "your authority got no report of this id")
        }
        guard let inbox = directory.inbox(of: officer.member.id),
            let ledger = try LedgerRows.ledger(inbox.number, connection)
        else { throw AdvisoryFault.notNow("your authority has no inbox, so that no report to it is counted") }
        self.ledger = ledger
        authority = officer.member.name
        func side(_ row: DossierRow<Report>) throws -> Side {
            let item = ID<LedgerItem>(row.content.id.uuid)
            guard let told = try LedgerRows.item(item, connection) else {
                throw AdvisoryFault.notNow(
                    "report \(item) counts in no ledger: accept it first; one between two of one owner never counts"
                )
            }
            return Side(row: row, item: item, told: told)
        }
        (earlier, later) = (try side(first), try side(second))
    }

    /// What an officer may not have looked at: it would be no finding.
    func check() throws {
        guard (earlier.row.content.told, earlier.row.number) < (later.row.content.told, later.row.number) else {
            throw AdvisoryFault.invalid(
                field: "by",
                rule: "must be a report that told it after the one that it corroborates; name them the other way round"
            )
        }
        for side in [earlier, later] where !side.row.content.stands(at: transaction.now) {
            throw AdvisoryFault.notNow("report \(side.item) was taken back, refused or mistaken, and counts no more")
        }
        guard directory.members[earlier.row.content.member]?.kind.isAuthority == false else {
            throw AdvisoryFault.notNow("what an authority reports is corroborated by nobody: give it a grade instead")
        }
        guard !later.told.features.clusterMarks.isDisjoint(with: earlier.told.features.clusterMarks) else {
            throw AdvisoryFault.invalid(
                field: "by",
                rule: "tells of no subject that the other tells of, by an identifier or a name"
            )
        }
        let counting = try CorroborationRows.counting(with: earlier.item, transaction.connection)
        guard !counting.contains(where: { $0.original == earlier.item && $0.group == later.told.group }) else {
            throw AdvisoryFault.notNow("another report of the same owner corroborates it already, which counts once")
        }
    }

    /// Whether what was looked for is of the later report as it is now.
    func isOf(_ known: Foreknowledge?) throws -> Bool {
        let report = later.row.content
        guard let known else { return report.committed == nil }
        return known.group == later.told.group && known.content == report.content && known.committed == report.committed
    }

    /// Keeps what is found, and claims for both where it counts.
    func find(_ known: Foreknowledge?) throws -> CorroborationRow {
        let today = ledger.days.day(of: transaction.now)
        // Where others corroborate it already, C is what it was before the first of them.
        let others = try CorroborationRows.counting(with: earlier.item, transaction.connection)
            .filter { $0.original == earlier.item }
        let refusal = Independence(
            of: party(earlier.told.group),
            by: party(later.told.group),
            frozen: try LedgerRows.events(of: later.told.group, in: ledger.pool, transaction.connection)
                .frozen(on: today, ledger.terms),
            originalAncestors: [earlier.item],
            ancestors: known?.isShared ?? false ? [earlier.item] : [],
            committed: known?.committed,
            received: known.flatMap { $0.isGiven ? $0.committed : nil },
            newFacts: later.told.features.count(beyond: earlier.told.features)
        ).refusal(on: today, terms)
        let found = CorroborationRow(
            of: later.item,
            by: later.told.group,
            to: earlier.item,
            of: earlier.told.group,
            refusal,
            credibility: others.map(\.credibility).min() ?? earlier.told.quality.credibility,
            day: today
        )
        try transaction.keep(found, in: ledger, by: officer.principal)
        guard refusal == nil else { return found }
        let confirmed = Quality.credibility(.confirmed)
        let (first, second) = (earlier.told.graded(confirmed), later.told.graded(confirmed))
        try transaction.change(first, of: earlier.item)
        try claim(.corroborated, first, of: earlier.item, from: second.group, on: today)
        try claim(.corroborating, second, of: later.item, from: first.group, on: today)
        try undoHidden()
        return found
    }

    /// What an embargo says of one of the two counts once it is lifted, as if it were said after this.
    private func undoHidden() throws {
        for side in [earlier, later] {
            for (place, outcome) in side.row.content.outcomes.enumerated() where outcome.outcome == .mistakenIdentity {
                guard let embargo = outcome.embargo else { continue }
                try transaction.undoCorroborations(
                    with: side.item,
                    on: ledger.days.day(of: embargo) + 1,
                    showing: false,
                    from: "outcome-\(place)",
                    in: ledger
                )
            }
        }
    }

    private func claim(
        _ event: EarningEvent,
        _ told: LedgerItemRow,
        of item: ID<LedgerItem>,
        from other: Name,
        on day: Int
    ) throws {
        let claim = Claim(
            Claim.Key(item: item, event: event, group: told.group),
            cluster: told.cluster,
            window: Claim.window(submitted: max(0, ledger.days.day(of: told.submitted)), terms),
            from: .group(other),
            office: authority,
            told.quality,
            day: day,
            shows: day
        )
        try transaction.enter(.claim(claim), from: "corroborate-\(later.item)", in: ledger)
    }

    private func party(_ group: Name) -> Independence.Party {
        Independence.Party(group, joined: directory.groups[group].map { ledger.days.day(of: $0.joined) } ?? 0)
    }
}

extension Report {
    /// Whether it is as it was accepted, as far as its member may know: what silence accepted, too.
    fileprivate func stands(at now: Timestamp) -> Bool {
        guard badFaith?.second == nil else { return false }
        guard !outcomes(for: member, at: now).contains(where: { $0.outcome == .mistakenIdentity }) else { return false }
        return switch state {
        case .submitted, .moreWanted, .accepted: true
        case .refused, .retracted: false
        }
    }
}

extension DossierRow {
    /// When it was begun.
    fileprivate var tick: Tick { Tick(microseconds: number) }
}

extension Transaction {
    /// Takes from the other side what a corroboration brought it, since an item that had a part in it was taken back.
    ///
    /// It may show when that does. What an embargo hides does not lower C before, which later claims would tell.
    func undoCorroborations(
        with item: ID<LedgerItem>,
        on day: Int,
        showing isShown: Bool,
        from cause: String,
        in ledger: LedgerRow
    ) throws {
        for row in try CorroborationRows.counting(with: item, connection) {
            let isOriginal = row.original == item
            let (other, group) = isOriginal ? (row.item, row.group) : (row.original, row.originalGroup)
            let counterpart = Claim.Counterpart.group(isOriginal ? row.originalGroup : row.group)
            let clawBack = ClawBack(other, of: group, on: day, .retraction, from: counterpart)
            try enter(.takenBack(clawBack), from: "\(cause)-\(item)", in: ledger)
            guard isShown else { continue }
            try undo(row, on: day)
            guard !isOriginal, try CorroborationRows.counting(with: other, connection).allSatisfy({ $0.item == other }),
                let told = try LedgerRows.item(other, connection)
            else { continue }
            try change(told.graded(row.credibility), of: other)
        }
    }
}
