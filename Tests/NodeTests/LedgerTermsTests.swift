import Exchange
import Node
import Store
import TestSupport
import Testing

/// Terms of ledgers over whole nodes and real stores.
@Suite("The terms of a ledger")
struct LedgerTermsTests {
    private static let customs = Samples.name("customs")
    private static let inbox = Samples.name("inbox")
    private static let dearer = ["earning.seizure": 80_000, "decay.half_life_days": 90, "tier.demotion_epochs": 1]

    @discardableResult
    private static func propose(_ figures: [String: Int], _ node: Node, for name: Name = customs) async throws
        -> LedgerTerms
    {
        try await node.ledgers.propose(try ReciprocityTerms(figures), for: name)
    }

    /// A report that was accepted and led to a seizure, and then so many days.
    private static func seized(_ number: String, _ harbour: Harbour, days: Int = 30) async throws -> ID<Report> {
        let id = try await harbour.accepted(number)
        try await harbour.conclude(.seizure, on: id)
        try await harbour.pass(days: days)
        return id
    }

    private static func journalled(_ harbour: Harbour) async throws -> Int64 {
        try await harbour.exchange.database.read { connection in
            try connection.first("select count(*) from journal where kind = 29") { $0.integer(0) } ?? -1
        }
    }

    @Test("count from the next epoch on, and leave as it was what closed before", arguments: Engine.both)
    func counted(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let node = harbour.exchange.node
        _ = try await harbour.accepted()
        let proposed = try await Self.propose(Self.dearer, node)
        #expect(proposed.epoch == 1 && proposed.now.version == 0 && proposed.stages.map(\.epoch) == [1, 2])
        #expect(proposed.pool == Self.inbox)
        _ = try await Self.seized("TGHU7599330", harbour, days: 31)
        let first = try await harbour.statement()
        let (entries, standings) = (try await harbour.entries(), try await harbour.standings())
        #expect(first.lines.first { $0.lot.claim.key.event == .seizure }?.base.count == 40_000)
        #expect(first.terms.map(\.version) == [0, 1] && first.lines.allSatisfy { $0.lot.halfLifeDays == 180 })
        _ = try await Self.seized("CSQU3054383", harbour)
        let second = try await harbour.statement()
        let seizure = try #require(second.lines.first { $0.lot.claim.key.event == .seizure })
        #expect(seizure.base.count == 80_000 && seizure.lot.halfLifeDays == 90)
        #expect(second.terms.map(\.version) == [1] && second.opening == first.closing)
        #expect(second.closing.earned == second.standing.total)
        // What was posted before is as it was, also made anew by the statement of both.
        let both = try await harbour.statement(epochs: 2)
        #expect(both.lines.filter { $0.lot.epoch == 1 } == first.lines && both.terms.map(\.version) == [0, 1])
        #expect(Set(try await harbour.entries()).isSuperset(of: entries))
        #expect(Set(try await harbour.standings()).isSuperset(of: standings))
        // Proposed, and that it counts.
        #expect(try await Self.journalled(harbour) == 2)
        await harbour.exchange.close()
    }

    @Test("give way to later ones before they count, and are withdrawn", arguments: Engine.both)
    func withdrawn(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let node = harbour.exchange.node
        _ = try await harbour.accepted()
        try await Self.propose(Self.dearer, node)
        try await Self.propose(["earning.accepted": 20_000], node)
        let again = try await Self.propose(["earning.accepted": 20_000], node)
        #expect(again.history.versions.map(\.number) == [1, 2] && again.history.versions[0].ended != nil)
        #expect(again.stages.map(\.version) == [0, 2])
        let none = try await node.ledgers.withdrawTerms(of: Self.customs)
        #expect(none.stages.map(\.version) == [0] && none.history.versions.allSatisfy { $0.ended != nil })
        await #expect(throws: AdministrationFault.self) { _ = try await node.ledgers.withdrawTerms(of: Self.customs) }
        try await Self.propose(["earning.accepted": 30_000], node)
        try await harbour.pass(days: 31)
        let counts = try await node.ledgers.terms(of: Self.customs)
        #expect(counts.epoch == 2 && counts.now.version == 3 && counts.now.terms[.accepted] == 30_000)
        // What counts is no proposal any more.
        await #expect(throws: AdministrationFault.self) { _ = try await node.ledgers.withdrawTerms(of: Self.customs) }
        _ = try await harbour.accepted("TGHU7599330")
        try await harbour.pass(days: 30)
        #expect(try await harbour.statement().lines.map(\.base.count) == [30_000])
        #expect(try await Self.journalled(harbour) == 5)
        await harbour.exchange.close()
    }

    @Test("of a ledger that has not begun hold from its first epoch on, days and all", arguments: Engine.both)
    func beginning(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let node = harbour.exchange.node
        let proposed = try await Self.propose(["epoch.days": 14, "earning.accepted": 20_000], node, for: Self.inbox)
        #expect(proposed.now.version == 1 && proposed.days == nil)
        _ = try await harbour.accepted()
        try await harbour.pass(days: 15)
        let statement = try await harbour.statement()
        #expect(statement.period.last.closes == 14 && statement.lines.map(\.base.count) == [20_000])
        await #expect {
            try await Self.propose(["earning.accepted": 20_000], node)
        } throws: {
            "\($0)".contains("epoch.days") && "\($0)".contains("let it be 14")
        }
        for name in ["nobody", "anchor"] {
            await #expect(throws: AdministrationFault.self) {
                try await Self.propose(["earning.accepted": 20_000], node, for: Samples.name(name))
            }
        }
        await harbour.exchange.close()
    }

    @Test("of a close that is late are those that were proposed before its day", arguments: Engine.both)
    func late(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let node = harbour.exchange.node
        _ = try await harbour.accepted()
        // Nobody was there on day 30: what is proposed on day 40 is not for the days since then.
        harbour.exchange.clock.advance(by: .seconds(40 * 86_400))
        let proposed = try await Self.propose(Self.dearer, node)
        #expect(proposed.epoch == 2 && proposed.stages.map(\.epoch) == [1, 3])
        let id = try await harbour.accepted("TGHU7599330")
        try await harbour.conclude(.seizure, on: id)
        try await harbour.pass(days: 20)
        #expect(try await harbour.statement().lines.map(\.base.count).max() == 40_000)
        _ = try await Self.seized("CSQU3054383", harbour)
        #expect(try await harbour.statement().lines.map(\.base.count).max() == 80_000)
        await harbour.exchange.close()
    }

    @Test("are those of the day on which a report was submitted, for what is owed on it", arguments: Engine.both)
    func owed(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let node = harbour.exchange.node
        func days() async throws -> [String] {
            try await harbour.exchange.database.read { connection in
                try connection.rows("select submitted, due, vests from debt order by number") { row in
                    "\((row.integer(1) - row.integer(0)) / 86_400_000_000) \((row.integer(2) - row.integer(0)) / 86_400_000_000)"
                }
            }
        }
        _ = try await harbour.accepted()
        try await Self.propose(["authority.status_days": 10, "authority.vesting_days": 20], node)
        _ = try await harbour.accepted("TGHU7599330")
        try await harbour.pass(days: 30)
        _ = try await harbour.accepted("CSQU3054383")
        #expect(try await days() == ["90 180", "90 180", "10 20"])
        await harbour.exchange.close()
    }

    @Test("are shown to whoever may have a statement, and no day before the first close", arguments: Engine.both)
    func shown(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let node = harbour.exchange.node
        let anchor = try await harbour.session("anchor")
        let unbegun = try await node.ledgers.terms(of: Self.customs, for: anchor)
        #expect(unbegun.stages.map(\.version) == [0] && unbegun.opening(of: 1) == nil)
        _ = try await harbour.accepted()
        try await Self.propose(Self.dearer, node)
        let begun = try await node.ledgers.terms(of: Self.customs, for: anchor)
        #expect(begun.stages.map(\.version) == [0, 1] && begun.opening(of: 2) == nil)
        #expect(try await node.ledgers.terms(of: Self.customs).opening(of: 2) != nil)
        try await harbour.pass(days: 31)
        let closed = try await node.ledgers.terms(of: Self.customs, for: anchor)
        #expect(closed.stages.map(\.version) == [1] && closed.opening(of: 2) != nil)
        // By the inbox's name, which every statement tells, they are the same.
        #expect(try await node.ledgers.terms(of: Self.inbox, for: anchor).stages == closed.stages)
        let statement = try await harbour.statement()
        let read = try JSON(parsing: try await node.ledgers.signed(statement)).root
        let terms = read["terms"]?.elements ?? []
        #expect(terms.map { $0["version"]?.integer } == [0, 1])
        #expect(terms.last?["figures"]?.members.map(\.key).sorted() == Self.dearer.keys.sorted())
        #expect(terms.last?["figures"]?["earning.seizure"]?.integer == 80_000)
        #expect(statement.text.contains("version 1 from epoch 2") && statement.text.contains("earning.seizure 80000"))
        await harbour.exchange.close()
    }

    @Test(
        "are the same, and count the same, whatever commit fails and on whichever node",
        arguments: Engine.both,
        FaultyDatabase.Fault.allCases
    )
    func faults(engine: Engine, fault: FaultyDatabase.Fault) async throws {
        var books: [[String]] = []
        for isFaulty in [false, true] {
            let harbour = try await Harbour(engine)
            let node = harbour.exchange.node
            let other = try await TestExchange.node(over: harbour.exchange.database, harbour.exchange.clock, seed: 9)
            for name in ["anchor", "swift"] { _ = try await harbour.accepted(from: name) }
            for (place, figures) in [["earning.accepted": 20_000], Self.dearer].enumerated() {
                if isFaulty {
                    let faulty = try await harbour.exchange.faulty(fault)
                    await #expect(throws: (any Error).self) { try await Self.propose(figures, faulty) }
                }
                try await Self.propose(figures, place == 0 ? node : other)
                let id = try await harbour.accepted(["TGHU7599330", "CSQU3054383"][place], from: "swift")
                try await harbour.conclude(.seizure, on: id)
                if isFaulty {
                    harbour.exchange.clock.advance(by: .seconds(31 * 86_400))
                    for write in 1...6 {
                        let faulty = FaultyDatabase(harbour.exchange.database, failing: fault, write: write)
                        let node = try? await TestExchange.node(
                            over: faulty,
                            harbour.exchange.clock,
                            seed: UInt64(write)
                        )
                        try? await node?.ledgers.elapse()  // What fails is done by the next.
                    }
                    try await node.live.follow()
                }
                try await harbour.pass(days: isFaulty ? 0 : 31)
            }
            _ = try await Self.seized("MSCU5285725", harbour, days: 60)
            let (one, two) = (
                try await node.ledgers.terms(of: Self.customs), try await other.ledgers.terms(of: Self.customs)
            )
            #expect(one.history == two.history && one.stages.map(\.version) == [2])
            let session = try await harbour.session("swift")
            let told = try await node.ledgers.statement(of: Self.customs, epochs: 4, for: session)
            #expect(try await other.ledgers.statement(of: Self.customs, epochs: 4, for: session) == told)
            let entries = try await harbour.entries().map { $0.filter { !$0.isHexDigit || $0.isNumber } }
            let counted = try await Self.journalled(harbour)
            books.append(entries + (try await harbour.standings()) + ["\(counted)"])
            await harbour.exchange.close()
        }
        #expect(books[0] == books[1] && books[0].count > 10)
    }
}
