public import Exchange
public import Store

/// What the lead of a task force and those who contribute to it do there.
///
/// Throws `absent` wherever the task force may not be known of: once it has ended, it does not exist.
public final class TaskForceDesk: Sendable {
    /// A task force as one of its members sees it.
    public struct View: Sendable {
        /// The pool.
        public let pool: Pool
        /// What makes it a task force.
        public let force: TaskForce
        /// When it ends.
        public let ends: Timestamp
        /// Who takes part, and since which cohort; nil for all but the lead.
        public let members: [(member: Member, joining: Joining)]?
        /// What the member chose for contributions of its own, by their ids; under no text for all others.
        public let choices: [String: Disposal]
    }

    /// What the lead lets a member that joined late see of before.
    public enum Past: Sendable {
        case all
        case advisory(AdvisoryName)
    }

    /// Which contributions of its own an owner chooses for.
    public enum Contribution: Sendable {
        /// All that it chose nothing for by themselves.
        case all
        case advisory(AdvisoryName)
        case object(STIXID)

        /// Reads the id or reference of an advisory, or a STIX id; nil for any other text.
        public init?(_ text: String) {
            if let id = try? STIXID(parsing: text) {
                self = .object(id)
            } else if let name = AdvisoryName(text) {
                self = .advisory(name)
            } else {
                return nil
            }
        }
    }

    private let live: LiveState
    let database: any Database
    private let commits: GroupCommit
    let surroundings: Surroundings
    let advisories: AdvisoryDesk

    init(
        _ live: LiveState,
        _ database: any Database,
        _ commits: GroupCommit,
        _ surroundings: Surroundings,
        _ advisories: AdvisoryDesk
    ) {
        self.live = live
        self.database = database
        self.commits = commits
        self.surroundings = surroundings
        self.advisories = advisories
    }

    /// A task force that the caller's member takes part in, or contributed to while it is not closed.
    public func view(_ name: String, for session: Session) async throws -> View {
        let now = surroundings.clock()
        return try await database.read { connection in
            let (pool, force, ends) = try Self.known(name, session.directory, session.reader, at: now, connection)
            let isLead =
                force.lead == session.member.id && session.member.standing == .active && !pool.hasEnded(at: now)
            let members = pool.enrolled.filter { $0.value.takesPart }.compactMap { id, enrolment in
                session.directory.members[id].map { ($0, enrolment.joining) }
            }
            return View(
                pool: pool,
                force: force,
                ends: ends,
                members: isLead ? members.sorted { $0.0.name < $1.0.name } : nil,
                choices: try TaskForceRows.disposals(in: pool.number, connection)[session.member.number] ?? [:]
            )
        }
    }

    /// Lets a member that joined late see what was released before: all of it, or one advisory.
    ///
    /// For publishers, approvers and officers of the lead. What is let out is still for the access table to give.
    public func release(
        _ past: Past,
        of name: String,
        to member: String,
        by session: Session
    ) async throws(AdvisoryFault) {
        try await write(session) { transaction, directory, lead in
            let connection = transaction.connection
            let (pool, force, _) = try Self.known(name, directory, lead, at: transaction.now, connection)
            guard PoolRights(pool, lead, at: transaction.now).reads else { throw AdvisoryFault.absent }
            guard force.lead == lead.member.id else {
                throw AdvisoryFault.forbidden("only the lead of a task force releases what was before")
            }
            try Self.checkRole(lead)
            guard let joiner = Name(member).flatMap({ directory.member(named: $0) }),
                var enrolment = pool.enrolled[joiner.id], enrolment.takesPart
            else { throw AdvisoryFault.noSuch(field: "member", rule: "takes no part in the task force") }
            switch past {
            case .all: enrolment.joining = Joining()
            case .advisory(let name):
                guard let row = try name.row(knownTo: lead, at: transaction.now, connection), row.pool == pool.number
                else {
                    throw AdvisoryFault.noSuch(field: "advisory", rule: "is none that you were given there")
                }
                enrolment.joining.released.insert(row.advisory.id)
            }
            try Gains.give(in: transaction) { try transaction.enrol(joiner, in: pool, enrolment) }
        }
    }

    /// Chooses what becomes of contributions of the caller's member once the task force has ended.
    ///
    /// It may be chosen anew until it is carried out. For publishers, approvers and officers.
    public func choose(
        _ disposal: Disposal,
        for contribution: Contribution,
        to name: String,
        by session: Session
    ) async throws(AdvisoryFault) {
        try await write(session, evenSuspended: true) { transaction, directory, owner in
            let connection = transaction.connection
            let (pool, _, _) = try Self.known(name, directory, owner, at: transaction.now, connection)
            try Self.checkRole(owner)
            let id = try Self.id(of: contribution, knownTo: owner, at: transaction.now, connection)
            if let id, try !TaskForceRows.isContributor(owner.member.number, to: pool.number, of: id, connection) {
                throw Self.noContribution
            }
            try transaction.choose(disposal, for: id, of: owner.member, in: pool, by: owner.principal)
        }
    }

    /// The objects of the caller's member that were returned or kept when their task forces were closed, after a tick,
    /// ascending; at most `TaskForceRows.keptMax`, and whether there are more.
    public func kept(for session: Session, after tick: Tick) async throws -> (objects: [KeptObject], more: Bool) {
        try session.reader.checkBusiness(evenSuspended: true)
        let countMax = TaskForceRows.keptMax
        let ours = RenditionPress.definitionIDs.sorted()
        let found = try await database.read { connection in
            try TaskForceRows.kept(
                by: session.member.number,
                except: ours,
                after: tick,
                upTo: countMax + 1,
                connection
            )
        }
        return (Array(found.prefix(countMax)), found.count > countMax)
    }

    /// Forgets what was returned of an object, since its owner has it.
    public func received(_ object: STIXID, by session: Session) async throws(AdvisoryFault) {
        try await write(session, evenSuspended: true) { transaction, _, owner in
            try Self.checkRole(owner)
            guard try transaction.forgetReturned(object, of: owner.member, by: owner.principal) else {
                throw AdvisoryFault.absent
            }
        }
    }

    // MARK: Parts

    /// A task force that a reader may know of: it takes part, or it contributed to what is not closed yet.
    private static func known(
        _ name: String,
        _ directory: Directory,
        _ reader: Reader,
        at now: Timestamp,
        _ connection: any SQLConnection
    ) throws -> (Pool, TaskForce, ends: Timestamp) {
        // Who never took part costs the store no more than one that asks for what there is not.
        guard let pool = directory.pool(addressed: name), let force = pool.terms.force, let ends = pool.terms.ends,
            pool.enrolled[reader.member.id] != nil
        else { throw AdvisoryFault.absent }
        if PoolRights(pool, reader, at: now).sees { return (pool, force, ends) }
        guard try TaskForceRows.isOpen(pool.number, connection),
            try TaskForceRows.isContributor(reader.member.number, to: pool.number, connection)
        else { throw AdvisoryFault.absent }
        return (pool, force, ends)
    }

    private static var noContribution: AdvisoryFault {
        .noSuch(field: "contribution", rule: "is none of yours in the task force")
    }

    /// What a choice is kept under; nil for all that a member contributed.
    private static func id(
        of contribution: Contribution,
        knownTo owner: Reader,
        at now: Timestamp,
        _ connection: any SQLConnection
    ) throws -> String? {
        switch contribution {
        case .all: return nil
        case .advisory(let name):
            guard let row = try name.row(knownTo: owner, at: now, connection) else { throw noContribution }
            return row.advisory.id.text
        case .object(let object):
            // Of an advisory, any of its objects stands for the whole.
            let name = AdvisoryName.report(object)
            guard try name.row(for: owner.member, connection) != nil else { return object.text }
            guard let row = try name.row(knownTo: owner, at: now, connection) else { throw noContribution }
            return row.advisory.id.text
        }
    }

    private static func checkRole(_ reader: Reader) throws(AdvisoryFault) {
        guard !reader.principal.roles.isDisjoint(with: [.publisher, .approver, .officer]) else {
            throw .forbidden("this needs the role publisher, approver or officer")
        }
    }

    private func write<Output: Sendable>(
        _ session: Session,
        evenSuspended: Bool = false,
        _ body: @escaping @Sendable (Transaction, Directory, Reader) throws -> Output
    ) async throws(AdvisoryFault) -> Output {
        try await write { [live] transaction in
            let (directory, reader) = try live.acting(session, evenSuspended: evenSuspended, in: transaction)
            return try body(transaction, directory, reader)
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
