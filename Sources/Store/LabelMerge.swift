import Exchange

/// Ticks of several labels in one ascending order, read from each label's range only as far as needed.
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
    }

    private var sources: [Source]
    private let upTo: Tick

    /// - Parameter gains: ticks outside the labels' ranges, ascending.
    init(_ request: PageRequest, besides gains: [Int64]) {
        upTo = request.upTo
        let standings: [VersionStanding] =
            request.filter.versions.isLastOnly ? [.last, .contested] : [.superseded, .last, .contested]
        sources = request.labels.flatMap { label in
            standings.map { Source(label: label, standing: $0.rawValue, after: request.after.microseconds) }
        }
        if !gains.isEmpty {
            sources.append(Source(label: 0, standing: 0, after: 0, ticks: gains, isExhausted: true))
        }
    }

    /// The next `count` ticks; fewer when no more follow.
    mutating func next(_ count: Int, _ connection: any SQLConnection) throws -> [Int64] {
        var merged: [Int64] = []
        merged.reserveCapacity(count)
        let share = max(8, 2 * count / max(1, sources.count))
        while merged.count < count {
            var least: Int?
            for index in sources.indices {
                try refill(index, sources.count == 1 ? count : share, connection)
                let source = sources[index]
                guard source.head < source.ticks.count else { continue }
                if let best = least, sources[best].ticks[sources[best].head] < source.ticks[source.head] { continue }
                least = index
            }
            guard let least else { return merged }
            merged.append(sources[least].ticks[sources[least].head])
            sources[least].head += 1
        }
        return merged
    }

    private mutating func refill(_ index: Int, _ count: Int, _ connection: any SQLConnection) throws {
        guard sources[index].head == sources[index].ticks.count, !sources[index].isExhausted else { return }
        let source = sources[index]
        let ticks = try connection.rows(
            Self.statement,
            .integer(source.label),
            .integer(source.standing),
            .integer(source.after),
            .integer(upTo.microseconds),
            .integer(Int64(count))
        ) { $0.integer(0) }
        sources[index].ticks = ticks
        sources[index].head = 0
        sources[index].after = ticks.last ?? source.after
        sources[index].isExhausted = ticks.count < count
    }
}
