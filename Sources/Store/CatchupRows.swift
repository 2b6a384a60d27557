public import Exchange

/// Versions that somebody gained after they were released, at ticks of their own: `added_after` never passes them by.
public enum CatchupRows {
    /// What a principal gained in a pool after a tick and up to another: the version's tick, by the tick that it is
    /// given at.
    static func versions(
        gainedBy principal: Int64,
        in pool: Int64,
        after: Tick,
        upTo: Tick,
        _ connection: any SQLConnection
    ) throws -> [Int64: Int64] {
        let rows = try connection.rows(
            "select tick, version from catchup where principal = $1 and pool = $2 and tick > $3 and tick <= $4",
            .integer(principal),
            .integer(pool),
            .integer(after.microseconds),
            .integer(upTo.microseconds)
        ) { ($0.integer(0), $0.integer(1)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// The newest tick at which each principal gained something in each pool.
    public static func newest(_ connection: any SQLConnection) throws -> [PrincipalPool: Tick] {
        let rows = try connection.rows(
            "select principal, pool, max(tick) from catchup group by principal, pool"
        ) { (PrincipalPool(principal: $0.integer(0), pool: $0.integer(1)), Tick(microseconds: $0.integer(2))) }
        return Dictionary(uniqueKeysWithValues: rows)
    }
}

/// A principal in a pool, by their numbers.
public struct PrincipalPool: Hashable, Sendable {
    /// The principal's number.
    public let principal: Int64
    /// The pool's number.
    public let pool: Int64

    /// Puts it together from its parts.
    public init(principal: Int64, pool: Int64) {
        self.principal = principal
        self.pool = pool
    }
}

extension Transaction {
    /// Gives a principal the versions of labels, each at a tick of its own, but for those that it was given before.
    public func give(
        versionsOf labels: [Int64],
        except given: Set<Tick>,
        to principal: Principal,
        in pool: Pool
    ) throws {
        let versions = try labels.flatMap { label in
            try connection.rows("select tick from version where label = $1", .integer(label)) { $0.integer(0) }
        }.filter { !given.contains(Tick(microseconds: $0)) }
        for version in versions.sorted() {
            try connection.run(
                "insert into catchup (tick, principal, pool, version) values ($1, $2, $3, $4)",
                .integer(nextTick().microseconds),
                .integer(principal.number),
                .integer(pool.number),
                .integer(version)
            )
        }
        if !versions.isEmpty {
            try enter(.gained, at: nextTick(), principal: principal.number, pool: pool.number)
        }
    }
}
