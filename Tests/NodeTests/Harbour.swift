import Exchange
import Node
import Store
import TestSupport
import Testing

/// Customs with an inbox, two forwarders of one owner, and another that has nothing to do with them.
struct Harbour {
    let exchange: TestExchange
    private var tokens: [String: String] = [:]

    init(_ engine: Engine, terms: ReciprocityTerms = .generous) async throws {
        exchange = try await TestExchange(engine, terms: terms)
        tokens["customs"] = try await exchange.join("customs", .customs, roles: [.reader, .officer])
        for name in ["anchor", "berth", "swift"] {
            tokens[name] = try await exchange.join(name, .freightForwarder)
        }
        let administration = exchange.node.administration
        let gateway = Gateway(
            name: Samples.name("reports"),
            title: "Reports",
            about: "",
            origin: Party(kinds: [.freightForwarder]),
            reader: Party(kinds: [.customs]),
            relation: .same,
            modes: [.report],
            purposes: [.reporting]
        )
        try await administration.keep(try #require(Gateways([gateway])))
        _ = try await administration.changeMember("berth") { $0.group = Samples.name("anchor") }
        let terms = PoolTerms(title: "Inbox", reading: .enrolled, writing: .everyone)
        _ = try await administration.addPool(Samples.name("inbox"), .inbox, terms)
        _ = try await administration.enrol("customs", in: "inbox", Enrolment(reads: true, writes: false))
    }

    func session(_ name: String) async throws -> Session { try await exchange.session(tokens[name] ?? "") }

    /// A report of a container that was seen six hours before, and that customs accepted.
    func accepted(
        _ number: String = "MSKU0383250",
        from name: String = "anchor",
        graded grade: Grade? = nil
    ) async throws -> ID<Report> {
        let container = try Subject(.container, key: "c1", properties: ["containerNumber": [number]])
        let content = try ReportContent(
            categories: [try #require(Category(rawValue: "TBM-MIS"))],
            severity: .serious,
            seen: exchange.clock.now.advanced(by: .seconds(-6 * 3_600)),
            facts: "Too heavy",
            subjects: [container]
        )
        let report = try await exchange.node.reports.report(content, to: "customs", by: try await session(name))
        try await act(.accept(grade), on: report.id)
        return report.id
    }

    func act(_ action: ReportAction, on id: ID<Report>, as name: String = "customs") async throws {
        _ = try await exchange.node.reports.act(action, on: id, by: try await session(name))
    }

    func conclude(_ outcome: Outcome, on id: ID<Report>, days: Int64? = nil) async throws {
        let embargo = days.map { exchange.clock.now.advanced(by: .seconds($0 * 86_400)) }
        try await act(.conclude(outcome, seized: nil, note: nil, embargo: embargo), on: id)
    }

    func pass(days: Int) async throws {
        exchange.clock.advance(by: .seconds(days * 86_400))
        while try await exchange.node.ledgers.isAnythingDue() { try await exchange.node.ledgers.elapse() }
    }

    func statement(_ name: String = "anchor", epochs: Int = 1) async throws -> GroupStatement {
        let session = try await session(name)
        return try await exchange.node.ledgers.statement(of: Samples.name("customs"), epochs: epochs, for: session)
    }

    func entries() async throws -> [String] {
        try await exchange.database.read { connection in
            try connection.rows("select key, debit, credit, amount, day from ledger_entry order by pool, key") {
                row in
                "\(row.text(0)) \(row.text(1)) \(row.text(2)) \(row.integer(3)) \(row.integer(4))"
            }
        }
    }

    /// What was written down of each group at each close.
    func standings() async throws -> [String] {
        try await exchange.database.read { connection in
            try connection.rows(
                "select epoch, owner_group, standing, size, tier, low from ledger_standing order by epoch, owner_group"
            ) { "\($0.integer(0)) \($0.text(1)) \($0.integer(2)) \($0.text(3)) T\($0.integer(4)) \($0.integer(5))" }
        }
    }
}
