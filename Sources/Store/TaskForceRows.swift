public import Exchange

/// One thing that a member brought to a task force.
public struct ContributionRow: Sendable {
    /// What it is.
    public enum Kind: Sendable {
        case advisory
        /// A version of an object of this number.
        case version(object: Int64)
    }

    /// Its key in the store: a tick.
    public let number: Int64
    /// Its owner's number.
    public let member: Int64
    /// The advisory's id, or the STIX id.
    public let id: String
    /// What it is.
    public let kind: Kind
}

/// A version of an object that a member has of a task force that was closed.
public struct KeptObject: Sendable {
    /// The tick of its release.
    public let tick: Tick
    /// Whether it was taken out of the exchange; otherwise it is kept there.
    public let isReturned: Bool
    /// The content.
    public let bytes: [UInt8]
}

/// Task forces as rows: what was brought to them, and what becomes of it.
public enum TaskForceRows {
    /// How many objects one page of a member's own has.
    public static let keptMax = 100

    /// The numbers of the task forces that have ended and are not closed, and up to where they are.
    public static func due(at now: Timestamp, _ connection: any SQLConnection) throws -> [(pool: Int64, upTo: Int64)] {
        try connection.rows(
            """
            select f.pool, f.closed from task_force f join pool p on p.number = f.pool
            where f.closed is not null and p.ends <= $1 order by f.pool
            """,
            .integer(now.microseconds)
        ) { ($0.integer(0), $0.integer(1)) }
    }

    /// Whether a task force is not closed yet.
    public static func isOpen(_ pool: Int64, _ connection: any SQLConnection) throws -> Bool {
        let found = try connection.first(
            "select 1 from task_force where pool = $1 and closed is not null",
            .integer(pool)
        ) { _ in true }
        return found ?? false
    }

    /// What was brought to a pool after a number, in order: advisories, and versions that are of none.
    public static func contributions(
        to pool: Int64,
        after number: Int64,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [ContributionRow] {
        try connection.rows(
            """
            select number, member, id, 0 from advisory where pool = $1 and number > $2
            union all
            select v.tick, v.member, o.id, v.object from version v join label l on l.number = v.label
            join object o on o.number = v.object
            where l.pool = $1 and v.tick > $2 and not exists (select 1 from rendition r where r.tick = v.tick)
            order by 1 limit $3
            """,
            .integer(pool),
            .integer(number),
            .integer(Int64(count))
        ) { row in
            ContributionRow(
                number: row.integer(0),
                member: row.integer(1),
                id: row.text(2),
                kind: row.integer(3) == 0 ? .advisory : .version(object: row.integer(3))
            )
        }
    }

    /// Whether a member brought anything to a pool; of an id, where one is given.
    public static func isContributor(
        _ member: Int64,
        to pool: Int64,
        of id: String? = nil,
        _ connection: any SQLConnection
    ) throws -> Bool {
        let found = try connection.first(
            """
            select 1 from advisory where pool = $1 and member = $2 and ($3 = '' or id = $3)
            union all
            select 1 from version v join label l on l.number = v.label join object o on o.number = v.object
            where l.pool = $1 and v.member = $2 and ($3 = '' or o.id = $3)
            and not exists (select 1 from rendition r where r.tick = v.tick)
            limit 1
            """,
            .integer(pool),
            .integer(member),
            .text(id ?? "")
        ) { _ in true }
        return found ?? false
    }

    /// What owners chose, by their numbers: for each contribution, and under no text for all others of their own.
    public static func disposals(
        in pool: Int64,
        _ connection: any SQLConnection
    ) throws -> [Int64: [String: Disposal]] {
        var disposals: [Int64: [String: Disposal]] = [:]
        try connection.run("select member, contribution, choice from disposal where pool = $1", [.integer(pool)]) {
            guard let choice = Disposal(rawValue: $0.text(2)) else {
                throw DatabaseFault.statement("disposal.choice holds a word this program does not know")
            }
            disposals[$0.integer(0), default: [:]][$0.text(1)] = choice
        }
        return disposals
    }

    /// What a member has of the task forces that were closed, after a tick, ascending.
    /// - Parameter ids: objects that are nobody's contribution.
    public static func kept(
        by member: Int64,
        except ids: [String],
        after tick: Tick,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [KeptObject] {
        let places = ids.indices.map { "$\($0 + 4)" }.joined(separator: ", ")
        var kept: [KeptObject] = []
        try connection.run(
            """
            select tick, 1, bytes from returned where member = $1 and tick > $2
            union all
            select v.tick, 0, c.bytes from version v join label l on l.number = v.label
            join task_force f on f.pool = l.pool join content c on c.tick = v.tick join object o on o.number = v.object
            where f.closed is null and v.member = $1 and v.tick > $2 and o.id not in (\(places))
            and not exists (select 1 from rendition r where r.tick = v.tick)
            order by 1 limit $3
            """,
            [.integer(member), .integer(tick.microseconds), .integer(Int64(count))] + ids.map { .text($0) }
        ) { row in
            kept.append(
                KeptObject(
                    tick: Tick(microseconds: row.integer(0)),
                    isReturned: row.integer(1) == 1,
                    bytes: row.bytes(2)
                )
            )
        }
        return kept
    }
}

extension Transaction {
    /// Keeps what an owner chose for one of its contributions, or for all others where there is none.
    public func choose(
        _ disposal: Disposal,
        for contribution: String?,
        of member: Member,
        in pool: Pool,
        by principal: Principal
    ) throws {
        try connection.run(
            """
            insert into disposal (pool, member, contribution, choice) values ($1, $2, $3, $4)
            on conflict (pool, member, contribution) do update set choice = excluded.choice
            """,
            .integer(pool.number),
            .integer(member.number),
            .text(contribution ?? ""),
            .text(disposal.rawValue)
        )
        try enter(.disposal, at: nextTick(), principal: principal.number, pool: pool.number)
    }

    /// Keeps a version for its owner before it is deleted.
    public func giveBack(_ contribution: ContributionRow) throws {
        try connection.run(
            """
            insert into returned (tick, member, object, bytes)
            select $1, $2, $3, bytes from content where tick = $1
            """,
            .integer(contribution.number),
            .integer(contribution.member),
            .text(contribution.id)
        )
    }

    /// Forgets what was returned of an object: its owner has it.
    /// - Returns: whether there was any.
    public func forgetReturned(_ object: STIXID, of member: Member, by principal: Principal) throws -> Bool {
        let count = try connection.run(
            "delete from returned where member = $1 and object = $2",
            .integer(member.number),
            .text(object.text)
        )
        guard count > 0 else { return false }
        try enter(.disposal, at: nextTick(), principal: principal.number)
        return true
    }

    /// Notes up to where the contributions to a pool are closed; nil where all are.
    public func close(_ pool: Pool, upTo number: Int64?) throws {
        try connection.run(
            "update task_force set closed = $2 where pool = $1",
            .integer(pool.number),
            SQLValue(number)
        )
        try enter(.disposal, at: nextTick(), principal: nil, pool: pool.number)
    }
}
