import Exchange
import Store

/// Reports inside one transaction: what the REST interface, the command line and a TAXII inbox do with them.
struct ReportBook {
    let transaction: Transaction
    let directory: Directory
    let actor: Reader
    let exposures: Exposures

    /// Brings a report to the one authority that it is for.
    /// - Parameter stated: the version that its member gives it, where it comes as STIX.
    func bring(
        _ content: ReportContent,
        as id: ID<Report>,
        stated: Timestamp? = nil,
        to receiver: Member
    ) throws -> DossierRow<Report> {
        let report = try ReportDesk.allowed { () throws(ReportFault) in
            try Report(id, content, stated: stated, by: ActingPrincipal(actor), to: receiver, at: transaction.now)
        }
        guard receiver.standing == .active else {
            throw AdvisoryFault.forbidden(
                "\(receiver.name) takes no reports now; report to another authority, which caveat members lists"
            )
        }
        try checkGateway(content, to: receiver)
        let number = try transaction.begin(report, by: actor.principal, between: [actor.member, receiver])
        let row = DossierRow(number: number, content: report)
        try transaction.mark(row)
        try ledger.begin(row)
        return row
    }

    /// A report that the actor's member is a party to, by its id or the member's own for it; nil for any other.
    func report(_ id: ID<Report>) throws -> DossierRow<Report>? {
        let row = try DossierRows.report(id, of: actor.member, transaction.connection)
        return row.flatMap { $0.content.isSeen(by: actor.member.id) ? $0 : nil }
    }

    /// Does one thing to a report.
    /// - Parameter stated: the version that its member gives it, where it comes as STIX.
    func act(
        _ action: ReportAction,
        on row: DossierRow<Report>,
        stated: Timestamp? = nil
    ) throws -> DossierRow<Report> {
        var next = row
        next.content = try ReportDesk.allowed { () throws(ReportFault) in
            try row.content.after(action, by: ActingPrincipal(actor), at: transaction.now)
        }
        if next.content.content != row.content.content, let authority = directory.members[row.content.authority] {
            try checkGateway(next.content.content, to: authority)
        }
        if next.content.badFaith != row.content.badFaith { try checkPanel(on: next.content) }
        if let stated { next.content = next.content.stated(stated) }
        try transaction.change(next, by: actor.principal)
        if next.content.content != row.content.content { try transaction.mark(next) }
        try ledger.note(next.content, after: row.content)
        return next
    }

    /// Keeps the version in which a report's member says it again as it is.
    func restate(_ row: DossierRow<Report>, _ version: Timestamp) throws {
        var next = row
        next.content = row.content.stated(version)
        try transaction.change(next, by: actor.principal)
    }

    private var ledger: ReportLedger {
        ReportLedger(transaction: transaction, directory: directory, exposures: exposures)
    }

    /// Nobody judges the good faith of its own owner's report, or of one that is about it.
    private func checkPanel(on report: Report) throws(AdvisoryFault) {
        let (authority, links) = (actor.member, directory.links(ofGroupOf: actor.member))
        guard directory.inbox(of: authority.id) != nil else {
            throw .forbidden(
                "\(authority.name) has no inbox for reports, so that nothing counts that could be taken back"
            )
        }
        let isOwn = directory.members[report.member]?.group == authority.group
        let isAbout = report.content.subjects.contains { !$0.conflictMarks.isDisjoint(with: links) }
        if isOwn || isAbout { throw .conflict(.panel(.partial)) }
    }

    private func checkGateway(_ content: ReportContent, to reader: Member) throws(AdvisoryFault) {
        guard content.isNominal else { return }
        let gateway = directory.gateways.covering(
            origin: GatewayParty(actor.member),
            reader: GatewayParty(reader),
            mode: .report,
            purpose: .reporting,
            at: transaction.now
        )
        if gateway == nil { throw .forbidden(ReportFault.noGateway.description) }
    }
}
