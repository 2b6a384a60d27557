public import Exchange
import Foundation

/// Another exchange, or any TAXII server, as it is kept.
public struct PeerRow: Hashable, Sendable {
    /// Its key in the store: the tick of its making.
    public let number: Int64
    /// Its id: of another exchange its own, of any other server one that was made for it.
    public let id: ID<Peer>
    /// Its unique name here.
    public let name: Name
    /// The number of the principal as which it is let in here.
    public let principal: Int64
    /// Whether it signs what it gives; an ordinary TAXII server does not.
    public let signs: Bool
    /// What an operator may change.
    public var terms: PeerTerms

    /// Puts it together from its parts.
    public init(number: Int64, id: ID<Peer>, name: Name, principal: Int64, signs: Bool, terms: PeerTerms) {
        self.number = number
        self.id = id
        self.name = name
        self.principal = principal
        self.signs = signs
        self.terms = terms
    }
}

/// Where a peer is given what is in one pool.
public struct PeerRoute: Hashable, Sendable {
    /// The peer.
    public let peer: PeerRow
    /// The number of the pool here.
    public let pool: Int64
    /// The destination's number.
    public let destination: Int64
    /// Whether it is the first of its peer, which has the words about what was recalled, too.
    public let isFirst: Bool
}

/// Peers as rows.
public enum PeerRows {
    private static let columns = "p.number, p.id, p.name, p.principal, p.signs, p.terms"

    /// All, by name.
    public static func all(_ connection: any SQLConnection) throws -> [PeerRow] {
        try connection.rows("select \(columns) from peer p order by p.name", make: peer)
    }

    /// The one of a name; nil where there is none.
    public static func peer(named name: Name, _ connection: any SQLConnection) throws -> PeerRow? {
        try connection.first("select \(columns) from peer p where p.name = $1", .text(name.text), make: peer)
    }

    /// The one of an id; nil where there is none.
    public static func peer(_ id: ID<Peer>, _ connection: any SQLConnection) throws -> PeerRow? {
        try connection.first("select \(columns) from peer p where p.id = $1", .text(id.text), make: peer)
    }

    /// The one that a principal stands for; nil where it stands for none.
    public static func peer(ofPrincipal number: Int64, _ connection: any SQLConnection) throws -> PeerRow? {
        try connection.first("select \(columns) from peer p where p.principal = $1", .integer(number), make: peer)
    }

    /// Where a destination of a peer leads; nil for a member's own.
    public static func route(ofDestination number: Int64, _ connection: any SQLConnection) throws -> PeerRoute? {
        try connection.first(
            """
            select \(columns), r.pool, r.destination,
            (select min(f.destination) from peer_route f where f.peer = r.peer)
            from peer_route r join peer p on p.number = r.peer where r.destination = $1
            """,
            .integer(number)
        ) { row in
            PeerRoute(
                peer: try peer(row),
                pool: row.integer(6),
                destination: row.integer(7),
                isFirst: row.integer(7) == row.integer(8)
            )
        }
    }

    /// The destinations of a peer, the first first, each with the number of its pool.
    public static func destinations(
        of peer: PeerRow,
        _ connection: any SQLConnection
    ) throws -> [(pool: Int64, destination: Destination)] {
        let routes = try connection.rows(
            "select pool, destination from peer_route where peer = $1 order by destination",
            .integer(peer.number)
        ) { ($0.integer(0), $0.integer(1)) }
        return try routes.compactMap { pool, number in
            try DestinationRows.destination(numbered: number, connection).map { (pool, $0) }
        }
    }

    /// Whether a pool is shared with anybody: what is released there is signed.
    public static func isShared(_ pool: Int64, _ connection: any SQLConnection) throws -> Bool {
        try connection.first("select 1 from peer_route where pool = $1 limit 1", .integer(pool)) { _ in true } ?? false
    }

    private static func peer(_ row: any SQLRow) throws -> PeerRow {
        guard let id = ID<Peer>(parsing: row.text(1)), let name = Name(row.text(2)),
            let terms = try? JSONDecoder().decode(PeerTerms.self, from: Data(row.text(5).utf8))
        else { throw DatabaseFault.statement("a peer holds what this program cannot read") }
        return PeerRow(
            number: row.integer(0),
            id: id,
            name: name,
            principal: row.integer(3),
            signs: row.integer(4) == 1,
            terms: terms
        )
    }
}

extension Transaction {
    /// Adds a peer, whose `number` is a tick of this transaction.
    public func add(_ peer: PeerRow) throws {
        try connection.run(
            "insert into peer (number, id, name, principal, signs, terms) values ($1, $2, $3, $4, $5, $6)",
            .integer(peer.number),
            .text(peer.id.text),
            .text(peer.name.text),
            .integer(peer.principal),
            SQLValue(peer.signs),
            .text(try Self.text(peer.terms))
        )
        try enter(.peer, at: Tick(microseconds: peer.number), principal: nil)
    }

    /// Keeps the terms of a peer.
    public func change(_ peer: PeerRow) throws {
        try connection.run(
            "update peer set terms = $2 where number = $1",
            .integer(peer.number),
            .text(try Self.text(peer.terms))
        )
        try enter(.peer, at: nextTick(), principal: nil)
    }

    /// Takes a peer away; the destinations that led to it are to be removed by themselves.
    public func remove(_ peer: PeerRow) throws {
        try connection.run("delete from peer where number = $1", .integer(peer.number))
        try enter(.peer, at: nextTick(), principal: nil)
    }

    /// Has a destination lead to a peer.
    public func route(_ pool: Pool, to peer: PeerRow, by destination: Destination) throws {
        try connection.run(
            "insert into peer_route (destination, peer, pool) values ($1, $2, $3)",
            .integer(destination.number),
            .integer(peer.number),
            .integer(pool.number)
        )
    }

    private static func text(_ terms: PeerTerms) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(terms), as: UTF8.self)
    }
}
