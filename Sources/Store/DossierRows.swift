public import Exchange
import Foundation

/// A report or a request as it is kept.
public struct DossierRow<Content: Codable & Sendable>: Sendable {
    /// The tick at which it was begun: its key in the store.
    public let number: Int64
    /// What it is.
    public var content: Content

    /// Puts it together from its parts.
    public init(number: Int64, content: Content) {
        self.number = number
        self.content = content
    }

    fileprivate init(_ row: any SQLRow) throws {
        do {
            self.init(
                number: row.integer(0),
                content: try JSONDecoder().decode(Content.self, from: Data(row.bytes(1)))
            )
        } catch {
            throw DatabaseFault.statement("a dossier cannot be read: \(error)")
        }
    }

    fileprivate var body: [UInt8] { Dossier.body(of: content) }
}

private enum Dossier {
    static func body(of content: some Encodable) -> [UInt8] {
        do {
            return Array(try JSONEncoder().encode(content))
        } catch {
            preconditionFailure("what a dossier holds has a JSON form")
        }
    }
}

/// What a dossier may be.
public protocol DossierContent: Codable, Sendable {
    /// The word for it in the store.
    static var dossierKind: String { get }
    /// How the journal calls a change of it.
    static var entry: EntryKind { get }
    /// Its id.
    var dossierID: String { get }
}

extension Report: DossierContent {
    /// The word for it in the store.
    public static var dossierKind: String { "report" }
    /// How the journal calls a change of it.
    public static var entry: EntryKind { .report }
    /// Its id.
    public var dossierID: String { id.text }
}

extension InformationRequest: DossierContent {
    /// The word for it in the store.
    public static var dossierKind: String { "request" }
    /// How the journal calls a change of it.
    public static var entry: EntryKind { .request }
    /// Its id.
    public var dossierID: String { id.text }
}

/// Reports, requests and feedback as rows.
public enum DossierRows {
    /// The one of an id that a member is a party to; nil when there is none.
    ///
    /// Of one between others no more is read than of one that there is not.
    public static func dossier<Content: DossierContent>(
        _ id: String,
        of member: Int64,
        _: Content.Type = Content.self,
        _ connection: any SQLConnection
    ) throws -> DossierRow<Content>? {
        try connection.first(
            """
            select d.number, b.body from dossier d
            join dossier_party p on p.dossier = d.number and p.member = $3
            join dossier_body b on b.dossier = p.dossier where d.id = $1 and d.kind = $2
            """,
            .text(id),
            .text(Content.dossierKind),
            .integer(member),
            make: DossierRow.init
        )
    }

    /// A report that a member is a party to, by its id or by that of the grouping in which the member reported it.
    public static func report(
        _ id: ID<Report>,
        of member: Member,
        _ connection: any SQLConnection
    ) throws -> DossierRow<Report>? {
        let own = ID<Report>(ofGrouping: id.uuid, by: member.id)
        return try dossier(id.text, of: member.number, Report.self, connection)
            ?? dossier(own.text, of: member.number, Report.self, connection)
    }

    /// The one of a number; nil when there is none.
    public static func dossier<Content: DossierContent>(
        numbered number: Int64,
        _: Content.Type = Content.self,
        _ connection: any SQLConnection
    ) throws -> DossierRow<Content>? {
        try connection.first(
            """
            select d.number, b.body from dossier d join dossier_body b on b.dossier = d.number
            where d.number = $1 and d.kind = $2
            """,
            .integer(number),
            .text(Content.dossierKind),
            make: DossierRow.init
        )
    }

    /// Those that a member is a party to and that were begun before one of them, newest first.
    public static func dossiers<Content: DossierContent>(
        of member: Int64,
        before number: Int64,
        upTo count: Int,
        _: Content.Type = Content.self,
        _ connection: any SQLConnection
    ) throws -> [DossierRow<Content>] {
        try connection.rows(
            """
            select d.number, b.body from dossier_party p join dossier d on d.number = p.dossier
            join dossier_body b on b.dossier = d.number
            where p.member = $1 and p.dossier < $2 and d.kind = $3 order by p.dossier desc limit $4
            """,
            .integer(member),
            .integer(number),
            .text(Content.dossierKind),
            .integer(Int64(count)),
            make: DossierRow.init
        )
    }

    /// Those between a member and any of an ownership group that were begun before one of them, newest first.
    public static func dossiers<Content: DossierContent>(
        of member: Int64,
        andGroup group: Name,
        before number: Int64,
        upTo count: Int,
        _: Content.Type = Content.self,
        _ connection: any SQLConnection
    ) throws -> [DossierRow<Content>] {
        try connection.rows(
            """
            select d.number, b.body from dossier_party p join dossier d on d.number = p.dossier
            join dossier_body b on b.dossier = d.number
            where p.member = $1 and p.dossier < $3 and d.kind = $4 and exists (
                select 1 from member m join dossier_party o on o.member = m.number
                where m.owner_group = $2 and o.dossier = p.dossier
            ) order by p.dossier desc limit $5
            """,
            .integer(member),
            .text(group.text),
            .integer(number),
            .text(Content.dossierKind),
            .integer(Int64(count)),
            make: DossierRow.init
        )
    }

    /// How many observations members committed after a tick.
    public static func observations(
        of members: some Sequence<Member>,
        after tick: Tick,
        _ connection: any SQLConnection
    ) throws -> Int {
        try members.reduce(0) { sum, member in
            let count = try connection.first(
                "select count(*) from observation where number > $1 and member = $2",
                .integer(tick.microseconds),
                .integer(member.number)
            ) { $0.integer(0) }
            return sum + Int(count ?? 0)
        }
    }

    /// A member's observation; nil when it has none of that id.
    public static func observation(
        _ id: ID<Observation>,
        of member: Member,
        _ connection: any SQLConnection
    ) throws -> Observation? {
        let number = try connection.first(
            "select number from observation where id = $1 and member = $2",
            .text(id.text),
            .integer(member.number)
        ) { $0.integer(0) }
        return try number.flatMap { try observation(numbered: $0, of: member, connection) }
    }

    /// A member's observation; nil when it has none of that number.
    public static func observation(
        numbered number: Int64,
        of member: Member,
        _ connection: any SQLConnection
    ) throws -> Observation? {
        try connection.first(
            "select id, digest from observation where number = $1 and member = $2",
            .integer(number),
            .integer(member.number)
        ) { row in
            guard let id = ID<Observation>(parsing: row.text(0)) else {
                throw DatabaseFault.statement("observation.id holds no id")
            }
            return Observation(
                id: id,
                member: member.id,
                digest: row.bytes(1),
                committed: Tick(microseconds: number)
            )
        }
    }

    /// What was said of an advisory, oldest first, after one of them.
    public static func feedback(
        on advisory: Int64,
        after number: Int64,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [(number: Int64, said: Feedback)] {
        try connection.rows(
            "select body, number from feedback where advisory = $1 and number > $2 order by number limit $3",
            .integer(advisory),
            .integer(number),
            .integer(Int64(count))
        ) { ($0.integer(1), try said($0)) }
    }

    /// What members of an ownership group said of an advisory from a tick on.
    public static func feedback(
        on advisory: Int64,
        since tick: Tick = .zero,
        byGroup group: Name,
        _ connection: any SQLConnection
    ) throws -> [Feedback] {
        try connection.rows(
            """
            select f.body from feedback f join journal j on j.tick = f.number
            join principal p on p.number = j.principal join member m on m.number = p.member
            where f.advisory = $1 and f.number >= $2 and m.owner_group = $3 order by f.number
            """,
            .integer(advisory),
            .integer(tick.microseconds),
            .text(group.text),
            make: said
        )
    }

    /// What was said under a number; nil when there is nothing.
    public static func feedback(numbered number: Int64, _ connection: any SQLConnection) throws -> Feedback? {
        try connection.first("select body from feedback where number = $1", .integer(number), make: said)
    }

    private static func said(_ row: any SQLRow) throws -> Feedback {
        do {
            return try JSONDecoder().decode(Feedback.self, from: Data(row.bytes(0)))
        } catch {
            throw DatabaseFault.statement("feedback cannot be read: \(error)")
        }
    }
}

extension Transaction {
    /// Begins a dossier between its parties.
    /// - Returns: its number.
    public func begin<Content: DossierContent>(
        _ content: Content,
        by principal: Principal,
        between parties: [Member]
    ) throws -> Int64 {
        let row = DossierRow(number: nextTick().microseconds, content: content)
        try connection.run(
            "insert into dossier (number, id, kind) values ($1, $2, $3)",
            .integer(row.number),
            .text(content.dossierID),
            .text(Content.dossierKind)
        )
        try connection.run(
            "insert into dossier_body (dossier, body) values ($1, $2)",
            .integer(row.number),
            .bytes(row.body)
        )
        for party in parties {
            try connection.run(
                "insert into dossier_party (member, dossier) values ($1, $2)",
                .integer(party.number),
                .integer(row.number)
            )
        }
        try enter(Content.entry, at: Tick(microseconds: row.number), principal: principal.number)
        return row.number
    }

    /// Keeps what became of a dossier.
    public func change<Content: DossierContent>(_ row: DossierRow<Content>, by principal: Principal) throws {
        try connection.run(
            "update dossier_body set body = $2 where dossier = $1",
            .integer(row.number),
            .bytes(row.body)
        )
        try enter(Content.entry, at: nextTick(), principal: principal.number)
    }

    /// Keeps the digest of what a member saw.
    /// - Returns: the observation, with its place in the journal.
    public func keep(
        observation id: ID<Observation>,
        _ digest: [UInt8],
        by principal: Principal,
        of member: Member
    ) throws -> Observation {
        let tick = nextTick()
        try connection.run(
            "insert into observation (number, id, member, digest) values ($1, $2, $3, $4)",
            .integer(tick.microseconds),
            .text(id.text),
            .integer(member.number),
            .bytes(digest)
        )
        try enter(.observation, at: tick, principal: principal.number)
        return Observation(id: id, member: member.id, digest: digest, committed: tick)
    }

    /// Keeps what somebody said of an advisory.
    /// - Returns: its number.
    public func keep(_ feedback: Feedback, on advisory: Int64, by principal: Principal) throws -> Int64 {
        let tick = nextTick()
        try connection.run(
            "insert into feedback (number, advisory, body) values ($1, $2, $3)",
            .integer(tick.microseconds),
            .integer(advisory),
            .bytes(Dossier.body(of: feedback))
        )
        try enter(.feedback, at: tick, principal: principal.number)
        return tick.microseconds
    }
}
