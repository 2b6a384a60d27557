public import Exchange
import Foundation
import Merkle
public import Store
import Synchronization

/// Why something was not taken.
///
/// When one is thrown nothing was stored, and the same call may be repeated.
public enum AcceptanceFault: Error, Sendable {
    /// The caller's credential, principal or member is no longer valid.
    case ended
    /// It does not exist, or may not be seen.
    case absent
    /// The caller may see it, but not do this; the text says why.
    case forbidden(String)
    /// Not stored, for a reason of ours.
    case notStored(WriteFault)
}

/// The one door in: whatever comes, by TAXII or otherwise, is planned and written here.
public final class Acceptance: Sendable {
    private let live: LiveState
    private let commits: GroupCommit
    let surroundings: Surroundings
    private let federation: Federation
    let watch: WatchDesk

    init(
        _ live: LiveState,
        _ commits: GroupCommit,
        _ surroundings: Surroundings,
        _ federation: Federation,
        _ watch: WatchDesk
    ) {
        self.federation = federation
        self.watch = watch
        self.live = live
        self.commits = commits
        self.surroundings = surroundings
    }

    /// Stores what a member contributes to a pool, or puts it aside where release needs a second person.
    ///
    /// Durable when it returns. Whether `session` may write, and the pool's terms, are as they are when it is written,
    /// however long ago the request began.
    /// - Parameters:
    ///   - ceiling: the strictest marking that is taken, where that is not the pool's own.
    ///   - gateway: the legal gateway that it is passed on by, where one is asked for; not where a second person has to
    ///     release it.
    public func accept(
        _ envelope: Envelope,
        to pool: Pool,
        from session: Session,
        within ceiling: TLP? = nil,
        by gateway: Name? = nil
    ) async throws(AcceptanceFault) -> StatusReport {
        if pool.kind == .inbox { return try await report(envelope, to: pool, from: session) }
        // Whatever needs no lock is done before there is one.
        let random = surroundings.randomBytes(8)
        let seals = Seal.all(of: envelope.contributions, surroundings)
        return try await write(weight: envelope.contributions.count) { [self] transaction in
            let (directory, author) = try present(session, transaction)
            var pool = try Self.writable(pool, author, directory, at: transaction.now)
            if let ceiling { pool.terms.ceiling = min(pool.terms.ceiling, ceiling) }
            guard gateway == nil || pool.terms.release == .direct else {
                throw AcceptanceFault.forbidden("a second person releases there, which knows of no gateway")
            }
            let tick = transaction.nextTick()
            let id = StatusID.id(at: tick, random: random)
            if let peer = try federation.peer(as: author, transaction.connection) {
                let verdicts = try federation.take(envelope.contributions, to: pool, from: peer, transaction, directory)
                let report = StatusReport(id: id.text, requested: transaction.now, verdicts: verdicts)
                try transaction.keep(report.row(at: tick, of: session.principal.number, in: pool), waiting: [])
                return report
            }
            var desk = try Desk(transaction, live, directory, envelope.contributions, seals)
            let contributions = try desk.withoutRenditions(envelope.contributions, of: author, in: pool)
            let acknowledgements = try Acknowledgements(in: contributions, by: author, directory, transaction)
            let plan = AcceptancePlan(
                contributions,
                to: pool,
                from: author,
                confiding: acknowledgements.confidants(directory),
                by: gateway,
                delayedFrom: federation.versions.delays.count(from: transaction.now, in: pool.kind),
                held: desk.holdings.objects,
                directory: directory,
                rule: pool.terms.release,
                at: transaction.now
            )
            let isHeld = plan.verdicts.contains(where: \.isPending)
            let verdicts = isHeld ? plan.verdicts : try desk.release(plan, in: pool, by: author)
            if !isHeld { try federation.release(plan.releases, in: pool, by: author, transaction, directory) }
            let report = StatusReport(id: id.text, requested: transaction.now, verdicts: verdicts)
            if isHeld {
                try transaction.enter(
                    .held,
                    at: transaction.nextTick(),
                    principal: session.principal.number,
                    pool: pool.number
                )
            }
            let status = report.row(at: tick, of: session.principal.number, in: pool)
            try acknowledgements.take(verdicts, transaction)
            try transaction.keep(status, waiting: report.status == .pending ? plan.releases.map(\.object.bytes) : [])
            return report
        }
    }

    /// Releases what waits in a status, or refuses it.
    ///
    /// Only another principal of the author's member, with the role approver, may.
    public func settle(
        _ status: ID<StatusReport>,
        _ decision: Decision,
        by session: Session
    ) async throws(AcceptanceFault) -> StatusReport {
        try await write { [self] transaction in
            guard let row = try StatusRows.status(status.uuid, transaction.connection), !row.isComplete else {
                throw AcceptanceFault.absent
            }
            let (directory, approver) = try present(session, transaction)
            guard let author = directory.principal(numbered: row.principal),
                author.member == approver.member.id, let pool = directory.pool(numbered: row.pool)
            else { throw AcceptanceFault.absent }
            guard approver.principal.roles.contains(.approver), author.id != approver.principal.id else {
                throw AcceptanceFault.forbidden(
                    "release needs another principal of \(approver.member.name) than the author, with the role approver"
                )
            }
            let objects = try StatusRows.objects(waitingIn: row, transaction.connection)
            let contributions = try objects.map(Self.reread)
            let verdicts: [Verdict]
            switch decision {
            case .refuse(let reason):
                try transaction.enter(
                    .refused,
                    at: transaction.nextTick(),
                    principal: session.principal.number,
                    pool: row.pool
                )
                verdicts = Self.refusals(of: contributions, reason, at: transaction.now)
            case .approve:
                guard pool.isWritten(by: approver.member), !pool.hasEnded(at: transaction.now) else {
                    throw AcceptanceFault.forbidden("\(approver.member.name) may no longer write to \(pool.name)")
                }
                let seals = Seal.all(of: contributions, surroundings)
                var desk = try Desk(transaction, live, directory, contributions, seals)
                let reader = directory.reader(as: author, of: approver.member, until: nil)
                let acknowledgements = try Acknowledgements(in: contributions, by: reader, directory, transaction)
                let plan = AcceptancePlan(
                    try desk.withoutRenditions(contributions, of: reader, in: pool),
                    to: pool,
                    from: reader,
                    confiding: acknowledgements.confidants(directory),
                    delayedFrom: federation.versions.delays.count(from: transaction.now, in: pool.kind),
                    held: desk.holdings.objects,
                    directory: directory,
                    rule: .direct,
                    at: transaction.now
                )
                verdicts = try desk.release(plan, in: pool, by: reader)
                try federation.release(plan.releases, in: pool, by: reader, transaction, directory)
                try acknowledgements.take(verdicts, transaction)
            }
            let report = try JSONDecoder().decode(StatusReport.self, from: Data(row.body)).settled(verdicts)
            try transaction.complete(row, at: transaction.nextTick(), body: report.encoded())
            return report
        }
    }

    /// What the second person says.
    public enum Decision: Sendable {
        case approve
        case refuse(reason: String)
    }

    /// Deletes versions of an object from a pool: all that the session may see, or those that the filter names.
    public func delete(
        _ id: STIXID,
        _ filter: ObjectFilter?,
        from pool: Pool,
        by session: Session,
        seeing permitted: Set<Int64>
    ) async throws(AcceptanceFault) {
        try await write { [self] transaction in
            let (directory, deleter) = try present(session, transaction)
            guard let pool = directory.pools[pool.id] else { throw AcceptanceFault.absent }
            let rights = PoolRights(pool, deleter, at: transaction.now)
            guard rights.sees else { throw AcceptanceFault.absent }
            guard rights.reads, rights.writes else {
                throw AcceptanceFault.forbidden("deleting needs the right to read and to write")
            }
            let visible = try PageRows.visible(id, pool: pool.number, permitted: permitted, transaction.connection)
            let named = filter.map { filter in
                filter.passesNothing ? [] : filter.versions.chosen(of: visible.map(\.placed), permitted: permitted)
            }
            let chosen = visible.filter { named?.contains($0.placed) ?? true }
            guard let object = chosen.first?.object else { throw AcceptanceFault.absent }
            guard chosen.allSatisfy({ $0.member == session.member.number }) else {
                throw AcceptanceFault.forbidden("only the member that brought an object may delete it")
            }
            guard try AdvisoryRows.advisory(ofObject: id, transaction.connection) == nil else {
                throw AcceptanceFault.forbidden("it is of an advisory: withdraw or recall that (/v1/advisories)")
            }
            try transaction.delete(chosen.map(\.placed.tick), of: object, from: pool, by: session.principal)
            try transaction.forgetFederated(id)
        }
    }

    func present(_ session: Session, _ transaction: Transaction) throws -> (Directory, Reader) {
        guard let present = try live.present(session, in: transaction) else { throw AcceptanceFault.ended }
        return present
    }

    static func writable(
        _ pool: Pool,
        _ author: Reader,
        _ directory: Directory,
        at now: Timestamp
    ) throws(AcceptanceFault) -> Pool {
        guard let pool = directory.pools[pool.id] else { throw .absent }
        let rights = PoolRights(pool, author, at: now)
        guard rights.sees else { throw .absent }
        guard rights.writes else { throw .forbidden("you may read this collection, not write to it") }
        return pool
    }

    func write<Output: Sendable>(
        weight: Int = 1,
        _ body: @escaping @Sendable (Transaction) throws -> Output
    ) async throws(AcceptanceFault) -> Output {
        do {
            return try await commits.write(weight: weight, body)
        } catch let fault as AcceptanceFault {
            throw fault
        } catch let fault as WriteFault {
            throw .notStored(fault)
        } catch {
            throw .notStored(.notCommitted(.statement(String(describing: error))))
        }
    }

    /// An object that was valid when it was put aside.
    private static func reread(_ bytes: [UInt8]) throws -> Contribution {
        .object(try STIXObject(try JSON(parsing: bytes, limits: JSON.Limits(depthMax: .max)).root))
    }

    private static func refusals(of contributions: [Contribution], _ reason: String, at now: Timestamp) -> [Verdict] {
        contributions.compactMap { contribution in
            guard case .object(let object) = contribution else { return nil }
            let version = object.version?.text ?? now.text
            return .failure(id: object.id.text, version: version, reason: "refused by the second person: \(reason)")
        }
    }
}

/// The commitment to an object's content, and the salt that it is made with.
private struct Seal: Sendable {
    let salt: [UInt8]
    let leaf: [UInt8]

    /// One for each object, in the order of the envelope; nil for what is none.
    static func all(of contributions: [Contribution], _ surroundings: Surroundings) -> [Seal?] {
        contributions.map { contribution in
            guard case .object(let object) = contribution else { return nil }
            let salt = surroundings.randomBytes(Commitment.saltBytes)
            return Seal(salt: salt, leaf: Commitment(salt: salt, content: object.bytes).bytes)
        }
    }
}

/// What one acceptance reads and writes inside its transaction.
private struct Desk {
    let transaction: Transaction
    let live: LiveState
    let seals: [Seal?]
    let directory: Directory
    var holdings: Holdings

    init(
        _ transaction: Transaction,
        _ live: LiveState,
        _ directory: Directory,
        _ contributions: [Contribution],
        _ seals: [Seal?]
    ) throws {
        self.transaction = transaction
        self.live = live
        self.seals = seals
        self.directory = directory
        let ids = contributions.compactMap { contribution -> STIXID? in
            guard case .object(let object) = contribution else { return nil }
            return object.id
        }
        holdings = try transaction.holdings(of: Set(ids), directory: directory) { number in
            try live.label(numbered: number) ?? transaction.label(numbered: number)
        }
    }

    /// The same, but for what would be a rendition of an advisory, or another version of one, or one in another pool:
    /// those the exchange makes, out of what was graded and approved, and calls back.
    func withoutRenditions(
        _ contributions: [Contribution],
        of author: Reader,
        in pool: Pool
    ) throws -> [Contribution] {
        try contributions.map { contribution in
            guard case .object(let object) = contribution else { return contribution }
            if object.isRendition, holdings.objects[object.id] == nil {
                return .invalid(
                    id: object.id.text,
                    version: object.version?.text,
                    reason:
                        "extensions.\(AdvisoryExtension.id).rendition: is for the exchange to say; leave the extension "
                        + "out, or draft an advisory (/v1/advisories)"
                )
            }
            guard let held = holdings.objects[object.id],
                try AdvisoryRows.advisory(ofObject: object.id, transaction.connection) != nil
            else { return contribution }
            let seen = held.versions.filter { version in
                AccessPolicy.decide(author, version.label, at: transaction.now).isPermitted
            }
            if seen.contains(where: { $0.pool == pool.id && $0.digest == object.digest }) { return contribution }
            // Who sees nothing of it is told what is told of any id that is another's.
            let isKnown = held.owner == author.member.id || !seen.isEmpty
            return .invalid(
                id: object.id.text,
                version: object.version?.text,
                reason: isKnown
                    ? "id: is of an advisory, whose versions are made from what is approved, and which only its "
                        + "originator brings to a pool; as that amend it, or draft another (/v1/advisories)"
                    : AcceptancePlan.owned
            )
        }
    }

    /// Stores what the plan releases.
    /// - Returns: its verdicts.
    mutating func release(_ plan: AcceptancePlan, in pool: Pool, by author: Reader) throws -> [Verdict] {
        var labels: [Label: Int64] = [:]
        var ticks: [Int: Tick] = [:]
        for release in plan.releases {
            let label =
                try labels[release.label] ?? live.number(of: release.label)
                ?? transaction.intern(release.label, in: pool)
            labels[release.label] = label
            guard let seal = seals[release.place] else { preconditionFailure("what is released is an object") }
            ticks[release.place] = try transaction.release(
                ReleaseRow(object: release.object, salt: seal.salt, leaf: seal.leaf),
                labelled: label,
                in: pool,
                by: author.principal,
                of: author.member,
                owner: release.owner.flatMap { directory.members[$0]?.number },
                holdings: &holdings
            )
        }
        try transaction.restand(&holdings, in: pool)
        return plan.verdicts(cameAt: ticks)
    }
}

extension LiveState {
    /// Everybody, and the caller, as the transaction sees them: what changed since the request was let in counts.
    ///
    /// Nil where the caller is no longer let in.
    func present(_ session: Session, in transaction: Transaction) throws -> (Directory, Reader)? {
        let directory = try directory(in: transaction)
        let isAsLetIn = session.directory === directory && session.credential.isValid(at: transaction.now)
        if isAsLetIn { return (directory, session.reader) }
        guard var reader = directory.reader(with: session.credential, at: transaction.now) else { return nil }
        reader.purpose = session.reader.purpose
        return (directory, reader)
    }

    /// Everybody as the transaction sees them.
    func directory(in transaction: Transaction) throws -> Directory {
        try transaction.directory { state.withLock { ($0.directory, $0.head) } }
    }

    func label(numbered number: Int64) -> Label? {
        state.withLock { state in state.labelIndex[number].map { state.labels[$0].label } }
    }

    func number(of label: Label) -> Int64? { state.withLock { $0.labelNumbers[label] } }
}
