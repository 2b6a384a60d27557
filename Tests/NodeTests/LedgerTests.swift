import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Ledgers of inboxes")
struct LedgerTests {
    @Test("post what was accepted and what came of it once, for the owner of who reported", arguments: Engine.both)
    func posted(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let id = try await harbour.accepted()
        try await harbour.conclude(.seizure, on: id, days: 10)
        await #expect(throws: AdvisoryFault.self) { _ = try await harbour.statement() }
        try await harbour.pass(days: 31)
        let statement = try await harbour.statement()
        // C 500, R 300, U 1000, T 917: Q 647; one confirmed: rho 600.
        let line = try #require(statement.lines.first)
        #expect(statement.lines.count == 1 && line.score == 647 && line.lot.reliability == 600)
        #expect(line.lot.amount.text == "7.117" && statement.notItemised.text == "28.468")
        #expect(statement.closing.earned.text == "35.585" && statement.standing.total.text == "35.585")
        let sister = try await harbour.statement("berth")
        #expect(sister == statement)
        let other = try await harbour.statement("swift")
        #expect(other.closing.earned == .zero && other.lines.isEmpty)
        // Nothing more comes of the same again, and time takes its part.
        try await harbour.conclude(.seizure, on: id)
        try await harbour.pass(days: 30)
        let later = try await harbour.statement(epochs: 2)
        #expect(later.opening.earned == .zero && later.posted == statement.posted)
        #expect(later.closing.earned == later.standing.total && later.closing.earned < statement.closing.earned)
        #expect(try await harbour.statement().opening == statement.closing)
        await harbour.exchange.close()
    }

    @Test("tell nothing of an outcome under an embargo before it is lifted", arguments: Engine.both)
    func embargo(engine: Engine) async throws {
        var statements: [[UInt8]] = []
        for isTold in [false, true] {
            let harbour = try await Harbour(engine)
            let id = try await harbour.accepted()
            let retracted = try await harbour.accepted("TGHU7599330")
            if isTold {
                try await harbour.conclude(.arrest, on: id, days: 40)
                try await harbour.conclude(.seizure, on: id, days: 10)
                try await harbour.conclude(.mistakenIdentity, on: id, days: 45)
                try await harbour.conclude(.mistakenIdentity, on: retracted, days: 40)
            }
            // What is said in the open afterwards counts as if nothing had been said before.
            try await harbour.conclude(.seizure, on: id)
            try await harbour.act(.retract, on: retracted, as: "anchor")
            try await harbour.pass(days: 31)
            let statement = try await harbour.statement()
            statements.append(try await harbour.exchange.node.ledgers.signed(statement))
            #expect(statement.text.contains(id.text) && statement.csv.contains(id.text))
            try await harbour.pass(days: 30)
            let lifted = try await harbour.statement()
            #expect(isTold == (lifted.takenBack.count == 1))
            #expect(isTold == (lifted.closing.earned.count < 1_000))
            await harbour.exchange.close()
        }
        #expect(statements[0] == statements[1])
    }

    @Test("take back what was retracted, and pay for saying so in time", arguments: Engine.both)
    func retracted(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let early = try await harbour.accepted()
        try await harbour.act(.retract, on: early, as: "anchor")
        let late = try await harbour.accepted("TGHU7599330", graded: Grade(.usually, .confirmed))
        try await harbour.pass(days: 31)
        let before = try await harbour.statement()
        #expect(before.events.map(\.name) == ["accepted", "own-error"])
        #expect(before.events.map(\.amount) == [8_470, 1_000])
        try await harbour.act(.retract, on: late, as: "anchor")
        try await harbour.pass(days: 30)
        let after = try await harbour.statement()
        #expect(after.takenBack.map(\.item.text) == [late.text] && after.reliability == 400)
        #expect(after.closing.earned == after.standing.total && after.closing.earned.count < 900)
        await harbour.exchange.close()
    }

    @Test("pay nobody for taking back what it was told is mistaken", arguments: Engine.both)
    func told(engine: Engine) async throws {
        for embargo in [nil, 3] as [Int64?] {
            let harbour = try await Harbour(engine)
            let id = try await harbour.accepted()
            try await harbour.conclude(.mistakenIdentity, on: id, days: embargo)
            harbour.exchange.clock.advance(by: .seconds(3_600))
            try await harbour.act(.retract, on: id, as: "anchor")
            try await harbour.pass(days: 31)
            // While it is under an embargo nothing may tell of it.
            #expect(try await harbour.statement().events.map(\.name) == (embargo == nil ? [] : ["own-error"]))
            await harbour.exchange.close()
        }
    }

    @Test("stay with who owned the member when the report was accepted", arguments: Engine.both)
    func owners(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let id = try await harbour.accepted()
        _ = try await harbour.exchange.node.administration.changeMember("anchor") { $0.group = Samples.name("swift") }
        try await harbour.conclude(.mistakenIdentity, on: id)
        try await harbour.pass(days: 31)
        let old = try await harbour.statement("berth")
        #expect(old.group == Samples.name("anchor") && old.closing.earned == .zero && old.reliability == 400)
        #expect(try await harbour.statement().reliability == 500)
        await harbour.exchange.close()
    }

    @Test("count the same matter once, and what another owner told before as nothing new", arguments: Engine.both)
    func matters(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        for name in ["anchor", "berth", "anchor", "swift"] {
            _ = try await harbour.accepted(from: name)
            harbour.exchange.clock.advance(by: .seconds(1))
        }
        try await harbour.pass(days: 31)
        let owner = try await harbour.statement()
        #expect(owner.lines.map(\.lot.amount.count).sorted() == [0, 0, 6_470])
        let second = try await harbour.statement("swift")
        let line = try #require(second.lines.first)
        #expect(line.lot.claim.quality.novelty == 0 && line.reason?.novelty.contains("anchor") == false)
        await harbour.exchange.close()
    }

    @Test("close all epochs at once that a daemon was too late for", arguments: Engine.both)
    func late(engine: Engine) async throws {
        var books: [[String]] = []
        for isLate in [false, true] {
            let harbour = try await Harbour(engine)
            _ = try await harbour.accepted()
            for _ in 0..<(isLate ? 0 : 6) { try await harbour.pass(days: 30) }
            harbour.exchange.clock.advance(by: .seconds((isLate ? 180 : 0) * 86_400))
            try await harbour.exchange.node.ledgers.elapse()
            let entries = try await harbour.entries().map { $0.filter { !$0.isHexDigit || $0.isNumber } }
            books.append(entries + (try await harbour.standings()))
            #expect(try await harbour.statement().period.last.number == 6)
            await harbour.exchange.close()
        }
        #expect(books[0] == books[1] && !books[0].isEmpty)
    }

    @Test(
        "post the same entries and standings whatever commit of a close fails",
        arguments: Engine.both,
        FaultyDatabase.Fault.allCases
    )
    func faults(engine: Engine, fault: FaultyDatabase.Fault) async throws {
        var books: [[String]] = []
        for isFaulty in [false, true] {
            let harbour = try await Harbour(engine)
            for name in ["anchor", "swift"] { _ = try await harbour.accepted(from: name) }
            let retracted = try await harbour.accepted("TGHU7599330", from: "swift")
            if isFaulty {
                harbour.exchange.clock.advance(by: .seconds(31 * 86_400))
                for write in 1...6 {
                    let faulty = FaultyDatabase(harbour.exchange.database, failing: fault, write: write)
                    let node = try? await TestExchange.node(over: faulty, harbour.exchange.clock, seed: UInt64(write))
                    try? await node?.ledgers.elapse()
                }
                try await harbour.exchange.node.live.follow()
            }
            try await harbour.pass(days: isFaulty ? 0 : 31)
            try await harbour.act(.retract, on: retracted, as: "swift")
            try await harbour.pass(days: 60)
            // The ids of items are drawn anew by each node; all else is the same.
            let entries = try await harbour.entries().map { $0.filter { !$0.isHexDigit || $0.isNumber } }
            let standings = try await harbour.standings()
            #expect(standings.count == 6)
            books.append(entries + standings)
        }
        #expect(books[0] == books[1] && !books[0].isEmpty)
    }
}
