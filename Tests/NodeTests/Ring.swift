import Exchange
import Node
import Store
import TestSupport
import Testing

/// Three banks that ask each other, a branch of the first, a customs office, and a pool that they all read.
struct Ring {
    static let banks = ["fjord", "grove", "heath"]

    let exchange: TestExchange
    private var tokens: [String: String] = [:]

    init(_ engine: Engine, seed: UInt64 = 1, readers: Audience = .everyone) async throws {
        exchange = try await TestExchange(engine, seed: seed)
        for name in Self.banks + ["branch"] { tokens[name] = try await exchange.join(name) }
        tokens["customs"] = try await exchange.join("customs", .customs, roles: [.reader, .officer])
        _ = try await exchange.node.administration.changeMember("branch") { $0.group = Samples.name("fjord") }
        let party = Party(kinds: [.bank, .customs])
        let gateway = Gateway(
            name: Samples.name("asking"),
            title: "Asking",
            about: "",
            origin: party,
            reader: party,
            relation: .any,
            modes: [.request],
            purposes: Purpose.usual.subtracting([.strategic])
        )
        try await exchange.node.administration.keep(try #require(Gateways([gateway])))
        let terms = PoolTerms(title: "Banks", reading: readers, writing: .everyone, defaultMarking: .green)
        _ = try await exchange.pool("banks", terms)
    }

    func session(_ name: String) async throws -> Session { try await exchange.session(tokens[name] ?? "") }

    /// A question about an organisation, or, of the number 0, about a route.
    static func content(_ number: Int = 0, _ severity: Severity = .serious) throws -> ReportContent {
        let letter = Character(UnicodeScalar(UInt8(97 + number % 26)))
        return try ReportContent(
            categories: [try #require(Category(rawValue: "FRD-CGO"))],
            severity: severity,
            facts: "Who ships this way?",
            subjects: [
                try number == 0
                    ? Subject(.route, key: "r", properties: ["origin": ["NLRTM"], "destination": ["BEANR"]])
                    : Subject(.organisation, key: "o", properties: ["name": ["Tidewater\(letter) BV"]])
            ]
        )
    }

    @discardableResult
    func ask(
        _ to: String,
        _ weight: RequestWeight = .simple,
        by asker: String,
        about number: Int = 0,
        over node: Node? = nil,
        as call: KeyedCall? = nil
    ) async throws -> InformationRequest {
        try await (node ?? exchange.node).reports.ask(
            try Self.content(number),
            to: to,
            weight: weight,
            by: try await session(asker),
            as: call
        )
    }

    @discardableResult
    func answer(
        _ request: InformationRequest,
        _ reply: InformationRequest.Reply = .nothing,
        by name: String,
        over node: Node? = nil,
        as call: KeyedCall? = nil
    ) async throws -> InformationRequest {
        let desk = (node ?? exchange.node).reports
        return try await desk.answer(request.id, reply, by: try await session(name), as: call)
    }

    func close(_ request: InformationRequest, by name: String) async throws {
        _ = try await exchange.node.reports.close(request.id, by: try await session(name))
    }

    func view(_ name: String) async throws -> LinesView {
        try await exchange.node.ledgers.lines(for: try await session(name))
    }

    /// The lines of a member's group, by the others: what it is owed or owes, what it asks, and what asks it.
    func lines(_ name: String) async throws -> [String: [Int64]] {
        let lines = try await view(name).lines.map { ($0.other.text, [$0.posted, $0.asked, $0.asking]) }
        return Dictionary(uniqueKeysWithValues: lines)
    }

    func pass(seconds: Int64) async throws {
        exchange.clock.advance(by: .seconds(seconds))
        while try await exchange.node.ledgers.isAnythingDue() { try await exchange.node.ledgers.elapse() }
    }

    func pass(days: Int64) async throws { try await pass(seconds: days * 86_400) }

    /// To the first second of the next month.
    func passMonth() async throws {
        let now = exchange.clock.now
        try await pass(seconds: (LineMonth(at: now).end.nanoseconds - now.nanoseconds) / 1_000_000_000 + 1)
    }

    /// All entries; the ids of requests are drawn anew by each node.
    func entries() async throws -> [String] {
        try await exchange.database.read { connection in
            try connection.rows(
                """
                select cause, debit, credit, amount, step, day from line_entry
                order by cause, debit, credit, day, amount
                """
            ) { "\($0.text(0)) \($0.text(1)) \($0.text(2)) \($0.integer(3)) \($0.text(4)) \($0.integer(5))" }
        }
    }

    /// What each account has by its entries, which is what the balances say; both ends of a line are one amount.
    func checkBooks() async throws {
        let (entries, held) = try await exchange.database.read { connection in
            (
                try connection.rows("select debit, credit, amount, step, number from line_entry order by number") {
                    (debit: $0.text(0), credit: $0.text(1), amount: $0.integer(2), step: $0.text(3))
                }, try LineRows.balances(connection)
            )
        }
        var balances: [LineAccount: LedgerBalance] = [:]
        for entry in entries {
            let (debit, credit) = (Samples.name(entry.debit), Samples.name(entry.credit))
            let (low, high) = (LineAccount(of: debit, towards: credit), LineAccount(of: credit, towards: debit))
            let moves: (posted: Int64, pending: Int64) =
                switch entry.step {
                case "posted": (1, 0)
                case "pending": (0, 1)
                case "posts": (1, -1)
                default: (0, -1)
                }
            balances[low, default: LedgerBalance()].posted -= moves.posted * entry.amount
            balances[high, default: LedgerBalance()].posted += moves.posted * entry.amount
            balances[low, default: LedgerBalance()].leaving += moves.pending * entry.amount
            balances[high, default: LedgerBalance()].coming += moves.pending * entry.amount
            #expect(balances.allSatisfy { abs($0.value.posted) <= 20 && $0.value.posted - $0.value.leaving >= -20 })
        }
        #expect(balances == held)
    }
}
