import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Listings page by page")
struct PageTests {
    @Test("show every recall once, what is owed first, whatever is acknowledged meanwhile", arguments: Engine.both)
    func recalls(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        let (customs, bank) = (try await world.session("customs"), try await world.session("bank"))
        // Three are recalled at one instant, two later.
        for group in [3, 2] {
            var advisories: [Advisory] = []
            for _ in 0..<group { advisories.append(try await world.published()) }
            _ = try await world.reports("bank")
            for advisory in advisories {
                _ = try await world.desk.act(.action(.recall(.error)), on: .id(advisory.id), by: customs)
            }
            world.exchange.clock.advance(by: .seconds(60))
        }
        let all = try await world.desk.recalls(for: bank, upTo: 10).map(\.report)
        #expect(Set(all).count == 5)
        let first = try await world.desk.recalls(for: bank, upTo: 2)
        #expect(first.map(\.report) == Array(all.prefix(2)))
        let place = try #require(first.last.flatMap(AdvisoryDesk.RecallPlace.init))
        // One that was shown and one that was not are acknowledged before the next page is fetched.
        for report in [all[1], all[3]] {
            try await world.desk.acknowledge(try STIXID(parsing: report), nil, by: bank)
        }
        let again = try #require(AdvisoryDesk.RecallPlace(place.text))
        let rest = try await world.desk.recalls(for: bank, after: again, upTo: 10).map(\.report)
        #expect(Array(rest.prefix(2)) == [all[2], all[4]] && Set(rest.dropFirst(2)) == [all[1], all[3]])
        let end = try await world.desk.recalls(for: bank, upTo: 10)
        let last = try #require(end.last.flatMap(AdvisoryDesk.RecallPlace.init))
        #expect(try await world.desk.recalls(for: bank, after: last, upTo: 10).isEmpty)
        // A place of somebody else's is none.
        await #expect(throws: AdvisoryFault.self) {
            try await world.desk.recalls(for: try await world.session("carrier"), after: place, upTo: 10)
        }
        await world.exchange.close()
    }

    @Test("show every receipt, and every decision that relied on it, once and in order", arguments: Engine.both)
    func receipts(engine: Engine) async throws {
        let readers: [(name: String, kind: MemberKind)] = (1...5).map { ("bank-\($0)", .bank) }
        let world = try await AdvisoryExchange(engine, readers: readers)
        let advisory = try await world.published()
        for reader in readers { _ = try await world.reports(reader.name) }
        let lena = try await world.session("lena")
        let all = try await world.desk.sights(of: .id(advisory.id), for: lena, upTo: 100).sights
        var paged: [Receipt] = []
        var place: Tick? = .zero
        while let tick = place {
            let page = try await world.desk.sights(of: .id(advisory.id), for: lena, after: tick, upTo: 2).sights
            paged += page.map(\.receipt)
            place = page.last?.receipt.tick
        }
        #expect(paged == all.map(\.receipt) && Set(all.map(\.member.name.text)).isSuperset(of: readers.map(\.name)))
        let report = try #require(try await world.versions("bank-1").first { $0.shownID.hasPrefix("report--") })
        let (id, bank) = (try STIXID(parsing: report.id), try await world.session("bank-1"))
        for decision in ["a", "b", "c"] { try await world.desk.rely(on: id, for: decision, by: bank) }
        let first = try await world.desk.reliances(on: id, for: bank, after: 0, upTo: 2)
        let rest = try await world.desk.reliances(on: id, for: bank, after: try #require(first.last).number, upTo: 2)
        #expect((first + rest).map(\.decision) == ["a", "b", "c"])
        let other = try await world.session("bank-2")
        #expect(try await world.desk.reliances(on: id, for: other, after: 0, upTo: 2).isEmpty)
        await world.exchange.close()
    }

    @Test("of what waits show to one who may not approve what is its own", arguments: Engine.both)
    func waiting(engine: Engine) async throws {
        let exchange = try await TestExchange(engine)
        let ann = try await exchange.join("ann", roles: [.reader, .reporter, .approver])
        let eve = try await exchange.principal("eve", of: "ann", roles: [.reader, .reporter])
        var terms = PoolTerms.open
        terms.release = .secondPerson
        let pool = try await exchange.pool("slow", terms)
        var sent: [(id: String, token: String)] = []
        for (number, token) in [ann, eve, ann, eve, ann].enumerated() {
            let report = try await exchange.publish([Samples.indicator(number + 1)], to: pool, as: token)
            sent.append((report.id, token))
        }
        for (token, own) in [(ann, sent), (eve, sent.filter { $0.token == eve })] {
            let session = try await exchange.session(token)
            let first = try await exchange.node.statuses.waiting(for: session, upTo: 1)
            let place = try #require(first.last.flatMap { ID<StatusReport>(parsing: $0.id) })
            let rest = try await exchange.node.statuses.waiting(for: session, after: place, upTo: 10)
            #expect((first + rest).map(\.id) == own.map(\.id))
        }
        await exchange.close()
    }
}
