public import Exchange
import Store

/// What holders and offices do with entitlements, and what time does.
///
/// A holder sees its group's. An office sees those that it redeemed or ended: what is reserved, and for what, it is
/// told by the holder's token alone, so that nobody there can look it up before choosing what is examined.
public final class EntitlementDesk: Sendable {
    /// How many entitlements one transaction lets lapse.
    static let lapsedMax = 100

    private let live: LiveState
    private let database: any Database
    private let commits: GroupCommit
    private let clock: @Sendable () -> Timestamp
    private let own: OwnKey

    init(
        _ live: LiveState,
        _ database: any Database,
        _ commits: GroupCommit,
        _ own: OwnKey,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.live = live
        self.database = database
        self.commits = commits
        self.own = own
        self.clock = clock
    }

    // MARK: Reading

    /// One that the caller may see; absent for any other.
    public func entitlement(_ id: ID<Entitlement>, for session: Session) async throws -> HeldEntitlement {
        try session.reader.checkBusiness(evenSuspended: false)
        let now = clock()
        return try await database.read { [self] connection in
            guard let row = try EntitlementRows.entitlement(id, connection),
                let held = try held(row, by: session.member, at: now, connection)
            else { throw AdvisoryFault.absent }
            return held
        }
    }

    /// Those that the caller may see, the newest first, those issued before one of them.
    public func entitlements(
        for session: Session,
        before number: Int64,
        upTo count: Int
    ) async throws -> [(number: Int64, held: HeldEntitlement)] {
        try session.reader.checkBusiness(evenSuspended: false)
        let now = clock()
        return try await database.read { [self] connection in
            let rows = try EntitlementRows.entitlements(of: session.member, before: number, upTo: count, connection)
            return try rows.compactMap { row in
                try held(row, by: session.member, at: now, connection).map { (row.number, $0) }
            }
        }
    }

    /// The exchange's own public keys: what a token is verified by, off line.
    public func keys() async throws -> KeyRing {
        try await database.read { [own] in try own.ring($0).keys(of: own.exchange) }
    }

    // MARK: The holder

    /// Sets the first of the caller's group that is available at an office aside for a consignment; what the same call
    /// reserved before is given as it is now.
    ///
    /// A refusal tells of what the caller's group reported itself, and of subjects of advisories that the caller may
    /// read; of others it tells nothing, and the office's own check comes when it is redeemed.
    public func reserve(
        at office: Name,
        for consignment: Consignment,
        _ kind: Entitlement.Kind,
        by session: Session,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) -> HeldEntitlement {
        try await catchUp()
        return try await commits.write(by: session, live) { [self] transaction, directory, actor in
            try Self.check(actor, [.reporter, .publisher])
            if let number = try transaction.made(by: call) {
                return try held(number, by: actor.member, transaction)
            }
            let group = actor.member.group
            guard directory.member(named: office)?.kind.isAuthority == true else {
                throw AdvisoryFault.invalid(
                    field: "office",
                    rule: "no authority has this name; caveat members lists all"
                )
            }
            guard let (row, ledger) = try next(of: group, at: office, transaction) else {
                throw AdvisoryFault.notNow(
                    "your group has no entitlement of \(office) that is available; they are issued when an epoch closes, for "
                        + "reports that it accepted, and caveat entitlement list shows them"
                )
            }
            let links = ConsignmentLinks(transaction: transaction, directory: directory, marks: consignment.marks)
            let reported = try links.reported(by: group)
            let labels = live.labels(showing: consignment.marks, to: session, at: transaction.now)
            let known = try links.advised(under: labels)
            let terms = ledger.terms(at: transaction.now)
            let isFrozen = try isFrozen(group, in: ledger, transaction)
            let next = try change(row, ledger, by: actor, transaction) { held, day throws(EntitlementRefusal) in
                try held.reserved(
                    for: consignment,
                    kind,
                    by: group,
                    on: day,
                    reported: reported,
                    known: known,
                    isFrozen: isFrozen,
                    terms
                )
            }
            try transaction.keep(call, made: row.number)
            return next
        }
    }

    /// Gives a reservation of the caller's group back.
    public func release(
        _ id: ID<Entitlement>,
        by session: Session,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) -> HeldEntitlement {
        try await end(id, because: nil, by: session, [.reporter, .publisher], as: call) { $0.group == $1.group }
    }

    // MARK: The office

    /// Redeems one at the caller's office, for the consignment that it is reserved for.
    ///
    /// The check knows what the holder's group reported to the office, what anybody did, the office's own advisories
    /// and those that the caller may read. Its refusal is told to the office alone.
    /// - Parameter token: what was shown; it must be one that this exchange signed for it and that still counts.
    public func redeem(
        _ id: ID<Entitlement>,
        for consignment: Consignment,
        token: String? = nil,
        by session: Session,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) -> HeldEntitlement {
        try await catchUp()
        return try await commits.write(by: session, live) { [self] transaction, directory, actor in
            let office = actor.member
            let row = try row(id, transaction) { $0.office == office.name }
            try Self.check(actor, [.officer])
            if try transaction.made(by: call) != nil { return try held(row.number, by: office, transaction) }
            if let token { try check(token, of: id, for: consignment, at: office, transaction) }
            let marks = consignment.marks.union(row.entitlement.reservation?.marks ?? [])
            let links = ConsignmentLinks(transaction: transaction, directory: directory, marks: marks)
            let reported = try links.reported(by: row.entitlement.group, to: office)
            let labels = live.labels(showing: marks, to: session, at: transaction.now)
            let subjects = try links.suspected(by: office).union(links.advised(under: labels))
            let ledger = try ledger(of: row, transaction)
            let isFrozen = try isFrozen(row.entitlement.group, in: ledger, transaction)
            let next = try change(row, ledger, by: actor, transaction) { held, day throws(EntitlementRefusal) in
                try held.redeemed(
                    for: consignment,
                    by: office.name,
                    on: day,
                    reported: reported,
                    subjects: subjects,
                    isFrozen: isFrozen
                )
            }
            try transaction.keep(call, made: row.number)
            return next
        }
    }

    /// Whether a group was found in bad faith at an office, so short a while ago.
    private func isFrozen(_ group: Name, in ledger: LedgerRow, _ transaction: Transaction) throws -> Bool {
        let events = try LedgerRows.events(of: group, in: ledger.pool, transaction.connection)
        return events.frozen(on: ledger.days.day(of: transaction.now), ledger.terms) != nil
    }

    /// Ends a reservation at the caller's office: it is its holder's again while its days last.
    public func void(
        _ id: ID<Entitlement>,
        because reason: VoidReason,
        by session: Session,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) -> HeldEntitlement {
        try await end(id, because: reason, by: session, [.officer], as: call) { $0.office == $1.name }
    }

    // MARK: Time

    /// Whether time alone changes one: a look that writes nothing.
    public func isAnythingDue() async throws -> Bool {
        let now = clock()
        return try await database.read { connection in
            try LedgerRows.all(connection).contains { ledger in
                let day = ledger.days.day(of: now)
                return try !EntitlementRows.due(in: ledger.pool, by: day, upTo: 1, connection).isEmpty
            }
        }
    }

    /// Lets reservations lapse and entitlements expire whose days are over, some in one transaction.
    public func elapse() async throws {
        for ledger in try await database.read({ try LedgerRows.all($0) }) {
            while try await elapse(ledger) == Self.lapsedMax {}
        }
    }

    private func elapse(_ ledger: LedgerRow) async throws -> Int {
        try await commits.write(weight: Self.lapsedMax) { transaction in
            let day = ledger.days.day(of: transaction.now)
            let due = try EntitlementRows.due(
                in: ledger.pool,
                by: day,
                upTo: Self.lapsedMax,
                transaction.connection
            )
            for var row in due {
                let (next, entries) = row.entitlement.lapsed(by: day)
                row.entitlement = next
                try transaction.change(row, entries, by: nil, ledger.terms(at: transaction.now))
            }
            return due.count
        }
    }
}

// MARK: Parts

extension EntitlementDesk {
    /// What other nodes brought until now counts, too.
    private func catchUp() async throws(AdvisoryFault) {
        guard !live.isCurrent else { return }
        do { try await live.follow() } catch { throw AdvisoryFault(error) }
    }

    private static func check(_ actor: Reader, _ roles: Set<Role>) throws(AdvisoryFault) {
        guard actor.principal.roles.isDisjoint(with: roles) else { return }
        throw .forbidden("this \(ReportFault.missingRole(oneOf: roles.sorted()))")
    }

    /// Ends a reservation, by the side that the caller is of.
    private func end(
        _ id: ID<Entitlement>,
        because reason: VoidReason?,
        by session: Session,
        _ roles: Set<Role>,
        as call: KeyedCall?,
        where isCallers: @escaping @Sendable (Entitlement, Member) -> Bool
    ) async throws(AdvisoryFault) -> HeldEntitlement {
        try await commits.write(by: session, live) { [self] transaction, _, actor in
            var row = try row(id, transaction) { isCallers($0, actor.member) }
            try Self.check(actor, roles)
            if try transaction.made(by: call) != nil { return try held(row.number, by: actor.member, transaction) }
            if let reason { row.reason = reason.text }
            let next = try change(row, try ledger(of: row, transaction), by: actor, transaction) {
                held,
                day throws(EntitlementRefusal) in
                try held.voided(on: day)
            }
            try transaction.keep(call, made: row.number)
            return next
        }
    }

    /// The one of an id where the caller has to do with it; absent for any other.
    private func row(
        _ id: ID<Entitlement>,
        _ transaction: Transaction,
        where isCallers: (Entitlement) -> Bool
    ) throws -> EntitlementRow {
        guard let row = try EntitlementRows.entitlement(id, transaction.connection), isCallers(row.entitlement) else {
            throw AdvisoryFault.absent
        }
        return row
    }

    private func ledger(of row: EntitlementRow, _ transaction: Transaction) throws -> LedgerRow {
        guard let ledger = try LedgerRows.ledger(row.pool, transaction.connection) else {
            throw DatabaseFault.statement("an entitlement is of no ledger")
        }
        return ledger
    }

    /// The one that is reserved next: of those of each ledger of the office the first, and of these the oldest.
    private func next(
        of group: Name,
        at office: Name,
        _ transaction: Transaction
    ) throws -> (EntitlementRow, LedgerRow)? {
        let rows = try EntitlementRows.open(of: group, at: office, transaction.connection)
        let firsts = try Dictionary(grouping: rows, by: \.pool).values.compactMap {
            rows -> (EntitlementRow, LedgerRow)? in
            let ledger = try ledger(of: rows[0], transaction)
            let day = ledger.days.day(of: transaction.now)
            let first = Entitlement.next(of: rows.map(\.entitlement), at: office, on: day)
            return rows.first { $0.entitlement.id == first?.id }.map { ($0, ledger) }
        }
        return firsts.min { $0.0.number < $1.0.number }
    }

    /// Does one thing to one, and keeps it.
    private func change(
        _ row: EntitlementRow,
        _ ledger: LedgerRow,
        by actor: Reader,
        _ transaction: Transaction,
        _ step: (Entitlement, Int) throws(EntitlementRefusal) -> (Entitlement, [LedgerEntry<VoucherAccount>])
    ) throws -> HeldEntitlement {
        var row = row
        let entries: [LedgerEntry<VoucherAccount>]
        do throws(EntitlementRefusal) {
            (row.entitlement, entries) = try step(row.entitlement, ledger.days.day(of: transaction.now))
        } catch {
            throw AdvisoryFault.notNow(error.description)
        }
        switch row.entitlement.state {
        case .reserved: row.reason = nil
        case .available, .redeemed, .expired, .void, .withdrawn: break
        }
        try transaction.change(row, entries, by: actor.principal, ledger.terms(at: transaction.now))
        return try held(row.number, by: actor.member, transaction)
    }

    private func check(
        _ token: String,
        of id: ID<Entitlement>,
        for consignment: Consignment,
        at office: Member,
        _ transaction: Transaction
    ) throws {
        let keys = try own.ring(transaction.connection).keys(of: own.exchange)
        do {
            let shown = try EntitlementToken(
                verifying: token,
                keys: keys,
                office: office.name,
                consignment: consignment.number,
                at: transaction.now
            )
            guard shown.id == id else { throw EntitlementToken.Refusal.content }
        } catch let refusal as EntitlementToken.Refusal {
            throw AdvisoryFault.invalid(field: "token", rule: refusal.description)
        }
    }

    private func held(
        _ number: Int64,
        by member: Member,
        _ transaction: Transaction
    ) throws -> HeldEntitlement {
        guard let row = try EntitlementRows.entitlement(numbered: number, transaction.connection),
            let held = try held(row, by: member, at: transaction.now, transaction.connection)
        else { throw AdvisoryFault.absent }
        return held
    }

    /// One as a member sees it; nil where it sees nothing of it.
    private func held(
        _ row: EntitlementRow,
        by member: Member,
        at now: Timestamp,
        _ connection: any SQLConnection
    ) throws -> HeldEntitlement? {
        guard let ledger = try LedgerRows.ledger(row.pool, connection) else { return nil }
        let (entitlement, _) = row.entitlement.lapsed(by: ledger.days.day(of: now))
        let isHolder = entitlement.group == member.group
        let isOffice = entitlement.office == member.name
        guard isHolder || (isOffice && (row.reason != nil || entitlement.state.part == .redeemed)) else { return nil }
        let token = isHolder ? EntitlementToken(entitlement, at: now, ledger.days) : nil
        return HeldEntitlement(
            entitlement: entitlement,
            days: ledger.days,
            reason: isOffice ? row.reason : nil,
            token: try token?.signed(by: own.signing(connection, at: now))
        )
    }
}
