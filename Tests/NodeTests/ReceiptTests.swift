import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Receipts")
struct ReceiptTests {
    private static func ticks(_ pool: Pool, _ exchange: TestExchange, as token: String) async throws -> Set<Tick> {
        Set(try await exchange.all(pool, as: token, form: .manifest).map(\.released))
    }

    private static func kept(_ pool: Pool, _ versions: Set<Tick>, _ exchange: TestExchange) async throws -> [Receipt] {
        try await exchange.database.read { try ReceiptRows.receipts(of: versions, pool: pool.number, $0) }
    }

    @Test("are kept of each page, once, with who, what, over what and what for", arguments: Engine.both)
    func pages(engine: Engine) async throws {
        let exchange = try await TestExchange(engine)
        let ann = try await exchange.join("ann")
        let bob = try await exchange.join("bob")
        let pool = try await exchange.pool("open", .open)
        for number in 1...5 { _ = try await exchange.publish([Samples.indicator(number)], to: pool, as: ann) }
        // A manifest gives no rendition.
        let versions = try await Self.ticks(pool, exchange, as: bob)
        #expect(try await Self.kept(pool, versions, exchange).isEmpty)
        _ = try await exchange.all(pool, as: bob, limit: 2)
        _ = try await exchange.all(pool, as: bob, limit: 2)
        let receipts = try await Self.kept(pool, versions, exchange)
        #expect(receipts.map(\.versions.count) == [2, 2, 1])
        #expect(Set(receipts.flatMap(\.versions)) == versions)
        let session = try await exchange.session(bob)
        #expect(receipts.allSatisfy { $0.principal == session.principal.number })
        #expect(receipts.allSatisfy { $0.channel == .taxii && $0.purpose == .monitoring })
        let third = Set([versions.sorted()[2]])
        #expect(try await Self.kept(pool, third, exchange).map(\.versions.count) == [2])
        await exchange.close()
    }

    @Test("are durable before anything is given", arguments: FaultyDatabase.Fault.allCases)
    func durable(fault: FaultyDatabase.Fault) async throws {
        let exchange = try await TestExchange(.sqlite)
        let ann = try await exchange.join("ann")
        let pool = try await exchange.pool("open", .open)
        _ = try await exchange.publish([Samples.indicator(1)], to: pool, as: ann)
        // Opening a node writes twice: the third write is the receipt's.
        let faulty = FaultyDatabase(exchange.database, failing: fault, write: 3)
        let node = try await TestExchange.node(over: faulty, exchange.clock, seed: 3)
        let session = try await node.authentication.session(for: .bearer(ann), from: "x")
        let question = Disclosure.Question(form: .objects, after: .zero, limit: 10, filter: ObjectFilter())
        await #expect(throws: (any Error).self) {
            try await node.disclosure.page(question, of: pool, to: session, over: .taxii)
        }
        #expect(node.disclosure.pageInMemory(question, of: pool, to: session, over: .taxii) == nil)
        let page = try await node.disclosure.page(question, of: pool, to: session, over: .taxii)
        let versions = Set(page.stored.versions.map(\.released))
        #expect(try await !Self.kept(pool, versions, exchange).isEmpty)
        #expect(node.disclosure.pageInMemory(question, of: pool, to: session, over: .taxii) != nil)
        await exchange.close()
    }

    @Test("of what was taken back meanwhile are not kept")
    func takenBack() async throws {
        let exchange = try await TestExchange(.sqlite)
        let ann = try await exchange.join("ann")
        let pool = try await exchange.pool("open", .open)
        _ = try await exchange.publish([Samples.indicator(1), Samples.indicator(2)], to: pool, as: ann)
        let head = try await exchange.database.read { try JournalRows.head($0) }
        let session = try await exchange.session(ann)
        let versions = try await Self.ticks(pool, exchange, as: ann)
        let permitted = exchange.node.disclosure.permitted(in: pool, for: session)
        let gone = try STIXID(parsing: "indicator--\(Samples.uuid(1).text)")
        try await exchange.node.acceptance.delete(gone, nil, from: pool, by: session, seeing: permitted)
        let receipt = Receipt(
            principal: session.principal.number,
            pool: pool.number,
            channel: .taxii,
            purpose: .monitoring,
            versions: versions.sorted()
        )
        let commits = GroupCommit(exchange.database, clock: { exchange.clock.now }, afterCommit: { _ in })
        #expect(try await commits.write { try $0.keep(receipt, unlessDeletedSince: head) } == false)
        #expect(try await Self.kept(pool, versions, exchange).isEmpty)
        await exchange.close()
    }
}
