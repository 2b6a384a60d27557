public import Exchange
public import Store
import Synchronization

/// The one door out: whatever a reader is shown of a pool is selected here, by the labels that it may see.
public final class Disclosure: Sendable {
    /// What a read shows of each version.
    public enum Form: String, Sendable {
        case objects, manifest, versions
    }

    /// One read of one pool.
    public struct Question: Sendable {
        /// What is shown of each version.
        public var form: Form
        /// Only what came after this.
        public var after: Tick
        /// The most versions of one page.
        public var limit: Int
        /// What of it is asked for.
        public var filter: ObjectFilter
        /// The numbers of labels that are left out.
        var without: Set<Int64> = []
        /// Whether only what may stand in a mail is shown.
        var isForMail = false

        /// Puts it together from its parts.
        public init(form: Form, after: Tick, limit: Int, filter: ObjectFilter) {
            self.form = form
            self.after = after
            self.limit = limit
            self.filter = filter
        }
    }

    private let live: LiveState
    private let database: any Database
    private let commits: GroupCommit
    private let receipts = KeptReceipts()
    private let clock: @Sendable () -> Timestamp
    private let pageBytesMax: Int

    /// - Parameter pageBytesMax: a page ends, with more to come, once its content has this many bytes.
    public init(
        _ live: LiveState,
        _ database: any Database,
        _ commits: GroupCommit,
        pageBytesMax: Int,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.live = live
        self.database = database
        self.commits = commits
        self.pageBytesMax = pageBytesMax
        self.clock = clock
    }

    /// One page of what `reader` may see of `pool`, ascending by date added.
    /// - Parameter channel: over what it is given; nil where nobody is given it, as by HEAD.
    /// - Throws: `DatabaseFault` when the store does not answer.
    public func page(
        _ question: Question,
        of pool: Pool,
        to session: Session,
        over channel: Receipt.Channel?
    ) async throws -> Page {
        while true {
            let (page, head) = try await found(question, pool, session)
            guard let receipt = receipt(for: page, question, pool, session, channel), !receipts.holds(receipt) else {
                return page
            }
            let isKept = try await commits.write { try $0.keep(receipt, unlessDeletedSince: head) }
            guard isKept else {
                // Something was taken back while the page was put together: it is put together anew, without that.
                try await live.follow()
                continue
            }
            receipts.keep(receipt)
            return page
        }
    }

    /// The same, where memory has it and no receipt is to be written; nil where that has to be waited for.
    public func pageInMemory(
        _ question: Question,
        of pool: Pool,
        to session: Session,
        over channel: Receipt.Channel
    ) -> Page? {
        switch look(question, pool, session) {
        case .page(let page, _):
            guard let receipt = receipt(for: page, question, pool, session, channel) else { return page }
            return receipts.holds(receipt) ? page : nil
        case .store: return nil
        }
    }

    private func found(_ question: Question, _ pool: Pool, _ session: Session) async throws -> (Page, head: Tick) {
        switch look(question, pool, session) {
        case .page(let page, let head): return (page, head)
        case .store(let request, let newest):
            let stored = try await database.read { try PageRows.page(request, $0) }
            return (Page(stored: stored, newest: newest), request.upTo)
        }
    }

    /// What proves that a page was given; nil where nothing is given that could be recalled.
    private func receipt(
        for page: Page,
        _ question: Question,
        _ pool: Pool,
        _ session: Session,
        _ channel: Receipt.Channel?
    ) -> Receipt? {
        guard let channel, question.form == .objects, pool.kind.isRecallable, !page.stored.versions.isEmpty else {
            return nil
        }
        return Receipt(
            principal: session.principal.number,
            pool: pool.number,
            channel: channel,
            purpose: session.reader.purpose,
            versions: page.stored.versions.map(\.released)
        )
    }

    private func look(_ question: Question, _ pool: Pool, _ session: Session) -> LiveState.State.Look {
        if question.filter.passesNothing {
            let nothing = StoredPage(versions: [], more: false, examined: question.after)
            return .page(Page(stored: nothing, newest: nil), head: .zero)
        }
        let now = clock()
        return live.state.withLock { $0.look(question, pool, session, at: now, pageBytesMax) }
    }

    /// Whether `reader` may see any version of an object in `pool`.
    ///
    /// One that it may not see and one that does not exist
    /// are the same question to the store and the same answer.
    public func holds(_ id: STIXID, in pool: Pool, for session: Session) async throws -> Bool {
        let permitted = permitted(in: pool, for: session)
        return try await database.read { connection in
            try PageRows.holds(id, pool: pool.number, permitted: permitted, connection)
        }
    }

    /// The labels of `pool` that a session may see now, of disputed advisories of others, with anything for it after a
    /// tick.
    func disputed(in pool: Pool, for session: Session, after tick: Tick) -> [InternedLabel] {
        let now = clock()
        return live.state.withLock { state in
            let permitted = state.sight(session, pool, at: now)
            let isGainer = state.gained(session, pool) > tick
            guard isGainer || permitted.newest > tick else { return [] }
            return permitted.places.filter { isGainer || state.spans[$0].newest > tick }.map { state.labels[$0] }
                .filter { label in
                    guard let terms = label.label.terms else { return false }
                    return terms.isDisputed && terms.originator != session.member.id
                }
        }
    }

    /// The numbers of the labels of `pool` that a session may see now.
    public func permitted(in pool: Pool, for session: Session) -> Set<Int64> {
        let now = clock()
        return live.state.withLock { $0.sight(session, pool, at: now).numbers }
    }
}

/// A page with the newest tick that its reader may see in the pool, whatever the filters.
public struct Page: Sendable {
    /// The page itself.
    public let stored: StoredPage
    /// The newest tick that the reader may see in the pool; nil for none.
    public let newest: Tick?
}

extension LiveState.State {
    enum Look {
        /// A page, and the journal's head as of which it is.
        case page(Page, head: Tick)
        case store(PageRequest, newest: Tick?)
    }

    /// The labels of a pool that a session may see.
    mutating func sight(_ session: Session, _ pool: Pool, at now: Timestamp) -> PermittedLabels {
        let recent = recent[pool.number]
        guard session.directory === directory else {
            guard let reader = reader(session, at: now) else { return PermittedLabels() }
            var sighted = Sighted(reader, asOf: directoryChanges)
            return sighted.permitted(in: pool.id, of: labels, spans, recent, upTo: head, at: now)
        }
        let key = ReaderKey(credential: session.credential.id, purpose: session.reader.purpose)
        if readers[key]?.directoryChange != directoryChanges { know(session.reader, key) }
        return readers[key, default: Sighted(session.reader, asOf: directoryChanges)]
            .permitted(in: pool.id, of: labels, spans, recent, upTo: head, at: now)
    }

    /// A session's reader as it is now; nil where its credential is no longer valid.
    func reader(_ session: Session, at now: Timestamp) -> Reader? {
        // Where the directory changed since the session was authenticated, what it may see is decided anew.
        guard session.directory !== directory else { return session.reader }
        var reader = directory.reader(with: session.credential, at: now)
        reader?.purpose = session.reader.purpose
        return reader
    }

    /// Keeps a reader as it is since the directory changed.
    ///
    /// What was decided holds as long as all that is known of it is the same.
    mutating func know(_ reader: Reader, _ key: ReaderKey) {
        if readers[key]?.reader == reader {
            readers[key]?.directoryChange = directoryChanges
        } else {
            readers[key] = Sighted(reader, asOf: directoryChanges)
        }
    }

    /// The newest tick at which the session's principal gained something in a pool.
    fileprivate func gained(_ session: Session, _ pool: Pool) -> Tick {
        gains[PrincipalPool(principal: session.principal.number, pool: pool.number)] ?? .zero
    }

    /// Answers from memory where it can, and otherwise says what to ask the store.
    fileprivate mutating func look(
        _ question: Disclosure.Question,
        _ pool: Pool,
        _ session: Session,
        at now: Timestamp,
        _ pageBytesMax: Int
    ) -> Look {
        var permitted = sight(session, pool, at: now)
        var without = question.without
        // Here, where no label can come between the look at them and the look at what bears them.
        if question.isForMail {
            without.formUnion(
                permitted.places.map { labels[$0] }.filter { !MailDigest.mayShow($0.label) }.map(\.number)
            )
        }
        if !without.isEmpty { permitted.leaveOut(without, of: labels, spans) }
        // A label that came with a batch of the journal may know of more than the batches taken in so far.
        let seen = permitted.newest == .zero ? nil : min(permitted.newest, head)
        let isGainer = gained(session, pool) > question.after
        if permitted.newest <= question.after, !isGainer {
            let nothing = StoredPage(versions: [], more: false, examined: question.after)
            return .page(Page(stored: nothing, newest: seen), head: head)
        }
        if !isGainer, let page = recentPage(question, pool, permitted.numbers, pageBytesMax) {
            return .page(Page(stored: page, newest: seen), head: head)
        }
        let news = permitted.places.filter { spans[$0].newest > question.after }
        let request = PageRequest(
            pool: pool.number,
            labels: news.map { (labels[$0].number, spans[$0].oldest) },
            permitted: permitted.numbers,
            after: question.after,
            upTo: head,
            limit: question.limit,
            filter: question.filter,
            content: question.form == .objects ? .upTo(bytes: pageBytesMax) : .none,
            gainer: isGainer ? session.principal.number : nil
        )
        return .store(request, newest: seen)
    }

    /// The page, when all of it is in memory; nil when the store must be asked.
    private func recentPage(
        _ question: Disclosure.Question,
        _ pool: Pool,
        _ permitted: Set<Int64>,
        _ pageBytesMax: Int
    ) -> StoredPage? {
        let filter = question.filter
        guard filter.ids.isEmpty, filter.versions.isLastOnly || filter.versions.isAll,
            let recent = recent[pool.number], question.after >= recent.floor
        else { return nil }
        var page = StoredPage(versions: [], more: false, examined: question.after)
        page.versions.reserveCapacity(min(question.limit, recent.count))
        var bytes = 0
        var isWhole = true
        recent.forEach(after: question.after) { version in
            guard permitted.contains(version.placed.label), !version.bytes.isEmpty, filter.admits(id: version.id)
            else { return true }
            if filter.versions.isLastOnly {
                guard let isLast = recent.isLast(version, permitted: permitted) else {
                    isWhole = false
                    return false
                }
                guard isLast else { return true }
            }
            guard page.versions.count < question.limit, bytes < pageBytesMax else {
                page.more = true
                return false
            }
            bytes += version.bytes.count
            page.examined = version.tick
            page.versions.append(
                PagedVersion(tick: version.tick, id: version.id, version: version.version, bytes: version.bytes)
            )
            return true
        }
        return isWhole ? page : nil
    }
}
