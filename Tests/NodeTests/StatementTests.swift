import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Statements of ledgers of inboxes")
struct StatementTests {
    @Test("are refused to who is suspended and to the operator", arguments: Engine.both)
    func refused(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let exchange = harbour.exchange
        _ = try await harbour.accepted()
        try await harbour.pass(days: 31)
        let customs = Samples.name("customs")
        let token = try await exchange.principal("root", of: "anchor", roles: [.operator])
        let root = try await exchange.session(token)
        await #expect {
            _ = try await exchange.node.ledgers.statement(of: customs, for: root)
        } throws: { "\($0)".contains("operator") }
        _ = try await harbour.statement()
        _ = try await exchange.node.administration.changeMember("anchor") { $0.standing = .suspended }
        let session = try await harbour.session("anchor")
        await #expect {
            _ = try await exchange.node.ledgers.statement(of: customs, for: session)
        } throws: { "\($0)".contains("suspended") }
        await #expect {
            _ = try await exchange.node.reports.owed(for: session, upTo: 10)
        } throws: { "\($0)".contains("suspended") }
        await exchange.close()
    }

    @Test("are signed, and verified off line: a word that is another is found, and so is another's key")
    func signed() async throws {
        let harbour = try await Harbour(.sqlite)
        let administration = harbour.exchange.node.administration
        _ = try await harbour.accepted()
        try await harbour.pass(days: 31)
        let ledgers = harbour.exchange.node.ledgers
        let statement = try await harbour.statement()
        let bytes = try await ledgers.signed(statement)
        #expect(try await ledgers.signed(try await harbour.statement("berth")) == bytes)
        let keys = try await harbour.exchange.node.entitlements.keys()
        let read = try SignedStatement(verifying: bytes, keys: keys)
        #expect(read.group == statement.group && read.earned == statement.closing.earned && read.tier == "T1")
        // White space and the order of its fields are none of what is signed.
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(try SignedStatement(verifying: Array(text.replacing(",", with: " ,\n").utf8), keys: keys) == read)
        var random = SplitMix64(seed: 5)
        for _ in 0..<300 {
            var changed = bytes
            let place = Int.random(in: 0..<changed.count, using: &random)
            changed[place] = UInt8.random(in: 0x21...0x7e, using: &random)
            guard changed != bytes else { continue }
            #expect(throws: SignedStatement.Refusal.self) { try SignedStatement(verifying: changed, keys: keys) }
        }
        #expect(throws: SignedStatement.Refusal.self) { try SignedStatement(verifying: statement.json, keys: keys) }
        let other = try await Harbour(.sqlite)
        let others = try await other.exchange.node.entitlements.keys()
        if others != keys {
            #expect(throws: SignedStatement.Refusal.self) { try SignedStatement(verifying: bytes, keys: others) }
        }
        // A key that took its place later changes nothing, and one that was revoked is no longer good.
        harbour.exchange.clock.advance(by: .seconds(60))
        _ = try await administration.rotateOwnKey(from: nil)
        let later = try await harbour.exchange.node.entitlements.keys()
        #expect(try SignedStatement(verifying: bytes, keys: later) == read)
        _ = try await administration.revokeKey(read.key.text, from: nil)
        let revoked = try await harbour.exchange.node.entitlements.keys()
        #expect(throws: SignedStatement.Refusal.notSigned(.keyNotInForce)) {
            try SignedStatement(verifying: bytes, keys: revoked)
        }
        let anew = try await ledgers.signed(statement)
        #expect(try SignedStatement(verifying: anew, keys: revoked).earned == read.earned)
        for exchange in [harbour.exchange, other.exchange] { await exchange.close() }
    }

    @Test("come of each ledger whatever becomes of another, and tell what is owed anywhere", arguments: Engine.both)
    func others(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let (exchange, administration) = (harbour.exchange, harbour.exchange.node.administration)
        let officer = try await exchange.join("police", .customs, roles: [.reader, .officer])
        let terms = PoolTerms(title: "Inbox", reading: .enrolled, writing: .everyone)
        _ = try await administration.addPool(Samples.name("second"), .inbox, terms)
        _ = try await administration.enrol("police", in: "second", Enrolment(reads: true, writes: false))
        _ = try await harbour.accepted()
        let silent = try await harbour.submitted("TGHU7599330")
        exchange.clock.advance(by: .seconds(3_600))
        let session = try await harbour.session("anchor")
        let content = try await exchange.node.reports.report(silent, for: session).content
        let owed = try await exchange.node.reports.report(content, to: "police", by: session)
        let taken = try await exchange.node.reports.report(content, to: "police", by: session)
        _ = try await exchange.node.reports.act(.accept(nil), on: taken.id, by: try await exchange.session(officer))
        try await exchange.database.write { connection in
            // The first ledger's events cannot be read.
            let first = "update ledger_event set body = $1 where pool = (select min(pool) from ledger)"
            try connection.run(first, .bytes([0]))
        }
        exchange.clock.advance(by: .seconds(121 * 86_400))
        for _ in 0..<4 {
            await #expect(throws: (any Error).self) { try await exchange.node.ledgers.elapse() }
        }
        let police = Samples.name("police")
        let statement = try await exchange.node.ledgers.statement(of: police, epochs: 4, for: session)
        #expect(statement.period.last.number == 4 && statement.lines.map(\.lot.claim.key.item.text) == [taken.id.text])
        // What the other owes is told by the days of this one: its day 90 begins an hour before.
        #expect(statement.owed.map(\.item.text) == [silent.text, owed.id.text])
        #expect(statement.overdue.map(\.authority.text) == ["customs", "police"])
        #expect(statement.overdue.map(\.since) == [89, 90] && statement.overdue.map(\.count) == [1, 1])
        // What is signed to be shown to others tells of no report to another.
        let shown = try JSON(parsing: try await exchange.node.ledgers.signed(statement)).root
        #expect(shown["feedback_owed"]?.elements.compactMap { $0["item"]?.string } == [owed.id.text])
        #expect(shown["overdue_authorities"]?.elements.compactMap { $0["authority"]?.string } == ["police"])
        #expect(statement.text.contains(silent.text) && statement.csv.contains(silent.text))
        await #expect(throws: AdvisoryFault.self) { _ = try await harbour.statement() }
        await exchange.close()
    }

    @Test("tell novelty by who submitted first, in whatever order triage was", arguments: Engine.both)
    func order(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let first = try await harbour.submitted()
        harbour.exchange.clock.advance(by: .seconds(1))
        let second = try await harbour.submitted(from: "swift")
        harbour.exchange.clock.advance(by: .seconds(1))
        let third = try await harbour.submitted("TGHU7599330", from: "swift")
        harbour.exchange.clock.advance(by: .seconds(1))
        let fourth = try await harbour.submitted("TGHU7599330")
        for id in [second, first, third, fourth] { try await harbour.act(.accept(nil), on: id) }
        try await harbour.pass(days: 31)
        let lines = try await harbour.statement().lines + harbour.statement("swift").lines
        let novelties = Dictionary(
            uniqueKeysWithValues: lines.map { ($0.lot.claim.key.item.text, $0.lot.claim.quality.novelty) }
        )
        #expect(novelties[first.text] == 1_000 && novelties[third.text] == 1_000)
        // What was submitted before and accepted later was not known yet when the second was accepted.
        #expect(novelties[second.text] == 1_000 && novelties[fourth.text] == 0)
        await harbour.exchange.close()
    }

    @Test("count reports of one route once, and as nothing new where another told of it", arguments: Engine.both)
    func routes(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        for name in ["anchor", "anchor", "swift"] {
            let id = try await harbour.submitted(nil, from: name)
            try await harbour.act(.accept(nil), on: id)
            harbour.exchange.clock.advance(by: .seconds(1))
        }
        try await harbour.pass(days: 31)
        // C 500, R 300, U 1000, T 917: Q 647.
        let lines = try await harbour.statement().lines
        #expect(lines.map(\.lot.amount.count).sorted() == [0, 6_470])
        #expect(lines.first?.reason?.novelty == "nothing like it was held")
        #expect(try await harbour.statement("swift").lines.map(\.lot.claim.quality.novelty) == [0])
        await harbour.exchange.close()
    }

    @Test("count one company once, however it is spelt", arguments: Engine.both)
    func spellings(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        func report(_ name: String, from member: String) async throws {
            let company = try Subject(.organisation, key: "o1", properties: ["name": [name]])
            let content = try ReportContent(
                categories: [try #require(Category(rawValue: "TBM-MIS"))],
                severity: .serious,
                seen: harbour.exchange.clock.now.advanced(by: .seconds(-6 * 3_600)),
                facts: "Seen",
                subjects: [company]
            )
            let session = try await harbour.session(member)
            let id = try await harbour.exchange.node.reports.report(content, to: "customs", by: session).id
            try await harbour.act(.accept(nil), on: id)
            harbour.exchange.clock.advance(by: .seconds(1))
        }
        for name in ["Tidewater Freight BV", "Tidewatr Freight", "Freight, Tide-water Limited"] {
            try await report(name, from: "anchor")
        }
        try await report("Tіdewater Freight", from: "swift")
        try await report("Lowwater Freight BV", from: "anchor")
        try await harbour.pass(days: 31)
        let lines = try await harbour.statement().lines
        #expect(lines.map(\.lot.amount.count).sorted() == [0, 0, 6_470, 6_470])
        #expect(try await harbour.statement("swift").lines.map(\.lot.claim.quality.novelty) == [0])
        await harbour.exchange.close()
    }

    @Test("count reports of nothing that could be compared once, as nothing new, and say so", arguments: Engine.both)
    func plain(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let nothing = try Subject(.address, key: "a1", properties: ["country": ["NL"]])
        let content = try ReportContent(
            categories: [try #require(Category(rawValue: "TBM-MIS"))],
            severity: .serious,
            facts: "Too heavy",
            subjects: [nothing]
        )
        for name in ["anchor", "anchor", "swift"] {
            let session = try await harbour.session(name)
            let id = try await harbour.exchange.node.reports.report(content, to: "customs", by: session).id
            try await harbour.act(.accept(nil), on: id)
        }
        try await harbour.pass(days: 31)
        // C 500, R 300, U 0, T 0: Q 260.
        #expect(try await harbour.statement().lines.map(\.lot.amount.count).sorted() == [0, 2_600])
        let other = try await harbour.statement("swift").lines
        #expect(other.map(\.lot.claim.quality.novelty) == [0])
        #expect(other.first?.reason?.novelty == "it names nothing that could be compared")
        await harbour.exchange.close()
    }
}
