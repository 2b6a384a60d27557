import Exchange
import Node
import Store
import Synchronization
import TestSupport
import Testing

@Suite("Disclosure")
struct DisclosureTests {
    @Test(
        "sends nobody past what is committed while a page is read",
        arguments: Engine.both,
        [VersionFilter(first: true), VersionFilter(all: true), .last]
    )
    func commitsMeanwhile(engine: Engine, versions: VersionFilter) async throws {
        let found = Found()
        let exchange = try await TestExchange(engine) { found.keep(InterposedDatabase($0)) }
        let ann = try await exchange.join("ann")
        let pool = try await exchange.pool("open", .open)
        // Too large to be held in memory, so that every page is read from the store.
        let large = ",\"name\":\"\(String(repeating: "x", count: 70_000))\""
        _ = try await exchange.publish([Samples.indicator(1, marking: .green, large)], to: pool, as: ann)
        let session = try await exchange.session(ann)
        try #require(found.database).beforeNextRead {
            // The first has a label that was not there when the page's labels were chosen.
            _ = try await exchange.publish([Samples.indicator(2, marking: .amber, large)], to: pool, as: ann)
            _ = try await exchange.publish([Samples.indicator(3, marking: .green, large)], to: pool, as: ann)
        }
        var seen: [String] = []
        var after = Tick.zero
        for _ in 0..<3 {
            let question = Disclosure.Question(
                form: .objects,
                after: after,
                limit: 100,
                filter: ObjectFilter(versions: versions)
            )
            let page = try await exchange.node.disclosure.page(question, of: pool, to: session, over: .taxii)
            seen += page.stored.versions.map(\.shownID)
            after = page.stored.examined
        }
        #expect(seen == [1, 2, 3].map { "indicator--\(Samples.uuid($0).text)" })
        await exchange.close()
    }

    @Test("asks the store no more often where a newer version is hidden")
    func hiddenVersions() async throws {
        let found = Found()
        let exchange = try await TestExchange { found.keep(InterposedDatabase($0)) }
        let (ann, bob) = (try await exchange.join("ann"), try await exchange.join("bob"))
        let pool = try await exchange.pool("open", .open)
        _ = try await exchange.publish([Samples.indicator(1), Samples.indicator(2)], to: pool, as: ann)
        let later = Samples.indicator(1, modified: "2026-02-01T00:00:00.000Z", marking: .amberStrict)
        _ = try await exchange.publish([later], to: pool, as: ann)
        // The first time a receipt is written; then a page is given from memory.
        for token in [ann, bob] { _ = try await exchange.all(pool, as: token) }
        let reads = Mutex(0)
        try #require(found.database).beforeNextRead { reads.withLock { $0 += 1 } }
        #expect(try await exchange.all(pool, as: bob).count == 2)
        #expect(try await exchange.all(pool, as: ann).map(\.version).last == "2026-02-01T00:00:00.000Z")
        #expect(reads.withLock { $0 } == 0)
        await exchange.close()
    }

    /// The database that a test put between the node and its store.
    private final class Found {
        private(set) var database: InterposedDatabase?

        func keep(_ database: InterposedDatabase) -> InterposedDatabase {
            self.database = database
            return database
        }
    }
}
