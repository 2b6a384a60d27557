import Exchange
import Store

/// What requests put on the lines between groups and what answers earn, entered in the transaction of what a member
/// does.
///
/// An answer is credited in the ledger of the pool that was asked, or in that of the authority that asked a member by
/// its name; of one that another member so asked nothing is, but the line.
struct RequestLedger {
    let transaction: Transaction
    let directory: Directory

    /// Of lines, which hold between groups whatever pool they are in.
    static let terms = ReciprocityTerms.standard

    /// What a group owes and has asked, once what is over is off its lines.
    func lines(of group: Name) throws -> AskedLines {
        let connection = transaction.connection
        while case let over = try LineRows.due(
            by: transaction.now,
            of: group,
            upTo: LineCalendar.requestsMax,
            connection
        ),
            !over.isEmpty
        {
            for row in over { try lapse(row) }
        }
        return try LineRows.asked(by: group, at: transaction.now, connection)
    }

    /// Enters what a request puts on the lines to those that it was put to.
    func begin(_ row: DossierRow<InformationRequest>, by asker: Member) throws {
        let request = row.content
        let responder: Member? =
            switch request.addressee {
            case .member(let id): directory.members[id]
            case .pool, nil: nil
            }
        // To a pool it is counted whoever is asked, which the asker is not told.
        guard !asker.kind.isAuthority, responder.map({ isOwed(by: asker, to: $0) }) ?? true else { return }
        let asked = request.asked.compactMap { directory.members[$0] }.filter { isOwed(by: asker, to: $0) }
        try transaction.keep(
            LineRequestRow(
                number: row.number,
                item: ID(request.id.uuid),
                asker: asker.group,
                responder: responder?.group,
                weight: request.weight ?? .simple,
                due: request.due
            ),
            Dictionary(grouping: asked, by: \.group).sorted { $0.key < $1.key }.map { group, members in
                LineHold(responder: group, members: Set(members.map(\.id)))
            },
            Self.terms
        )
    }

    /// Enters what follows from an answer, or from the end of a request.
    func note(_ row: DossierRow<InformationRequest>, after last: InformationRequest) throws {
        let request = row.content
        let answer = request.answers.count > last.answers.count ? request.answers.last : nil
        if let held = try LineRows.open(row.number, transaction.connection) {
            try settle(held, request, with: answer?.member)
        }
        if let answer, let event = answer.earns { try claim(event, answer, request) }
    }

    /// Takes off the lines what nobody answered in time.
    func lapse(_ row: LineRequestRow) throws {
        for hold in try LineRows.holds(of: row.number, transaction.connection) {
            let day = LineMonth.days.day(of: row.due)
            try transaction.settle(hold, of: row, as: .void, on: day, Self.terms)
        }
        try transaction.end(row)
    }

    private func settle(_ row: LineRequestRow, _ request: InformationRequest, with member: ID<Member>?) throws {
        let now = transaction.now
        for hold in try LineRows.holds(of: row.number, with: member, transaction.connection) {
            let state = request.lineState(among: hold.members, at: now)
            try transaction.settle(hold, of: row, as: state, on: LineMonth.days.day(of: now), Self.terms)
        }
        // Who named a member sees what it answers; of a pool nobody is told who is yet to answer.
        if request.closed != nil || row.responder != nil { try transaction.end(row) }
    }

    private func isOwed(by asker: Member, to responder: Member) -> Bool {
        switch Timing(requestOf: responder.kind, by: asker.kind) {
        case .exempt: false
        case .discretionary: responder.group != asker.group
        }
    }

    /// Claims what an answer in time earns.
    private func claim(
        _ event: EarningEvent,
        _ answer: InformationRequest.Answer,
        _ request: InformationRequest
    ) throws {
        guard let asker = directory.members[request.member], let responder = directory.members[answer.member],
            !responder.kind.isAuthority, responder.group != asker.group, let pool = pool(of: request)
        else { return }
        let ledger = try transaction.ledger(of: pool)
        let (item, group) = (ID<LedgerItem>(request.id.uuid), responder.group)
        let marks = ItemFeatures(of: request.content).clusterMarks
        let known = try AnswerMarkRows.clusters(sharing: marks, of: group, in: ledger.pool, transaction.connection)
        let cluster = ID<SubjectCluster>.of(known, else: marks.isEmpty ? .plain : ID(request.id.uuid))
        try transaction.keep(marks, of: item, in: cluster, for: group, ledger)
        let day = ledger.days.day(of: answer.at)
        let terms = ledger.terms[day: day]
        let claim = Claim(
            Claim.Key(item: item, event: event, group: group),
            cluster: cluster,
            window: Claim.window(submitted: day, terms),
            from: asker.kind.isAuthority ? .authority(asker.name) : .group(asker.group),
            Quality(of: answer, to: request, terms),
            day: day,
            shows: day
        )
        try transaction.enter(.claim(claim), from: "answer-\(answer.member)", in: ledger)
    }

    /// In whose ledger its answers count; nil where in none.
    private func pool(of request: InformationRequest) -> Pool? {
        switch request.addressee {
        case .pool(let id): directory.pools[id]
        case .member, nil: directory.inbox(of: request.member)
        }
    }
}
