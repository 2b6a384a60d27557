import Exchange
import Foundation
import Logging
import Node
import Store
import StorePostgres
import StoreSQLite
import Synchronization
import TestSupport

/// A node over a fresh store of one engine, with members to act as.
final class TestExchange: Sendable {
    let node: Node
    let database: any Database
    let clock = ManualClock()
    private let folder: TemporaryFolder

    /// - Parameter wrap: puts a database that fails between the node and its store.
    init(
        _ engine: Engine = .sqlite,
        failuresPerMinute: Int = 1_000,
        seed: UInt64 = 1,
        carrier: any Carrier = NoNetwork(),
        mail: any MailCarrier = NoNetwork(),
        files: any FileCarrier = NoNetwork(),
        terms: ReciprocityTerms = .generous,
        wrap: (any Database) -> any Database = { $0 }
    ) async throws {
        folder = try TemporaryFolder()
        let real: any Database =
            switch engine {
            case .sqlite: try SQLiteDatabase(path: folder.path("test.db"), readers: 2)
            case .postgresql: try await PostgresDatabase(url: try await PostgresServer.shared().database(), readers: 2)
            }
        database = wrap(real)
        node = try await Self.node(
            over: database,
            clock,
            failuresPerMinute: failuresPerMinute,
            seed: seed,
            carrier: carrier,
            mail: mail,
            files: files,
            terms: terms
        )
    }

    static func node(
        over database: any Database,
        _ clock: ManualClock,
        failuresPerMinute: Int = 1_000,
        envelope: Envelope.Limits = Envelope.Limits(),
        seed: UInt64 = 1,
        carrier: any Carrier = NoNetwork(),
        mail: any MailCarrier = NoNetwork(),
        files: any FileCarrier = NoNetwork(),
        terms: ReciprocityTerms = .generous
    ) async throws -> Node {
        let random = Mutex(SplitMix64(seed: seed))
        return try await Node(
            database,
            settings: Node.Settings(
                envelope: envelope,
                requestsPerSecond: 0,
                failuresPerMinute: failuresPerMinute,
                mail: relay,
                terms: terms
            ),
            surroundings: Surroundings(
                clock: { clock.now },
                randomBytes: { count in
                    random.withLock { random in (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
                },
                carrier: carrier,
                mail: mail,
                files: files
            ),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// A mail server that is there in tests alone.
    static let relay = MailRelay(host: "mail.example", sender: "caveat@example.com")

    func close() async { await database.close() }

    /// Another node over the same store, whose next write fails, or one after it.
    func faulty(_ fault: FaultyDatabase.Fault, write: Int = 1) async throws -> Node {
        let counting = FaultyDatabase(database, failing: fault, write: .max)
        _ = try await Self.node(over: counting, clock)
        let faulty = FaultyDatabase(database, failing: fault, write: counting.writeCount + write)
        return try await Self.node(over: faulty, clock)
    }

    /// A member with one principal of the same name, and the principal's token.
    func join(
        _ name: String,
        _ kind: MemberKind = .bank,
        roles: Set<Role> = [.reader, .reporter, .publisher]
    ) async throws -> String {
        _ = try await node.administration.add(
            Administration.NewMember(
                name: try Self.name(name),
                title: name,
                kind: kind,
                sector: "",
                jurisdiction: "NL",
                group: nil
            )
        )
        return try await principal(name, of: name, roles: roles)
    }

    /// Another principal of a member, and its token.
    func principal(_ name: String, of member: String, roles: Set<Role>) async throws -> String {
        _ = try await node.administration.addPrincipal(try Self.name(name), of: member, roles: roles)
        return try await node.administration.addCredential(.token, for: name, expires: nil).secret ?? ""
    }

    func pool(_ name: String, _ terms: PoolTerms) async throws -> Pool {
        try await node.administration.addPool(try Self.name(name), .sharing, terms)
    }

    func session(_ token: String) async throws -> Session {
        try await node.authentication.session(for: .bearer(token), from: "test")
    }

    func publish(_ objects: [String], to pool: Pool, as token: String) async throws -> StatusReport {
        try await node.acceptance.accept(try Samples.envelope(objects), to: pool, from: try await session(token))
    }

    /// Everything that a reader is shown of a pool, page by page.
    func all(
        _ pool: Pool,
        as token: String,
        limit: Int = 100,
        filter: ObjectFilter = ObjectFilter(),
        form: Disclosure.Form = .objects
    ) async throws -> [PagedVersion] {
        let session = try await session(token)
        var all: [PagedVersion] = []
        var after = Tick.zero
        while true {
            let question = Disclosure.Question(form: form, after: after, limit: limit, filter: filter)
            let page = try await node.disclosure.page(question, of: pool, to: session, over: .taxii)
            all += page.stored.versions
            guard page.stored.more else { return all }
            after = page.stored.examined
        }
    }

    static func name(_ text: String) throws -> Name {
        guard let name = Name(text) else { throw BadName() }
        return name
    }

    struct BadName: Error {}
}

extension PagedVersion {
    /// Its id: where the content alone is shown, the one in it.
    var shownID: String {
        guard id.isEmpty, let object = try? STIXObject(JSON(parsing: bytes).root) else { return id }
        return object.id.text
    }
}

extension PoolTerms {
    static let open = PoolTerms(title: "Open", reading: .everyone, writing: .everyone, defaultMarking: .green)
}
