public import Exchange
import Foundation
public import Screening
public import Store
import Synchronization

/// Tells members whether those that they ask about are known.
///
/// What is found is given like everything else: by labels, with a receipt first. What was asked is kept as a keyed
/// digest alone.
public final class ScreeningDesk: Sendable {
    /// How many one call may ask about.
    public static let queriesMax = 1_000
    /// How many are told of for one that is asked about.
    public static let limitMax = 500

    /// How it is asked.
    public struct Question: Sendable {
        /// How many are told of, the likest first: 1 to 500.
        public var limit = 5
        /// From what score on one is a match: 0 to 1.
        public var threshold = 0.7
        /// From what score on one is told of: 0 to 1.
        public var cutoff = 0.5
        /// The pools that are looked at; nil for all.
        public var pools: Set<Name>?
        /// The pools that are not.
        public var without: Set<Name> = []
        /// What is done once the quota of the caller's group is used up.
        public var beyondQuota = BeyondQuota.refuse
        /// Whether official lists alone are looked at.
        var isOfficial = false

        /// Asked as most do.
        public init() {}
    }

    /// One who is like the one asked about.
    public struct Hit: Sendable {
        /// The one who is known; nil of a person to be protected, of whom nothing is told but that.
        public let record: Record?
        /// The pool.
        public let pool: Pool
        /// The STIX object.
        public let object: String
        /// When it was changed last, as its author says; nil for what does not say.
        public let modified: String?
        /// How like it is, from 0 to 1.
        public let score: Double
        /// Why; nil of a person to be protected.
        public internal(set) var explanation: Explanation?
        /// What tells of it; nil for what is no advisory's.
        public let advisory: AdvisoryNote?
        /// Who found that they are two, and why; nil where nobody did, or something is known since that was not then.
        public internal(set) var cleared: ClearedPair?
    }

    /// The advisory that a hit is of, as its reader may name it.
    public struct AdvisoryNote: Sendable {
        /// The id of its report; nil where the reader has no rendition of it.
        public let report: String?
        /// Its number; nil where the rendition does not tell it.
        public let reference: AdvisoryReference?
        /// Whether somebody disputes it (row 13).
        public let isDisputed: Bool
        /// What a person is in it: a witness is no suspect; nil where it says nothing of that.
        public let standing: DataSubject?
    }

    /// What came of one call.
    public struct Answer: Sendable {
        /// For each that was asked about, in the order of asking.
        public let hits: [[Hit]]
        /// The tick that names the call among the caller's screenings.
        public let receipt: Tick
        /// What was looked at.
        public let scope: Scope
        /// What is left of the quota; nil where the call was not counted.
        public let left: Allowance?
    }

    private let memory = Mutex(ScreenedSubjects())
    private let following = Convoy()
    let live: LiveState
    let database: any Database
    let commits: GroupCommit
    let surroundings: Surroundings
    let quotas: QuotaBook
    let keys: KeyedIDs

    init(
        _ live: LiveState,
        _ database: any Database,
        _ commits: GroupCommit,
        _ surroundings: Surroundings,
        _ quotas: QuotaBook,
        key: [UInt8]
    ) {
        self.live = live
        self.database = database
        self.commits = commits
        self.surroundings = surroundings
        self.quotas = quotas
        keys = KeyedIDs(key: key, use: "screening")
    }

    /// Screens.
    /// - Throws: `AdvisoryFault`; then nothing was told, and the same call may be repeated.
    public func screen(_ queries: [Record], _ question: Question, for session: Session) async throws -> Answer {
        try session.reader.checkReads()
        try check(queries, question)
        let digests = queries.map { keys.digest(of: $0.asked) }
        while true {
            try await follow()
            let leave = try await leave(to: queries.count, question, session)
            let sight = sight(leave, session)
            let found = try await found(queries, question, sight)
            let labels = live.state.withLock { $0.labels(of: found.joined().map(\.entry.placed)) }
            let (hits, receipts) = try await database.read { [self] connection in
                let given = try GivenSubjects(found.joined().map(\.entry), labels, connection)
                let hasCleared = try ClearedPairRows.isAny(by: session.member.number, connection)
                let hits = try zip(queries, found).map { query, found in
                    try explained(query, found, given, session).map { hit in
                        var hit = hit
                        if hasCleared { hit.cleared = try cleared(query, hit, session, connection) }
                        return hit
                    }
                }
                return (hits, given.receipts(for: session, over: .screening))
            }
            let kept = try await commits.write { [self] transaction -> (tick: Tick, left: Allowance?)? in
                var allowance: Allowance?
                switch try left(after: queries.count, leave, session, transaction) {
                case .gone: return nil
                case .counted(let left): allowance = left
                case .uncounted: break
                }
                for receipt in receipts {
                    guard try transaction.keep(receipt, unlessDeletedSince: sight.head) else { return nil }
                }
                if allowance != nil { try transaction.use(queries.count, of: .screenings, by: session.member.group) }
                let tick = try transaction.keepScreening(
                    by: session.principal.number,
                    of: session.member.group,
                    for: session.reader.purpose,
                    digests
                )
                return (tick, allowance)
            }
            // Something was taken back meanwhile, or the quota used: it is looked for anew, without that.
            guard let kept else { continue }
            return Answer(hits: hits, receipt: kept.tick, scope: leave.scope(kept.left), left: kept.left)
        }
    }

    /// Those who were found, but for who is gone meanwhile.
    private func explained(
        _ query: Record,
        _ found: [ScreenedSubjects.Found],
        _ given: GivenSubjects,
        _ session: Session
    ) -> [Hit] {
        var hits = found.compactMap { given.hit($0, session.directory) }
        let shown = hits.indices.filter { hits[$0].record != nil }
        let explanations = Scorer.explain(query, shown.compactMap { hits[$0].record })
        for (place, explanation) in zip(shown, explanations) { hits[place].explanation = explanation }
        return hits
    }

    /// What the caller's member said of the pair; nil where it said nothing.
    private func cleared(
        _ query: Record,
        _ hit: Hit,
        _ session: Session,
        _ connection: any SQLConnection
    ) throws -> ClearedPair? {
        guard let record = hit.record else { return nil }
        let pair = pair(query, record, hit.object)
        return try ClearedPairRows.clearedPair(of: pair, by: session.member.number, connection)
    }

    private func check(_ queries: [Record], _ question: Question) throws(AdvisoryFault) {
        guard (1...Self.queriesMax).contains(queries.count) else {
            throw .invalid(field: "queries", rule: "must be 1 to \(Self.queriesMax)")
        }
        guard (1...Self.limitMax).contains(question.limit) else {
            throw .invalid(field: "limit", rule: "must be 1 to \(Self.limitMax)")
        }
        for (field, share) in [("threshold", question.threshold), ("cutoff", question.cutoff)] {
            guard (0...1).contains(share) else { throw .invalid(field: field, rule: "must be 0 to 1") }
        }
    }

    /// What is found of each, one after the other: others have their turn in between.
    private func found(
        _ queries: [Record],
        _ question: Question,
        _ sight: ScreeningSight
    ) async throws -> [[ScreenedSubjects.Found]] {
        var all: [[ScreenedSubjects.Found]] = []
        for query in queries {
            all.append(
                memory.withLock {
                    $0.found(query, by: sight, limit: question.limit, cutoff: question.cutoff)
                }
            )
            try Task.checkCancellation()
            await Task.yield()
        }
        return all
    }

    /// Those who are like one of a watch list, of what a session may be told of; nobody who is to be protected.
    func alike(
        _ record: Record,
        by sight: ScreeningSight,
        limit: Int,
        from threshold: Double
    ) -> [ScreenedSubjects.Found] {
        memory.withLock { $0.found(record, by: sight, limit: limit, cutoff: threshold) }.filter {
            !$0.entry.isProtected
        }
    }

    /// The objects whose versions bear any of some labels.
    func objects(under labels: Set<Int64>) -> Set<PlacedObject> { memory.withLock { $0.objects(under: labels) } }

    /// What a reader may be told of, in the pools that it asks of.
    func sight(_ leave: Leave, _ session: Session) -> ScreeningSight {
        let (now, question) = (surroundings.clock(), leave.question)
        let protected = memory.withLock { $0.protectedLabels }
        return live.state.withLock { state in
            var sight = ScreeningSight()
            sight.head = state.head
            if let since = leave.since { sight.since = Tick(at: since) }
            let pools = Set(state.directory.pools.values.filter { question.asks($0, at: now) }.map(\.id))
            for pool in pools.compactMap({ state.directory.pools[$0] }) {
                let permitted = state.sight(session, pool, at: now)
                sight.labels.formUnion(permitted.numbers)
                for place in permitted.places {
                    sight.places.insert(place)
                    switch Timing(state.labels[place].label, in: pool.kind, to: session.member) {
                    case .exempt: break
                    case .discretionary: sight.dated.insert(state.labels[place].number)
                    }
                }
            }
            guard let reader = state.reader(session, at: now) else { return sight }
            for place in protected.compactMap({ state.labelIndex[$0] }) {
                let label = state.labels[place].label.unprotected
                guard pools.contains(label.pool), AccessPolicy.decide(reader, label, at: now).isPermitted else {
                    continue
                }
                sight.labels.insert(state.labels[place].number)
                sight.protectedPlaces.insert(place)
            }
            return sight
        }
    }

    // MARK: Following

    /// How many subjects there are.
    public var count: Int { memory.withLock { $0.count } }

    /// Takes in what the journal has, as of now or later; the first time, everything.
    /// - Parameter progress: is told how many subjects there were before each batch, and how many after it.
    func follow(telling progress: @Sendable (Range<Int>) -> Void = { _ in }) async throws {
        if !live.isCurrent { try await live.follow() }
        let place = memory.withLock { $0.place }
        guard place.isLoading || place.cursor < live.head else { return }
        try await following.ride {
            var before = count
            while try await takeNext() {
                progress(min(before, count)..<count)
                before = count
            }
        }
    }

    /// How many versions or entries are taken in at once.
    private static let batchMax = 512

    /// - Returns: whether more may follow.
    private func takeNext() async throws -> Bool {
        // The journal before its labels: whatever was committed until then bears one that is known.
        let (head, labels) = live.state.withLock { ($0.head, $0.labels) }
        let place = memory.withLock { $0.place }
        guard place.isLoading || place.cursor < head else { return false }
        let batch = try await database.read { connection in
            try ScreeningBatch(after: place, head: head, labels, upTo: Self.batchMax, connection)
        }
        let places = live.state.withLock { $0.labelIndex }
        memory.withLock { $0.take(batch, places) }
        return !batch.isLast
    }
}

extension Record {
    /// What was asked, the same for the same question.
    var asked: String {
        ([schema] + properties.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value.joined(separator: "\t"))" })
            .joined(separator: "\n")
    }
}

extension LiveState.State {
    /// The labels of some versions, by their numbers.
    func labels(of versions: some Sequence<PlacedVersion>) -> [Int64: Label] {
        versions.reduce(into: [:]) { found, version in
            if let place = labelIndex[version.label] { found[version.label] = labels[place].label }
        }
    }
}
