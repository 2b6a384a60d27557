public import Exchange

/// One journal entry as a follower sees it.
public struct JournalEntry: Sendable {
    /// Where it stands in the journal.
    public let tick: Tick
    /// What happened.
    public let kind: EntryKind
    /// The pool's number; 0 for an entry about none.
    public let pool: Int64
    /// The object's number; 0 for an entry about none.
    public let object: Int64
    /// The number of who did it, or whom it is about; 0 for nobody.
    public let principal: Int64
    /// The version that a `released` entry speaks of; nil when it was deleted since.
    public let released: ReleasedVersion?

    /// Whether it says by itself all that a follower needs to know.
    var isWhole: Bool {
        switch kind {
        case .released: released != nil
        case .gained, .destination, .watchList: true
        case .deleted, .directory, .held, .refused, .receipt, .advisory, .acknowledged, .relied, .conflict, .report,
            .request, .feedback, .observation, .consentAsked, .disposal, .source, .peer, .federated, .ledger,
            .entitlement, .screening, .clearedPair, .requirement, .crossReference, .corroboration, .terms:
            false
        }
    }
}

/// What one journal entry touches.
public struct JournalTouch: Sendable {
    /// Where it stands in the journal.
    public let tick: Tick
    /// Whether it changes what is said of links between advisories.
    public let isOfCrossReferences: Bool
    /// The pool's number; 0 for an entry about none.
    public let pool: Int64
    /// The object's number; 0 for an entry about none.
    public let object: Int64
    /// The object's STIX id; empty for an entry about none.
    public let id: String
}

/// A released version: what a node keeps in memory of the newest.
public struct ReleasedVersion: Sendable {
    /// Its place among the versions of its object.
    public let placed: PlacedVersion
    /// The pool's number; 0 for an entry about none.
    public let pool: Int64
    /// The object's number; 0 for an entry about none.
    public let object: Int64
    /// Its standing as of the same state of the store.
    public var standing: VersionStanding
    /// The STIX id.
    public let id: String
    /// Its version, as TAXII writes it.
    public let version: String
    /// The content; empty when it has more bytes than a follower reads.
    public var bytes: [UInt8]

    /// Where it stands in the journal.
    public var tick: Tick { placed.tick }

    /// Puts it together from its parts.
    public init(
        placed: PlacedVersion,
        pool: Int64,
        object: Int64,
        standing: VersionStanding,
        id: String,
        version: String,
        bytes: [UInt8]
    ) {
        self.placed = placed
        self.pool = pool
        self.object = object
        self.standing = standing
        self.id = id
        self.version = version
        self.bytes = bytes
    }

    /// From the columns tick, label, instant, pool, object, standing, id, version, bytes, in this order from 0.
    fileprivate init(_ row: any SQLRow) {
        self.init(
            placed: PlacedVersion(row),
            pool: row.integer(3),
            object: row.integer(4),
            standing: VersionStanding(rawValue: row.integer(5)) ?? .contested,
            id: row.text(6),
            version: row.text(7),
            bytes: row.bytes(8)
        )
    }
}

/// A label and its number in the store.
public struct InternedLabel: Sendable {
    /// Its key in the store.
    public let number: Int64
    /// Its access label.
    public let label: Label
}

/// Between which ticks the versions under one label lie.
public struct LabelSpan: Hashable, Sendable {
    /// None is older; zero when there is none at all.
    public private(set) var oldest: Tick
    /// The newest; zero when there is none.
    public private(set) var newest: Tick

    /// The span of a label without versions.
    public static let none = Self(oldest: .zero, newest: .zero)

    /// One more version, at `tick`.
    public mutating func take(_ tick: Tick) {
        if newest == .zero { oldest = tick }
        newest = max(newest, tick)
    }
}

/// What a cursor over the journal reads.
public enum JournalRows {
    /// Content of more bytes is left out of what a follower reads: a batch must fit in memory.
    public static let followedBytesMax = 65_536

    private static let columns = """
        v.tick, v.label, v.instant, v.pool, v.object, v.standing, o.id, v.version,
        case when length(c.bytes) <= \(followedBytesMax) then c.bytes end
        """
    private static let versions = """
        version v join object o on o.number = v.object join content c on c.tick = v.tick
        """

    /// The last tick.
    public static func head(_ connection: any SQLConnection) throws -> Tick {
        let tick = try connection.first("select tick from exchange") { $0.integer(0) }
        guard let tick else { throw DatabaseFault.statement("the exchange's own row is missing") }
        return Tick(microseconds: tick)
    }

    /// What changes who sees what, how much, and where that is pushed to: all else a follower need not know.
    static let followed: Set<EntryKind> = [
        .released, .deleted, .directory, .gained, .destination, .federated, .crossReference, .ledger, .watchList,
    ]
    private static let followedNumbers = followed.map { "\($0.rawValue)" }.sorted().joined(separator: ", ")

    /// Up to `count` entries after a tick that a follower needs to know, in order.
    public static func entries(
        after tick: Tick,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [JournalEntry] {
        try connection.rows(
            """
            select \(columns), j.tick, j.kind, j.pool, j.object, j.principal from journal j
            left join version v on v.tick = j.tick left join object o on o.number = v.object
            left join content c on c.tick = v.tick
            where j.tick > $1 and j.kind in (\(followedNumbers)) order by j.tick limit $2
            """,
            .integer(tick.microseconds),
            .integer(Int64(count))
        ) { row in
            guard let kind = EntryKind(rawValue: row.integer(10)) else {
                throw DatabaseFault.statement("journal.kind holds a number this program does not know")
            }
            return JournalEntry(
                tick: Tick(microseconds: row.integer(9)),
                kind: kind,
                pool: row.integer(11),
                object: row.integer(12),
                principal: row.integer(13),
                released: row.isNull(0) ? nil : ReleasedVersion(row)
            )
        }
    }

    /// The same without their versions: what is read again by the object that an entry is about.
    public static func touches(
        after tick: Tick,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [JournalTouch] {
        try connection.rows(
            """
            select j.tick, j.kind, j.pool, j.object, o.id from journal j left join object o on o.number = j.object
            where j.tick > $1 and j.kind in (\(followedNumbers)) order by j.tick limit $2
            """,
            .integer(tick.microseconds),
            .integer(Int64(count))
        ) { row in
            JournalTouch(
                tick: Tick(microseconds: row.integer(0)),
                isOfCrossReferences: row.integer(1) == EntryKind.crossReference.rawValue,
                pool: row.integer(2),
                object: row.integer(3),
                id: row.text(4)
            )
        }
    }

    /// The newest versions of one pool, ascending: at most `count` of them, and no more than `bytes` of content; and
    /// whether they are all that it has, which is known because one more of each range is looked for.
    public static func newest(
        of pool: Int64,
        labels: [Int64],
        upTo count: Int,
        bytes bytesMax: Int,
        _ connection: any SQLConnection
    ) throws -> (versions: [ReleasedVersion], isWhole: Bool) {
        var ticks: [Int64] = []
        for label in labels {
            for standing in [VersionStanding.superseded, .last, .contested] {
                ticks += try connection.rows(
                    "select tick from version where label = $1 and standing = $2 order by tick desc limit $3",
                    .integer(label),
                    .integer(standing.rawValue),
                    .integer(Int64(count) + 1)
                ) { $0.integer(0) }
            }
        }
        var newest: [ReleasedVersion] = []
        var bytes = 0
        for tick in ticks.sorted(by: >).prefix(count) {
            let version = try connection.first(
                "select \(columns) from \(versions) where v.tick = $1",
                .integer(tick),
                make: ReleasedVersion.init
            )
            guard let version else { continue }
            bytes += version.bytes.count
            guard bytes <= bytesMax, !version.bytes.isEmpty else { break }
            newest.append(version)
        }
        return (newest.reversed(), newest.count == ticks.count)
    }

    /// An object's versions in one pool with their standings as they are now.
    public static func standings(
        of object: Int64,
        in pool: Int64,
        _ connection: any SQLConnection
    ) throws -> [PlacedVersion: VersionStanding] {
        var standings: [PlacedVersion: VersionStanding] = [:]
        try connection.run(
            "select tick, label, instant, standing from version where object = $1 and pool = $2",
            [.integer(object), .integer(pool)]
        ) { row in
            standings[PlacedVersion(row)] = VersionStanding(rawValue: row.integer(3)) ?? .contested
        }
        return standings
    }

    /// The labels interned after a number, in order.
    public static func labels(after number: Int64, _ connection: any SQLConnection) throws -> [InternedLabel] {
        let labels = try connection.rows(
            "select number, value from label where number > $1 order by number",
            .integer(number)
        ) { ($0.integer(0), $0.text(1)) }
        return try labels.map { number, text in
            guard let label = Label(text: text) else {
                throw DatabaseFault.statement("label.value holds a text this program cannot read")
            }
            return InternedLabel(number: number, label: label)
        }
    }

    /// The spans of the labels interned after a number, of those that have versions.
    public static func spans(after number: Int64, _ connection: any SQLConnection) throws -> [Int64: LabelSpan] {
        var spans: [Int64: LabelSpan] = [:]
        try connection.run(
            "select label, min(tick), max(tick) from version where label > $1 group by label",
            [.integer(number)]
        ) { row in
            spans[row.integer(0)] = LabelSpan(
                oldest: Tick(microseconds: row.integer(1)),
                newest: Tick(microseconds: row.integer(2))
            )
        }
        return spans
    }
}
