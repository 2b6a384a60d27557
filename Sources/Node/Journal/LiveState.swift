public import Exchange
public import Store
import Synchronization

/// What this node knows of the journal: the directory, the labels, and the newest versions of each pool.
///
/// It follows the journal by a cursor and holds nothing that is not there, so any number of nodes over one store agree.
public final class LiveState: Sendable {
    private static let entriesMax = 512
    /// The shortest time between two looks of one who follows: what is released meanwhile goes with the next.
    static let pause = Duration.milliseconds(50)

    struct State: Sendable {
        var head = Tick.zero
        var directory = Directory(members: [], principals: [], credentials: [], pools: [])
        var labels: [InternedLabel] = []
        /// Where the versions under each of them lie.
        var spans: [LabelSpan] = []
        var labelIndex: [Int64: Int] = [:]
        var labelNumbers: [Label: Int64] = [:]
        var recent: [Int64: RecentVersions] = [:]
        var readers: [ReaderKey: Sighted] = [:]
        /// The tiers of all groups as of the last closes.
        var tiers = TierTable()
        /// How often the directory changed.
        var directoryChanges = 0
        /// The newest tick at which each principal gained something in each pool.
        var gains: [PrincipalPool: Tick] = [:]
        /// The newest tick at which each principal was told of a hit on a watch list, by its number.
        var told: [Int64: Tick] = [:]
        /// The last entry that may bring anybody anything new.
        var news = Tick.zero
        /// The principals whose destinations changed since somebody asked.
        var destinationOwners: Set<Int64> = []
        /// How often somebody's destinations changed.
        var destinationChanges = 0
    }

    let state = Mutex(State())
    /// Set when the journal could not be read after a commit.
    private let isBehind = Atomic(false)
    /// Who waits for the next entries: the number is taken from the map when a stream ends.
    private let listeners = Mutex<(last: Int, streams: [Int: AsyncStream<Void>.Continuation])>((0, [:]))
    let database: any Database
    private let following = Convoy()

    /// Reads what there is.
    public init(_ database: any Database) async throws {
        self.database = database
        let loaded = try await database.read { connection in try State(connection) }
        state.withLock { $0 = loaded }
    }

    /// Everybody and everything, as of the last entry taken in.
    public var directory: Directory { state.withLock { $0.directory } }

    /// The advisories of which a full rendition, of any version, is about somebody or something of these marks.
    func advisories(showing marks: Set<SubjectMark>) -> Set<ID<Advisory>> {
        // A copy: whoever writes or reads meanwhile need not wait until all were looked at.
        let labels = state.withLock { $0.labels }
        let terms = labels.lazy.compactMap(\.label.terms).filter {
            $0.rendition == .full && !$0.subjects.isDisjoint(with: marks)
        }
        return Set(terms.map(\.advisory))
    }

    /// What a group may take of the exchange as a whole, as of the last closes: a look-up.
    func tier(of group: Name) -> Tier {
        let (tiers, owner) = state.withLock { ($0.tiers, $0.directory.groups[group]) }
        // Whoever has no member any more asks for nothing.
        return owner.map { tiers.tier(of: group, joined: $0.joined) } ?? .restricted
    }

    /// Up to where the journal was taken in.
    var head: Tick { state.withLock { $0.head } }

    /// The last entry that may bring anybody anything new.
    var news: Tick { state.withLock { $0.news } }

    /// How often somebody's destinations changed.
    var destinationChanges: Int { state.withLock { $0.destinationChanges } }

    /// The principals whose destinations changed since this was called, and how often any did until now.
    func changedDestinationOwners() -> (owners: Set<Int64>, changes: Int) {
        state.withLock { state in
            defer { state.destinationOwners = [] }
            return (state.destinationOwners, state.destinationChanges)
        }
    }

    /// Takes in every entry up to the journal's head as it is when this is called, or later.
    ///
    /// Calls that wait share one look.
    public func follow() async throws {
        do {
            try await following.ride { while try await self.takeEntries() {} }
            isBehind.store(false, ordering: .releasing)
        } catch {
            isBehind.store(true, ordering: .releasing)
            throw error
        }
    }

    /// Whether nothing can have been committed that is not taken in: before an answer, follow where this is false.
    public var isCurrent: Bool {
        switch database.engine {
        // This process is the only one, and follows each of its own commits: unless that failed.
        case .sqlite: !isBehind.load(ordering: .acquiring)
        case .postgresql: false
        }
    }

    /// Takes in what one transaction of this process added, without reading it again.
    /// - Returns: false where that must be read: there is more to it, or something before it was not taken in yet.
    func take(_ committed: CommittedEntries) -> Bool {
        guard let news = News(committed) else { return false }
        let isTaken = state.withLock { state in
            guard state.head >= committed.after else { return false }
            state.take(news)
            return true
        }
        if isTaken, !news.entries.isEmpty { tellListeners() }
        return isTaken
    }

    private func tellListeners() {
        for listener in listeners.withLock({ Array($0.streams.values) }) { listener.yield() }
    }

    /// Takes in one batch.
    /// - Returns: whether more may follow.
    private func takeEntries() async throws -> Bool {
        let news = try await database.read { [self] connection -> News? in
            let (after, lastLabel) = state.withLock { ($0.head, $0.labels.last?.number ?? 0) }
            let head = try JournalRows.head(connection)
            guard head > after else { return nil }
            return try News(after: after, lastLabel: lastLabel, upTo: Self.entriesMax, head: head, connection) {
                touched in
                state.withLock { state in touched.filter { state.recent[$0.pool]?.holds($0.object) == true } }
            }
        }
        guard let news else { return false }
        // What came in between was not looked at with it, by who took that in: it is read again with that known.
        let isNext = state.withLock { state in
            guard state.head == news.after else { return false }
            state.take(news)
            return true
        }
        if isNext { tellListeners() }
        return !isNext || !news.isLast
    }

    /// Sends once, and again whenever entries were taken in; what comes while nobody looks is one.
    func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number = listeners.withLock { listeners in
            listeners.last += 1
            listeners.streams[listeners.last] = continuation
            return listeners.last
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.listeners.withLock { $0.streams.removeValue(forKey: number) }
        }
        continuation.yield()
        return stream
    }

    /// Looks once, and again whenever entries were taken in, but for a pause after each look; until it is cancelled.
    func eachChange(_ look: () async -> Void) async {
        for await _ in changes() {
            await look()
            try? await Task.sleep(for: Self.pause)  // Cancelled only at the end, which the loop sees too.
        }
    }
}

/// What sets one reader apart from another.
struct ReaderKey: Hashable, Sendable {
    let credential: ID<Credential>
    let purpose: Purpose
}

/// An object in one pool.
struct PlacedObject: Hashable, Sendable {
    let pool: Int64
    let object: Int64
}

/// One batch of the journal, with what its entries make it necessary to read again; all as of one state of the store.
private struct News: Sendable {
    /// What was taken in when it was read.
    let after: Tick
    let entries: [JournalEntry]
    let labels: [InternedLabel]
    let spans: [Int64: LabelSpan]
    let directory: Directory?
    let tiers: TierTable?
    let standings: [PlacedObject: [PlacedVersion: VersionStanding]]
    /// Everything up to here is taken in with this batch.
    let head: Tick
    let isLast: Bool

    /// What a transaction added; nil where the entries do not say all of it.
    init?(_ committed: CommittedEntries) {
        guard let entries = committed.entries else { return nil }
        self.entries = entries
        after = committed.after
        (labels, spans, directory, tiers, standings) = ([], [:], nil, nil, [:])
        (head, isLast) = (committed.head, true)
    }

    init(
        after: Tick,
        lastLabel: Int64,
        upTo count: Int,
        head: Tick,
        _ connection: any SQLConnection,
        held: (Set<PlacedObject>) -> Set<PlacedObject>
    ) throws {
        self.after = after
        entries = try JournalRows.entries(after: after, upTo: count, connection)
        isLast = entries.count < count
        self.head = isLast ? head : entries.last?.tick ?? head
        labels = try JournalRows.labels(after: lastLabel, connection)
        spans = labels.isEmpty ? [:] : try JournalRows.spans(after: lastLabel, connection)
        directory = entries.contains { $0.kind == .directory } ? try DirectoryRows.directory(connection) : nil
        tiers = entries.contains { $0.kind == .ledger } ? try StandingRows.tiers(connection) : nil
        var standings: [PlacedObject: [PlacedVersion: VersionStanding]] = [:]
        let touched = Set(entries.filter { $0.object != 0 }.map { PlacedObject(pool: $0.pool, object: $0.object) })
        let contested = entries.compactMap(\.released).filter { $0.standing == .contested }
        for placed in held(touched).union(contested.map { PlacedObject(pool: $0.pool, object: $0.object) }) {
            standings[placed] = try JournalRows.standings(of: placed.object, in: placed.pool, connection)
        }
        self.standings = standings
    }
}

extension LiveState.State {
    /// Everything, as of one state of the store.
    fileprivate init(_ connection: any SQLConnection) throws {
        head = try JournalRows.head(connection)
        directory = try DirectoryRows.directory(connection)
        tiers = try StandingRows.tiers(connection)
        news = head
        take(try JournalRows.labels(after: 0, connection), try JournalRows.spans(after: 0, connection))
        gains = try CatchupRows.newest(connection)
        told = try WatchHitRows.newest(connection)
        let bytesMax = RecentVersions.bytesMax(pools: directory.pools.count)
        for pool in directory.pools.values {
            let newest = try JournalRows.newest(
                of: pool.number,
                labels: newestLabels(of: pool.id, upTo: RecentVersions.countMax + 1),
                upTo: RecentVersions.countMax,
                bytes: bytesMax,
                connection
            )
            recent[pool.number] = RecentVersions(
                newest.versions,
                isWholePool: newest.isWhole,
                head: head,
                bytesMax: bytesMax
            )
            for object in Set(newest.versions.filter { $0.standing == .contested }.map(\.object)) {
                let standings = try JournalRows.standings(of: object, in: pool.number, connection)
                recent[pool.number]?.restand(object, standings)
            }
        }
    }

    fileprivate mutating func take(_ news: News) {
        guard news.head > head else { return }
        take(news.labels, news.spans)
        if let tiers = news.tiers { self.tiers = tiers }
        if let directory = news.directory {
            self.directory = directory
            directoryChanges += 1
            readers = readers.filter { directory.credentials[$0.key.credential] != nil }
            let bytesMax = RecentVersions.bytesMax(pools: directory.pools.count)
            for pool in directory.pools.values where recent[pool.number] == nil {
                recent[pool.number] = RecentVersions([], isWholePool: true, head: news.head, bytesMax: bytesMax)
            }
        }
        for entry in news.entries where entry.tick > head {
            if entry.kind == .destination {
                destinationOwners.insert(entry.principal)
                destinationChanges += 1
                continue
            }
            if entry.kind == .ledger { continue }
            self.news = entry.tick
            if entry.kind == .gained { gains[PrincipalPool(principal: entry.principal, pool: entry.pool)] = entry.tick }
            if entry.kind == .watchList { told[entry.principal] = entry.tick }
            guard let version = entry.released else { continue }
            recent[version.pool]?.append(version)
            if let index = labelIndex[version.placed.label] {
                spans[index].take(entry.tick)
            }
        }
        for (placed, standings) in news.standings {
            recent[placed.pool]?.restand(placed.object, standings)
        }
        head = news.head
    }

    private mutating func take(_ new: [InternedLabel], _ lying: [Int64: LabelSpan]) {
        for label in new where labelIndex[label.number] == nil {
            labelIndex[label.number] = labels.count
            labelNumbers[label.label] = label.number
            labels.append(label)
            spans.append(lying[label.number] ?? .none)
        }
    }

    /// The numbers of the labels of a pool under which something was released last: no other has any of the pool's
    /// `count` newest versions.
    private func newestLabels(of pool: ID<Pool>, upTo count: Int) -> [Int64] {
        labels.indices.filter { labels[$0].label.pool == pool }.sorted { spans[$0].newest > spans[$1].newest }
            .prefix(count).map { labels[$0].number }
    }
}
