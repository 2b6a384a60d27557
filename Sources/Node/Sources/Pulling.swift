import Crypto
public import Exchange
import Store

/// Brings in what sources have: each pull goes on where the one before stopped.
///
/// At the least once: what was taken and not noted is taken again, which changes nothing.
public final class Pulling: Sendable {
    /// The largest file that is read of a source.
    public static let fileBytesMax = 256 << 20
    /// How many objects are stored at once.
    public static let batch = 500
    /// How long a node has a source to itself without a sign of life: another may then go on with it.
    ///
    /// Longer than one file may take.
    public static let claim = Duration.seconds(900)
    /// How many sources a node pulls at once; others wait for the next look.
    public static let underWayMax = 8

    let live: LiveState
    let disclosure: Disclosure
    let acceptance: Acceptance
    let database: any Database
    let commits: GroupCommit
    let surroundings: Surroundings
    let limits: Envelope.Limits
    /// Tells this process from others over the same store.
    let holder: String

    init(
        _ live: LiveState,
        _ disclosure: Disclosure,
        _ acceptance: Acceptance,
        _ database: any Database,
        _ commits: GroupCommit,
        _ surroundings: Surroundings,
        limits: Envelope.Limits
    ) {
        self.live = live
        self.disclosure = disclosure
        self.acceptance = acceptance
        self.database = database
        self.commits = commits
        self.surroundings = surroundings
        self.limits = limits
        holder =
            switch database.engine {
            // No other process has the file: what one that is no more had is this one's at once.
            case .sqlite: "the only node"
            case .postgresql: surroundings.uuid().text
            }
    }

    /// The sources that are to be pulled now, the longest due first.
    public func due() async throws -> [Source] {
        let now = surroundings.clock()
        return try await database.read { try SourceRows.due(at: now, $0) }
    }

    /// Pulls a source until it is done or fails, and keeps what came of it.
    /// - Returns: the source as it is then; nil where another node has it, or it is gone.
    @discardableResult
    public func pull(_ source: Source) async throws -> Source? {
        guard let claimed = try await claim(source), claimed.pull.isDue(at: surroundings.clock()) else { return nil }
        let chance = surroundings.chance()
        do {
            let counts = try await run(claimed)
            return try await keep(claimed, giving: true) { source, now in
                if let counts { source.pull.finish(counts, every: source.terms.every, at: now, chance: chance) }
            }
        } catch let fault as PullFault {
            return try await keep(claimed, giving: true) { source, now in
                let every = source.terms.every
                source.pull.fail(fault.text, asked: fault.wait, every: every, at: now, chance: chance)
            }
        }
    }

    /// - Returns: what it did; nil where an operator must decide first.
    private func run(_ source: Source) async throws -> Pull.Counts? {
        let session = try session(for: source)
        let pool = try pool(of: source)
        switch source.kind {
        case .taxii: return try await pullTAXII(source, pool, session)
        case .misp: return try await pullMISP(source, pool, session)
        case .ftm, .ofacSDN, .ofacConsolidated, .csv: return try await pullList(source, pool, session)
        }
    }

    // MARK: Where it goes

    func session(for source: Source) throws(PullFault) -> Session {
        let (now, directory) = (surroundings.clock(), live.directory)
        guard let principal = directory.principals[source.terms.principal] else {
            throw PullFault("principal: there is none any more; name another")
        }
        let credentials = directory.credentials.values.filter { $0.principal == principal.id && $0.isValid(at: now) }
        let newest = credentials.max { $0.number < $1.number }
        guard let session = newest.flatMap({ live.session(credential: $0.id, at: now) }) else {
            throw PullFault("principal: \(principal.name) is suspended or has no valid credential; add one")
        }
        return session
    }

    func pool(of source: Source) throws(PullFault) -> Pool {
        guard let pool = live.directory.pools[source.terms.pool] else {
            throw PullFault("pool: there is none any more; name another")
        }
        return pool
    }

    /// The last versions of what the session may see of a pool that is of this source.
    func held(of source: Source, in pool: Pool, _ session: Session) async throws -> [JSON.Value] {
        guard pool.isRead(by: session.member) else {
            throw PullFault("principal: \(session.principal.name) must read \(pool.name), to tell what is there")
        }
        var held: [JSON.Value] = []
        var question = Disclosure.Question(form: .objects, after: .zero, limit: 1_000, filter: ObjectFilter())
        while true {
            // Nothing leaves the exchange by this, so nobody is given anything.
            let page = try await disclosure.page(question, of: pool, to: session, over: nil)
            for version in page.stored.versions {
                guard let value = try? JSON(parsing: version.bytes, limits: JSON.Limits(depthMax: .max)).root else {
                    continue
                }
                let reference = value["external_references"]?.elements.first
                if reference?["source_name"]?.string == source.name.text { held.append(value) }
            }
            guard page.stored.more else { return held }
            question.after = page.stored.examined
        }
    }

    // MARK: What comes in

    /// Stores objects, and puts those that are refused into quarantine.
    func take(
        _ objects: [[UInt8]],
        of source: Source,
        to pool: Pool,
        _ session: Session,
        _ counts: inout Pull.Counts
    ) async throws {
        for start in stride(from: 0, to: objects.count, by: Self.batch) {
            let part = objects[start..<min(start + Self.batch, objects.count)]
            try await take(envelope: Self.envelope(part), of: source, to: pool, session, &counts)
        }
    }

    /// Stores the objects of an envelope, and puts those that are refused into quarantine.
    func take(
        envelope bytes: [UInt8],
        of source: Source,
        to pool: Pool,
        _ session: Session,
        _ counts: inout Pull.Counts
    ) async throws {
        let report = try await accept(bytes, of: source, to: pool, session)
        counts.taken += report.successCount + report.pendingCount
        guard let failures = report.failures else { return }
        let refused = Self.refused(failures, in: bytes, limits)
        try await quarantine(refused, .object, of: source)
        counts.quarantined += refused.count
    }

    func accept(
        _ bytes: [UInt8],
        of source: Source,
        to pool: Pool,
        _ session: Session
    ) async throws(PullFault) -> StatusReport {
        let envelope: Envelope
        do {
            envelope = try Envelope(bytes, limits: limits)
        } catch {
            throw PullFault("what came is no envelope: \(error)")
        }
        do {
            return try await acceptance.accept(
                envelope,
                to: pool,
                from: session,
                within: source.terms.ceiling,
                by: source.terms.gateway
            )
        } catch {
            throw PullFault(error.cause)
        }
    }

    static func envelope(_ objects: ArraySlice<[UInt8]>) -> [UInt8] {
        Array(#"{"objects":["#.utf8) + objects.joined(separator: [UInt8(ascii: ",")]) + Array("]}".utf8)
    }

    /// The objects of an envelope that a report says were refused, as they came.
    private static func refused(
        _ failures: [StatusReport.Detail],
        in bytes: [UInt8],
        _ limits: Envelope.Limits
    ) -> [ListFault] {
        let depth = JSON.Limits(depthMax: limits.objectDepthMax + 2, isolatesElements: true)
        let elements = (try? JSON(parsing: bytes, limits: depth).root["objects"]?.elements) ?? []
        var places: [String: [Int]] = [:]
        for (place, element) in elements.enumerated() {
            places[element["id"]?.string ?? "objects[\(place)]", default: []].append(place)
        }
        return failures.compactMap { failure in
            let found = places[failure.id] ?? []
            let place = found.first { place in
                let element = elements[place]
                return (element["modified"] ?? element["created"])?.string == failure.version
            }
            guard let place = place ?? found.first else { return nil }
            let record = elements[place].fault == nil ? elements[place].compact() : Array(bytes[elements[place].range])
            return ListFault(failure.id, failure.message ?? "", record: record)
        }
    }

    /// Puts records into quarantine.
    /// - Throws: `PullFault` where there is no room: then nothing is passed over, and the pull stops here.
    func quarantine(
        _ records: [ListFault],
        _ form: QuarantinedRecord.Form,
        of source: Source
    ) async throws {
        guard !records.isEmpty else { return }
        let isFull = try await commits.write(weight: records.count) { transaction in
            for record in records {
                try transaction.quarantine(
                    record.record,
                    form,
                    at: record.place,
                    for: record.rule,
                    digest: Self.digest(record),
                    of: source
                )
            }
            let count = try SourceRows.quarantineCount(of: source, transaction.connection)
            return count > SourceRows.quarantineMax
        }
        guard !isFull else {
            throw PullFault(
                "more than \(SourceRows.quarantineMax) records are in quarantine: is it the right kind of source? "
                    + "dismiss them, or mend what they break"
            )
        }
    }

    /// What tells a record from others of its source.
    static func digest(_ record: ListFault) -> [UInt8] { Array(SHA256.hash(data: record.record)) }

    // MARK: How far it is

    private func claim(_ source: Source) async throws -> Source? {
        try await commits.write { [holder] transaction in
            try transaction.claim(source, for: holder, until: transaction.now.advanced(by: Self.claim))
        }
    }

    /// Keeps how far a source is: as it is by now, since an operator may have changed it.
    /// - Parameter giving: whether it is given back to all nodes.
    @discardableResult
    func keep(
        _ source: Source,
        giving: Bool = false,
        _ change: @escaping @Sendable (inout Source, Timestamp) -> Void
    ) async throws -> Source? {
        try await commits.write { [holder] transaction in
            let until = transaction.now.advanced(by: Self.claim)
            guard var current = try transaction.claim(source, for: holder, until: until) else { return nil }
            change(&current, transaction.now)
            try transaction.keep(current)
            if giving { try transaction.release(current) }
            return current
        }
    }
}

extension AcceptanceFault {
    /// Why, for an operator to read.
    fileprivate var cause: String {
        switch self {
        case .ended: "principal: may no longer write; see its credentials, and its member's state"
        case .absent: "pool: the principal may not know of it; enrol its member"
        case .forbidden(let rule): "pool: \(rule)"
        case .notStored: "the store did not take it"
        }
    }
}

extension Pulling {
    /// Takes what of a source is in quarantine again: objects by themselves, other records with the next pull, which
    /// reads everything and begins at once.
    /// - Returns: how many objects were taken, and how many were refused again.
    public func retry(_ source: Source) async throws -> (taken: Int, refused: Int) {
        let limit = SourceRows.quarantineMax * 2
        let records = try await database.read { try SourceRows.quarantine(of: source, upTo: limit, $0) }
        let open = records.filter { !$0.isDismissed }
        var (taken, refused) = (0, 0)
        do {
            let (session, pool) = (try session(for: source), try pool(of: source))
            for record in open where record.form == .object {
                let report = try await accept(Self.envelope([record.bytes]), of: source, to: pool, session)
                if let failure = report.failures?.first {
                    refused += 1
                    let again = ListFault(record.place, failure.message ?? "", record: record.bytes)
                    try await quarantine([again], .object, of: source)
                } else {
                    taken += 1
                    try await commits.write { try $0.remove(record, of: source) }
                }
            }
        } catch let fault as PullFault {
            throw AdministrationFault.invalid(field: "source", rule: fault.text)
        }
        if open.contains(where: { $0.form == .record }) {
            try await commits.write { transaction in
                guard var current = try SourceRows.source(numbered: source.number, transaction.connection) else {
                    return
                }
                current.pull.run(afresh: current.kind.isList || current.kind == .misp, at: transaction.now)
                try transaction.change(current)
            }
        }
        return (taken, refused)
    }
}
