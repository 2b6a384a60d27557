import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Request lines of groups")
struct LineTests {
    /// Why nothing was asked; empty where it was.
    private static func refusal(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return ""
        } catch AdvisoryFault.conflict(let fault) {
            return fault.description
        } catch {
            return "\(error)"
        }
    }

    @Test("hold what is asked until it is answered, refused, closed or over", arguments: Engine.both)
    func steps(engine: Engine) async throws {
        let ring = try await Ring(engine)
        let first = try await ring.ask("grove", .deep, by: "fjord")
        let second = try await ring.ask("grove", .deep, by: "branch")
        #expect(try await ring.lines("fjord") == ["grove": [0, 16, 0]])
        #expect(try await ring.lines("branch") == ["grove": [0, 16, 0]])
        #expect(try await ring.lines("grove") == ["fjord": [0, 0, 16]])
        #expect(try await ring.lines("heath").isEmpty)
        // One owner, one line, whichever member asks; the refusal says what there is and what to do.
        let told = await Self.refusal { try await ring.ask("grove", .deep, by: "branch") }
        #expect(told.contains("beyond the line of 20") && told.contains("16 are in requests that are open"))
        try await ring.ask("grove", .moderate, by: "fjord", about: 1)
        try await ring.ask("heath", .deep, by: "fjord")
        // A nil answer is an answer; a refusal and a late answer are none.
        try await ring.answer(first, by: "grove")
        try await ring.answer(second, .refused(.capacity), by: "grove")
        #expect(try await ring.lines("fjord") == ["grove": [-8, 3, 0], "heath": [0, 8, 0]])
        #expect(try await ring.lines("grove") == ["fjord": [8, 0, 3]])
        try await ring.close(second, by: "branch")
        let third = try await ring.ask("grove", .moderate, by: "fjord")
        try await ring.close(third, by: "fjord")
        #expect(try await ring.lines("fjord")["grove"] == [-8, 3, 0])
        try await ring.pass(days: 8)
        #expect(try await ring.lines("fjord") == ["grove": [-8, 0, 0]])
        // What is owed is paid back by answering.
        let back = try await ring.ask("fjord", .deep, by: "grove")
        try await ring.answer(back, .positive("A customer until May."), by: "fjord")
        #expect(try await ring.lines("fjord").isEmpty)
        try await ring.checkBooks()
        await ring.exchange.close()
    }

    @Test("say to whom how much is owed once they are full", arguments: Engine.both)
    func full(engine: Engine) async throws {
        let ring = try await Ring(engine)
        for number in 1...2 {
            try await ring.answer(try await ring.ask("grove", .deep, by: "fjord", about: number), by: "grove")
        }
        try await ring.answer(try await ring.ask("grove", .moderate, by: "fjord"), by: "grove")
        let named = await Self.refusal { try await ring.ask("grove", .moderate, by: "fjord") }
        #expect(named.contains("it owes grove 19, and 0 are in") && named.contains("answer requests of grove"))
        try await ring.ask("grove", .simple, by: "fjord")
        // Of a pool those are passed over; where nobody is left it is refused.
        let asked = try await ring.ask("banks", .moderate, by: "fjord")
        let directory = ring.exchange.node.live.directory
        #expect(Set(asked.asked.compactMap { directory.members[$0]?.name.text }) == ["heath", "customs", "branch"])
        await ring.exchange.close()
    }

    @Test("tell nobody whom of a pool a request was put to", arguments: Engine.both)
    func pools(engine: Engine) async throws {
        let ring = try await Ring(engine)
        let asked = try await ring.ask("banks", .moderate, by: "fjord")
        let view = try await ring.view("fjord")
        #expect(view.lines.isEmpty && view.askedOfPools == 3)
        for name in ["grove", "heath"] { #expect(try await ring.lines(name) == ["fjord": [0, 0, 3]]) }
        // Customs are asked, and owed nothing; neither is the branch.
        try await ring.answer(asked, by: "customs")
        try await ring.answer(asked, by: "branch")
        try await ring.answer(asked, .positive("Twice."), by: "grove")
        #expect(try await ring.lines("fjord") == ["grove": [-3, 0, 0]])
        #expect(try await ring.view("fjord").askedOfPools == 3)
        try await ring.answer(asked, .refused(.legal), by: "heath")
        #expect(try await ring.lines("heath").isEmpty)
        try await ring.pass(days: 8)
        #expect(try await ring.view("fjord").askedOfPools == 0)
        try await ring.checkBooks()
        await ring.exchange.close()
    }

    @Test(
        "look to the asker as if everybody had been asked, whoever reads the pool or is in conflict",
        arguments: Engine.both
    )
    func silence(engine: Engine) async throws {
        var told: [[String]] = []
        for world in 0..<3 {
            let ring = try await Ring(engine, readers: world == 2 ? .enrolled : .everyone)
            let administration = ring.exchange.node.administration
            if world == 1 { try await administration.link("grove", to: try Ring.content(7).subjects) }
            for name in world == 2 ? ["fjord", "heath"] : [] {
                _ = try await administration.enrol(name, in: "banks", Enrolment(reads: true, writes: false))
            }
            var seen: [String] = []
            func look(_ what: String, _ body: () async throws -> Void) async throws {
                seen.append("\(what): \(await Self.refusal(body)) \(try await ring.view("fjord"))")
            }
            try await look("named") { try await ring.ask("grove", .deep, by: "fjord", about: 7) }
            try await look("pool") { try await ring.ask("banks", .deep, by: "fjord", about: 7) }
            try await look("more") { try await ring.ask("grove", .deep, by: "fjord", about: 7) }
            try await look("less") { try await ring.ask("grove", .moderate, by: "fjord", about: 7) }
            try await look("others") { try await ring.ask("heath", .deep, by: "fjord", about: 7) }
            try await look("over") { try await ring.pass(days: 8) }
            // Who is passed over is told nothing.
            if world == 1 { #expect(try await ring.lines("grove").isEmpty) }
            try await ring.checkBooks()
            told.append(seen)
            await ring.exchange.close()
        }
        #expect(told[0] == told[1] && told[0] == told[2])
        #expect(told[0][2].contains("beyond the line") && !told[0][3].contains("beyond"))
    }

    @Test("are no part of what is between a member and an authority", arguments: Engine.both)
    func authorities(engine: Engine) async throws {
        let ring = try await Ring(engine)
        for number in 1...25 {
            try await ring.ask("customs", .deep, by: "fjord", about: number)
            let asked = try await ring.ask("fjord", .deep, by: "customs", about: number)
            try await ring.answer(asked, by: "fjord")
        }
        #expect(try await ring.lines("fjord").isEmpty)
        #expect(try await ring.lines("customs").isEmpty)
        #expect(try await ring.entries().isEmpty)
        await ring.exchange.close()
    }

    @Test("hold what they hold, however many nodes and members of a group ask at once", arguments: Engine.both)
    func together(engine: Engine) async throws {
        let ring = try await Ring(engine)
        let other = try await TestExchange.node(over: ring.exchange.database, ring.exchange.clock, seed: 2)
        let asked = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<30 {
                let (name, node) = (number % 3 == 0 ? "branch" : "fjord", number % 2 == 0 ? ring.exchange.node : other)
                group.addTask { await Self.refusal { try await ring.ask("grove", by: name, over: node) }.isEmpty }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(asked == 20)
        #expect(try await ring.lines("fjord") == ["grove": [0, 20, 0]])
        try await ring.checkBooks()
        await ring.exchange.close()
    }

    /// Each owes the next, and heath something more.
    private static func circle(_ ring: Ring) async throws {
        for (place, name) in Ring.banks.enumerated() {
            let next = Ring.banks[(place + 1) % 3]
            try await ring.answer(try await ring.ask(next, .moderate, by: name, about: place + 1), by: next)
        }
        try await ring.answer(try await ring.ask("fjord", .simple, by: "heath", about: 9), by: "fjord")
    }

    @Test("are netted once a month, on whatever node, and keep what each is owed in all", arguments: Engine.both)
    func netting(engine: Engine) async throws {
        let ring = try await Ring(engine)
        try await Self.circle(ring)
        try await ring.pass(seconds: 60)
        #expect(try await ring.lines("heath") == ["grove": [3, 0, 0], "fjord": [-4, 0, 0]])
        let other = try await TestExchange.node(over: ring.exchange.database, ring.exchange.clock, seed: 2)
        let end = try await ring.view("fjord").nets
        ring.exchange.clock.advance(by: .nanoseconds(end.nanoseconds - ring.exchange.clock.now.nanoseconds))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in [ring.exchange.node, other, ring.exchange.node, other] {
                group.addTask { try await node.ledgers.elapse() }
            }
            try await group.waitForAll()
        }
        #expect(try await ring.lines("heath") == ["fjord": [-1, 0, 0]])
        #expect(try await ring.lines("grove").isEmpty)
        #expect(try await ring.entries().filter { $0.hasPrefix("netting") }.count == 3)
        try await ring.checkBooks()
        // Three months without anybody there are netted as one.
        try await Self.circle(ring)
        try await ring.pass(days: 95)
        #expect(try await ring.entries().filter { $0.hasPrefix("netting") }.count == 6)
        #expect(try await ring.lines("heath") == ["fjord": [-2, 0, 0]])
        await ring.exchange.close()
    }

    @Test(
        "post the same entries whatever commit fails, and however often a call is repeated",
        arguments: Engine.both,
        FaultyDatabase.Fault.allCases
    )
    func faults(engine: Engine, fault: FaultyDatabase.Fault) async throws {
        var books: [[String]] = []
        for isFaulty in [false, true] {
            let ring = try await Ring(engine)
            for (place, name) in Ring.banks.enumerated() {
                let next = Ring.banks[(place + 1) % 3]
                let session = try await ring.session(name)
                let call = ring.exchange.node.call("ask-\(place)", by: session, asked: [])
                if isFaulty {
                    let faulty = try await ring.exchange.faulty(fault)
                    await #expect(throws: AdvisoryFault.self) {
                        try await ring.ask(next, .moderate, by: name, about: place + 1, over: faulty, as: call)
                    }
                    try await ring.exchange.node.live.follow()
                }
                let asked = try await ring.ask(next, .moderate, by: name, about: place + 1, as: call)
                if isFaulty {
                    let faulty = try await ring.exchange.faulty(fault)
                    await #expect(throws: AdvisoryFault.self) { try await ring.answer(asked, by: next, over: faulty) }
                    // Its first answer may stand: then there is no second.
                    _ = try? await ring.answer(asked, by: next)
                } else {
                    try await ring.answer(asked, by: next)
                }
                try await ring.ask(next, .deep, by: name, about: place + 11)
            }
            ring.exchange.clock.advance(by: .seconds(40 * 86_400))
            for _ in 0..<(isFaulty ? 4 : 0) {
                let faulty = try await ring.exchange.faulty(fault)
                try? await faulty.ledgers.elapse()
            }
            try await ring.pass(seconds: 0)
            books.append(try await ring.entries())
            try await ring.checkBooks()
            await ring.exchange.close()
        }
        #expect(books[0] == books[1] && books[0].count == 15)
    }
}
