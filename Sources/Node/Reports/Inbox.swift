import Exchange
import Store

extension Acceptance {
    /// Takes what is sent to an inbox: each grouping, with what it names, is a report to the authority whose it is.
    ///
    /// Nothing of it is kept in the pool, which nobody reads: the two parties find it among their reports. Durable when
    /// it returns.
    func report(
        _ envelope: Envelope,
        to pool: Pool,
        from session: Session
    ) async throws(AcceptanceFault) -> StatusReport {
        let random = surroundings.randomBytes(8)
        let said = ReportEnvelope(envelope.contributions)
        return try await write(weight: envelope.contributions.count) { [self] transaction in
            let (directory, author) = try present(session, transaction)
            let pool = try Self.writable(pool, author, directory, at: transaction.now)
            guard let authority = pool.owner.flatMap({ directory.members[$0] }) else { throw AcceptanceFault.absent }
            let tick = transaction.nextTick()
            let book = ReportBook(
                transaction: transaction,
                directory: directory,
                actor: author,
                exposures: Exposures(by: watch)
            )
            let outcomes = try Inbox(book: book, authority: authority).take(said)
            let report = StatusReport(
                id: StatusID.id(at: tick, random: random).text,
                requested: transaction.now,
                verdicts: said.verdicts(on: envelope.contributions, outcomes, at: transaction.now)
            )
            let status = StatusRow(
                id: report.id,
                tick: tick,
                principal: session.principal.number,
                pool: pool.number,
                isComplete: true,
                body: report.encoded()
            )
            try transaction.keep(status, waiting: [])
            return report
        }
    }
}

/// One authority's inbox: what is sent to it becomes a report, or the next version of one.
private struct Inbox {
    let book: ReportBook
    let authority: Member

    /// - Returns: what became of each grouping, by its place in the envelope.
    func take(_ said: ReportEnvelope) throws -> [Int: ReportEnvelope.Outcome] {
        var outcomes: [Int: ReportEnvelope.Outcome] = [:]
        for item in said.items {
            do {
                outcomes[item.place] = .taken(try take(item))
            } catch AdvisoryFault.invalid(let field, let rule) {
                outcomes[item.place] = .refused("\(field): \(rule)")
            } catch AdvisoryFault.forbidden(let rule) {
                outcomes[item.place] = .refused(rule)
            } catch AdvisoryFault.conflict(let fault) {
                outcomes[item.place] = .refused(fault.description)
            }
        }
        return outcomes
    }

    private func take(_ item: ReportEnvelope.Item) throws -> ID<Report> {
        let member = book.actor.member.id
        if item.authors.contains(where: { book.directory.member(identifiedBy: $0).map { $0 != member } ?? false }) {
            throw AdvisoryFault.invalid(
                field: "created_by_ref",
                rule: "names another member; leave it out or name your own identity"
            )
        }
        if let row = try book.report(ID(item.id.uuid)), row.content.member == member {
            try go(on: row, item)
            return row.content.id
        }
        return try begin(item)
    }

    private func begin(_ item: ReportEnvelope.Item) throws -> ID<Report> {
        guard let content = item.content else {
            throw AdvisoryFault.invalid(field: "revoked", rule: "there is no such report of yours to take back")
        }
        let id = ID<Report>(ofGrouping: item.id.uuid, by: book.actor.member.id)
        return try book.bring(content, as: id, stated: item.version.instant, to: authority).content.id
    }

    /// A later version says it anew, or takes it back; one that is known, or older, changes nothing.
    private func go(on row: DossierRow<Report>, _ item: ReportEnvelope.Item) throws {
        let report = row.content
        let isRetracted = report.state == .retracted
        let isSame = item.content.map { $0 == report.content } ?? isRetracted
        let held = report.stated ?? report.changed ?? report.submitted
        if item.version.instant < held || (isRetracted && item.content == nil) { return }
        guard item.version.instant > held || isSame else {
            throw AdvisoryFault.invalid(
                field: "modified",
                rule: "this version is held with other content; give a changed one a later modified"
            )
        }
        guard report.authority == authority.id else {
            throw AdvisoryFault.invalid(field: "id", rule: "is of a report to another authority; give it a new one")
        }
        if isSame, !isRetracted {
            // Said again as it is: what is older than this changes nothing from now on.
            if item.version.instant > held { try book.restate(row, item.version.instant) }
            return
        }
        let action: ReportAction = item.content.map { .add($0) } ?? .retract
        _ = try book.act(action, on: row, stated: item.version.instant)
    }
}
