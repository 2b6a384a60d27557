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
/// Whoever becomes known is compared with those that would find it, were each asked about: a row is kept by the keys
/// by which others are looked for, and looked up by those by which the known one is found. Nothing of another member's
/// is in it, so that nothing of what is found depends on others.
public struct WatchedRows<Key: Hashable & Sendable>: Sendable {
    /// How many are compared with one who is known: those that have most keys in common with it.
    public static var comparedMax: Int { 5_000 }
    /// Fewer that are gone are not worth keeping the others anew.
    private static var goneMin: Int { 4_096 }

    private struct Place {
        let key: Key
        let row: WatchedRow
        /// Where it is among the records.
        let record: UInt32
    }

    private var rows: [UInt32: Place] = [:]
    private var places: [Key: UInt32] = [:]
    private var lastPlace: UInt32 = 0
    private var records = PreparedRecords()
    private var words = Words()
    private var asking = Postings()

    /// Nobody.
    public init() {}

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
        let prepared = Prepared(row.record, &words)
        let record = records.append(prepared, &words)
        for asked in ScreeningIndex.askedKeys(of: prepared) { asking.add(lastPlace, to: asked) }
        places[key] = lastPlace
        rows[lastPlace] = Place(key: key, row: row, record: record)
    }

    /// Takes one away.
    public mutating func remove(_ key: Key) {
        guard let place = places.removeValue(forKey: key) else { return }
        rows[place] = nil
        let gone = Int(lastPlace) - rows.count
        guard gone > Self.goneMin, gone > rows.count else { return }
        let old = rows
        self = WatchedRows()
        for (_, kept) in old.sorted(by: { $0.key < $1.key }) { keep(kept.row, as: kept.key) }
    }

    /// Those to whom somebody who is known is alike, each with its score from 0 to 1: the one that there would be, were
    /// it asked about.
    public func alike(_ known: Record, from threshold: Double) -> [(key: Key, score: Double)] {
        var words = Words()
        let known = Prepared(known, &words)
        return askers(of: known).compactMap { place in
            let asked = records.record(at: place.record, self.words)
            if asked.families.isDisjoint(with: known.families) { return nil }
            let score = Double(Scorer.compare(asked, known).share) / 1_000
            return score >= threshold ? (place.key, score) : nil
        }
    }

    /// Those that may be told of one who is known, the likest first where there are many.
    private func askers(of known: Prepared) -> [Place] {
        var counts: [UInt32: Int] = [:]
        var bearing: [UInt32] = []
        for key in ScreeningIndex.foundKeys(of: known) {
            bearing.removeAll(keepingCapacity: true)
            asking.append(of: key, to: &bearing)
            for place in bearing { counts[place, default: 0] += 1 }
        }
        var found = counts.keys.filter { rows[$0] != nil }
        if found.count > Self.comparedMax {
            found.sort { (counts[$1, default: 0], $0) < (counts[$0, default: 0], $1) }
            found.removeLast(found.count - Self.comparedMax)
        }
        return found.sorted().compactMap { rows[$0] }
    }
}
