public import Exchange
public import Screening
import Store
import Synchronization

/// What readers are told of hits: as everywhere, by labels, with a receipt first.
extension WatchDesk {
    /// A hit, as its reader sees it.
    public struct Told: Sendable {
        /// How it stands.
        public enum Standing: Sendable {
            /// It is known, as it is shown by a screening.
            case known(ScreeningDesk.Hit)
            /// What told of it was recalled; the name is the one that the member knows that by.
            case recalled(report: String, at: Timestamp)
        }

        /// When the reader was told: where it stands among what it was told.
        public let tick: Tick
        /// The row.
        public let row: WatchedRow
        /// How it stands.
        public let standing: Standing
    }

    /// A notice with its place in what a reader is told.
    struct TickedNotice: Sendable {
        let tick: Tick
        let notice: WatchNotice
    }

    /// What of hits a reader may be told now, with the state of the journal that holds for.
    fileprivate struct Telling {
        let session: Session
        let pools: [Int64: Set<Int64>]
        let labels: [Int64: Label]
        let head: Tick
    }

    /// One hit that its reader may be told of as it is now.
    private struct Open {
        let told: ToldHit
        let row: WatchedRow
        let entry: ScreenedSubjects.Entry
    }

    /// The hits on one list that its member was told of before a tick, newest first, as far as the caller may still
    /// be told of them.
    public func hits(
        of name: Name,
        before tick: Tick,
        upTo count: Int,
        for session: Session
    ) async throws -> [Told] {
        try session.reader.checkReads()
        while true {
            let telling = try await telling(session)
            let (hits, receipts) = try await database.read { [self] connection -> (hits: [Told], receipts: [Receipt]) in
                guard let list = try WatchRows.list(name, of: session.member.number, connection) else {
                    throw AdvisoryFault.absent
                }
                return try self.hits(of: list, before: tick, upTo: count, telling, connection)
            }
            if try await keep(receipts, asOf: telling.head) { return hits }
        }
    }

    private func hits(
        of list: WatchListRow,
        before tick: Tick,
        upTo count: Int,
        _ telling: Telling,
        _ connection: any SQLConnection
    ) throws -> (hits: [Told], receipts: [Receipt]) {
        let session = telling.session
        var (before, hits, shown) = (tick, [Told](), [ScreenedSubjects.Entry]())
        var recalled: Set<String> = []
        while hits.count < count {
            let page = try WatchHitRows.told(
                to: session.reader.watching,
                of: list.number,
                before: before,
                upTo: Self.pageMax,
                connection
            )
            guard let last = page.last else { break }
            let open = try open(page, telling, connection)
            let given = try GivenSubjects(open.values.map(\.entry), telling.labels, connection)
            for one in page where hits.count < count {
                if let found = open[one.tick], var hit = hit(found, given, session) {
                    hit.cleared = try ClearedPairRows.clearedPair(of: one.hit.pair, by: one.member, connection)
                    hits.append(Told(tick: one.tick, row: found.row, standing: .known(hit)))
                    shown.append(found.entry)
                } else if let told = try recall(one, telling, connection),
                    recalled.insert("\(one.hit.object) \(told.row.reference)").inserted
                {
                    hits.append(told)
                }
            }
            before = last.tick
        }
        return (hits, try GivenSubjects(shown, telling.labels, connection).receipts(for: session, over: .screening))
    }

    /// Rows that one look at what was told takes.
    private static let pageMax = 200

    /// A hit as a screening shows it.
    private func hit(_ open: Open, _ given: GivenSubjects, _ session: Session) -> ScreeningDesk.Hit? {
        let found = ScreeningHit(key: 0, score: Double(open.told.hit.score) / 1_000)
        var hit = given.hit(ScreenedSubjects.Found(entry: open.entry, hit: found), session.directory)
        guard let known = hit?.record else { return nil }
        hit?.explanation = Scorer.explain(open.row.record, known)
        return hit
    }

    /// A hit of what was recalled, where its reader is told of that.
    private func recall(
        _ told: ToldHit,
        _ telling: Telling,
        _ connection: any SQLConnection
    ) throws -> Told? {
        let member = telling.session.member
        guard let number = try AdvisoryRows.number(ofObject: told.hit.object, connection),
            let owed = try RecallRows.owed(of: number, by: member.number, connection),
            let permitted = telling.pools[told.hit.pool],
            try RecallRows.stubs(of: owed, connection).contains(where: { permitted.contains($0.label) }),
            let row = try row(told, member, connection),
            let advisory = try AdvisoryRows.advisory(numbered: number, connection),
            let name = try Holders(of: advisory, telling.session.directory, connection).names(for: member.id).first
        else { return nil }
        return Told(tick: told.tick, row: row, standing: .recalled(report: name, at: owed.recalled))
    }

    /// Of which hits a system of the reader's member's own is told after a tick.
    /// - Returns: them, and the last tick that was looked at where there are more.
    func notices(
        after tick: Tick,
        through end: Tick,
        upTo count: Int,
        for session: Session,
        over channel: Receipt.Channel
    ) async throws -> (notices: [TickedNotice], last: Tick?) {
        let number = session.principal.number
        guard channel.bringsNotices, live.state.withLock({ $0.told[number] ?? .zero }) > tick else { return ([], nil) }
        while true {
            let telling = try await telling(session)
            let (notices, receipts, last) = try await database.read { [self] connection in
                let page = try WatchHitRows.told(
                    to: session.reader.watching,
                    after: tick,
                    through: end,
                    upTo: count,
                    connection
                )
                let open = try open(page, telling, connection)
                let told = try page.filter { told in
                    guard let found = open[told.tick], !telling.isFrozen(found.entry) else { return false }
                    return try ClearedPairRows.clearedPair(of: told.hit.pair, by: told.member, connection) == nil
                }
                let shown = told.compactMap { open[$0.tick]?.entry }.filter { telling.mayShow($0, over: channel) }
                let given = try GivenSubjects(shown, telling.labels, connection)
                let notices = told.compactMap { told in
                    open[told.tick].map { TickedNotice(tick: told.tick, notice: notice($0, given, telling, channel)) }
                }
                let receipts = given.receipts(for: session, over: channel)
                return (notices, receipts, page.count < count ? nil : page.last?.tick)
            }
            if try await keep(receipts, asOf: telling.head) { return (notices, last) }
        }
    }

    private func notice(
        _ open: Open,
        _ given: GivenSubjects,
        _ telling: Telling,
        _ channel: Receipt.Channel
    ) -> WatchNotice {
        let shown = telling.mayShow(open.entry, over: channel) ? hit(open, given, telling.session) : nil
        return WatchNotice(
            list: open.told.list,
            reference: open.row.reference,
            score: open.told.hit.score,
            found: shown.map { WatchNotice.Found(pool: $0.pool.name, object: $0.object, advisory: $0.advisory?.report) }
        )
    }

    // MARK: What may be told

    private func telling(_ session: Session) async throws -> Telling {
        if !live.isCurrent { try await live.follow() }
        let now = surroundings.clock()
        return live.state.withLock { state in
            let pools = state.directory.pools.values.filter { !$0.hasEnded(at: now) }
            let permitted = pools.map { ($0.number, state.sight(session, $0, at: now).numbers) }
            let numbers = permitted.reduce(into: Set<Int64>()) { $0.formUnion($1.1) }
            return Telling(
                session: session,
                pools: Dictionary(uniqueKeysWithValues: permitted),
                labels: numbers.reduce(into: [:]) { labels, number in
                    if let place = state.labelIndex[number] { labels[number] = state.labels[place].label }
                },
                head: state.head
            )
        }
    }

    /// Those of which the reader sees just what was known when they were found, by their ticks.
    private func open(
        _ page: [ToldHit],
        _ telling: Telling,
        _ connection: any SQLConnection
    ) throws -> [Tick: Open] {
        var open: [Tick: Open] = [:]
        for told in page {
            guard let permitted = telling.pools[told.hit.pool], !permitted.isEmpty else { continue }
            let versions = try ScreeningRows.versions(of: told.hit.object, in: told.hit.pool, connection)
            guard let last = versions.lasting(under: permitted),
                let known = (try? JSON(parsing: last.bytes).root).flatMap(Record.init(stix:)),
                let row = try row(told, telling.session.member, connection),
                screening.pair(row.record, known, last.id) == told.hit.pair
            else { continue }
            let entry = ScreenedSubjects.Entry(
                placed: last.placed,
                object: PlacedObject(pool: last.pool, object: last.object),
                isContested: last.standing == .contested,
                isProtected: false
            )
            open[told.tick] = Open(told: told, row: row, entry: entry)
        }
        return open
    }

    private func row(_ told: ToldHit, _ member: Member, _ connection: any SQLConnection) throws -> WatchedRow? {
        guard let secret = try WatchRows.key(of: member.number, connection) else { return nil }
        return WatchKey(secret, of: member.id, exchangeKey: exchangeKey)?.row(told.sealed, told.hit.row)
    }

    /// - Returns: whether they are kept: otherwise something was taken back meanwhile, and it is to be looked anew.
    private func keep(_ all: [Receipt], asOf head: Tick) async throws -> Bool {
        let new = all.filter { !receipts.holds($0) }
        guard !new.isEmpty else { return true }
        let isKept = try await commits.write { transaction in
            try new.allSatisfy { try transaction.keep($0, unlessDeletedSince: head) }
        }
        if isKept { for receipt in new { receipts.keep(receipt) } }
        return isKept
    }
}

extension WatchDesk.Telling {
    /// Whether nothing of it is sent by itself: it is disputed, and another's (docs/ACCESS.md, row 13).
    fileprivate func isFrozen(_ entry: ScreenedSubjects.Entry) -> Bool {
        guard let terms = labels[entry.placed.label]?.terms else { return false }
        return terms.isDisputed && terms.originator != session.member.id
    }

    /// Whether what is known may stand in what is sent.
    fileprivate func mayShow(_ entry: ScreenedSubjects.Entry, over channel: Receipt.Channel) -> Bool {
        guard channel == .mail else { return true }
        return labels[entry.placed.label].map(MailDigest.mayShow) ?? false
    }
}

extension Receipt.Channel {
    /// Whether notices of hits go by it: an envelope of TAXII has objects alone, and whoever asks is told elsewhere.
    fileprivate var bringsNotices: Bool {
        switch self {
        case .webhook, .mail, .sftp: true
        case .taxii, .api, .events, .taxiiPush, .screening: false
        }
    }
}

extension Reader {
    /// As whom it is told of hits.
    var watching: WatchReader { WatchReader(principal: principal.number, purpose: purpose) }
}
