import Exchange
import Node
import Store
import Synchronization
import TestSupport
import Testing

/// What a node keeps in memory must never change what it serves.
@Suite("Memory of the newest versions")
struct RecentTests {
    @Test("serves what a node that just started reads from the store", arguments: UInt64(0)..<6)
    func agrees(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let exchange = try await TestExchange()
        let ann = try await exchange.join("ann")
        let pool = try await exchange.pool("open", .open)
        for step in 0..<25 {
            // Some objects are too large to be kept, and some come again as later or earlier versions.
            let filler = String(repeating: "x", count: Int.random(in: 0..<8, using: &random) == 0 ? 70_000 : 10)
            let texts = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                let day = Int.random(in: 10...28, using: &random)
                return Samples.indicator(
                    .random(in: 0..<12, using: &random),
                    modified: "2026-01-\(day)T00:00:00.000Z",
                    ",\"name\":\"\(filler)\",\"step\":\(step)"
                )
            }
            _ = try await exchange.publish(texts, to: pool, as: ann)
            if step == 15 {
                let id = try STIXID(parsing: "indicator--00000000-0000-4000-8000-000000000003")
                let session = try await exchange.session(ann)
                let permitted = exchange.node.disclosure.permitted(in: pool, for: session)
                try? await exchange.node.acceptance.delete(id, nil, from: pool, by: session, seeing: permitted)
            }
        }
        let fresh = try await TestExchange.node(over: exchange.database, exchange.clock, seed: 9)
        let tokens = try await exchange.session(ann)
        let other = try await fresh.authentication.session(for: .bearer(ann), from: "test")
        for filter in [VersionFilter.last, VersionFilter(all: true)] {
            let whole = try await exchange.all(pool, as: ann, filter: ObjectFilter(versions: filter))
            for after in [Tick.zero] + whole.map(\.tick) {
                let question = Disclosure.Question(
                    form: .objects,
                    after: after,
                    limit: Int.random(in: 1...9, using: &random),
                    filter: ObjectFilter(versions: filter)
                )
                let here = try await exchange.node.disclosure.page(question, of: pool, to: tokens, over: .taxii)
                let there = try await fresh.disclosure.page(question, of: pool, to: other, over: .taxii)
                #expect(here.stored.versions.map(\.tick) == there.stored.versions.map(\.tick))
                #expect(here.stored.versions.map(\.bytes) == there.stored.versions.map(\.bytes))
                #expect(here.stored.more == there.stored.more)
                let expected = whole.filter { $0.tick > after }.prefix(question.limit)
                #expect(here.stored.versions.map(\.tick) == expected.map(\.tick))
            }
        }
        await exchange.close()
    }

    @Test("knows the last of two versions, whichever of their commits is told first")
    func order() async throws {
        let held = Mutex<HeldDatabase?>(nil)
        let exchange = try await TestExchange { real in
            let database = HeldDatabase(real)
            held.withLock { $0 = database }
            return database
        }
        let database = try #require(held.withLock { $0 })
        let ann = try await exchange.join("ann")
        let pool = try await exchange.pool("open", .open)
        _ = try await exchange.publish([Samples.indicator(1)], to: pool, as: ann)
        // The second version is read with the first, of which the node hears after that.
        database.hold(.write)
        async let first = exchange.publish([Samples.indicator(2)], to: pool, as: ann)
        await database.isHeld(.write)
        database.hold(.read)
        let later = Samples.indicator(2, modified: "2026-02-01T00:00:00.000Z")
        async let second = exchange.publish([later], to: pool, as: ann)
        await database.isHeld(.read)
        database.release(.write)
        #expect(try await first.successCount == 1)
        database.release(.read)
        #expect(try await second.successCount == 1)
        let shown = try await exchange.all(pool, as: ann).map { String(decoding: $0.bytes, as: UTF8.self) }
        #expect(shown.count == 2 && shown.last?.contains("2026-02-01") == true)
        await exchange.close()
    }

    @Test(
        "serves all of a pool that has more than it can hold, from the start",
        arguments: [2_047, 2_048, 2_049, 2_100]
    )
    func startsOverMany(count: Int) async throws {
        let exchange = try await TestExchange()
        let ann = try await exchange.join("ann")
        let pool = try await exchange.pool("open", .open)
        _ = try await exchange.publish((0..<count).map { Samples.indicator($0) }, to: pool, as: ann)
        let fresh = try await TestExchange.node(over: exchange.database, exchange.clock, seed: 9)
        let session = try await fresh.authentication.session(for: .bearer(ann), from: "test")
        let question = Disclosure.Question(form: .manifest, after: .zero, limit: 5_000, filter: ObjectFilter())
        let page = try await fresh.disclosure.page(question, of: pool, to: session, over: .taxii)
        #expect(page.stored.versions.count == count)
        #expect(try await exchange.all(pool, as: ann, limit: 700).count == count)
        await exchange.close()
    }

    @Test("serves the last of many versions of one object", arguments: Engine.both)
    func manyVersions(engine: Engine) async throws {
        let exchange = try await TestExchange(engine)
        let ann = try await exchange.join("ann")
        let pool = try await exchange.pool("open", .open)
        let texts = (0..<600).shuffled().map { number in
            let millisecond = String(1_000 + number % 1_000).dropFirst()
            return Samples.indicator(
                1,
                modified: "2026-02-01T00:00:00.\(millisecond)Z",
                marking: number == 599 ? .red : nil
            )
        }
        #expect(try await exchange.publish(texts, to: pool, as: ann).successCount == 600)
        let bob = try await exchange.join("bob")
        for (token, last) in [(ann, "599"), (bob, "598")] {
            let served = try await exchange.all(pool, as: token)
            #expect(served.map(\.version) == ["2026-02-01T00:00:00.\(last)Z"])
            let first = ObjectFilter(versions: VersionFilter(first: true))
            #expect(
                try await exchange.all(pool, as: token, filter: first).map(\.version) == ["2026-02-01T00:00:00.000Z"]
            )
        }
        await exchange.close()
    }
}
