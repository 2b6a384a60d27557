public import Exchange
public import Store

/// Reports to authorities, requests for information, and what holders say of advisories.
public final class ReportDesk: Sendable {
    let live: LiveState
    let database: any Database
    let commits: GroupCommit
    let surroundings: Surroundings
    let press: RenditionPress
    private let watch: WatchDesk
    private let quotas: QuotaBook
    private let keyed: KeyedIDs

    init(
        _ live: LiveState,
        _ database: any Database,
        _ commits: GroupCommit,
        _ surroundings: Surroundings,
        _ press: RenditionPress,
        _ watch: WatchDesk,
        _ quotas: QuotaBook,
        key: [UInt8]
    ) {
        self.live = live
        self.database = database
        self.commits = commits
        self.surroundings = surroundings
        self.press = press
        self.watch = watch
        self.quotas = quotas
        keyed = KeyedIDs(key: key, use: "report")
    }

    // MARK: Reports

    /// Brings a report to the one authority that it is for; what the same call brought before is given as it is now.
    public func report(
        _ content: ReportContent,
        to authority: String,
        by session: Session,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) -> Report {
        let id = ID<Report>(surroundings.uuid())
        return try await commits.write(by: session, live) { [watch] transaction, directory, author in
            if let number = try transaction.made(by: call) { return try Self.dossier(number, transaction) }
            guard let receiver = Name(authority).flatMap({ directory.member(named: $0) }) else {
                throw AdvisoryFault.invalid(field: "authority", rule: "no member has this name")
            }
            let book = ReportBook(
                transaction: transaction,
                directory: directory,
                actor: author,
                exposures: Exposures(by: watch)
            )
            let row = try book.bring(content, as: id, to: receiver)
            try transaction.keep(call, made: row.number)
            return row.content
        }
    }

    /// Does one thing to a report that the caller's member is a party to, once for the same call.
    /// - Parameter seen: the tags of which it must have one: what the caller saw; nil for whatever it is now.
    public func act(
        _ action: ReportAction,
        on id: ID<Report>,
        by session: Session,
        seen: [String]? = nil,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) -> Report {
        let exposures = try await exposures(of: action, on: id, by: session)
        return try await commits.write(by: session, live) { transaction, directory, actor in
            let book = ReportBook(
                transaction: transaction,
                directory: directory,
                actor: actor,
                exposures: exposures
            )
            guard let row = try book.report(id) else { throw AdvisoryFault.absent }
            guard try transaction.made(by: call) == nil else { return row.content }
            if let seen, !seen.contains(row.content.tag(for: actor.member.id, at: transaction.now)) {
                throw AdvisoryFault.changedMeanwhile
            }
            let next = try book.act(action, on: row)
            try transaction.keep(call, made: next.number)
            return next.content
        }
    }

    /// Who is exposed to what a report is about, where it is about to be accepted.
    private func exposures(
        of action: ReportAction,
        on id: ID<Report>,
        by session: Session
    ) async throws(AdvisoryFault) -> Exposures {
        guard case .accept = action else { return Exposures(by: watch) }
        do {
            try await watch.follow()
            let row = try await database.read { try DossierRows.report(id, of: session.member, $0) }
            return Exposures(of: row.map { [$0.content] } ?? [], by: watch)
        } catch {
            throw AdvisoryFault(error)
        }
    }

    /// A report that the caller's member is a party to, by its id or that of the grouping in which it came.
    public func report(_ id: ID<Report>, for session: Session) async throws -> Report {
        try session.reader.checkBusiness(evenSuspended: false)
        let row = try await database.read {
            try DossierRows.report(id, of: session.member, $0)
        }
        guard let row, row.content.isSeen(by: session.member.id) else { throw AdvisoryFault.absent }
        return row.content
    }

    /// A report as a STIX bundle.
    public func bundle(of report: Report) throws(AdvisoryFault) -> [UInt8] {
        guard let member = live.directory.members[report.member] else { throw .absent }
        return report.bundle(by: member) { [keyed] in keyed.uuid(for: $0) }
    }

    // MARK: Requests

    /// Puts a question to a member, or to all that read a pool that the caller reads too, which counts against the
    /// quota of the caller's group and its line to each of those asked; what the same call asked before is given as it
    /// is now.
    /// - Parameter weight: how much it asks of those who answer.
    public func ask(
        _ content: ReportContent,
        to name: String,
        weight: RequestWeight = .simple,
        by session: Session,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) -> InformationRequest {
        let id = ID<InformationRequest>(surroundings.uuid())
        return try await commits.write(by: session, live) { [quotas] transaction, directory, author in
            if let number = try transaction.made(by: call) { return try Self.dossier(number, transaction) }
            let others: [Member]
            let addressee: InformationRequest.Addressee
            if let pool = directory.pool(addressed: name), PoolRights(pool, author, at: transaction.now).reads {
                others = directory.members.values.filter { pool.isRead(by: $0) }.sorted { $0.number < $1.number }
                addressee = .pool(pool.id)
            } else if let member = Name(name).flatMap({ directory.member(named: $0) }) {
                others = [member]
                addressee = .member(member.id)
            } else {
                throw AdvisoryFault.invalid(field: "to", rule: "no member, and no pool that you read, has this name")
            }
            let ledger = RequestLedger(transaction: transaction, directory: directory)
            let lines = try ledger.lines(of: author.member.group)
            let request = try Self.allowed { () throws(ReportFault) in
                try InformationRequest(
                    id,
                    content,
                    for: author.purpose,
                    by: ActingPrincipal(author),
                    of: author.member,
                    to: addressee,
                    asking: others.map { ($0, directory.links(ofGroupOf: $0)) },
                    gateways: directory.gateways,
                    weight: weight,
                    on: lines,
                    at: transaction.now
                )
            }
            if case .discretionary(let taking) = author.member.kind.timing {
                let group = author.member.group
                _ = try quotas.left(after: 1, of: .requests, taking, by: group, in: transaction)
                try transaction.use(1, of: .requests, by: group)
            }
            let asked = request.asked.compactMap { directory.members[$0] }
            let number = try transaction.begin(request, by: author.principal, between: [author.member] + asked)
            try ledger.begin(DossierRow(number: number, content: request), by: author.member)
            try transaction.keep(call, made: number)
            return request
        }
    }

    /// Answers a request that the caller's member was asked.
    public func answer(
        _ id: ID<InformationRequest>,
        _ reply: InformationRequest.Reply,
        by session: Session,
        seen: [String]? = nil,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) -> InformationRequest {
        try await change(id, by: session, seen, call) { request, actor, now throws(ReportFault) in
            try request.answered(reply, by: actor, at: now)
        }
    }

    /// Closes a request of the caller's member: nobody answers it any more.
    public func close(
        _ id: ID<InformationRequest>,
        by session: Session,
        seen: [String]? = nil,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) -> InformationRequest {
        try await change(id, by: session, seen, call) { request, actor, now throws(ReportFault) in
            try request.closed(by: actor, at: now)
        }
    }

    private func change(
        _ id: ID<InformationRequest>,
        by session: Session,
        _ seen: [String]?,
        _ call: KeyedCall?,
        _ change:
            @escaping @Sendable (InformationRequest, ActingPrincipal, Timestamp) throws(ReportFault)
            -> InformationRequest
    ) async throws(AdvisoryFault) -> InformationRequest {
        try await commits.write(by: session, live) { transaction, directory, actor in
            guard
                var row = try DossierRows.dossier(
                    id.text,
                    of: actor.member.number,
                    InformationRequest.self,
                    transaction.connection
                ),
                row.content.isSeen(by: actor.member.id)
            else { throw AdvisoryFault.absent }
            guard try transaction.made(by: call) == nil else { return row.content }
            let before = row.content
            if let seen, !seen.contains(before.tag(for: actor.member.id, at: transaction.now)) {
                throw AdvisoryFault.changedMeanwhile
            }
            row.content = try Self.allowed { () throws(ReportFault) in
                try change(before, ActingPrincipal(actor), transaction.now)
            }
            try transaction.change(row, by: actor.principal)
            try RequestLedger(transaction: transaction, directory: directory).note(row, after: before)
            try transaction.keep(call, made: row.number)
            return row.content
        }
    }

    /// A request that the caller's member made or was asked.
    public func request(_ id: ID<InformationRequest>, for session: Session) async throws -> InformationRequest {
        try session.reader.checkBusiness(evenSuspended: false)
        let row = try await database.read {
            try DossierRows.dossier(id.text, of: session.member.number, InformationRequest.self, $0)
        }
        guard let row, row.content.isSeen(by: session.member.id) else { throw AdvisoryFault.absent }
        return row.content
    }

    /// The reports, or requests, that the caller's member is a party to, newest first, those begun before `number`.
    public func dossiers<Content: DossierContent>(
        _: Content.Type,
        for session: Session,
        before number: Int64,
        upTo count: Int
    ) async throws -> [DossierRow<Content>] {
        try session.reader.checkBusiness(evenSuspended: false)
        return try await database.read {
            try DossierRows.dossiers(of: session.member.number, before: number, upTo: count, Content.self, $0)
        }
    }

    // MARK: Feedback

    /// Says what a member that holds an advisory makes of it, by the report of a rendition that it was given.
    public func say(
        _ outcome: Outcome,
        seized: Seizure? = nil,
        _ note: String?,
        on report: STIXID,
        by session: Session,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) -> Feedback {
        try await commits.write(by: session, live) { [press] transaction, directory, speaker in
            let row = try press.held(report, by: speaker, directory, transaction).row
            if let number = try transaction.made(by: call) { return try Self.feedback(number, transaction) }
            let feedback = try Self.allowed { () throws(ReportFault) in
                try Feedback(
                    outcome,
                    seized: seized,
                    note: note,
                    by: ActingPrincipal(speaker),
                    of: speaker.member,
                    at: transaction.now
                )
            }
            let said = try DossierRows.feedback(
                on: row.number,
                since: row.advisory.release.map { Tick(at: $0.last) } ?? .zero,
                byGroup: speaker.member.group,
                transaction.connection
            )
            guard !said.contains(where: { $0.outcome == outcome }) else {
                throw AdvisoryFault.conflict(.said(outcome))
            }
            let number = try transaction.keep(feedback, on: row.number, by: speaker.principal)
            try transaction.keep(call, made: number)
            try FeedbackLedger(transaction: transaction, directory: directory).note(feedback, on: row)
            return feedback
        }
    }

    /// What was said of an advisory, as far as the caller's member may see it, oldest first, after one of them.
    ///
    /// What it may not see leaves no gap: a page ends with what is shown.
    public func feedback(
        on name: AdvisoryName,
        for session: Session,
        after number: Int64 = 0,
        upTo count: Int
    ) async throws -> [(number: Int64, said: Feedback)] {
        try session.reader.checkBusiness(evenSuspended: false)
        let directory = live.directory
        let now = surroundings.clock()
        return try await database.read { connection in
            guard let row = try name.row(for: session.member, connection) else { throw AdvisoryFault.absent }
            let isParty =
                try row.advisory.member == session.member.id
                ? AccessPolicy.shows(row.advisory, to: session.reader, at: now)
                : name.members(among: Holders(of: row, directory, connection, at: now)).contains(session.member.id)
            guard isParty else { throw AdvisoryFault.absent }
            var seen: [(number: Int64, said: Feedback)] = []
            var next: Int64? = number
            while let place = next, seen.count < count {
                let rows = try DossierRows.feedback(on: row.number, after: place, upTo: count, connection)
                seen += rows.filter { $0.said.isSeen(by: session.member, originator: row.advisory.member) }
                next = rows.count == count ? rows.last?.number : nil
            }
            return Array(seen.prefix(count))
        }
    }

    // MARK: Parts

    private static func dossier<Content: DossierContent>(
        _ number: Int64,
        _ transaction: Transaction
    ) throws -> Content {
        guard let known = try DossierRows.dossier(numbered: number, Content.self, transaction.connection) else {
            throw AdvisoryFault.absent
        }
        return known.content
    }

    static func feedback(_ number: Int64, _ transaction: Transaction) throws -> Feedback {
        guard let known = try DossierRows.feedback(numbered: number, transaction.connection) else {
            throw AdvisoryFault.absent
        }
        return known
    }

    static func allowed<Output>(_ body: () throws(ReportFault) -> Output) throws(AdvisoryFault) -> Output {
        do throws(ReportFault) {
            return try body()
        } catch .missingRole(let roles) {
            throw .forbidden(ReportFault.missingRole(oneOf: roles).description)
        } catch .noGateway {
            throw .forbidden(ReportFault.noGateway.description)
        } catch .noAuthority {
            throw .invalid(field: "authority", rule: ReportFault.noAuthority.description)
        } catch .panel(.reason) {
            throw .invalid(field: "reason", rule: PanelDecision.Refusal.reason.description)
        } catch .content(let fault) {
            throw .invalid(field: fault.field, rule: ContentFault("", fault.rule).description)
        } catch {
            throw .conflict(error)
        }
    }
}
