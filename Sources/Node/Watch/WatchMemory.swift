import Exchange
import Screening
import Store

/// The watch lists of all members in memory, as of a tick of the journal, and what of them is still to be matched.
struct WatchMemory {
    /// One member's rows, of all its lists.
    struct Holding {
        var rows = WatchedRows<WatchRowKey>()
        /// When each changed last.
        var changed: [WatchRowKey: Tick] = [:]
        /// Those that were not compared yet with whoever is known.
        var pending: Set<WatchRowKey> = []

        /// One of them with when it changed last.
        func row(_ key: WatchRowKey) -> (row: WatchedRow, changed: Tick)? {
            rows[key].flatMap { row in changed[key].map { (row, $0) } }
        }
    }

    /// The lists by their keys.
    private(set) var lists: [Tick: WatchListRow] = [:]
    /// By the numbers of their members.
    var holdings: [Int64: Holding] = [:]
    /// Up to where rows were taken in.
    private(set) var taken = Tick.zero
    /// Whether all were, once.
    private(set) var isLoaded = false
    /// Up to where of the journal advisories were matched.
    var matched = Tick.zero
    /// What each reader of a member with rows could see when that was looked at last, by the numbers of labels.
    var sights: [Int64: [WatchReader: Set<Int64>]] = [:]
    /// The tier of each member's group, as of then.
    var tiers: [Int64: Tier] = [:]
    /// When, and as of which change of the directory.
    var sighted: (at: Timestamp, change: Int)?

    /// Takes in some rows that changed, in the order of their changes.
    /// - Parameters:
    ///   - lists: all there are.
    ///   - left: the references that are left of lists that lost rows.
    ///   - last: up to where rows were read.
    ///   - isLast: whether these are all that changed: then the lists count as known as they are.
    mutating func take(
        _ lists: [WatchListRow],
        _ rows: [(row: WatchedRow, key: WatchRowKey, changed: Tick)],
        left: [Tick: Set<[UInt8]>],
        through last: Tick?,
        isLast: Bool
    ) {
        let now = Dictionary(uniqueKeysWithValues: lists.map { ($0.number, $0) })
        for (number, list) in self.lists where now[number] == nil || left[number] != nil {
            let stay = now[number] == nil ? [] : left[number] ?? []
            let gone = holdings[list.member]?.rows.keys.filter { $0.list == number && !stay.contains($0.reference) }
            for key in gone ?? [] { remove(key, of: list.member) }
        }
        for (row, key, changed) in rows {
            guard let list = now[key.list] else { continue }
            holdings[list.member, default: Holding()].rows.keep(row, as: key)
            holdings[list.member]?.changed[key] = changed
            holdings[list.member]?.pending.insert(key)
        }
        taken = max(taken, last ?? .zero)
        if isLast { (self.lists, isLoaded) = (now, true) }
    }

    private mutating func remove(_ key: WatchRowKey, of member: Int64) {
        holdings[member]?.rows.remove(key)
        holdings[member]?.changed[key] = nil
        holdings[member]?.pending.remove(key)
        if holdings[member]?.rows.count == 0 { (holdings[member], sights[member], tiers[member]) = (nil, nil, nil) }
    }

    /// Which rows were compared: those that changed meanwhile are still to be.
    mutating func matched(_ rows: [WatchRowKey: Tick], of member: Int64) {
        for (key, changed) in rows where holdings[member]?.changed[key] == changed {
            holdings[member]?.pending.remove(key)
        }
    }

    /// All rows of a member are to be compared anew.
    mutating func sweep(_ member: Int64) {
        guard let keys = holdings[member]?.rows.keys else { return }
        holdings[member]?.pending = Set(keys)
    }

    /// Some rows that are to be compared, of one member.
    func next(upTo count: Int) -> (member: Int64, rows: [(key: WatchRowKey, row: WatchedRow, changed: Tick)])? {
        for (member, holding) in holdings.sorted(by: { $0.key < $1.key }) where !holding.pending.isEmpty {
            let rows = holding.pending.prefix(count).compactMap { key in
                holding.row(key).map { (key, $0.row, $0.changed) }
            }
            return (member, rows)
        }
        return nil
    }

    /// How many rows of a list were compared with whoever is known.
    func matchedCount(of list: WatchListRow) -> Int {
        guard let holding = holdings[list.member] else { return 0 }
        return holding.changed.keys.count { $0.list == list.number && !holding.pending.contains($0) }
    }
}
