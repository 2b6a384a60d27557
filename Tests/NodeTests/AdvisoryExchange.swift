import Exchange
import Node
import Store
import TestSupport
import Testing

/// An exchange with customs that write advisories, a bank, a carrier and a forwarder that read them.
struct AdvisoryExchange {
    let exchange: TestExchange
    let pool: Pool
    /// Tokens: customs (publisher), lena (approver and auditor of customs, of another unit), and the readers by name.
    private(set) var tokens: [String: String] = [:]

    var node: Node { exchange.node }
    var desk: AdvisoryDesk { exchange.node.advisories }

    /// - Parameters:
    ///   - database: the store to begin in; nil for one of the engine that goes with the test.
    ///   - closing: the rule of the pool where it is a task force that customs lead: then nobody else is in it.
    init(
        _ engine: Engine,
        readers: [(name: String, kind: MemberKind)] = [("bank", .bank), ("carrier", .carrier)],
        over database: (any Database)? = nil,
        closing: Disposal? = nil,
        seed: UInt64 = 1,
        carrier: any Carrier = NoNetwork(),
        mail: any MailCarrier = NoNetwork(),
        terms: ReciprocityTerms = .generous
    ) async throws {
        exchange = try await TestExchange(engine, seed: seed, carrier: carrier, mail: mail, terms: terms) {
            database ?? $0
        }
        try await exchange.node.administration.keep(Self.gateways)
        tokens["customs"] = try await exchange.join("customs", .customs, roles: [.reader, .publisher, .officer])
        tokens["lena"] = try await exchange.principal("lena", of: "customs", roles: [.reader, .approver, .auditor])
        for (name, unit) in [("customs", "desk"), ("lena", "legal")] {
            _ = try await exchange.node.administration.changePrincipal(name) { $0.unit = Name(unit) }
        }
        for (name, kind) in readers { tokens[name] = try await exchange.join(name, kind, roles: [.reader]) }
        let customs = try #require(exchange.node.live.directory.member(named: Samples.name("customs")))
        let ends = exchange.clock.now.advanced(by: Self.lifetime)
        let terms =
            closing.map { closing in
                PoolTerms(
                    title: "W",
                    reading: .enrolled,
                    writing: .enrolled,
                    ends: ends,
                    force: TaskForce(lead: customs.id, closing: closing)
                )
            } ?? PoolTerms(title: "W", reading: .everyone, writing: .authorities)
        pool = try await exchange.pool("warnings", terms)
    }

    /// How long the task force lasts.
    static let lifetime = Duration.seconds(30 * 86_400)

    /// Enrols a member in the pool, or takes it out.
    func enrol(_ name: String, _ isIn: Bool = true) async throws {
        let enrolment = isIn ? Enrolment(reads: true, writes: true) : nil
        _ = try await node.administration.enrol(name, in: "warnings", enrolment)
    }

    /// Customs may name somebody to everybody who holds the fact.
    static let gateways: Gateways = {
        let gateway = Gateway(
            name: Samples.name("partners"),
            title: "Partners",
            about: "",
            origin: Party(kinds: [.customs]),
            reader: Party(kinds: Set(MemberKind.allCases)),
            relation: .same,
            modes: [.published],
            purposes: [.monitoring, .diligence]
        )
        return Gateways([gateway]) ?? .none
    }()

    static func content(
        _ name: String = "Tamsin Verloop",
        tearline: String? = "A known pattern of container thefts.",
        category: String = "FRD-CGO",
        action: ActionCode = .internalOnly
    ) throws -> AdvisoryContent {
        try AdvisoryContent(
            title: "\(name) and the seals",
            facts: "\(name) was seen.",
            categories: [try #require(Category(rawValue: category))],
            severity: .serious,
            subjects: [
                try Subject(
                    .person,
                    key: "s1",
                    properties: ["name": [name], "birthDate": ["1971-02-04"]],
                    standing: .suspect
                )
            ],
            tearline: tearline,
            action: action
        )
    }

    func session(_ name: String) async throws -> Session { try await exchange.session(tokens[name] ?? "") }

    /// A published advisory, graded by its author and approved by lena.
    func published(
        _ content: AdvisoryContent? = nil,
        on terms: AdvisoryTerms? = nil,
        kind: AdvisoryKind = .subject,
        graded grade: Grade = Grade(.usually, .possible)
    ) async throws -> Advisory {
        let customs = try await session("customs")
        let drafted = try await desk.draft(
            kind,
            try content ?? Self.content(),
            on: try terms ?? AdvisoryTerms(marking: .amber),
            in: "warnings",
            by: customs
        )
        try await approve(drafted, graded: grade)
        return try await desk.act(.publish, on: .id(drafted.id), by: customs)
    }

    /// Grades and approves what is being drafted.
    func approve(_ advisory: Advisory, graded grade: Grade = Grade(.usually, .possible)) async throws {
        let graded = try await desk.act(
            .action(.grade(grade)),
            on: .id(advisory.id),
            by: try await session("customs")
        )
        let digest = try #require(graded.pending?.digest)
        _ = try await desk.act(.action(.approve(digest: digest)), on: .id(advisory.id), by: try await session("lena"))
    }

    /// The reports that a reader is shown after a tick: each as its rendition and, where it is revoked, a cross.
    func reports(_ name: String, after: Tick = .zero, for purpose: Purpose? = nil) async throws -> [String] {
        try await versions(name, after: after, for: purpose).filter { $0.shownID.hasPrefix("report--") }.map {
            version in
            let report = try JSON(parsing: version.bytes).root
            let details = report["extensions"]?[AdvisoryExtension.id]
            return (details?["rendition"]?.string ?? "?") + (report["revoked"]?.boolean == true ? "x" : "")
        }
    }

    func versions(_ name: String, after: Tick = .zero, for purpose: Purpose? = nil) async throws -> [PagedVersion] {
        var session = try await session(name)
        if let purpose { session = try #require(session.acting(for: purpose)) }
        let question = Disclosure.Question(form: .objects, after: after, limit: 100, filter: ObjectFilter())
        return try await node.disclosure.page(question, of: pool, to: session, over: .taxii).stored.versions
    }

    /// The report of the last advisory that a reader is shown.
    func report(_ name: String) async throws -> STIXID {
        let report = try await versions(name).last { $0.shownID.hasPrefix("report--") }
        return try STIXID(parsing: try #require(report).shownID)
    }

    var head: Tick {
        get async throws { try await exchange.database.read { try JournalRows.head($0) } }
    }
}
