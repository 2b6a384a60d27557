import Exchange
import Foundation
import Screening
import Store
import Synchronization

/// Tells members what advisories have in common, as far as they may see them.
///
/// Every answer is what there would be were there nothing but the renditions and judgements that the reader sees. What
/// is told of a rendition is given like everything else: with a receipt first.
public final class CrossReferenceDesk: Sendable {
    /// How many advisories or entries are taken in at once.
    private static let batchMax = 128
    /// How often an answer is made anew because something of it was taken back meanwhile.
    private static let attemptsMax = 8

    /// What one reader sees.
    struct Sight {
        let view: CrossReferenceView<ScorerLikeness>
        let references: CrossReferences<ScorerLikeness>
        /// By the advisories, the rendition that it sees.
        let shown: [ID<Advisory>: ShownRendition]
        let judgements: [(row: JudgementRow, judgement: Judgement)]
        let holders: [String: ID<Advisory>]
        /// Judgements of subjects of which something is known otherwise since.
        let outdated: Set<UUID>
        /// The numbers of labels of advisories that somebody disputes (row 13).
        let disputed: Set<Int64>
        /// Up to where in the journal that holds.
        let head: Tick

        /// A subject by its object; nil for one that it does not see.
        func subject(_ object: String) -> SubjectReference? {
            guard let advisory = holders[object], let rendition = shown[advisory],
                rendition.compared.subjects.contains(where: { $0.key == object })
            else { return nil }
            return SubjectReference(advisory, object)
        }

        /// What is known of a subject that it sees.
        func known(_ subject: SubjectReference) -> ReferencedSubject? {
            shown[subject.advisory]?.compared.subjects.first { $0.key == subject.key }
        }

        /// An advisory by its report or its number; nil for one that it does not see.
        func advisory(_ name: String) -> ID<Advisory>? {
            if let holder = holders[name], shown[holder]?.report.text == name { return holder }
            return shown.first { $0.value.reference == name }?.key
        }
    }

    private let memory = Mutex(CrossReferenceMemory())
    private let following = Convoy()
    let live: LiveState
    let database: any Database
    let commits: GroupCommit
    let surroundings: Surroundings

    init(_ live: LiveState, _ database: any Database, _ commits: GroupCommit, _ surroundings: Surroundings) {
        self.live = live
        self.database = database
        self.commits = commits
        self.surroundings = surroundings
    }

    /// How many advisories are compared.
    public var count: Int { memory.withLock { $0.count } }

    /// Answers what a reader asks, once a receipt for what is told is durable.
    /// - Parameter make: makes the answer, and says of which subjects and advisories it tells.
    func answer<Answer: Sendable>(
        _ session: Session,
        _ make: (Sight) throws -> (answer: Answer, told: Set<SubjectReference>, advisories: Set<ID<Advisory>>)
    ) async throws -> Answer {
        try check(session)
        for _ in 0..<Self.attemptsMax {
            let sight = try await sight(of: session)
            let (answer, told, advisories) = try make(sight)
            let receipts = Self.receipts(for: told, advisories, sight, session)
            if receipts.isEmpty { return answer }
            let isKept = try await commits.write { transaction in
                try receipts.allSatisfy { try transaction.keep($0, unlessDeletedSince: sight.head) }
            }
            if isKept { return answer }
        }
        throw AdvisoryFault.notNow("advisories are being taken back one after another; ask again")
    }

    func check(_ session: Session) throws(AdvisoryFault) {
        try session.reader.checkBusiness(evenSuspended: false)
        guard session.principal.roles.contains(.reader) else {
            throw .forbidden("the role reader is needed: whoever reads nothing is told of nothing in common")
        }
    }

    /// One receipt for each pool of which something is told.
    private static func receipts(
        for told: Set<SubjectReference>,
        _ advisories: Set<ID<Advisory>>,
        _ sight: Sight,
        _ session: Session
    ) -> [Receipt] {
        var ticks: [Int64: Set<Tick>] = [:]
        for advisory in advisories.union(told.map(\.advisory)) {
            guard let rendition = sight.shown[advisory] else { continue }
            ticks[rendition.pool, default: []].insert(rendition.released)
        }
        for subject in told {
            guard let rendition = sight.shown[subject.advisory],
                let tick = rendition.versions[subject.shownObject]
            else { continue }
            ticks[rendition.pool, default: []].insert(tick)
        }
        return ticks.sorted { $0.key < $1.key }.map { pool, versions in
            Receipt(
                principal: session.principal.number,
                pool: pool,
                channel: .screening,
                purpose: session.reader.purpose,
                versions: versions.sorted()
            )
        }
    }

    /// What a reader sees now.
    func sight(of session: Session) async throws -> Sight {
        try await follow()
        let now = surroundings.clock()
        let (labels, disputed, head) = live.state.withLock { state in
            let pools = state.directory.pools.values.filter { !$0.hasEnded(at: now) }
            let numbers = pools.reduce(into: Set<Int64>()) { $0.formUnion(state.sight(session, $1, at: now).numbers) }
            let disputed = state.labels.filter { $0.label.terms?.isDisputed == true }.map(\.number)
            return (numbers, Set(disputed), state.head)
        }
        // A copy: nobody waits until the answer is made.
        let memory = memory.withLock { $0 }
        let view = memory.references.view { labels.contains(Int64($0)) }
        let shown = memory.shown.compactMapValues { renditions in renditions.first { labels.contains($0.label) } }
        let judgements = memory.judgements.values.filter { view.shows($0.judgement) }
        return Sight(
            view: view,
            references: memory.references,
            shown: shown,
            judgements: judgements.sorted { $0.row.number > $1.row.number },
            holders: memory.holders,
            outdated: memory.outdated,
            disputed: disputed,
            head: min(head, memory.place.cursor)
        )
    }

    /// Everything, to find out whom to tell that there is something; for no reader.
    func everything() async throws -> CrossReferences<ScorerLikeness> {
        try await follow()
        return memory.withLock { $0.references }
    }

    // MARK: Following

    /// Takes in what the journal has, as of now or later; the first time, everything.
    func follow() async throws {
        if !live.isCurrent { try await live.follow() }
        let place = memory.withLock { $0.place }
        guard place.isLoading || place.cursor < live.head else { return }
        try await following.ride { while try await self.takeNext() {} }
    }

    /// - Returns: whether more may follow.
    private func takeNext() async throws -> Bool {
        // The journal before its labels: whatever was committed until then bears one that is known.
        let (head, labels, directory) = live.state.withLock { ($0.head, $0.labels, $0.directory) }
        let place = memory.withLock { $0.place }
        guard place.isLoading || place.cursor < head else { return false }
        let byNumber = Dictionary(uniqueKeysWithValues: labels.map { ($0.number, $0.label) })
        let batch = try await database.read { connection in
            try CrossReferenceBatch(after: place, head: head, byNumber, directory, upTo: Self.batchMax, connection)
        }
        memory.withLock { $0.take(batch, directory) }
        return !batch.isLast
    }
}
