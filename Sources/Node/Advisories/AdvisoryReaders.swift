public import Exchange
public import Store

/// Who sees an advisory, who saw it, and who is let see more.
extension AdvisoryDesk {
    /// One page that gave something of an advisory to somebody.
    public struct Sight: Sendable {
        /// Whom it was given to.
        public let member: Member
        /// The principal that fetched it.
        public let principal: Principal
        /// When, over what and what for.
        public let receipt: Receipt
        /// The forms that it held, in the order of what they tell.
        public let renditions: [Rendition]
        /// The numbers of the advisory's versions that they were of, in order.
        public let versions: [Int]
    }

    /// The receipts of an advisory after a tick, oldest first, and who owes or gave an acknowledgement of its recall.
    ///
    /// For the originator's publishers, approvers, officers and auditors.
    public func sights(
        of name: AdvisoryName,
        for session: Session,
        after tick: Tick = .zero,
        upTo count: Int
    ) async throws -> (sights: [Sight], owed: [(member: Member, OwedRow)]) {
        try checkOversight(session)
        let directory = live.directory
        let now = surroundings.clock()
        return try await database.read { connection in
            let row = try name.row(ownedBy: session.reader, at: now, connection)
            let given = try Holders(of: row, directory, connection).given
                .filter { $0.receipt.tick.map { $0 > tick } ?? false }.prefix(count)
            let sights = given.compactMap { given in
                directory.members[given.principal.member].map {
                    Sight(
                        member: $0,
                        principal: given.principal,
                        receipt: given.receipt,
                        renditions: Rendition.allCases.filter(given.renditions.contains),
                        versions: given.versions.sorted()
                    )
                }
            }
            let owed = try RecallRows.owed(of: row.number, connection).compactMap { owed in
                directory.member(numbered: owed.member).map { ($0, owed) }
            }
            return (sights, owed)
        }
    }

    /// What the policy says of one rendition of one version to a reader.
    public struct Ruling: Sendable {
        /// The number of the version.
        public let version: Int
        /// The rendition.
        public let rendition: Rendition
        /// What it bears.
        let label: Label
        /// What the policy says.
        public let decision: Decision
        /// Of what is out, for a reader that is another exchange: what became of it there.
        public internal(set) var giving: Giving?

        /// The same with what became of it there: what takes back goes to all that were given something.
        func told(_ giving: Giving) -> Ruling {
            let decision =
                rendition == .stub && giving != .refused(.neverGiven) ? Decision.permitted(by: .recalled, []) : decision
            return Ruling(version: version, rendition: rendition, label: label, decision: decision, giving: giving)
        }
    }

    /// What the policy says of each rendition of a published advisory to one reader, for the originator's auditors.
    ///
    /// It tells of the reader, too: its links, its standing. So whoever writes advisories is not to find that out by
    /// drafting them. Of one that has ended or was erased there is the stub alone. What is out comes first, then what
    /// waits for the end of its embargo.
    public func decisions(
        on name: AdvisoryName,
        to member: String,
        as login: String?,
        for purpose: Purpose?,
        asked session: Session
    ) async throws -> [Ruling] {
        guard session.principal.roles.contains(.auditor) else {
            throw AdvisoryFault.forbidden("this needs the role auditor: it tells of others what they need not tell")
        }
        let now = surroundings.clock()
        let row = try await database.read { try name.row(ownedBy: session.reader, at: now, $0) }
        let advisory = row.advisory
        guard advisory.release != nil else {
            throw AdvisoryFault.forbidden("an advisory is explained once it was published")
        }
        let directory = live.directory
        guard let member = Name(member).flatMap({ directory.member(named: $0) }) else {
            throw AdvisoryFault.noSuch(
                field: "member",
                rule: "no member has this name; `caveat members --pool NAME` has those that read a pool"
            )
        }
        let principals = directory.principals.values.filter { $0.member == member.id }.sorted { $0.number < $1.number }
        let candidates = login.map { login in principals.filter { $0.name.text == login } } ?? principals
        let peers = try await database.read { try PeerRows.all($0) }
        if let peer = peers.first(where: { peer in candidates.contains { $0.number == peer.principal } }) {
            guard purpose == nil else {
                throw AdvisoryFault.invalid(
                    field: "purpose",
                    rule: "is for members: another exchange is given what any of its purposes allows; leave it out"
                )
            }
            return try await decisions(on: row, to: peer, directory, at: now)
        }
        guard let principal = login == nil ? candidates.first(where: { $0.roles.contains(.reader) }) : candidates.first
        else {
            throw AdvisoryFault.noSuch(field: "principal", rule: "\(member.name) has no such principal that reads")
        }
        let reader = directory.reader(as: principal, of: member, until: nil, for: purpose ?? .monitoring)
        let holders = try await database.read { try Holders(of: row, directory, $0) }
        return try Self.rulings(on: row, for: reader, holders, directory, at: now)
    }

    /// The same for another exchange, and what became of each there.
    private func decisions(
        on row: AdvisoryRow,
        to peer: PeerRow,
        _ directory: Directory,
        at now: Timestamp
    ) async throws -> [Ruling] {
        let advisory = row.advisory
        guard let pool = directory.pools[advisory.pool],
            let reader = Federation.reader(peer, of: pool.id, for: advisory.terms.purposes, directory)
        else { throw AdvisoryFault.absent }
        return try await database.read { connection in
            let holders = try Holders(of: row, directory, connection)
            return try Self.rulings(on: row, for: reader, holders, directory, at: now).map { ruling in
                guard ruling.version == advisory.version.number else { return ruling }
                return ruling.told(try Federation.giving(ruling, of: row, to: peer, in: pool, connection))
            }
        }
    }

    /// The renditions of what the caller was given that are its to read now, for the purpose of the call, and what goes
    /// with them.
    ///
    /// Of all else it is told nothing: where there are none, it does not exist.
    public func ownView(of name: AdvisoryName, for session: Session) async throws -> [Ruling] {
        try session.reader.checkBusiness(evenSuspended: true)
        let (directory, now) = (session.directory, surroundings.clock())
        return try await database.read { connection in
            guard let row = try name.row(knownTo: session.reader, at: now, connection) else {
                throw AdvisoryFault.absent
            }
            let holders = try Holders(of: row, directory, connection, at: now)
            let isOwn = row.advisory.member == session.member.id
            guard isOwn ? row.advisory.release != nil : name.members(among: holders).contains(session.member.id)
            else { throw AdvisoryFault.absent }
            let held = try Self.rulings(on: row, for: session.reader, holders, directory, at: now)
                .filter(\.decision.isPermitted)
            guard !held.isEmpty else { throw AdvisoryFault.absent }
            return held
        }
    }

    /// The reader as what is told of it goes: without its links where nothing of these would reach it anyway, so that
    /// nobody finds out whom another is linked to by what was never to reach it.
    private static func told(of labels: [Label], _ reader: Reader, at now: Timestamp) -> Reader {
        var unlinked = reader
        unlinked.links = []
        return labels.contains { AccessPolicy.decide(unlinked, $0, at: now).isPermitted } ? reader : unlinked
    }

    /// What the policy says of each rendition of a published advisory to one reader.
    static func rulings(
        on row: AdvisoryRow,
        for reader: Reader,
        _ holders: Holders,
        _ directory: Directory,
        at now: Timestamp
    ) throws(AdvisoryFault) -> [Ruling] {
        let advisory = row.advisory
        guard let pool = directory.pools[advisory.pool], let originator = directory.members[advisory.member],
            let author = directory.principals[advisory.author]
        else { throw .absent }
        if advisory.isCalledBack || advisory.state.isFinal {
            let member = reader.member.id
            let isOwn = member == originator.id
            let audience = isOwn ? StubAudience(holders: []) : holders.audience(of: member, advisory, directory)
            let label = advisory.stubLabel(in: pool, originator: originator, for: audience)
            let decision = AccessPolicy.decide(reader, label, at: now)
            return [Ruling(version: advisory.version.number, rendition: .stub, label: label, decision: decision)]
        }
        return [advisory, advisory.awaited].compactMap { $0 }.flatMap { version in
            let isHeld = version.terms.embargo.map { now < $0 } ?? false
            let renditions = Rendition.allCases.filter(version.renditions.contains)
            let labels = renditions.map { rendition in
                var label = version.label(
                    of: rendition,
                    in: pool,
                    originator: originator,
                    author: author,
                    isCorroborated: row.isCorroborated,
                    cohort: version.version.number == row.released ? row.cohort : pool.cohort
                )
                label.release = row.release
                return label
            }
            let reader = told(of: labels, reader, at: now)
            return zip(renditions, labels).map { rendition, label in
                let decision = AccessPolicy.decide(reader, label, at: now)
                return Ruling(
                    version: version.version.number,
                    rendition: rendition,
                    label: label,
                    decision: isHeld && decision.isPermitted ? .hidden(by: .embargo) : decision
                )
            }
        }
    }

    /// Lets one member have a rendition of an advisory for one purpose until a time; it ends by itself.
    ///
    /// For publishers, approvers and officers of the originator; and of a financial intelligence unit, whose consent
    /// uncovers what was derived from a suspicious-activity report.
    public func consent(
        to name: AdvisoryName,
        reader: String,
        for purpose: Purpose,
        _ rendition: Rendition,
        until: Timestamp,
        by session: Session,
        seen: [String]? = nil,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) -> Consent {
        try await write { [self] transaction in
            let (directory, giver) = try live.acting(session, in: transaction)
            guard let row = try name.row(for: giver.member, transaction.connection),
                let consenting = try Self.consenting(
                    giver,
                    to: row,
                    directory,
                    at: transaction.now,
                    transaction.connection
                )
            else { throw AdvisoryFault.absent }
            let isMade = try transaction.made(by: call) != nil
            if !isMade { try row.advisory.check(isOneOf: seen) }
            try Self.checkConsenting(giver)
            guard let member = Name(reader).flatMap({ directory.member(named: $0) }) else {
                throw AdvisoryFault.invalid(field: "reader", rule: "no member has this name")
            }
            guard rendition == .full || rendition == .tearline else {
                throw AdvisoryFault.invalid(field: "rendition", rule: "must be full or tearline: the others need none")
            }
            guard isMade || until > transaction.now else {
                throw AdvisoryFault.invalid(field: "until", rule: "must lie in the future; a consent ends by itself")
            }
            let consent = Consent(
                advisory: row.advisory.id,
                reader: member.id,
                purpose: purpose,
                rendition: rendition,
                isOfUnit: consenting == .units,
                until: until
            )
            guard !isMade else { return consent }
            let number = try Gains.give(in: transaction) { try transaction.add(consent, for: member) }
            try transaction.keep(call, made: number)
            if consenting == .originators {
                try transaction.answerConsent(to: row.number, of: member, for: purpose, .granted, by: giver.principal)
            }
            return consent
        }
    }

    /// Whom the caller may address: who reads a pool that it publishes to; without one, the authorities and its own
    /// member.
    public func addressees(in pool: String?, for session: Session) throws(AdvisoryFault) -> [Member] {
        try session.reader.checkBusiness(evenSuspended: false)
        let (directory, now) = (session.directory, surroundings.clock())
        guard let pool else { return Acquaintance.authorities(for: session.reader, directory) }
        guard let pool = directory.pool(addressed: pool), PoolRights(pool, session.reader, at: now).sees else {
            throw .noSuch(field: "pool", rule: "you take part in no pool of that name")
        }
        guard let readers = Acquaintance.readers(of: pool, for: session.reader, directory, at: now) else {
            throw .forbidden(
                "who reads \(pool.name) is told to those that publish to it, and of a task force to its lead"
            )
        }
        return readers
    }

    /// Oversight is the originator's: the operator of the exchange is not a reader.
    func checkOversight(_ session: Session) throws(AdvisoryFault) {
        guard !session.principal.roles.isDisjoint(with: [.publisher, .approver, .officer, .auditor]) else {
            throw .forbidden("this needs the role publisher, approver, officer or auditor")
        }
    }
}
