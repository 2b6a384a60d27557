import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("What answers to requests earn")
struct AnswerTests {
    private static func statement(_ ring: Ring, _ name: String, of place: String = "banks") async throws
        -> GroupStatement
    {
        let session = try await ring.session(name)
        return try await ring.exchange.node.ledgers.statement(of: Samples.name(place), for: session)
    }

    @Test("is credited at the close in the ledger of the pool that was asked", arguments: Engine.both)
    func credited(engine: Engine) async throws {
        let ring = try await Ring(engine)
        let asked = try await ring.ask("banks", .moderate, by: "fjord")
        await #expect(throws: AdvisoryFault.self) { _ = try await Self.statement(ring, "grove") }
        ring.exchange.clock.advance(by: .seconds(7_200))
        try await ring.answer(asked, .positive("A customer until May."), by: "grove")
        try await ring.answer(asked, by: "heath")
        // One of the asker's own owner, and an authority, earn nothing.
        for name in ["branch", "customs"] { try await ring.answer(asked, .positive("Known."), by: name) }
        try await ring.pass(days: 31)
        let positive = try await Self.statement(ring, "grove")
        let line = try #require(positive.lines.first)
        #expect(positive.lines.count == 1 && line.counterpart == "fjord" && line.reason == nil)
        #expect(line.lot.claim.quality == Quality(credibility: 500, relevance: 1_000, novelty: 1_000, timeliness: 971))
        // 6000 · 795 · (500 + 500), and half of it for a nil answer.
        #expect(line.score == 795 && line.lot.amount.text == "4.770" && line.lot.claim.key.event == .answer)
        let nothing = try await Self.statement(ring, "heath")
        #expect(nothing.lines.map(\.lot.amount.text) == ["2.385"] && nothing.events.map(\.name) == ["nil-answer"])
        // All of it comes from one group: of that, nothing counts alone.
        #expect(positive.standing.remaining.text == "4.770" && positive.standing.counted == .zero)
        let asker = try await Self.statement(ring, "fjord")
        #expect(asker.lines.isEmpty && asker.closing.earned == .zero)
        #expect(asker.requests.map(\.name) == ["grove", "heath"] && asker.requests.map(\.amount) == [-3, -3])
        #expect(try await Self.statement(ring, "branch") == asker)
        for text in [positive.text, positive.csv, String(decoding: positive.json, as: UTF8.self)] {
            #expect(text.contains(asked.id.text) && !text.contains("until May") && !text.contains("NLRTM"))
            #expect(!text.contains("heath"))
        }
        await ring.exchange.close()
    }

    @Test("is nothing for one that is late or refused, and once for one matter in a window", arguments: Engine.both)
    func once(engine: Engine) async throws {
        let ring = try await Ring(engine)
        let late = try await ring.ask("banks", by: "fjord", about: 1)
        let refused = try await ring.ask("banks", by: "fjord", about: 2)
        try await ring.answer(refused, .refused(.legal), by: "grove")
        try await ring.pass(days: 8)
        try await ring.answer(late, .positive("Too late."), by: "grove")
        for asker in ["fjord", "heath"] {
            try await ring.answer(try await ring.ask("banks", by: asker, about: 3), by: "grove")
        }
        try await ring.answer(try await ring.ask("banks", by: "heath", about: 4), by: "grove")
        try await ring.pass(days: 31)
        let statement = try await Self.statement(ring, "grove")
        #expect(statement.lines.map(\.lot.amount.count).sorted() == [0, 2_400, 2_400])
        // On the line each answer is one.
        #expect(try await ring.lines("grove") == ["fjord": [1, 0, 0], "heath": [2, 0, 0]])
        await ring.exchange.close()
    }

    @Test("is credited in an authority's own ledger where that asks by name, else in none", arguments: Engine.both)
    func authority(engine: Engine) async throws {
        let ring = try await Ring(engine)
        let terms = PoolTerms(title: "Inbox", reading: .enrolled, writing: .everyone)
        _ = try await ring.exchange.node.administration.addPool(Samples.name("inbox"), .inbox, terms)
        _ = try await ring.exchange.node.administration.enrol(
            "customs",
            in: "inbox",
            Enrolment(reads: true, writes: false)
        )
        try await ring.answer(try await ring.ask("grove", by: "customs"), by: "grove")
        try await ring.answer(try await ring.ask("grove", by: "fjord"), by: "grove")
        try await ring.pass(days: 31)
        let statement = try await Self.statement(ring, "grove", of: "customs")
        #expect(statement.lines.map(\.counterpart) == ["customs"] && statement.standing.total.text == "2.400")
        #expect(statement.entitlements.isEmpty && statement.requests.map(\.amount) == [1])
        #expect(try await Self.statement(ring, "grove", of: "inbox") == statement)
        for name in ["nobody", "banks"] {
            await #expect(throws: AdvisoryFault.self, "\(name)") {
                _ = try await Self.statement(ring, "grove", of: name)
            }
        }
        await ring.exchange.close()
    }

    @Test("is told to nobody who does not read the pool", arguments: Engine.both)
    func outsiders(engine: Engine) async throws {
        let ring = try await Ring(engine, readers: .enrolled)
        for name in ["fjord", "grove"] {
            _ = try await ring.exchange.node.administration.enrol(
                name,
                in: "banks",
                Enrolment(reads: true, writes: false)
            )
        }
        try await ring.answer(try await ring.ask("banks", by: "fjord"), by: "grove")
        try await ring.pass(days: 31)
        #expect(try await Self.statement(ring, "grove").lines.count == 1)
        for name in ["heath", "customs"] {
            await #expect {
                _ = try await Self.statement(ring, name)
            } throws: { error in
                if case AdvisoryFault.noSuch = error { true } else { false }
            }
        }
        await ring.exchange.close()
    }

    @Test(
        "is entered with the answer, once, whatever commit fails",
        arguments: Engine.both,
        FaultyDatabase.Fault.allCases
    )
    func faults(engine: Engine, fault: FaultyDatabase.Fault) async throws {
        var books: [[String]] = []
        for isFaulty in [false, true] {
            let ring = try await Ring(engine)
            for (place, name) in ["grove", "heath"].enumerated() {
                let asked = try await ring.ask("banks", by: "fjord", about: place + 1)
                if isFaulty {
                    let faulty = try await ring.exchange.faulty(fault)
                    await #expect(throws: AdvisoryFault.self) { try await ring.answer(asked, by: name, over: faulty) }
                }
                _ = try? await ring.answer(asked, by: name)
            }
            ring.exchange.clock.advance(by: .seconds(31 * 86_400))
            for _ in 0..<(isFaulty ? 3 : 0) {
                let faulty = try await ring.exchange.faulty(fault)
                try? await faulty.ledgers.elapse()
            }
            try await ring.pass(seconds: 0)
            books.append(
                try await ring.exchange.database.read { connection in
                    try connection.rows("select key, credit, amount, day from ledger_entry order by pool, key") {
                        "\($0.text(0)) \($0.text(1)) \($0.integer(2)) \($0.integer(3))"
                    }
                }
            )
            await ring.exchange.close()
        }
        #expect(books[0] == books[1] && books[0].count == 2)
    }
}
