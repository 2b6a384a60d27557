import Exchange
import Screening
import Store
import Synchronization

/// Follows the journal and what members upload, and tells whoever reads for them of hits, each once.
///
/// What is matched is kept nowhere: after a restart everything is compared again, and whoever was told of a hit is not
/// told again. So nothing is lost however a node ends, and of two nodes one tells.
extension WatchDesk {
    /// Rows that are taken in, and versions that are looked at, at once.
    private static let batchMax = 512
    /// Rows that are compared in a row before advisories have their turn.
    private static let rowsAtOnceMax = 32
    /// Known ones that one row is told of when it comes, the likest.
    static let hitsPerRowMax = 50
    /// Hits that one transaction keeps.
    private static let toldAtOnceMax = 100
    /// How often it is looked whether time alone lets a reader see more.
    static let sightInterval = Duration.seconds(60)
    /// More objects that a reader gained sight of at once are not looked at one by one: all its member's rows are.
    private static let gainedMax = 1_000

    /// A row that is hit, and who may be told of it.
    struct Finding: Sendable {
        let hit: WatchHit
        let changed: Tick
        let readers: Set<WatchReader>
    }

    /// Matches all that is to be matched by now, and keeps whom to tell.
    public func catchUp() async throws {
        try await matching.ride { while try await self.step() {} }
    }

    /// Takes in lists as they are now, or later.
    func follow() async throws {
        if !live.isCurrent { try await live.follow() }
        try await taking.ride { while try await self.takeNext() {} }
    }

    /// - Returns: whether more may follow.
    private func takeNext() async throws -> Bool {
        let (known, taken, isLoaded) = memory.withLock { ($0.lists, $0.taken, $0.isLoaded) }
        let directory = live.directory
        let news = try await database.read { connection -> ListNews? in
            let lists = try WatchRows.lists(connection)
            let isKnown = known == Dictionary(uniqueKeysWithValues: lists.map { ($0.number, $0) })
            return isKnown && isLoaded ? nil : try ListNews(lists, known, after: taken, connection)
        }
        guard let news else { return false }
        let rows = news.rows(directory, exchangeKey: exchangeKey)
        memory.withLock { memory in
            memory.take(news.lists, rows, left: news.left, through: news.sealed.last?.changed, isLast: news.isLast)
        }
        return !news.isLast
    }

    /// - Returns: whether more may follow.
    private func step() async throws -> Bool {
        if Task.isCancelled { return false }
        // Before that is followed: what is released meanwhile is matched by the journal.
        let head = live.head
        try await screening.follow()
        memory.withLock { memory in
            if memory.matched == .zero { memory.matched = head }
        }
        try await follow()
        try await lookAtSights()
        if try await matchNext() { return true }
        return try await compareNext()
    }

    // MARK: Readers

    /// Those who read for a member, each for each of its purposes, with a session that they could have now.
    private func readers(_ members: Set<Int64>) -> [Int64: [WatchReader: Session]] {
        let (directory, now) = (live.directory, surroundings.clock())
        var readers: [Int64: [WatchReader: Session]] = [:]
        for credential in directory.credentials.values.sorted(by: { $0.id < $1.id }) {
            guard let principal = directory.principals[credential.principal], principal.roles.contains(.reader),
                let member = directory.members[principal.member], members.contains(member.number),
                let reader = directory.reader(with: credential, at: now)
            else { continue }
            let session = Session(reader: reader, credential: credential, directory: directory)
            for purpose in credential.purposes {
                readers[member.number, default: [:]][
                    WatchReader(principal: principal.number, purpose: purpose)
                ] = session.acting(for: purpose)
            }
        }
        return readers
    }

    /// Looks at what readers see anew, where that may have changed otherwise than by what is released: of what a reader
    /// sees more, it is told.
    private func lookAtSights() async throws {
        let now = surroundings.clock()
        let change = live.state.withLock { $0.directoryChanges }
        let members = memory.withLock { memory -> Set<Int64> in
            let isDue = memory.sighted.map { $0.change != change || now >= $0.at.advanced(by: Self.sightInterval) }
            if isDue != false { return Set(memory.holdings.keys) }
            return Set(memory.holdings.keys.filter { memory.sights[$0] == nil })
        }
        let isAll = memory.withLock { $0.holdings.count } == members.count
        if members.isEmpty {
            if isAll { memory.withLock { $0.sighted = (now, change) } }
            return
        }
        let readers = readers(members)
        var gained: [Int64: Set<PlacedObject>] = [:]
        var seen: [Int64: [WatchReader: Set<Int64>]] = [:]
        for member in members {
            // A tier that rises lets further back.
            let tier = live.directory.member(numbered: member).map { screening.quotas.tier(of: $0.group) }
            memory.withLock { memory in
                if let tier, let before = memory.tiers.updateValue(tier, forKey: member), before < tier {
                    memory.sweep(member)
                }
            }
            seen[member] = (readers[member] ?? [:]).mapValues { screening.watched(by: $0).labels }
            guard let before = memory.withLock({ $0.sights[member] }) else { continue }
            let new = (seen[member] ?? [:]).reduce(into: Set<Int64>()) { new, reader in
                new.formUnion(reader.value.subtracting(before[reader.key] ?? []))
            }
            if !new.isEmpty { gained[member] = screening.objects(under: new) }
        }
        for (member, objects) in gained where objects.count <= Self.gainedMax && !objects.isEmpty {
            try await match(objects, for: [member])
        }
        memory.withLock { memory in
            for (member, sights) in seen { memory.sights[member] = sights }
            for (member, objects) in gained where objects.count > Self.gainedMax { memory.sweep(member) }
            if isAll { memory.sighted = (now, change) }
        }
    }

    // MARK: What is released

    /// Matches what the journal has next with all rows.
    /// - Returns: whether more may follow.
    private func matchNext() async throws -> Bool {
        let head = live.head
        let (matched, members) = memory.withLock { ($0.matched, Set($0.holdings.keys)) }
        guard matched < head else { return false }
        guard !members.isEmpty else {
            memory.withLock { $0.matched = head }
            return false
        }
        let entries = try await database.read { connection in
            try JournalRows.touches(after: matched, upTo: Self.batchMax, connection).filter { $0.tick <= head }
        }
        let objects = entries.filter { $0.object != 0 }.map { PlacedObject(pool: $0.pool, object: $0.object) }
        try await match(Set(objects), for: members)
        let isLast = entries.count < Self.batchMax
        memory.withLock { $0.matched = isLast ? head : entries.last?.tick ?? head }
        return !isLast
    }

    /// Matches objects with all rows of some members, as those who read for them see them.
    private func match(_ objects: Set<PlacedObject>, for members: Set<Int64>) async throws {
        guard !objects.isEmpty else { return }
        let versions = try await database.read { connection in
            try objects.map { ($0, try ScreeningRows.versions(of: $0.object, in: $0.pool, connection)) }
        }
        let readers = readers(members)
        let now = surroundings.clock()
        for (object, versions) in versions {
            guard let pool = live.directory.pool(numbered: object.pool), !pool.hasEnded(at: now) else { continue }
            for member in members.sorted() {
                var findings: [Finding] = []
                for (version, readers) in lasts(versions, of: readers[member] ?? [:], in: pool, at: now) {
                    // What was recalled is nobody any more: that it was known is told on.
                    guard let known = (try? JSON(parsing: version.bytes).root).flatMap(Record.init(stix:)) else {
                        continue
                    }
                    let found = alike(known, version, readers, of: member)
                    try await forget(object, to: readers, of: member, but: Set(found.map(\.hit.pair)))
                    findings += found
                }
                try await tell(findings)
                await Task.yield()
            }
        }
    }

    /// Of an object's versions each that is the last of some readers, with those.
    private func lasts(
        _ versions: [ReleasedVersion],
        of readers: [WatchReader: Session],
        in pool: Pool,
        at now: Timestamp
    ) -> [(ReleasedVersion, Set<WatchReader>)] {
        var lasts: [Tick: (ReleasedVersion, Set<WatchReader>)] = [:]
        for (reader, session) in readers {
            let permitted = live.state.withLock { $0.sight(session, pool, at: now).numbers }
            guard let last = versions.lasting(under: permitted) else { continue }
            lasts[last.tick, default: (last, [])].1.insert(reader)
        }
        return lasts.sorted { $0.key < $1.key }.map(\.value)
    }

    private func alike(
        _ known: Record,
        _ version: ReleasedVersion,
        _ readers: Set<WatchReader>,
        of member: Int64
    ) -> [Finding] {
        let found = memory.withLock { memory in
            let alike = memory.holdings[member]?.rows.alike(known, from: Self.threshold) ?? []
            return alike.compactMap { key, score in
                memory.holdings[member]?.row(key).map { (key, $0.row.record, $0.changed, score) }
            }
        }
        return found.map { key, asked, changed, score in
            let hit = WatchHit(
                row: key,
                pair: screening.pair(asked, known, version.id),
                version: version.tick,
                pool: version.pool,
                object: version.object,
                score: Int((score * 1_000).rounded())
            )
            return Finding(hit: hit, changed: changed, readers: readers)
        }
    }

    // MARK: What is uploaded

    /// Compares some rows that are new with whoever is known.
    /// - Returns: whether more may follow.
    private func compareNext() async throws -> Bool {
        guard let (member, rows) = memory.withLock({ $0.next(upTo: Self.rowsAtOnceMax) }) else { return false }
        // Another call may have taken them in since this look began: what was matched without them has to be known, and
        // what their readers see.
        try await screening.follow()
        guard memory.withLock({ $0.sights[member] != nil }) else { return true }
        let readers = readers([member])[member] ?? [:]
        // Who sees the same is told of the same.
        var sights: [LabelSet: (sight: ScreeningSight, readers: [WatchReader: Session])] = [:]
        for (reader, session) in readers {
            let sight = screening.watched(by: session)
            sights[sight.places, default: (sight, [:])].readers[reader] = session
        }
        var found:
            [(
                row: (key: WatchRowKey, row: WatchedRow, changed: Tick), of: ScreenedSubjects.Found,
                by: Set<WatchReader>
            )] = []
        for row in rows {
            for (sight, readers) in sights.values {
                let alike = screening.alike(
                    row.row.record,
                    by: sight,
                    limit: Self.hitsPerRowMax,
                    from: Self.threshold
                )
                found += alike.map { (row, $0, Set(readers.keys)) }
            }
            await Task.yield()
        }
        let versions = Set(found.map(\.of.entry.placed.tick))
        let contents = try await database.read { try ScreeningRows.contents(versions, $0) }
        try await tell(
            found.compactMap { row, known, readers in
                let placed = known.entry.placed
                guard let object = contents[placed.tick].flatMap({ try? JSON(parsing: $0).root }),
                    let record = Record(stix: object), let id = object["id"]?.string
                else { return nil }
                let hit = WatchHit(
                    row: row.key,
                    pair: screening.pair(row.row.record, record, id),
                    version: placed.tick,
                    pool: known.entry.object.pool,
                    object: known.entry.object.object,
                    score: Int((known.hit.score * 1_000).rounded())
                )
                return Finding(hit: hit, changed: row.changed, readers: readers)
            }
        )
        memory.withLock { memory in
            memory.matched(Dictionary(uniqueKeysWithValues: rows.map { ($0.key, $0.changed) }), of: member)
        }
        return true
    }

    // MARK: Telling

    /// Forgets that readers were told of an object what holds no more, so that they are told again should it ever.
    private func forget(
        _ object: PlacedObject,
        to readers: Set<WatchReader>,
        of member: Int64,
        but pairs: Set<[UInt8]>
    ) async throws {
        let stale = try await database.read { connection in
            try WatchHitRows.told(of: object.object, in: object.pool, toMember: member, connection).filter {
                readers.contains($0.reader) && !pairs.contains($0.pair)
            }
        }
        guard !stale.isEmpty else { return }
        try await commits.write(weight: stale.count) { try $0.forget(told: stale.map(\.tick)) }
    }

    /// Keeps whom to tell of what, but for those who were told.
    private func tell(_ findings: [Finding]) async throws {
        guard !findings.isEmpty else { return }
        let open = try await database.read { connection in
            try findings.filter { try !WatchHitRows.untold($0.readers, of: $0.hit, connection).isEmpty }
        }
        for start in stride(from: 0, to: open.count, by: Self.toldAtOnceMax) {
            let some = open[start..<min(start + Self.toldAtOnceMax, open.count)]
            try await commits.write(weight: some.count) { transaction in
                for one in some { _ = try transaction.tell(one.readers, of: one.hit, asOf: one.changed) }
            }
        }
    }
}

/// What of lists is other than it was, as of one state of the store.
private struct ListNews: Sendable {
    /// Rows of one look.
    private static let rowsMax = 512

    let lists: [WatchListRow]
    let sealed: [(row: SealedWatchRow, changed: Tick)]
    /// The references that are left of lists that lost rows.
    let left: [Tick: Set<[UInt8]>]
    /// By the numbers of members.
    private let keys: [Int64: SealedSecret]

    var isLast: Bool { sealed.count < Self.rowsMax }

    init(
        _ lists: [WatchListRow],
        _ known: [Tick: WatchListRow],
        after taken: Tick,
        _ connection: any SQLConnection
    ) throws {
        self.lists = lists
        sealed = try WatchRows.rows(changedAfter: taken, upTo: Self.rowsMax, connection)
        let lessened = lists.filter { list in known[list.number].map { $0.removed != list.removed } ?? false }
        left = try lessened.reduce(into: [:]) { $0[$1.number] = try WatchRows.references(of: $1.number, connection) }
        keys = try Set(lists.map(\.member)).reduce(into: [:]) { $0[$1] = try WatchRows.key(of: $1, connection) }
    }

    /// What the rows say.
    func rows(_ directory: Directory, exchangeKey: [UInt8]) -> [(row: WatchedRow, key: WatchRowKey, changed: Tick)] {
        let opened = keys.reduce(into: [Int64: WatchKey]()) { opened, secret in
            guard let member = directory.member(numbered: secret.key) else { return }
            opened[secret.key] = WatchKey(secret.value, of: member.id, exchangeKey: exchangeKey)
        }
        let owners = Dictionary(uniqueKeysWithValues: lists.map { ($0.number, $0.member) })
        return sealed.compactMap { row, changed in
            let key = owners[row.key.list].flatMap { opened[$0] }
            return key?.row(row.sealed, row.key).map { ($0, row.key, changed) }
        }
    }
}

extension Sequence<ReleasedVersion> {
    /// The last of an object's versions under any of some labels; nil where there is none.
    func lasting(under labels: Set<Int64>) -> ReleasedVersion? {
        filter { labels.contains($0.placed.label) }.max { $1.placed.isLater(than: $0.placed) }
    }
}
