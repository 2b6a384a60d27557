/// One whom a member wants to be told of.
public struct WatchedRow: Hashable, Sendable {
    /// What the member calls it.
    public let reference: String
    /// What it knows of it.
    public let record: Record

    /// Puts it together from its parts.
    public init(reference: String, record: Record) {
        self.reference = reference
        self.record = record
    }
}

/// Those whom one member wants to be told of, in memory, each by a key of the caller's.
///
/// Nothing of another member's is in it, so that nothing of what is found depends on others.
public struct WatchedRows<Key: Hashable & Sendable>: Sendable {
    /// How many are compared with one who is known, the likest.
    public static var comparedMax: Int { 500 }
    /// From what score on one who is known is looked at more closely, the other way about: what is left out on either
    /// side weighs otherwise there.
    private static var looseCutoff: Double { 0.3 }

    private var index = ScreeningIndex()
    private var rows: [Int: (key: Key, row: WatchedRow)] = [:]
    private var places: [Key: Int] = [:]
    private var lastPlace = 0
    private let all: LabelSet

    /// Nobody.
    public init() {
        var all = LabelSet()
        all.insert(0)
        self.all = all
    }

    /// How many there are.
    public var count: Int { rows.count }

    /// All their keys.
    public var keys: some Sequence<Key> { places.keys }

    /// One of them; nil where there is none by the key.
    public subscript(key: Key) -> WatchedRow? { places[key].flatMap { rows[$0]?.row } }

    /// Takes one in, in the place of who was there by its key.
    public mutating func keep(_ row: WatchedRow, as key: Key) {
        remove(key)
        lastPlace += 1
        places[key] = lastPlace
        rows[lastPlace] = (key, row)
        index.add(row.record, as: lastPlace, label: 0)
    }

    /// Takes one away.
    public mutating func remove(_ key: Key) {
        guard let place = places.removeValue(forKey: key) else { return }
        rows[place] = nil
        index.remove(place)
    }

    /// Those that are like one who is known, each with its score from 0 to 1: the one that there would be, were it
    /// asked about.
    public mutating func alike(_ known: Record, from threshold: Double) -> [(key: Key, score: Double)] {
        let found = index.search(known, visible: all, limit: Self.comparedMax, cutoff: Self.looseCutoff)
        return found.compactMap { hit in
            guard let (key, row) = rows[hit.key] else { return nil }
            let score = Scorer.score(row.record, known)
            return score >= threshold ? (key, score) : nil
        }
    }

    /// Whether somebody is like any of them.
    public mutating func hasAny(like somebody: Record, from threshold: Double) -> Bool {
        !index.search(somebody, visible: all, limit: 1, cutoff: threshold).isEmpty
    }
}
