import Exchange
import Foundation
import Node
import Store
import TestSupport
import Testing

extension Harbour {
    /// A report of a container, or of nothing by which it could be told apart, that customs has said nothing of.
    func submitted(_ number: String? = "MSKU0383250", from name: String = "anchor") async throws -> ID<Report> {
        let subject =
            try number.map { try Subject(.container, key: "c1", properties: ["containerNumber": [$0]]) }
            ?? Subject(.route, key: "r1", properties: ["origin": ["CNSHA"], "destination": ["NLRTM"]])
        let content = try ReportContent(
            categories: [try #require(Category(rawValue: "TBM-MIS"))],
            severity: .serious,
            seen: exchange.clock.now.advanced(by: .seconds(-6 * 3_600)),
            facts: "Too heavy",
            subjects: [subject]
        )
        return try await exchange.node.reports.report(content, to: "customs", by: try await session(name)).id
    }

    /// What each account of obligations has; their sum is zero.
    func debts() async throws -> [String: Int64] {
        let moves = try await exchange.database.read { connection in
            try connection.rows("select debit, credit, amount from debt_entry order by number") {
                ($0.text(0), $0.text(1), $0.integer(2))
            }
        }
        var balances: [String: Int64] = [:]
        for (debit, credit, amount) in moves {
            balances[debit, default: 0] -= amount
            balances[credit, default: 0] += amount
            #expect(balances.allSatisfy { $0.value >= 0 || $0.key.hasSuffix("incurred") })
        }
        return balances.filter { $0.value != 0 && !$0.key.hasSuffix("incurred") }
    }

    func debtKeys() async throws -> [String] {
        try await exchange.database.read { connection in
            try connection.rows("select cause, debit, credit, amount, day from debt_entry order by item, day, cause") {
                "\($0.text(0)) \($0.text(1)) \($0.text(2)) \($0.integer(3)) \($0.integer(4))"
            }
        }
    }

    func owed() async throws -> [OwedReport] {
        try await exchange.node.reports.owed(for: try await session("customs"), upTo: 100)
    }
}

@Suite("What authorities owe, and what their silence comes to")
struct DebtTests {
    @Test("owe a word on each report until the first, overdue after 90 days", arguments: Engine.both)
    func words(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let first = try await harbour.submitted()
        let second = try await harbour.submitted("TGHU7599330", from: "swift")
        #expect(try await harbour.debts() == ["fd:customs:owed": 2])
        #expect(try await harbour.owed().map(\.report.id) == [first, second])
        try await harbour.act(.say("Nothing yet"), on: first)
        try await harbour.act(.say("More words"), on: first)
        #expect(try await harbour.debts() == ["fd:customs:owed": 1, "fd:customs:discharged": 1])
        try await harbour.pass(days: 89)
        #expect(try await harbour.debts() == ["fd:customs:owed": 1, "fd:customs:discharged": 1])
        #expect(try await harbour.statement("swift").owed.map(\.item.text) == [second.text])
        #expect(try await harbour.statement("anchor").owed.isEmpty)
        try await harbour.pass(days: 1)
        #expect(try await harbour.debts() == ["fd:customs:overdue": 1, "fd:customs:discharged": 1])
        // What the reporter says is no word of the authority.
        try await harbour.act(.say("Hello?"), on: second, as: "swift")
        #expect(try await harbour.owed().map(\.report.id) == [second])
        try await harbour.act(.refuse(.noSuspicion, nil), on: second)
        #expect(try await harbour.debts() == ["fd:customs:discharged": 2])
        #expect(try await harbour.owed().isEmpty)
        #expect(try await harbour.debtKeys().filter { $0.hasPrefix("overdue") }.count == 1)
        // A statement tells what was so at its close, whatever was said since.
        let shown = try await harbour.statement("swift").owed
        #expect(shown.map { $0.state(on: 90) } == [.overdue(since: 90)])
        try await harbour.pass(days: 30)
        #expect(try await harbour.statement("swift").owed.isEmpty)
        await harbour.exchange.close()
    }

    @Test("owe nothing on what was taken back, nor to one of the authority's own owner", arguments: Engine.both)
    func taken(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let id = try await harbour.submitted()
        try await harbour.act(.retract, on: id, as: "anchor")
        #expect(try await harbour.owed().isEmpty)
        _ = try await harbour.exchange.node.administration.changeMember("swift") { $0.group = Samples.name("customs") }
        _ = try await harbour.submitted(from: "swift")
        #expect(try await harbour.owed().isEmpty)
        try await harbour.pass(days: 211)
        #expect(try await harbour.statement().posted == .zero)
        await harbour.exchange.close()
    }

    @Test("tell the same of what is owed with and without a word under an embargo", arguments: Engine.both)
    func embargo(engine: Engine) async throws {
        var statements: [[UInt8]] = []
        for isTold in [false, true] {
            let harbour = try await Harbour(engine)
            let accepted = try await harbour.accepted()
            let retracted = try await harbour.submitted("TGHU7599330")
            _ = try await harbour.submitted("CSQU3054383")
            try await harbour.act(.retract, on: retracted, as: "anchor")
            if isTold {
                for id in [accepted, retracted] { try await harbour.conclude(.arrest, on: id, days: 100) }
            }
            try await harbour.pass(days: 91)
            let statement = try await harbour.statement(epochs: 3)
            #expect(statement.owed.count == 1)
            statements += [statement.json, Array(statement.text.utf8), Array(statement.csv.utf8)]
            #expect(
                try await harbour.debts()
                    == ["fd:customs:overdue": 1, "fd:customs:discharged": 2]
            )
            await harbour.exchange.close()
        }
        #expect(statements[..<3] == statements[3...])
    }

    @Test("accept by silence after 180 days, once, and pay no acceptance that comes later", arguments: Engine.both)
    func vesting(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let id = try await harbour.submitted()
        let refused = try await harbour.submitted("TGHU7599330")
        let wanted = try await harbour.submitted("CSQU3054383", from: "swift")
        try await harbour.act(.refuse(.tooLittle, nil), on: refused)
        try await harbour.act(.wantMore("Who booked it?"), on: wanted)
        try await harbour.pass(days: 180)
        #expect(try await harbour.statement().posted == .zero)
        try await harbour.act(.accept(Grade(.usually, .confirmed)), on: id)
        // Of what comes of it later the grade counts: silence had cost the reporter nothing.
        try await harbour.conclude(.seizure, on: id)
        try await harbour.pass(days: 30)
        let statement = try await harbour.statement()
        // C 500, R 300, U 1000, T 917: Q 647; C 1000: Q 847; rho 600.
        #expect(statement.lines.map(\.lot.claim.key.event) == [.accepted, .seizure])
        #expect(statement.lines.map(\.score) == [647, 847])
        #expect(statement.lines.map(\.lot.amount.count) == [7_117, 37_268])
        #expect(try await harbour.statement("swift").lines.map(\.lot.claim.key.event) == [.accepted])
        try await harbour.pass(days: 30)
        #expect(try await harbour.statement().posted == .zero)
        await harbour.exchange.close()
    }

    @Test(
        "count what silence accepts in the epoch that it is in, whatever commit of the calendar fails",
        arguments: Engine.both
    )
    func held(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        _ = try await harbour.accepted("TGHU7599330", from: "swift")
        try await harbour.pass(days: 5)
        _ = try await harbour.submitted()
        // Day 185 is in the epoch that ends with day 210.
        try await harbour.pass(days: 176)
        harbour.exchange.clock.advance(by: .seconds(30 * 86_400))
        let ledgers = try await harbour.exchange.faulty(.beforeCommit).ledgers
        for _ in 0..<2 { try? await ledgers.elapse() }
        try await harbour.pass(days: 0)
        let statement = try await harbour.statement()
        #expect(statement.period.last.closes == 210 && statement.posted > .zero)
        await harbour.exchange.close()
    }

    @Test("compare what silence accepts by when it was told, however late the calendar is", arguments: Engine.both)
    func order(engine: Engine) async throws {
        for isLate in [false, true] {
            let harbour = try await Harbour(engine)
            let first = try await harbour.submitted(from: "swift")
            harbour.exchange.clock.advance(by: .seconds(60))
            let second = try await harbour.submitted(from: "anchor")
            // The first is answered, and waits for nothing but silence; the second is to be overdue first.
            try await harbour.act(.say("We look."), on: first)
            for _ in 0..<(isLate ? 1 : 7) { try await harbour.pass(days: isLate ? 211 : 31) }
            if !isLate { try await harbour.pass(days: 1) }
            let lines = try await harbour.statement("anchor", epochs: 7).lines
            #expect(lines.map(\.lot.claim.key.item.text) == [second.text])
            #expect(lines.map(\.lot.claim.quality.novelty) == [0])
            await harbour.exchange.close()
        }
    }

    @Test("let silence count first where the calendar was late", arguments: Engine.both, [false, true])
    func late(engine: Engine, isLate: Bool) async throws {
        let harbour = try await Harbour(engine)
        let refused = try await harbour.submitted()
        let retracted = try await harbour.submitted("TGHU7599330", from: "swift")
        harbour.exchange.clock.advance(by: .seconds(181 * 86_400))
        if !isLate { try await harbour.pass(days: 0) }
        try await harbour.act(.refuse(.noSuspicion, nil), on: refused)
        try await harbour.act(.retract, on: retracted, as: "swift")
        try await harbour.pass(days: 30)
        let statement = try await harbour.statement()
        #expect(statement.lines.map(\.lot.amount.count) == [6_470])
        #expect(statement.period.last.number == 7)
        // What was taken back was never posted, and counts against who had let it stand so long.
        let other = try await harbour.statement("swift")
        #expect(other.lines.isEmpty && other.reliability == 400)
        await harbour.exchange.close()
    }

    @Test(
        "enter the same whatever commit of the calendar fails",
        arguments: Engine.both,
        FaultyDatabase.Fault.allCases
    )
    func faults(engine: Engine, fault: FaultyDatabase.Fault) async throws {
        var books: [[String]] = []
        for isFaulty in [false, true] {
            let harbour = try await Harbour(engine)
            for name in ["anchor", "swift"] { _ = try await harbour.submitted(from: name) }
            for days in [91, 120] {
                if isFaulty {
                    harbour.exchange.clock.advance(by: .seconds(days * 86_400))
                    for write in 1...6 {
                        let faulty = FaultyDatabase(harbour.exchange.database, failing: fault, write: write)
                        let node = try? await TestExchange.node(
                            over: faulty,
                            harbour.exchange.clock,
                            seed: UInt64(write)
                        )
                        try? await node?.ledgers.elapse()
                    }
                    try await harbour.exchange.node.live.follow()
                }
                try await harbour.pass(days: isFaulty ? 0 : days)
            }
            let entries = try await harbour.entries().map { $0.filter { !$0.isHexDigit || $0.isNumber } }
            books.append(try await harbour.debtKeys() + entries)
            let posted = try await harbour.statement(epochs: 7).posted
            #expect(posted.count == 6_470)
            #expect(try await harbour.debts() == ["fd:customs:overdue": 2])
            await harbour.exchange.close()
        }
        #expect(books[0] == books[1] && books[0].count >= 6)
    }

    @Test(
        "enter what is owed with the report, or neither",
        arguments: Engine.both,
        FaultyDatabase.Fault.allCases
    )
    func submission(engine: Engine, fault: FaultyDatabase.Fault) async throws {
        let harbour = try await Harbour(engine)
        let content = try ReportContent(
            categories: [try #require(Category(rawValue: "TBM-MIS"))],
            severity: .serious,
            facts: "Too heavy",
            subjects: [try Subject(.route, key: "r", properties: ["origin": ["CNSHA"]])]
        )
        let session = try await harbour.session("anchor")
        for write in 1...6 {
            let faulty = FaultyDatabase(harbour.exchange.database, failing: fault, write: write)
            let node = try? await TestExchange.node(over: faulty, harbour.exchange.clock, seed: UInt64(write))
            for _ in 0..<2 { _ = try? await node?.reports.report(content, to: "customs", by: session) }
        }
        try await harbour.exchange.node.live.follow()
        let reports = try await harbour.exchange.node.reports.dossiers(
            Report.self,
            for: session,
            before: .max,
            upTo: 10
        )
        let owed = try await harbour.owed()
        #expect(owed.count == reports.count && reports.count >= 2)
        #expect(try await harbour.debts() == ["fd:customs:owed": Int64(reports.count)])
        await harbour.exchange.close()
    }
}
