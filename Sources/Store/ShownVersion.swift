public import Exchange

/// A version of an object of an advisory's rendition that is somebody's last.
public struct ShownVersion: Sendable {
    /// When it was released: its key.
    public let tick: Tick
    /// The number of its label.
    public let label: Int64
    /// The pool's number.
    public let pool: Int64
    /// The STIX object.
    public let object: String
    /// The form that it is of.
    public let rendition: Rendition
    /// Its content.
    public let bytes: [UInt8]
}

extension AdvisoryRows {
    /// The numbers of the advisories after one that were released, ascending.
    public static func released(
        after number: Int64,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [Int64] {
        try connection.rows(
            "select number from advisory where number > $1 and released > 0 order by number limit $2",
            .integer(number),
            .integer(Int64(count))
        ) { $0.integer(0) }
    }

    /// The number of the advisory whose rendition has an object; nil for what is no advisory's.
    public static func number(ofObject object: Int64, _ connection: any SQLConnection) throws -> Int64? {
        try connection.first(
            "select r.advisory from object o join rendition r on r.object = o.id where o.number = $1",
            .integer(object)
        ) { $0.integer(0) }
    }

    /// What an advisory's renditions show at present, stubs left out, in the order of their release.
    public static func shown(of advisory: Int64, _ connection: any SQLConnection) throws -> [ShownVersion] {
        try connection.rows(
            """
            select v.tick, v.label, v.pool, r.object, r.rendition, c.bytes from rendition r
            join version v on v.tick = r.tick join content c on c.tick = v.tick
            where r.advisory = $1 and v.standing <> 0 and r.rendition <> 'stub' order by v.tick
            """,
            .integer(advisory)
        ) { row in
            guard let rendition = Rendition(rawValue: row.text(4)) else {
                throw DatabaseFault.statement("rendition.rendition holds a word this program does not know")
            }
            return ShownVersion(
                tick: Tick(microseconds: row.integer(0)),
                label: row.integer(1),
                pool: row.integer(2),
                object: row.text(3),
                rendition: rendition,
                bytes: row.bytes(5)
            )
        }
    }
}
