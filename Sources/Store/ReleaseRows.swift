public import Exchange
import Foundation

/// What the store holds of the ids in one envelope, with the keys that writing needs.
public struct Holdings: Sendable {
    /// What is known of each id.
    public var objects: [STIXID: HeldObject] = [:]
    var numbers: [STIXID: Int64] = [:]
    /// Keys of the objects whose standings a release left to be put right.
    var unsettled: Set<Int64> = []
}

/// A release that is about to be written.
public struct ReleaseRow: Sendable {
    /// What is stored.
    public let object: STIXObject
    /// The random bytes that the commitment is made with.
    public let salt: [UInt8]
    /// The journal's commitment to the content under the salt.
    public let leaf: [UInt8]

    /// Puts it together from its parts.
    public init(object: STIXObject, salt: [UInt8], leaf: [UInt8]) {
        self.object = object
        self.salt = salt
        self.leaf = leaf
    }
}

extension Transaction {
    /// What the store holds of `ids`, in all pools.
    /// - Parameter label: the label of a number.
    public func holdings(
        of ids: Set<STIXID>,
        directory: Directory,
        label: (Int64) throws -> Label
    ) throws -> Holdings {
        var holdings = Holdings()
        for id in ids {
            let found = try connection.first("select number, owner, created from object where id = $1", .text(id.text))
            {
                (
                    number: $0.integer(0), owner: $0.isNull(1) ? nil : $0.integer(1),
                    created: $0.isNull(2) ? nil : $0.integer(2)
                )
            }
            guard let found else { continue }
            holdings.numbers[id] = found.number
            holdings.objects[id] = HeldObject(
                owner: try found.owner.map { try Self.member($0, directory) },
                created: found.created.map { Timestamp(nanoseconds: $0) },
                versions: try connection.rows(
                    "select pool, label, instant, dated, revoked, digest, member, version from version where object = $1",
                    .integer(found.number)
                ) { row in
                    guard let pool = directory.pool(numbered: row.integer(0)) else {
                        throw DatabaseFault.statement("a version is in a pool that is not in the directory")
                    }
                    return HeldVersion(
                        pool: pool.id,
                        label: try label(row.integer(1)),
                        member: try Self.member(row.integer(6), directory),
                        version: row.text(7),
                        instant: row.integer(3) == 1 ? Timestamp(nanoseconds: row.integer(2)) : nil,
                        digest: row.bytes(5),
                        isRevoked: row.integer(4) == 1
                    )
                }
            )
        }
        return holdings
    }

    private static func member(_ number: Int64, _ directory: Directory) throws -> ID<Member> {
        guard let member = directory.member(numbered: number) else {
            throw DatabaseFault.statement("an object is of a member that is not in the directory")
        }
        return member.id
    }

    /// The number of a label, interned when it is new.
    public func intern(_ label: Label, in pool: Pool) throws -> Int64 {
        let text = label.text
        if let known = try connection.first(
            "select number from label where value = $1",
            .text(text),
            make: { $0.integer(0) }
        ) {
            return known
        }
        let number = nextTick().microseconds
        try connection.run(
            "insert into label (number, pool, value) values ($1, $2, $3)",
            .integer(number),
            .integer(pool.number),
            .text(text)
        )
        mustBeRead()
        return number
    }

    /// A label that was interned before.
    public func label(numbered number: Int64) throws -> Label {
        let text = try connection.first("select value from label where number = $1", .integer(number)) { $0.text(0) }
        guard let label = text.flatMap({ Label(text: $0) }) else {
            throw DatabaseFault.statement("a version has a label that cannot be read")
        }
        return label
    }

    /// Removes the labels of an advisory's renditions that are gone: they tell of its subjects.
    ///
    /// What stubs bear stays.
    public func forgetLabels(of advisory: ID<Advisory>, in pool: Pool) throws {
        try connection.run(
            """
            delete from label where pool = $1 and value like $2 and value not like $3
            and not exists (select 1 from version where version.label = label.number)
            """,
            .integer(pool.number),
            .text("%\"advisory\":\"\(advisory.text)\"%"),
            .text("%\"rendition\":\"\(Rendition.stub.rawValue)\"%")
        )
    }

    /// Stores one version with its content and its journal entry.
    ///
    /// The standings of the object's versions are right again after `restand`.
    /// - Returns: its tick, which is its date added.
    public func release(
        _ row: ReleaseRow,
        labelled label: Int64,
        in pool: Pool,
        by author: Principal,
        of member: Member,
        owner: Int64?,
        holdings: inout Holdings
    ) throws -> Tick {
        let tick = nextTick()
        let (object, id) = (row.object, row.object.id.text)
        let known = holdings.numbers[object.id]
        let number = known ?? tick.microseconds
        if known == nil {
            try connection.run(
                "insert into object (number, id, owner, created) values ($1, $2, $3, $4)",
                .integer(number),
                .text(id),
                SQLValue(owner),
                SQLValue(object.created?.nanoseconds)
            )
            holdings.numbers[object.id] = number
        } else {
            holdings.unsettled.insert(number)
        }
        let instant = object.version?.instant.nanoseconds ?? tick.time.nanoseconds
        let released = ReleasedVersion(
            placed: PlacedVersion(tick: tick, label: label, instant: instant),
            pool: pool.number,
            object: number,
            standing: .last,
            id: id,
            version: object.version?.text ?? tick.text,
            bytes: object.bytes.count <= JournalRows.followedBytesMax ? object.bytes : []
        )
        try insert(released, row, of: member)
        try enter(
            .released,
            at: tick,
            principal: author.number,
            pool: pool.number,
            object: number,
            leaf: row.leaf,
            released: known == nil ? released : nil
        )
        return tick
    }

    private func insert(_ released: ReleasedVersion, _ row: ReleaseRow, of member: Member) throws {
        try connection.run(
            """
            insert into version (tick, pool, object, label, member, standing, instant, dated, revoked, version, digest)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            .integer(released.tick.microseconds),
            .integer(released.pool),
            .integer(released.object),
            .integer(released.placed.label),
            .integer(member.number),
            .integer(released.standing.rawValue),
            .integer(released.placed.instant),
            SQLValue(row.object.version != nil),
            SQLValue(row.object.isRevoked),
            .text(released.version),
            .bytes(row.object.digest)
        )
        try connection.run(
            "insert into content (tick, salt, bytes) values ($1, $2, $3)",
            .integer(released.tick.microseconds),
            .bytes(row.salt),
            .bytes(row.object.bytes)
        )
    }

    /// Puts the standings right of every object in `pool` that got further versions.
    public func restand(_ holdings: inout Holdings, in pool: Pool) throws {
        for object in holdings.unsettled.sorted() { try restand(object, in: pool) }
        holdings.unsettled = []
    }

    /// Removes versions of an object from a pool, content and salt with them.
    ///
    /// The journal keeps their leaves.
    /// - Parameter author: who does it; nil where time alone does.
    public func delete(_ ticks: [Tick], of object: Int64, from pool: Pool, by author: Principal?) throws {
        for tick in ticks {
            try connection.run("delete from content where tick = $1", .integer(tick.microseconds))
            try connection.run("delete from version where tick = $1", .integer(tick.microseconds))
            try enter(.deleted, at: nextTick(), principal: author?.number, pool: pool.number, object: object)
        }
        try restand(object, in: pool)
    }

    /// Puts the standings of an object's versions in one pool right after some came or went.
    private func restand(_ object: Int64, in pool: Pool) throws {
        var held: [VersionStanding?] = []
        let versions = try connection.rows(
            "select tick, label, instant, standing from version where object = $1 and pool = $2",
            .integer(object),
            .integer(pool.number)
        ) { row in
            held.append(VersionStanding(rawValue: row.integer(3)))
            return PlacedVersion(row)
        }
        for (index, standing) in PlacedVersion.standings(versions).enumerated() where standing != held[index] {
            try connection.run(
                "update version set standing = $2 where tick = $1",
                .integer(versions[index].tick.microseconds),
                .integer(standing.rawValue)
            )
        }
    }
}

extension PlacedVersion {
    /// From the columns tick, label, instant, in this order from 0.
    init(_ row: any SQLRow) {
        self.init(tick: Tick(microseconds: row.integer(0)), label: row.integer(1), instant: row.integer(2))
    }
}
