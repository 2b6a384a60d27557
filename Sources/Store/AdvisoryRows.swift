public import Exchange
import Foundation

/// An advisory as it is kept.
public struct AdvisoryRow: Sendable {
    /// The tick at which it was drafted: its key in the store.
    public let number: Int64
    /// The pool's number.
    public let pool: Int64
    /// The originator's number.
    public let member: Int64
    /// The advisory.
    public var advisory: Advisory
    /// The number of the version whose renditions are out; 0 for none.
    public var released: Int
    /// Whether somebody confirmed it on its own.
    public var isCorroborated: Bool
    /// Of a task force: how often a member had joined when the version that is out was released.
    public var cohort: Int
    /// From when delays by tier count; nil for what is put off for nobody.
    public var counted: Timestamp?

    /// Puts it together from its parts.
    public init(
        number: Int64,
        pool: Int64,
        member: Int64,
        advisory: Advisory,
        released: Int,
        isCorroborated: Bool = false,
        cohort: Int = 0,
        counted: Timestamp? = nil
    ) {
        self.number = number
        self.pool = pool
        self.member = member
        self.advisory = advisory
        self.released = released
        self.isCorroborated = isCorroborated
        self.cohort = cohort
        self.counted = counted
    }

    /// From when delays by tier count of each of its renditions.
    public var release: Label.Release? { counted.map { Label.Release(at: $0, member: advisory.member) } }

    /// The cohort of the labels of its version in its pool: that of its release, or the present one where it is yet to
    /// be released.
    public func cohort(in pool: Pool) -> Int { released == advisory.version.number ? cohort : pool.cohort }

    /// The next instant at which time alone changes it, or lets its renditions out.
    public var due: Timestamp? {
        let isHeldBack = released < advisory.version.number && advisory.release != nil && !advisory.state.isFinal
        let embargo = isHeldBack ? advisory.terms.embargo : nil
        return [advisory.due, embargo].compactMap { $0 }.min()
    }

    static let columns = "a.number, a.pool, a.member, a.released, b.body, a.corroborated, a.cohort, a.counts_from"
    static let tables = "advisory a join advisory_body b on b.advisory = a.number"

    init(_ row: any SQLRow) throws {
        let advisory: Advisory
        do {
            advisory = try JSONDecoder().decode(Advisory.self, from: Data(row.bytes(4)))
        } catch {
            throw DatabaseFault.statement("an advisory cannot be read: \(error)")
        }
        self.init(
            number: row.integer(0),
            pool: row.integer(1),
            member: row.integer(2),
            advisory: advisory,
            released: Int(row.integer(3)),
            isCorroborated: row.integer(5) == 1,
            cohort: Int(row.integer(6)),
            counted: row.isNull(7) ? nil : Timestamp(microseconds: row.integer(7))
        )
    }

    var body: [UInt8] {
        do {
            return Array(try JSONEncoder().encode(advisory))
        } catch {
            preconditionFailure("an advisory has a JSON form")
        }
    }
}

/// One released version of an advisory's rendition.
public struct RenditionRow: Hashable, Sendable {
    /// Where it stands in the journal.
    public let tick: Tick
    /// The pool's number.
    public let pool: Int64
    /// The STIX id.
    public let object: String
    /// The number of the advisory's version.
    public let version: Int
    /// The form.
    public let rendition: Rendition

    /// Puts it together from its parts.
    public init(tick: Tick, pool: Int64, object: String, version: Int, rendition: Rendition) {
        self.tick = tick
        self.pool = pool
        self.object = object
        self.version = version
        self.rendition = rendition
    }
}

/// Advisories as rows.
public enum AdvisoryRows {
    /// The one of an id; nil when there is none.
    public static func advisory(_ id: ID<Advisory>, _ connection: any SQLConnection) throws -> AdvisoryRow? {
        try connection.first(
            "select \(AdvisoryRow.columns) from \(AdvisoryRow.tables) where a.id = $1",
            .text(id.text),
            make: AdvisoryRow.init
        )
    }

    /// The one of a number; nil when there is none.
    public static func advisory(numbered number: Int64, _ connection: any SQLConnection) throws -> AdvisoryRow? {
        try connection.first(
            "select \(AdvisoryRow.columns) from \(AdvisoryRow.tables) where a.number = $1",
            .integer(number),
            make: AdvisoryRow.init
        )
    }

    /// The one that a rendition's object is of; nil when there is none.
    public static func advisory(ofObject id: STIXID, _ connection: any SQLConnection) throws -> AdvisoryRow? {
        try connection.first(
            """
            select \(AdvisoryRow.columns) from \(AdvisoryRow.tables)
            where a.number in (select advisory from rendition where object = $1)
            """,
            .text(id.text),
            make: AdvisoryRow.init
        )
    }

    /// Those of a member that were drafted before one of them, newest first.
    public static func advisories(
        of member: Int64,
        before number: Int64,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [AdvisoryRow] {
        try connection.rows(
            """
            select \(AdvisoryRow.columns) from \(AdvisoryRow.tables)
            where a.member = $1 and a.number < $2 order by a.number desc limit $3
            """,
            .integer(member),
            .integer(number),
            .integer(Int64(count)),
            make: AdvisoryRow.init
        )
    }

    /// Those that time alone changes by `now`, the most overdue first.
    public static func due(
        at now: Timestamp,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [AdvisoryRow] {
        try connection.rows(
            """
            select \(AdvisoryRow.columns) from \(AdvisoryRow.tables) where a.due <= $1 order by a.due limit $2
            """,
            .integer(now.microseconds),
            .integer(Int64(count)),
            make: AdvisoryRow.init
        )
    }

    /// Every version that was ever released of an advisory's renditions, deleted ones too.
    public static func renditions(of advisory: Int64, _ connection: any SQLConnection) throws -> [RenditionRow] {
        try connection.rows(
            "select tick, pool, object, version, rendition from rendition where advisory = $1 order by tick",
            .integer(advisory)
        ) { row in
            guard let rendition = Rendition(rawValue: row.text(4)) else {
                throw DatabaseFault.statement("rendition.rendition holds a word this program does not know")
            }
            return RenditionRow(
                tick: Tick(microseconds: row.integer(0)),
                pool: row.integer(1),
                object: row.text(2),
                version: Int(row.integer(3)),
                rendition: rendition
            )
        }
    }
}

extension Transaction {
    /// Keeps a new advisory.
    public func add(_ row: AdvisoryRow, by principal: Principal) throws {
        try insert(row)
        try enter(.advisory, at: Tick(microseconds: row.number), principal: principal.number, pool: row.pool)
    }

    /// Keeps what stands for an advisory of another exchange: by the number of what came first of it, so that nothing
    /// of it is older.
    public func add(standIn row: AdvisoryRow, by principal: Principal) throws {
        try insert(row)
        try enter(.advisory, at: nextTick(), principal: principal.number, pool: row.pool)
    }

    private func insert(_ row: AdvisoryRow) throws {
        try connection.run(
            "insert into advisory (number, id, pool, member, released, due) values ($1, $2, $3, $4, $5, $6)",
            .integer(row.number),
            .text(row.advisory.id.text),
            .integer(row.pool),
            .integer(row.member),
            .integer(Int64(row.released)),
            SQLValue(row.due?.microseconds)
        )
        try connection.run(
            "insert into advisory_body (advisory, body) values ($1, $2)",
            .integer(row.number),
            .bytes(row.body)
        )
    }

    /// Keeps what became of an advisory; `principal` is nil where time alone did it.
    public func change(_ row: AdvisoryRow, by principal: Principal?) throws {
        try connection.run(
            """
            update advisory set reference = $2, released = $3, due = $4, corroborated = $5, cohort = $6,
                counts_from = $7
            where number = $1
            """,
            .integer(row.number),
            row.advisory.reference.map { .text($0.text) } ?? .null,
            .integer(Int64(row.released)),
            SQLValue(row.due?.microseconds),
            SQLValue(row.isCorroborated),
            .integer(Int64(row.cohort)),
            SQLValue(row.counted?.microseconds)
        )
        try connection.run(
            "update advisory_body set body = $2 where advisory = $1",
            .integer(row.number),
            .bytes(row.body)
        )
        try enter(.advisory, at: nextTick(), principal: principal?.number, pool: row.pool)
    }

    /// A reference of a year that no advisory has, among those that are drawn; nil when all of them are taken.
    ///
    /// They are drawn, not counted: a gap in numbers that count would tell that something is hidden.
    public func reference(in year: Int, among serials: [Int]) throws -> AdvisoryReference? {
        try serials.lazy.compactMap { AdvisoryReference(year: year, serial: $0) }.first { reference in
            try connection.first(
                "select 1 from advisory where reference = $1",
                .text(reference.text),
                make: { _ in true }
            )
                == nil
        }
    }

    /// Notes that a released version is of an advisory.
    public func note(_ rendition: RenditionRow, of advisory: Int64) throws {
        try connection.run(
            """
            insert into rendition (tick, advisory, pool, object, version, rendition) values ($1, $2, $3, $4, $5, $6)
            """,
            .integer(rendition.tick.microseconds),
            .integer(advisory),
            .integer(rendition.pool),
            .text(rendition.object),
            .integer(Int64(rendition.version)),
            .text(rendition.rendition.rawValue)
        )
    }

    /// The versions of an advisory's renditions that are still there: tick, object's number, label's number.
    public func standing(
        of advisory: Int64
    ) throws -> [(tick: Tick, object: Int64, label: Int64, rendition: Rendition)] {
        try connection.rows(
            """
            select v.tick, v.object, v.label, r.rendition from rendition r join version v on v.tick = r.tick
            where r.advisory = $1 order by v.tick
            """,
            .integer(advisory)
        ) { row in
            guard let rendition = Rendition(rawValue: row.text(3)) else {
                throw DatabaseFault.statement("rendition.rendition holds a word this program does not know")
            }
            return (Tick(microseconds: row.integer(0)), row.integer(1), row.integer(2), rendition)
        }
    }
}
