public import Exchange
public import Store

extension AdvisoryName {
    /// The one that is named, where it is of the caller's member and exists for the caller.
    func row(ownedBy reader: Reader, at now: Timestamp, _ connection: any SQLConnection) throws -> AdvisoryRow {
        guard let row = try row(for: reader.member, connection), AccessPolicy.shows(row.advisory, to: reader, at: now)
        else { throw AdvisoryFault.absent }
        return row
    }

    /// The one that is named, where the reader's member was given something of it, or it is its own and exists for the
    /// reader.
    func row(knownTo reader: Reader, at now: Timestamp, _ connection: any SQLConnection) throws -> AdvisoryRow? {
        try row(for: reader.member, connection).flatMap { row in
            let isOwn = row.advisory.member == reader.member.id
            return !isOwn || AccessPolicy.shows(row.advisory, to: reader, at: now) ? row : nil
        }
    }

    /// Of those that were given something, who was given what is named.
    func members(among holders: Holders) -> Set<ID<Member>> {
        switch self {
        // What tells its reference, and what its row is found by (`AdvisoryName.row(for:)`).
        case .id, .reference: holders.members(of: .full).union(holders.members(of: .tearline))
        case .report(let report): holders.members(ofObject: report)
        }
    }
}

/// What an originator does with its advisories; their renditions leave by the journal like everything else.
public final class AdvisoryDesk: Sendable {
    let live: LiveState
    let database: any Database
    let commits: GroupCommit
    let surroundings: Surroundings
    let press: RenditionPress

    init(
        _ live: LiveState,
        _ database: any Database,
        _ commits: GroupCommit,
        _ surroundings: Surroundings,
        _ federation: Federation,
        key: [UInt8]
    ) {
        self.live = live
        self.database = database
        self.commits = commits
        self.surroundings = surroundings
        press = RenditionPress(federation, key: key)
    }

    /// Begins an advisory in a pool that the caller may write to; what the same call began before is given as it is
    /// now.
    public func draft(
        _ kind: AdvisoryKind,
        _ content: AdvisoryContent,
        on terms: AdvisoryTerms,
        in pool: String,
        by session: Session,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) -> Advisory {
        let id = ID<Advisory>(surroundings.uuid())
        return try await write { [self] transaction in
            let (directory, author) = try live.acting(session, in: transaction)
            if let number = try transaction.made(by: call) {
                guard let known = try AdvisoryRows.advisory(numbered: number, transaction.connection),
                    AccessPolicy.shows(known.advisory, to: author, at: transaction.now)
                else {
                    throw AdvisoryFault.absent
                }
                return known.advisory
            }
            guard let pool = directory.pool(addressed: pool),
                PoolRights(pool, author, at: transaction.now).sees
            else { throw AdvisoryFault.invalid(field: "pool", rule: "you take part in no pool of that name") }
            try Self.check(terms, for: pool, author, directory, at: transaction.now)
            let advisory = try Self.allowed { () throws(LifecycleRefusal) in
                try Advisory(
                    id,
                    in: pool.id,
                    kind: kind,
                    content,
                    on: terms,
                    by: ActingPrincipal(author),
                    at: transaction.now
                )
            }
            let row = AdvisoryRow(
                number: transaction.nextTick().microseconds,
                pool: pool.number,
                member: author.member.number,
                advisory: advisory,
                released: 0
            )
            try transaction.add(row, by: author.principal)
            try transaction.keep(call, made: row.number)
            return advisory
        }
    }

    /// What an action makes of an advisory: nil in place of an action where it is `publish`, whose reference the
    /// exchange gives.
    public enum Step: Sendable {
        case publish
        case action(AdvisoryAction)
    }

    /// Does one thing to an advisory of the caller's member.
    /// - Parameter seen: the tags of which it must have one: what the caller saw; nil for whatever it is now.
    public func act(
        _ step: Step,
        on name: AdvisoryName,
        by session: Session,
        seen: [String]? = nil
    ) async throws(AdvisoryFault) -> Advisory {
        try await write { [self] transaction in
            let (directory, actor) = try live.acting(session, evenSuspended: step.takesBack, in: transaction)
            var row = try name.row(ownedBy: actor, at: transaction.now, transaction.connection)
            guard let pool = directory.pool(numbered: row.pool) else { throw AdvisoryFault.absent }
            try row.advisory.check(isOneOf: seen)
            let before = row.advisory
            let action = try action(step, transaction)
            if let terms = action.terms {
                try Self.check(terms, for: pool, actor, directory, at: transaction.now)
            } else if action.releases {
                try Self.check(before.pending?.terms ?? before.terms, for: pool, actor, directory, at: transaction.now)
            }
            do throws(LifecycleRefusal) {
                row.advisory = try before.after(action, by: ActingPrincipal(actor), at: transaction.now)
            } catch {
                throw AdvisoryFault(error, directory)
            }
            try press.release(&row, since: before, in: transaction, directory)
            try transaction.change(row, by: actor.principal)
            return row.advisory
        }
    }

    private func action(_ step: Step, _ transaction: Transaction) throws -> AdvisoryAction {
        switch step {
        case .action(let action): return action
        case .publish:
            let year = Int(transaction.now.text.prefix(4)) ?? AdvisoryReference.years.lowerBound
            // Five digits, as long as some of those drawn are free; far more than an exchange publishes in a year.
            for serials in [1...99_999, AdvisoryReference.serials] {
                let drawn = (0..<Self.drawsMax).map { _ in serial(in: serials) }
                if let free = try transaction.reference(in: year, among: drawn) { return .publish(free) }
            }
            throw DatabaseFault.statement("no reference of \(year) was found that is free")
        }
    }

    /// How many references are drawn before longer ones are.
    private static let drawsMax = 64

    private func serial(in serials: ClosedRange<Int>) -> Int {
        let drawn = surroundings.randomBytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return serials.lowerBound + Int(drawn % UInt64(serials.count))
    }

    /// Lets time pass: what is due expires, is recalled or comes out of its embargo.
    /// - Returns: how many advisories it changed.
    @discardableResult
    public func elapse() async throws(AdvisoryFault) -> Int {
        try await write { [self] transaction in
            let directory = try live.directory(in: transaction)
            let due = try AdvisoryRows.due(at: transaction.now, upTo: Self.elapsedMax, transaction.connection)
            for var row in due {
                let before = row.advisory
                row.advisory = before.elapsed(at: transaction.now)
                try press.release(&row, since: before, in: transaction, directory)
                try transaction.change(row, by: nil)
            }
            return due.count
        }
    }

    /// Whether time alone changes anything now: a look that writes nothing.
    public func isAnythingDue() async throws -> Bool {
        let now = surroundings.clock()
        return try await database.read { try !AdvisoryRows.due(at: now, upTo: 1, $0).isEmpty }
    }

    /// How many advisories one transaction lets time pass for.
    static let elapsedMax = 100

    /// Disputes an advisory by the report of a rendition that the caller was given: readers see a banner until it is
    /// settled.
    ///
    /// The originator reads the reason among the feedback: one of each ownership group until then.
    public func dispute(
        _ name: AdvisoryName,
        _ reason: String,
        by session: Session,
        seen: [String]? = nil,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) {
        try await write { [self] transaction in
            let (directory, reader) = try live.acting(session, in: transaction)
            guard let row = try name.row(knownTo: reader, at: transaction.now, transaction.connection) else {
                throw AdvisoryFault.absent
            }
            let holders = try Holders(of: row, directory, transaction.connection, at: transaction.now)
            guard name.members(among: holders).contains(reader.member.id),
                press.shows(row, toHolder: reader.member.id, holders, directory, at: transaction.now)
            else { throw AdvisoryFault.absent }
            guard try transaction.made(by: call) == nil else { return }
            try row.advisory.check(isOneOf: seen)
            // Once for each version: what was settled in its favour stands, whoever says it again.
            if let release = row.advisory.release {
                let own = try DossierRows.feedback(
                    on: row.number,
                    since: Tick(at: release.last),
                    byGroup: reader.member.group,
                    transaction.connection
                )
                guard !own.contains(where: { $0.outcome == .contradicted }) else {
                    throw AdvisoryFault.refused(.disputed)
                }
            }
            let feedback: Feedback
            do throws(ReportFault) {
                feedback = try Feedback(dispute: reason, by: reader.member.id, at: transaction.now)
            } catch {
                throw AdvisoryFault.invalid(field: "reason", rule: error.description)
            }
            let number = try transaction.keep(feedback, on: row.number, by: reader.principal)
            try transaction.keep(call, made: number)
            try change(row, by: reader, transaction, directory) { advisory, _ throws(LifecycleRefusal) in
                try advisory.disputed(at: Tick(microseconds: number).time)
            }
        }
    }

    /// Ends a dispute in the advisory's favour: an approver of the originator looked at it.
    public func settle(
        _ name: AdvisoryName,
        by session: Session,
        seen: [String]? = nil
    ) async throws(AdvisoryFault) -> Advisory {
        try await write { [self] transaction in
            let (directory, actor) = try live.acting(session, in: transaction)
            let row = try name.row(ownedBy: actor, at: transaction.now, transaction.connection)
            try row.advisory.check(isOneOf: seen)
            return try change(row, by: actor, transaction, directory) { advisory, now throws(LifecycleRefusal) in
                try advisory.settled(by: ActingPrincipal(actor), at: now)
            }
        }
    }

    @discardableResult
    private func change(
        _ row: AdvisoryRow,
        by actor: Reader,
        _ transaction: Transaction,
        _ directory: Directory,
        _ change: (Advisory, Timestamp) throws(LifecycleRefusal) -> Advisory
    ) throws -> Advisory {
        var row = row
        let before = row.advisory
        row.advisory = try Self.allowed { () throws(LifecycleRefusal) in try change(before, transaction.now) }
        try press.release(&row, since: before, in: transaction, directory)
        try transaction.change(row, by: actor.principal)
        return row.advisory
    }

    // MARK: Reading

    /// An advisory of the caller's member, as time has made it.
    public func advisory(_ name: AdvisoryName, for session: Session) async throws -> Advisory {
        let now = surroundings.clock()
        return try await database.read { try name.row(ownedBy: session.reader, at: now, $0).advisory }
    }

    /// The advisories of the caller's member that exist for the caller, newest first; those drafted before `number`,
    /// which is what the last page ended with.
    public func advisories(
        for session: Session,
        before number: Int64,
        upTo count: Int
    ) async throws -> [AdvisoryRow] {
        let now = surroundings.clock()
        return try await database.read { connection in
            var (shown, last) = ([AdvisoryRow](), number)
            while shown.count < count {
                let rows = try AdvisoryRows.advisories(
                    of: session.member.number,
                    before: last,
                    upTo: count,
                    connection
                )
                shown += rows.filter { AccessPolicy.shows($0.advisory, to: session.reader, at: now) }
                guard rows.count == count, let end = rows.last else { break }
                last = end.number
            }
            return Array(shown.prefix(count))
        }
    }

    // MARK: Parts

    /// Whether an advisory on these terms may be brought to a pool.
    private static func check(
        _ terms: AdvisoryTerms,
        for pool: Pool,
        _ author: Reader,
        _ directory: Directory,
        at now: Timestamp
    ) throws(AdvisoryFault) {
        let rights = PoolRights(pool, author, at: now)
        guard rights.sees else { throw .invalid(field: "pool", rule: "is none that you take part in any more") }
        guard rights.writes else { throw .forbidden("you may read the pool \(pool.name), not write to it") }
        guard pool.kind == .sharing else {
            throw .invalid(field: "pool", rule: "is an \(pool.kind.rawValue), which has no advisories; choose another")
        }
        guard AccessPolicy.isCleared(author, for: terms.compartment, at: now) else {
            throw .invalid(field: "terms.compartment", rule: "is none that you are cleared for; name one that you are")
        }
        if let embargo = terms.embargo, let end = pool.terms.ends, embargo >= end {
            throw .invalid(
                field: "terms.embargo",
                rule: "must end before the pool does, at \(end.text): nothing leaves after that"
            )
        }
        let marking = terms.marking ?? pool.terms.defaultMarking
        guard marking <= pool.terms.ceiling else {
            throw .invalid(
                field: "terms.marking",
                rule: "\(marking.label) is stricter than \(pool.name) takes; "
                    + "mark it \(pool.terms.ceiling.label) or below, or use another pool"
            )
        }
        guard marking != .red || terms.addressees.contains(where: { directory.principals[ID($0.uuid)] != nil }) else {
            throw .invalid(
                field: "terms.addressees",
                rule:
                    "must name a principal where it is TLP:RED, which is for named persons: ask them for the identity "
                    + "that `caveat members` shows each of its own; or mark it otherwise"
            )
        }
        for member in terms.affected?.members.sorted() ?? [] where directory.members[member] == nil {
            throw .invalid(
                field: "terms.affected.members",
                rule: "\(member.text) is no member here; use the id that `caveat members --pool NAME` gives"
            )
        }
        for addressee in terms.addressees where directory.member(identifiedBy: addressee) == nil {
            throw .invalid(
                field: "terms.addressees",
                rule:
                    "\(addressee.text) is no member or principal here; use the identity of one: `caveat members --pool NAME`"
            )
        }
    }

    static func allowed<Output>(_ body: () throws(LifecycleRefusal) -> Output) throws(AdvisoryFault) -> Output {
        do throws(LifecycleRefusal) {
            return try body()
        } catch {
            throw AdvisoryFault(error)
        }
    }

    func write<Output: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Output
    ) async throws(AdvisoryFault) -> Output {
        do {
            return try await commits.write(body)
        } catch {
            throw AdvisoryFault(error)
        }
    }
}
