public import Exchange
import Foundation

/// A record of a source that could not be taken.
public struct QuarantinedRecord: Hashable, Sendable {
    /// What it is.
    public enum Form: String, Sendable {
        /// An object of STIX, which may be taken by itself later.
        case object
        /// What could not be made into any: it is read again with its source.
        case record
    }

    /// Its key in the store: the tick at which it was put there.
    public let number: Tick
    /// Where it was: a line, a row, the id of an object.
    public let place: String
    /// What it broke.
    public let reason: String
    /// What it is.
    public let form: Form
    /// As it came.
    public let bytes: [UInt8]
    /// Whether an operator said that it does not matter: then it holds up nothing.
    public let isDismissed: Bool

    /// What tells it from other records of its source.
    public let digest: [UInt8]

    /// Puts it together from its parts.
    public init(
        number: Tick,
        place: String,
        reason: String,
        form: Form,
        bytes: [UInt8],
        digest: [UInt8],
        isDismissed: Bool
    ) {
        self.number = number
        self.place = place
        self.reason = reason
        self.form = form
        self.bytes = bytes
        self.digest = digest
        self.isDismissed = isDismissed
    }
}

/// Sources as rows.
public enum SourceRows {
    /// How many records of one source may be in quarantine; a pull that meets more stops before them.
    public static let quarantineMax = 1_000

    private static let unreadable = DatabaseFault.statement("a source holds what this program cannot read")
    private static let recordColumns = "number, place, reason, form, bytes, digest, dismissed"

    /// Those that are to be pulled now, the longest due first.
    public static func due(at now: Timestamp, _ connection: any SQLConnection) throws -> [Source] {
        try connection.rows(
            "select number, name, kind, terms, pull from source where due <= $1 order by due, number",
            .integer(now.microseconds),
            make: source
        )
    }

    /// All, by name.
    public static func all(_ connection: any SQLConnection) throws -> [Source] {
        try connection.rows("select number, name, kind, terms, pull from source order by name", make: source)
    }

    /// The one of a name; nil where there is none.
    public static func source(named name: Name, _ connection: any SQLConnection) throws -> Source? {
        try connection.first(
            "select number, name, kind, terms, pull from source where name = $1",
            .text(name.text),
            make: source
        )
    }

    /// The one with a key; nil where there is none, or no longer.
    public static func source(numbered number: Int64, _ connection: any SQLConnection) throws -> Source? {
        try connection.first(
            "select number, name, kind, terms, pull from source where number = $1",
            .integer(number),
            make: source
        )
    }

    /// What of a source is in quarantine, oldest first.
    public static func quarantine(
        of source: Source,
        after number: Tick = .zero,
        upTo limit: Int,
        _ connection: any SQLConnection
    ) throws -> [QuarantinedRecord] {
        try connection.rows(
            """
            select \(recordColumns) from quarantine where source = $1 and number > $2 order by number limit $3
            """,
            .integer(source.number),
            .integer(number.microseconds),
            .integer(Int64(limit)),
            make: record
        )
    }

    /// How many records of a source wait in quarantine.
    public static func quarantineCount(of source: Source, _ connection: any SQLConnection) throws -> Int {
        let count = try connection.first(
            "select count(*) from quarantine where source = $1 and dismissed = 0",
            .integer(source.number)
        ) { $0.integer(0) }
        return Int(count ?? 0)
    }

    private static func source(_ row: any SQLRow) throws -> Source {
        guard let name = Name(row.text(1)), let kind = Source.Kind(rawValue: row.text(2)) else { throw unreadable }
        do {
            return Source(
                number: row.integer(0),
                name: name,
                kind: kind,
                terms: try JSONDecoder().decode(SourceTerms.self, from: Data(row.text(3).utf8)),
                pull: try JSONDecoder().decode(Pull.self, from: Data(row.text(4).utf8))
            )
        } catch is DecodingError {
            throw unreadable
        }
    }

    private static func record(_ row: any SQLRow) throws -> QuarantinedRecord {
        guard let form = QuarantinedRecord.Form(rawValue: row.text(3)) else { throw unreadable }
        return QuarantinedRecord(
            number: Tick(microseconds: row.integer(0)),
            place: row.text(1),
            reason: row.text(2),
            form: form,
            bytes: row.bytes(4),
            digest: row.bytes(5),
            isDismissed: row.integer(6) == 1
        )
    }
}

extension Transaction {
    /// Adds a source, whose `number` is a tick of this transaction.
    public func add(_ source: Source) throws {
        try connection.run(
            "insert into source (number, name, kind, terms, pull, due) values ($1, $2, $3, $4, $5, $6)",
            .integer(source.number),
            .text(source.name.text),
            .text(source.kind.rawValue),
            .text(Self.json(source.terms)),
            .text(Self.json(source.pull)),
            SQLValue(Self.due(source.pull))
        )
        try enter(.source, at: Tick(microseconds: source.number), principal: nil)
    }

    /// Keeps what an operator changed of a source, and enters that.
    public func change(_ source: Source) throws {
        try keep(source)
        try enter(.source, at: nextTick(), principal: nil)
    }

    /// Keeps the terms of a source, and how far it has got.
    public func keep(_ source: Source) throws {
        try connection.run(
            "update source set terms = $2, pull = $3, due = $4 where number = $1",
            .integer(source.number),
            .text(Self.json(source.terms)),
            .text(Self.json(source.pull)),
            SQLValue(Self.due(source.pull))
        )
    }

    /// Takes a source away, with its quarantine; what it brought stays.
    public func remove(_ source: Source) throws {
        try connection.run("delete from source where number = $1", .integer(source.number))
        try enter(.source, at: nextTick(), principal: nil)
    }

    /// Takes a source for one node until a time, unless another has it.
    /// - Returns: the source as it is now; nil where another node has it, or it is gone.
    public func claim(_ source: Source, for node: String, until: Timestamp) throws -> Source? {
        let count = try connection.run(
            "update source set holder = $2, held_until = $3 where number = $1 and (holder = $2 or held_until <= $4)",
            .integer(source.number),
            .text(node),
            .integer(until.microseconds),
            .integer(now.microseconds)
        )
        return count == 0 ? nil : try SourceRows.source(numbered: source.number, connection)
    }

    /// Gives a source back, so that any node may go on with it.
    public func release(_ source: Source) throws {
        try connection.run("update source set held_until = 0 where number = $1", .integer(source.number))
    }

    /// Puts a record of a source into quarantine; one that is there stays as it is, with what it breaks by now.
    public func quarantine(
        _ bytes: [UInt8],
        _ form: QuarantinedRecord.Form,
        at place: String,
        for reason: String,
        digest: [UInt8],
        of source: Source
    ) throws {
        try connection.run(
            """
            insert into quarantine (number, source, digest, place, reason, form, bytes)
            values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (source, digest) do update set place = excluded.place, reason = excluded.reason
            """,
            .integer(nextTick().microseconds),
            .integer(source.number),
            .bytes(digest),
            .text(place),
            .text(reason),
            .text(form.rawValue),
            .bytes(bytes)
        )
    }

    /// Keeps an operator's word that a record does not matter.
    public func dismiss(_ record: QuarantinedRecord, of source: Source) throws {
        try connection.run(
            "update quarantine set dismissed = 1 where source = $1 and number = $2",
            .integer(source.number),
            .integer(record.number.microseconds)
        )
        try enter(.source, at: nextTick(), principal: nil)
    }

    /// Takes a record out of quarantine.
    public func remove(_ record: QuarantinedRecord, of source: Source) throws {
        try connection.run(
            "delete from quarantine where source = $1 and number = $2",
            .integer(source.number),
            .integer(record.number.microseconds)
        )
    }

    private static func due(_ pull: Pull) -> Int64? {
        pull.phase == .scheduled ? pull.due.microseconds : nil
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
