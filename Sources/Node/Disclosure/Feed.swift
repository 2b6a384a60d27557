import AsyncAlgorithms
public import Exchange
public import Store

/// All that one reader is given of all its pools, in one order: what an event stream follows.
public final class Feed: Sendable {
    /// How many versions of one pool one look takes.
    private static let limit = 100

    /// One version on its way out.
    public struct Event: Sendable {
        /// The pool.
        public let pool: Pool
        /// The version; its tick is where the feed goes on from.
        public let version: PagedVersion
        /// The notice of the recall that it is the first object of.
        public let recall: Notice?
    }

    /// A recall of what the reader's member was given.
    public struct Notice: Sendable {
        /// What names it, as among the member's recalls.
        public let report: String
        /// What the member owes, or gave.
        public let owed: OwedRow
    }

    private let live: LiveState
    private let disclosure: Disclosure
    private let watch: WatchDesk
    private let database: any Database
    private let clock: @Sendable () -> Timestamp

    init(
        _ live: LiveState,
        _ disclosure: Disclosure,
        _ watch: WatchDesk,
        _ database: any Database,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.live = live
        self.disclosure = disclosure
        self.watch = watch
        self.database = database
        self.clock = clock
    }

    /// What comes after a tick, ascending, with the receipts durable; some of it, where it is much.
    public func events(
        after tick: Tick,
        for session: Session,
        over channel: Receipt.Channel
    ) async throws -> [Event] {
        try await look(after: tick, for: session, over: channel).events
    }

    /// What comes after a tick, and of which hits on watch lists a system of the member's own is told there.
    struct Look: Sendable {
        /// What comes, ascending.
        let events: [Event]
        /// Of which hits it is told, ascending.
        let notices: [WatchDesk.TickedNotice]
        /// Whether it is all that there is.
        let isWhole: Bool
    }

    /// The same, with notices of hits.
    func look(after tick: Tick, for session: Session, over channel: Receipt.Channel) async throws -> Look {
        var events: [Event] = []
        var isWhole = true
        // What is committed while one pool after another is looked at waits for the next look: it could be earlier than
        // what a later pool shows.
        var end = live.head
        // Of a pool that its member left, a reader is given the recalls of what it holds.
        for pool in session.directory.pools.values where !pool.hasEnded(at: clock()) {
            var question = Disclosure.Question(
                form: .objects,
                after: tick,
                limit: Self.limit,
                filter: ObjectFilter(versions: VersionFilter(all: true))
            )
            question.without = try await frozen(in: pool, for: session, after: tick)
            let page = try await page(question, of: pool, to: session, over: channel)
            let notices = try await notices(among: page.versions, in: pool, for: session)
            events += page.versions.map { Event(pool: pool, version: $0, recall: notices[$0.released]) }
            // Beyond the end of a page that is not the last, another pool's events wait for their turn.
            if page.more { (end, isWhole) = (min(end, page.examined), false) }
        }
        let found = try await watch.notices(after: tick, through: end, upTo: Self.limit, for: session, over: channel)
        if let last = found.last { (end, isWhole) = (last, false) }
        let shown = events.filter { $0.version.tick <= end }
        return Look(
            events: shown.sorted { $0.version.tick < $1.version.tick },
            notices: found.notices,
            isWhole: isWhole && shown.count == events.count
        )
    }

    /// The recalls of what the reader's member holds that came after a tick, ascending, whatever comes before them;
    /// some of them, where there are many.
    public func recalls(
        after tick: Tick,
        for session: Session,
        over channel: Receipt.Channel
    ) async throws -> [Event] {
        let (directory, member) = (session.directory, session.member)
        let stubs = try await database.read { connection in
            try RecallRows.stubs(owedBy: member.number, after: tick, upTo: Self.limit, connection)
        }
        var events: [Event] = []
        for stub in stubs {
            guard let pool = directory.pools.values.first(where: { $0.number == stub.pool }),
                !pool.hasEnded(at: clock())
            else { continue }
            let question = Disclosure.Question(
                form: .objects,
                after: Tick(microseconds: stub.tick.microseconds - 1),
                limit: 1,
                filter: ObjectFilter(versions: VersionFilter(all: true))
            )
            let page = try await page(question, of: pool, to: session, over: channel)
            // Where the reader may not see it, the first that it may see is another.
            guard let version = page.versions.first, version.tick == stub.tick else { continue }
            let notices = try await notices(among: [version], in: pool, for: session)
            events.append(Event(pool: pool, version: version, recall: notices[version.released]))
        }
        return events
    }

    /// A page; by mail without the content of what may not stand there, and so without a receipt for it.
    private func page(
        _ question: Disclosure.Question,
        of pool: Pool,
        to session: Session,
        over channel: Receipt.Channel
    ) async throws -> StoredPage {
        guard channel == .mail else {
            return try await disclosure.page(question, of: pool, to: session, over: channel).stored
        }
        var (shown, all) = (question, question)
        shown.isForMail = true
        all.form = .versions
        let content = try await disclosure.page(shown, of: pool, to: session, over: channel).stored
        var page = try await disclosure.page(all, of: pool, to: session, over: nil).stored
        if content.more, content.examined < page.examined { (page.examined, page.more) = (content.examined, true) }
        let given = Dictionary(uniqueKeysWithValues: content.versions.map { ($0.tick, $0) })
        page.versions = page.versions.filter { !page.more || $0.tick <= page.examined }.map { version in
            given[version.tick]
                ?? PagedVersion(
                    tick: version.tick,
                    released: version.released,
                    id: version.id,
                    version: version.version,
                    bytes: []
                )
        }
        return page
    }

    /// The notices of recalls, each by the first version of the recall that the reader is shown, whatever of the
    /// advisory its member was given.
    private func notices(
        among versions: [PagedVersion],
        in pool: Pool,
        for session: Session
    ) async throws -> [Tick: Notice] {
        let stubs = versions.filter { $0.bytes.isEmpty || Self.mayBeRevoked($0.bytes) }.map(\.released)
        if stubs.isEmpty { return [:] }
        let (directory, member) = (session.directory, session.member)
        let permitted = disclosure.permitted(in: pool, for: session)
        return try await database.read { connection in
            var notices: [Tick: Notice] = [:]
            for owed in Set(try RecallRows.owed(by: member.number, for: stubs, connection).values) {
                let first = try RecallRows.stubs(of: owed, connection).first { permitted.contains($0.label) }
                guard let first, stubs.contains(first.tick),
                    let row = try AdvisoryRows.advisory(numbered: owed.advisory, connection),
                    let name = try Holders(of: row, directory, connection).names(for: member.id).first
                else { continue }
                notices[first.tick] = Notice(report: name, owed: owed)
            }
            return notices
        }
    }

    /// Whether an object may be revoked, by its bytes.
    ///
    /// A loop of our own: each message to each destination asks, and the library's search for a sequence takes longer
    /// than all else that a message costs.
    static func mayBeRevoked(_ bytes: [UInt8]) -> Bool {
        let sign = revokedSign
        guard bytes.count >= sign.count else { return false }
        for start in 0...(bytes.count - sign.count) where bytes[start] == sign[0] {
            var length = 1
            while length < sign.count, bytes[start + length] == sign[length] { length += 1 }
            if length == sign.count { return true }
        }
        return false
    }

    private static let revokedSign = Array(#""revoked":true"#.utf8)

    /// The labels of what is disputed and of a rendition that the reader's member was not given yet: it may ask for it,
    /// but nothing sends it by itself (docs/ACCESS.md, row 13).
    ///
    /// Once the dispute is settled it comes under another label, at a tick of its own.
    private func frozen(in pool: Pool, for session: Session, after tick: Tick) async throws -> Set<Int64> {
        let disputed = disclosure.disputed(in: pool, for: session, after: tick)
        if disputed.isEmpty { return [] }
        return try await database.read { connection in
            let new = try disputed.filter { label in
                guard let terms = label.label.terms,
                    let row = try AdvisoryRows.advisory(terms.advisory, connection)
                else { return false }
                let versions = try AdvisoryRows.renditions(of: row.number, connection)
                    .filter { $0.rendition == terms.rendition }.map(\.tick)
                let given = try ReceiptRows.versions(
                    givenTo: session.member,
                    of: pool.number,
                    since: versions.min() ?? .zero,
                    connection
                )
                return given.isDisjoint(with: versions)
            }
            return Set(new.map(\.number))
        }
    }

    /// Beats whenever something was taken in from the journal, and at the latest after `pause`.
    public func beats(every pause: Duration) -> some AsyncSequence<Void, Never> & Sendable {
        let timer = AsyncTimerSequence(interval: pause, clock: ContinuousClock()).map { _ in () }
        return merge(live.changes(), timer)
    }
}
