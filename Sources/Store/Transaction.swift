public import Exchange

/// One write transaction, as the requests that share it see it.
public final class Transaction {
    /// When the transaction began.
    ///
    /// All its requests share it.
    public let now: Timestamp
    /// The connection that it runs on.
    public let connection: any SQLConnection
    private var last: Tick
    /// The directory as it is here, once somebody asked for it; nil again when it was changed.
    private var directory: Directory?
    private var changesDirectory = false
    /// The last tick before it.
    private let first: Tick
    /// What was entered that a follower of the journal needs to know; nil where it has to read more than that.
    private var followed: [JournalEntry]? = []
    /// Whether anything was entered that a follower of the journal needs to know.
    var concernsFollowers: Bool { followed?.isEmpty != true }

    /// Takes the journal's row, and with it the right to allocate ticks until the commit.
    init(_ connection: any SQLConnection, on engine: Engine, clock: () -> Timestamp) throws {
        self.connection = connection
        let tick = try connection.first(Dialect.takingTicks(for: engine)) { $0.integer(0) }
        guard let tick else { throw DatabaseFault.statement("the exchange's own row is missing: run its migrations") }
        first = Tick(microseconds: tick)
        last = first
        // Read under the lock: a transaction that waited for it must not come with an earlier time.
        now = clock()
    }

    /// The next position in the journal.
    public func nextTick() -> Tick {
        last = last.next(at: now)
        return last
    }

    /// Appends one entry to the journal.
    /// - Parameter released: the version that it speaks of, where it is the first of its object in any pool.
    public func enter(
        _ kind: EntryKind,
        at tick: Tick,
        principal: Int64?,
        pool: Int64? = nil,
        object: Int64? = nil,
        leaf: [UInt8]? = nil,
        released: ReleasedVersion? = nil
    ) throws {
        if JournalRows.followed.contains(kind) {
            let entry = JournalEntry(
                tick: tick,
                kind: kind,
                pool: pool ?? 0,
                object: object ?? 0,
                principal: principal ?? 0,
                released: released
            )
            if entry.isWhole { followed?.append(entry) } else { mustBeRead() }
        }
        try connection.run(
            "insert into journal (tick, kind, principal, pool, object, leaf) values ($1, $2, $3, $4, $5, $6)",
            .integer(tick.microseconds),
            .integer(kind.rawValue),
            SQLValue(principal),
            SQLValue(pool),
            SQLValue(object),
            leaf.map { .bytes($0) } ?? .null
        )
    }

    /// What changed is more than the entries say: a follower has to look.
    func mustBeRead() { followed = nil }

    /// Enters a change of the directory in the journal.
    func enterDirectory(at tick: Tick) throws {
        (directory, changesDirectory) = (nil, true)
        try enter(.directory, at: tick, principal: nil)
    }

    /// The directory as this transaction sees it.
    ///
    /// Those who share the transaction share the answer.
    /// - Parameter known: a directory that somebody holds, and as of when it was read; asked for once.
    public func directory(_ known: () -> (directory: Directory, asOf: Tick)) throws -> Directory {
        if let directory { return directory }
        let held = known()
        let isChanged = try isDirectoryChanged(since: held.asOf)
        let current = isChanged ? try DirectoryRows.directory(connection) : held.directory
        directory = current
        return current
    }

    private func isDirectoryChanged(since tick: Tick) throws -> Bool {
        try changesDirectory || has(.directory, since: tick)
    }

    /// Runs one request in a savepoint: when it throws, what it wrote is undone and the others go on.
    func savepoint<Output>(_ body: () throws -> Output) throws -> Output {
        do {
            return try connection.savepoint(body)
        } catch {
            // It may be as this request left it.
            directory = nil
            throw error
        }
    }

    /// Whether the journal has an entry of a kind after a tick.
    func has(_ kind: EntryKind, since tick: Tick) throws -> Bool {
        // The kind stands in the text: an index of few kinds is not used for one that is bound.
        try connection.first(
            "select tick from journal where kind = \(kind.rawValue) and tick > $1 limit 1",
            .integer(tick.microseconds)
        ) { _ in true } ?? false
    }

    /// Keeps the last tick that was allocated; runs once, before the commit.
    func finish(on engine: Engine) throws {
        try connection.run("update exchange set tick = $1", .integer(last.microseconds))
        guard concernsFollowers else { return }
        if let announcement = Dialect.announcement(for: engine) { try connection.run(announcement) }
    }

    /// What it adds to the journal, for those who follow it.
    var committed: CommittedEntries { CommittedEntries(after: first, head: last, entries: followed) }
}

/// What a transaction added to the journal.
public struct CommittedEntries: Sendable {
    /// The last tick before it.
    public let after: Tick
    /// Its own last tick.
    public let head: Tick
    /// Its entries that a follower needs to know, with all that is to be known of them; nil where it has to read more.
    public let entries: [JournalEntry]?
}

extension SQLValue {
    /// An integer, or null.
    init(_ integer: Int64?) {
        self = integer.map { .integer($0) } ?? .null
    }

    init(_ flag: Bool) {
        self = .integer(flag ? 1 : 0)
    }
}
