import Exchange

/// A version that the merge found, with what filters look at.
struct Candidate {
    let placed: PlacedVersion
    let object: Int64
    let standing: VersionStanding
    let paged: PagedVersion

    private static let withContent = """
        select v.tick, v.label, v.instant, v.object, v.standing, o.id, v.version, c.bytes
        from version v join object o on o.number = v.object join content c on c.tick = v.tick
        where v.tick in (\(TickBatch.places)) order by v.tick
        """
    private static let withoutContent = """
        select v.tick, v.label, v.instant, v.object, v.standing, o.id, v.version
        from version v join object o on o.number = v.object where v.tick in (\(TickBatch.places)) order by v.tick
        """

    /// The versions given at `ticks`, ascending.
    static func read(
        _ ticks: [Int64],
        _ gains: Gains,
        _ need: PageRequest.ContentNeed,
        _ connection: any SQLConnection
    ) throws -> [Candidate] {
        guard gains.isEmpty else {
            var found: [Int64: Candidate] = [:]
            for candidate in try read(ticks.map { gains.released($0) }, need, connection) {
                found[candidate.placed.tick.microseconds] = candidate
            }
            return ticks.compactMap { tick in
                found[gains.released(tick)].map { $0.given(at: Tick(microseconds: tick)) }
            }
        }
        return try read(ticks, need, connection)
    }

    private func given(at tick: Tick) -> Candidate {
        Candidate(
            placed: placed,
            object: object,
            standing: standing,
            paged: PagedVersion(
                tick: tick,
                released: placed.tick,
                id: paged.id,
                version: paged.version,
                bytes: paged.bytes
            )
        )
    }

    private static func read(
        _ ticks: [Int64],
        _ need: PageRequest.ContentNeed,
        _ connection: any SQLConnection
    ) throws -> [Candidate] {
        var found: [Candidate] = []
        found.reserveCapacity(ticks.count)
        let sql = need == .none ? withoutContent : withContent
        for values in TickBatch.all(ticks) {
            try connection.run(sql, values) { row in
                found.append(
                    Candidate(
                        placed: PlacedVersion(row),
                        object: row.integer(3),
                        standing: VersionStanding(rawValue: row.integer(4)) ?? .contested,
                        paged: PagedVersion(
                            tick: Tick(microseconds: row.integer(0)),
                            id: row.text(5),
                            version: row.text(6),
                            bytes: need == .none ? [] : row.bytes(7)
                        )
                    )
                )
            }
        }
        return found
    }
}

/// The content of versions, and nothing else of them: half of the work of a page.
enum Contents {
    private static let statement = """
        select tick, bytes from content where tick in (\(TickBatch.places)) order by tick
        """

    /// The versions that were released at `ticks`, ascending; what was erased is left out.
    static func read(_ ticks: [Int64], _ connection: any SQLConnection) throws -> [PagedVersion] {
        var found: [PagedVersion] = []
        found.reserveCapacity(ticks.count)
        for values in TickBatch.all(ticks) {
            try connection.run(statement, values) { row in
                let tick = Tick(microseconds: row.integer(0))
                found.append(PagedVersion(tick: tick, id: "", version: "", bytes: row.bytes(1)))
            }
        }
        return found
    }
}

/// Ticks as values of a statement, always as many, so that its text is always the same.
private enum TickBatch {
    private static let count = 64
    static let places = (1...count).map { "$\($0)" }.joined(separator: ",")

    /// The last tick stands for those that the last batch lacks.
    static func all(_ ticks: [Int64]) -> [[SQLValue]] {
        stride(from: 0, to: ticks.count, by: count).map { start in
            var values = ticks[start..<min(start + count, ticks.count)].map { SQLValue.integer($0) }
            while values.count < count { values.append(values[values.count - 1]) }
            return values
        }
    }
}
