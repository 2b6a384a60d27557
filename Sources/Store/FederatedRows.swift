public import Exchange
import Foundation

/// A release that goes, or came, between exchanges, as it is kept.
public struct FederatedCopyRow: Sendable {
    /// Its key in the store: the tick of its making.
    public let number: Int64
    /// The exchange that released it.
    public let origin: ID<Peer>
    /// The release.
    public let release: ID<Release>
    /// The number of the pool that it is in here.
    public let pool: Int64
    /// The number of the label that it bears here; nil where nothing of it was ever out here.
    public var label: Int64?
    /// The number of the advisory that it is a rendition of, or that stands for it once it was taken back.
    public var advisory: Int64?
    /// Of an advisory of this exchange: the rendition.
    public var rendition: Rendition?
    /// The version of the note that tells of it here; nil for none.
    public var note: Tick?
    /// From whom, to whom, and under which terms.
    public var copy: FederatedCopy

    /// Puts it together from its parts.
    public init(
        number: Int64,
        origin: ID<Peer>,
        release: ID<Release>,
        pool: Int64,
        advisory: Int64? = nil,
        rendition: Rendition? = nil
    ) {
        self.number = number
        self.origin = origin
        self.release = release
        self.pool = pool
        self.advisory = advisory
        self.rendition = rendition
        copy = FederatedCopy()
    }
}

/// One entry of the journal that may go to other exchanges.
public struct FederatedEntry: Sendable {
    /// What it is.
    public enum What: Sendable {
        case arrived(SignedRelease, isNotice: Bool)
        case counted
    }

    /// Where it stands in the journal.
    public let tick: Tick
    /// The key of the copy.
    public let copy: Int64
    /// What it is.
    public let what: What
}

/// Releases between exchanges as rows.
public enum FederatedRows {
    private static let columns = "number, origin, release, pool, label, advisory, rendition, note, body"
    private static let unreadable = DatabaseFault.statement("a release holds what this program cannot read")

    /// The one of an exchange and an id; nil where nothing is known of it.
    public static func copy(
        _ release: ID<Release>,
        of origin: ID<Peer>,
        _ connection: any SQLConnection
    ) throws -> FederatedCopyRow? {
        let row = try connection.first(
            "select \(columns) from federated_copy where origin = $1 and release = $2",
            .text(origin.text),
            .text(release.text),
            make: copy
        )
        return try row.map { try counted($0, connection) }
    }

    /// The one with a key.
    public static func copy(numbered number: Int64, _ connection: any SQLConnection) throws -> FederatedCopyRow? {
        let row = try connection.first(
            "select \(columns) from federated_copy where number = $1",
            .integer(number),
            make: copy
        )
        return try row.map { try counted($0, connection) }
    }

    /// Those of an advisory: one for each rendition of this exchange's own, one of another's.
    public static func copies(ofAdvisory number: Int64, _ connection: any SQLConnection) throws -> [FederatedCopyRow] {
        let rows = try connection.rows(
            "select \(columns) from federated_copy where advisory = $1 order by number",
            .integer(number),
            make: copy
        )
        return try rows.map { try counted($0, connection) }
    }

    /// The key of the one of this exchange's own that has an object; nil for none.
    public static func copy(
        ofObject id: STIXID,
        of origin: ID<Peer>,
        _ connection: any SQLConnection
    ) throws -> Int64? {
        try connection.first(
            """
            select c.number from federated_object o join federated_copy c on c.number = o.copy
            where o.id = $1 and c.origin = $2 order by c.number desc limit 1
            """,
            .text(id.text),
            .text(origin.text)
        ) { $0.integer(0) }
    }

    /// The objects of its newest version, in their order.
    public static func objects(of copy: FederatedCopyRow, _ connection: any SQLConnection) throws -> [STIXObject] {
        try connection.rows(
            "select bytes from federated_object where copy = $1 order by place",
            .integer(copy.number)
        ) { try STIXObject(try JSON(parsing: $0.bytes(0), limits: JSON.Limits(depthMax: .max)).root) }
    }

    /// Every version that was ever out here of what another exchange released: its tick, and the object's id.
    public static func versions(
        of copy: FederatedCopyRow,
        _ connection: any SQLConnection
    ) throws -> [(tick: Tick, object: String)] {
        try connection.rows(
            "select tick, object from federated_version where copy = $1 order by tick",
            .integer(copy.number)
        ) { (Tick(microseconds: $0.integer(0)), $0.text(1)) }
    }

    /// Those of its versions that are still out: the tick and the keys of object and label.
    public static func standing(
        of copy: FederatedCopyRow,
        _ connection: any SQLConnection
    ) throws -> [(tick: Tick, object: Int64, label: Int64)] {
        try connection.rows(
            """
            select v.tick, v.object, v.label from federated_version f join version v on v.tick = f.tick
            where f.copy = $1 order by v.tick
            """,
            .integer(copy.number)
        ) { (Tick(microseconds: $0.integer(0)), $0.integer(1), $0.integer(2)) }
    }

    /// The object of a version that is still there; nil for none.
    public static func object(ofVersion tick: Tick, _ connection: any SQLConnection) throws -> Int64? {
        try connection.first("select object from version where tick = $1", .integer(tick.microseconds)) {
            $0.integer(0)
        }
    }

    /// What comes after a tick for one route, ascending.
    /// - Parameter isUrgent: only what takes back, whatever comes before it.
    public static func entries(
        after tick: Tick,
        for route: PeerRoute,
        isUrgent: Bool,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [FederatedEntry] {
        let words = route.isFirst && !isUrgent ? "e.signed is null or" : ""
        let ends = isUrgent ? "and e.ends = 1" : ""
        return try connection.rows(
            """
            select e.tick, e.copy, e.notice, e.signed from federated_entry e
            where e.tick > $1 and (\(words) (e.signed is not null and e.pool = $2 \(ends)))
            order by e.tick limit $3
            """,
            .integer(tick.microseconds),
            .integer(route.pool),
            .integer(Int64(count)),
            make: entry
        )
    }

    /// What is to go to other exchanges of a copy, in the newest version; nil where nothing of it ever was.
    public static func newest(of copy: FederatedCopyRow, _ connection: any SQLConnection) throws -> FederatedEntry? {
        try connection.first(
            """
            select tick, copy, notice, signed from federated_entry where copy = $1 and signed is not null
            order by tick desc limit 1
            """,
            .integer(copy.number),
            make: entry
        )
    }

    private static func entry(_ row: any SQLRow) throws -> FederatedEntry {
        let what: FederatedEntry.What =
            row.isNull(3)
            ? .counted
            : .arrived(try SignedRelease(kept: row.bytes(3)), isNotice: row.integer(2) == 1)
        return FederatedEntry(tick: Tick(microseconds: row.integer(0)), copy: row.integer(1), what: what)
    }

    private static func copy(_ row: any SQLRow) throws -> FederatedCopyRow {
        guard let origin = ID<Peer>(parsing: row.text(1)), let release = ID<Release>(parsing: row.text(2)),
            let body = try? JSONDecoder().decode(FederatedCopy.self, from: Data(row.text(8).utf8))
        else { throw unreadable }
        var made = FederatedCopyRow(
            number: row.integer(0),
            origin: origin,
            release: release,
            pool: row.integer(3),
            advisory: row.isNull(5) ? nil : row.integer(5),
            rendition: row.isNull(6) ? nil : Rendition(rawValue: row.text(6))
        )
        made.label = row.isNull(4) ? nil : row.integer(4)
        made.note = row.isNull(7) ? nil : Tick(microseconds: row.integer(7))
        made.copy = body
        return made
    }

    /// With those of this exchange that hold what another released, and owe or gave an acknowledgement.
    private static func counted(
        _ row: FederatedCopyRow,
        _ connection: any SQLConnection
    ) throws -> FederatedCopyRow {
        guard row.rendition == nil, let advisory = row.advisory else { return row }
        let owed = try RecallRows.owed(of: advisory, connection)
        var counted = row
        counted.copy.count(holders: owed.count, acknowledged: owed.filter { $0.acknowledged != nil }.count)
        return counted
    }
}

extension Transaction {
    /// Keeps what is known of a release, whether it is new or not.
    public func keep(_ row: FederatedCopyRow) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = String(decoding: try encoder.encode(row.copy), as: UTF8.self)
        try connection.run(
            """
            insert into federated_copy (number, origin, release, pool, label, advisory, rendition, note, body)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict (number) do update set label = excluded.label, advisory = excluded.advisory,
            note = excluded.note, body = excluded.body
            """,
            .integer(row.number),
            .text(row.origin.text),
            .text(row.release.text),
            .integer(row.pool),
            SQLValue(row.label),
            SQLValue(row.advisory),
            row.rendition.map { .text($0.rawValue) } ?? .null,
            SQLValue(row.note?.microseconds),
            .text(body)
        )
    }

    /// Keeps the objects of the newest version of a release, in the place of those before.
    public func keep(_ objects: [STIXObject], of row: FederatedCopyRow) throws {
        try connection.run("delete from federated_object where copy = $1", .integer(row.number))
        for (place, object) in objects.enumerated() {
            try connection.run(
                "insert into federated_object (copy, place, id, digest, bytes) values ($1, $2, $3, $4, $5)",
                .integer(row.number),
                .integer(Int64(place)),
                .text(object.id.text),
                .bytes(object.digest),
                .bytes(object.bytes)
            )
        }
    }

    /// Forgets what an object says that was deleted here: what goes on of it from now on goes without it.
    public func forgetFederated(_ id: STIXID) throws {
        try connection.run("delete from federated_object where id = $1", .text(id.text))
    }

    /// Notes that a version of what another exchange released is out.
    public func note(_ tick: Tick, of row: FederatedCopyRow, _ object: STIXID) throws {
        try connection.run(
            "insert into federated_version (tick, copy, object) values ($1, $2, $3)",
            .integer(tick.microseconds),
            .integer(row.number),
            .text(object.text)
        )
    }

    /// Enters that something of a release is to go to other exchanges; what is older of it goes no more.
    public func enter(_ signed: SignedRelease, isNotice: Bool, of row: FederatedCopyRow, isNewest: Bool) throws {
        if isNewest {
            try connection.run(
                "delete from federated_entry where copy = $1 and signed is not null",
                .integer(row.number)
            )
        }
        try enter(of: row, isNotice: isNotice, signed)
    }

    /// Enters that what is told of a recall changed.
    public func enterCount(of row: FederatedCopyRow) throws {
        try connection.run("delete from federated_entry where copy = $1 and signed is null", .integer(row.number))
        try enter(of: row, isNotice: false, nil)
    }

    private func enter(of row: FederatedCopyRow, isNotice: Bool, _ signed: SignedRelease?) throws {
        let tick = nextTick()
        try connection.run(
            "insert into federated_entry (tick, copy, pool, notice, ends, signed) values ($1, $2, $3, $4, $5, $6)",
            .integer(tick.microseconds),
            .integer(row.number),
            .integer(row.pool),
            SQLValue(isNotice),
            SQLValue(signed?.release.purpose.isEnd ?? false),
            signed.map { .bytes($0.kept) } ?? .null
        )
        try enter(.federated, at: tick, principal: nil, pool: row.pool)
    }

    /// Enters that somebody acknowledged the recall of what another exchange released.
    func enterCount(ofAdvisory number: Int64) throws {
        for row in try FederatedRows.copies(ofAdvisory: number, connection) where row.rendition == nil {
            try enterCount(of: row)
        }
    }
}
