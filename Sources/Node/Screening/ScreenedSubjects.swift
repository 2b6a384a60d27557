import Exchange
import Screening
import Store

/// Who and what this exchange's versions are about, in memory, as of a tick of the journal.
///
/// Of each object in each pool there are all versions that are somebody's last, each under its label, so that which of
/// them a reader is given depends on nothing that it may not see.
struct ScreenedSubjects {
    /// One version's subject.
    struct Entry: Hashable {
        /// The version.
        let placed: PlacedVersion
        /// Its object in its pool.
        let object: PlacedObject
        /// Whether another version of the object may be some readers' last.
        let isContested: Bool
        /// Whether it is a person to be protected, of whom the version itself tells nothing.
        let isProtected: Bool
    }

    /// What is found of a query.
    struct Found {
        let entry: Entry
        let hit: ScreeningHit
    }

    /// How far it has come.
    struct Place: Hashable {
        /// Up to where the journal was taken in; where it is loading, from where on it will be.
        var cursor = Tick.zero
        /// The last version that was loaded; nil once all were.
        var loaded: Tick? = .zero

        var isLoading: Bool { loaded != nil }
    }

    private(set) var place = Place()
    private var index = ScreeningIndex()
    /// Persons to be protected: who may be told of them is decided by labels of their own.
    private var protected = ScreeningIndex()
    private var entries: [Int: Entry] = [:]
    private var keys: [PlacedObject: [Int]] = [:]
    private var lastKey = 0

    /// How many subjects there are.
    var count: Int { index.count + protected.count }

    /// The labels under which there are persons to be protected, by their numbers, with how many.
    private var protectedCounts: [Int64: Int] = [:]

    /// The numbers of the labels under which there is a person to be protected.
    var protectedLabels: Set<Int64> { Set(protectedCounts.keys) }

    /// Puts what an object's versions are about in the place of what they were about before; none where it is gone.
    private mutating func replace(_ object: PlacedObject, with subjects: [(entry: Entry, label: Int, record: Record?)])
    {
        for key in keys.removeValue(forKey: object) ?? [] {
            let gone = entries.removeValue(forKey: key)
            if let gone, gone.isProtected { count(gone, -1) }
            index.remove(key)
            protected.remove(key)
        }
        for (entry, label, record) in subjects {
            lastKey += 1
            entries[lastKey] = entry
            keys[object, default: []].append(lastKey)
            if entry.isProtected { count(entry, 1) }
            guard let record else { continue }
            if entry.isProtected {
                protected.add(record, as: lastKey, label: label)
            } else {
                index.add(record, as: lastKey, label: label)
            }
        }
    }

    private mutating func count(_ protected: Entry, _ more: Int) {
        let count = protectedCounts[protected.placed.label, default: 0] + more
        protectedCounts[protected.placed.label] = count > 0 ? count : nil
    }

    /// Takes in a batch.
    /// - Parameter labels: the places of labels among the exchange's, by their numbers.
    mutating func take(_ batch: ScreeningBatch, _ labels: [Int64: Int]) {
        for (object, known) in batch.known where known.isWhole || keys[object] == nil {
            replace(
                object,
                with: known.subjects.compactMap { subject in
                    labels[subject.entry.placed.label].map { (subject.entry, $0, subject.record) }
                }
            )
        }
        place = batch.place
    }

    /// The objects whose versions bear any of some labels, but for persons to be protected.
    func objects(under labels: Set<Int64>) -> Set<PlacedObject> {
        Set(entries.values.lazy.filter { !$0.isProtected && labels.contains($0.placed.label) }.map(\.object))
    }

    /// What is like a query of what a reader may be told, the likest first.
    mutating func found(_ query: Record, by sight: ScreeningSight, limit: Int, cutoff: Double) -> [Found] {
        // Of an object there may be as many versions as it has labels: of each reader's last alone it is told.
        var asked = limit + Self.contestedMax
        while true {
            let hits = index.search(query, visible: sight.places, limit: asked, cutoff: cutoff)
            let found = hits.compactMap { hit in entries[hit.key].map { Found(entry: $0, hit: hit) } }
            let told = found.filter { sight.reaches($0.entry.placed) }
            // What lies too far back crowds out nothing that does not.
            if told.count < found.count, told.count < limit, hits.count == asked {
                asked *= 4
                continue
            }
            let ranked = told.sorted { ($1.hit.score, $0.entry.placed.tick) < ($0.hit.score, $1.entry.placed.tick) }
            return Array((shielded(query, by: sight) + ranked.filter { isLast($0.entry, sight) }).prefix(limit))
        }
    }

    /// Whether there is somebody to be protected of just that name: one, whoever and however many there are.
    ///
    /// By nothing else than a whole name: neither days nor numbers are tried out on them, and no score tells of any.
    private mutating func shielded(_ query: Record, by sight: ScreeningSight) -> [Found] {
        guard let asked = query.wholeNames else { return [] }
        let hits = protected.search(
            asked,
            visible: sight.protectedPlaces,
            limit: Self.contestedMax,
            cutoff: Self.sameName
        )
        let found = hits.compactMap { hit in
            entries[hit.key].map { Found(entry: $0, hit: ScreeningHit(key: hit.key, score: Self.shieldedScore)) }
        }
        return Array(found.filter { isLast($0.entry, sight) }.prefix(1))
    }

    /// From what score on a name is the same, however it is written.
    private static let sameName = 0.97
    /// What is told of every person to be protected: less than a match, so that nobody is refused by it.
    static let shieldedScore = 0.5

    /// How many versions that are not the reader's last are passed over in one search.
    private static let contestedMax = 20

    private func isLast(_ entry: Entry, _ sight: ScreeningSight) -> Bool {
        guard entry.isContested else { return true }
        return !(keys[entry.object] ?? []).contains { key in
            guard let other = entries[key] else { return false }
            return sight.labels.contains(other.placed.label) && other.placed.isLater(than: entry.placed)
        }
    }
}

/// What one reader may be told of by a screening.
struct ScreeningSight: Sendable {
    /// The numbers of the labels that it may see.
    var labels: Set<Int64> = []
    /// Their places among the exchange's labels.
    var places = LabelSet()
    /// The places of the labels that it might see, were nobody of theirs to be protected.
    var protectedPlaces = LabelSet()
    /// Up to where in the journal that holds.
    var head = Tick.zero
    /// The numbers of the labels of what it is told only where it was released since then.
    var dated: Set<Int64> = []
    /// How far back that is.
    var since = Tick.zero

    /// Whether a version lies no further back than it is told of.
    func reaches(_ version: PlacedVersion) -> Bool { version.tick >= since || !dated.contains(version.label) }
}
