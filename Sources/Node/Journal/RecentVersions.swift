import Exchange
import Store

/// The newest versions of one pool, whole, in the order of their ticks: what most polls ask for.
///
/// Bounded by count and by bytes. Everything of the pool after `floor` is here, so a poll from there on needs no store.
struct RecentVersions {
    static let countMax = 2_048
    /// Of an object with more versions it is not known here which is whose last.
    static let rivalsMax = 64
    /// What all pools together may hold, and what one may at the most and at the least.
    private static let allBytesMax = 64 << 20
    private static let shares = 64 << 10...4 << 20

    /// The share of one of so many pools.
    static func bytesMax(pools: Int) -> Int {
        min(max(allBytesMax / max(pools, 1), shares.lowerBound), shares.upperBound)
    }

    private let bytesMax: Int

    private var versions: [ReleasedVersion] = []
    private var first = 0
    private var bytes = 0
    /// Positions of each object's versions, counted from `base`.
    private var places: [Int64: [Int]] = [:]
    private var base = 0
    /// All versions in the pool of each object that has contested ones here.
    private var rivals: [Int64: [PlacedVersion]] = [:]
    /// Everything of the pool that is newer than this is held.
    private(set) var floor: Tick

    /// - Parameters:
    ///   - newest: the newest versions of the pool, ascending, with none left out between them.
    ///   - complete: whether these are all the pool has.
    ///   - bytesMax: how many bytes of content may be held.
    init(_ newest: [ReleasedVersion], isWholePool complete: Bool, head: Tick, bytesMax: Int) {
        self.bytesMax = bytesMax
        floor = complete ? .zero : newest.first.map { Tick(microseconds: $0.tick.microseconds - 1) } ?? head
        for version in newest { append(version) }
    }

    var count: Int { versions.count - first }

    /// Whether versions of the object are held.
    func holds(_ object: Int64) -> Bool { places[object] != nil }

    mutating func append(_ version: ReleasedVersion) {
        guard !version.bytes.isEmpty else { return forget(upTo: version.tick) }
        places[version.object, default: []].append(base + versions.count)
        versions.append(version)
        bytes += version.bytes.count
        while count > Self.countMax || (bytes > bytesMax && count > 1) { dropFirst() }
    }

    /// Puts an object's versions right after one came or went: those without a standing are gone.
    mutating func restand(_ object: Int64, _ standings: [PlacedVersion: VersionStanding]) {
        let held = places[object] ?? []
        for place in held {
            let index = place - base
            guard let standing = standings[versions[index].placed] else {
                bytes -= versions[index].bytes.count
                versions[index].bytes = []
                continue
            }
            versions[index].standing = standing
        }
        let isContested = held.contains { versions[$0 - base].standing == .contested }
        rivals[object] = isContested && standings.count <= Self.rivalsMax ? Array(standings.keys) : nil
    }

    /// Whether a version is the last of one who may see the labels in `permitted`; nil where that is not known here.
    ///
    /// Known here for nearly all, so that a version that a reader may not see does not show in the time of its polls.
    func isLast(_ version: ReleasedVersion, permitted: Set<Int64>) -> Bool? {
        switch version.standing {
        case .superseded: false
        case .last: true
        case .contested:
            rivals[version.object].map { rivals in
                VersionFilter.last.chosen(of: rivals, permitted: permitted).contains(version.placed)
            }
        }
    }

    /// Calls `body` for each version after `tick` in order, until it returns false.
    ///
    /// A deleted version has no bytes.
    func forEach(after tick: Tick, _ body: (ReleasedVersion) -> Bool) {
        var low = first
        var high = versions.count
        while low < high {
            let middle = (low + high) / 2
            if versions[middle].tick <= tick { low = middle + 1 } else { high = middle }
        }
        while low < versions.count, body(versions[low]) { low += 1 }
    }

    /// Begins anew after a version that is too large to be held.
    private mutating func forget(upTo tick: Tick) {
        versions.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        rivals.removeAll()
        (first, base, bytes, floor) = (0, 0, 0, tick)
    }

    private mutating func dropFirst() {
        let version = versions[first]
        floor = version.tick
        bytes -= version.bytes.count
        versions[first].bytes = []
        places[version.object]?.removeFirst()
        if places[version.object]?.isEmpty == true { (places[version.object], rivals[version.object]) = (nil, nil) }
        first += 1
        // Moves the rest down now and then, so that an append costs the same on average.
        guard first == Self.countMax else { return }
        versions.removeFirst(first)
        base += first
        first = 0
    }
}
