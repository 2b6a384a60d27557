import Exchange

/// Ticks of several labels in one ascending order, read from each label's range only as far as needed.
///
/// A label is not looked at before the merge comes to its oldest tick, so a page costs what the labels on it cost,
/// however many there are.
struct LabelMerge {
    private static let statement = """
        select tick from version where label = $1 and standing = $2 and tick > $3 and tick <= $4 order by tick limit $5
        """

    /// One range of the index: what was read of it and not yet handed out.
    private struct Source {
        let label: Int64
        let standing: Int64
        var after: Int64
        var ticks: [Int64] = []
        var head = 0
        var isExhausted = false

        var isEmpty: Bool { head == ticks.count }
        var next: Int64 { ticks[head] }
    }

    private let isLastOnly: Bool
    private let standings: [VersionStanding]
    private let after: Tick
    private let upTo: Tick
    private let ranges: Int
    /// The labels that the merge has not come to, the one with the oldest tick last.
    private var waiting: [(number: Int64, oldest: Tick)]
    /// The ranges it is in, each with a tick to hand out.
    private var open: [Source] = []
    /// Whether any of what was handed out has to be looked up to know if it is the last of its object for the reader.
    private(set) var isContested = false

    /// - Parameter gains: ticks outside the labels' ranges, ascending.
    init(_ request: PageRequest, besides gains: [Int64]) {
        after = request.after
        upTo = request.upTo
        isLastOnly = request.filter.versions.isLastOnly
        standings = isLastOnly ? [.last, .contested] : [.superseded, .last, .contested]
        waiting = request.labels.sorted { $0.oldest > $1.oldest }
        ranges = max(1, waiting.count * standings.count)
        if !gains.isEmpty {
            open.append(Source(label: 0, standing: 0, after: 0, ticks: gains, isExhausted: true))
        }
    }

    /// The next `count` ticks; fewer when no more follow.
    mutating func next(_ count: Int, _ connection: any SQLConnection) throws -> [Int64] {
        var merged: [Int64] = []
        merged.reserveCapacity(count)
        let share = max(8, 2 * count / ranges)
        while merged.count < count {
            var least = open.indices.min { open[$0].next < open[$1].next }
            while let label = waiting.last, least.map({ label.oldest.microseconds <= open[$0].next }) ?? true {
                waiting.removeLast()
                for standing in standings {
                    var source = Source(label: label.number, standing: standing.rawValue, after: after.microseconds)
                    try refill(&source, share, connection)
                    guard !source.isEmpty else { continue }
                    if standing == .contested, isLastOnly { isContested = true }
                    open.append(source)
                    if least.map({ source.next < open[$0].next }) ?? true { least = open.count - 1 }
                }
            }
            guard let least else { return merged }
            merged.append(open[least].next)
            open[least].head += 1
            if open[least].isEmpty { try refill(&open[least], share, connection) }
            if open[least].isEmpty { open.remove(at: least) }
        }
        return merged
    }

    private func refill(_ source: inout Source, _ count: Int, _ connection: any SQLConnection) throws {
        guard !source.isExhausted else { return }
        source.ticks = try connection.rows(
            Self.statement,
            .integer(source.label),
            .integer(source.standing),
            .integer(source.after),
            .integer(upTo.microseconds),
            .integer(Int64(count))
        ) { $0.integer(0) }
        source.head = 0
        source.after = source.ticks.last ?? source.after
        source.isExhausted = source.ticks.count < count
    }
}
