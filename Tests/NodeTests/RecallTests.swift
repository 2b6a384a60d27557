import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Recalls")
struct RecallTests {
    @Test("reach every holder as a stub and a debt, nobody else, and leave nothing to be had", arguments: Engine.both)
    func everyHolder(engine: Engine) async throws {
        let readers: [(name: String, kind: MemberKind)] = (1...5).map { ("bank-\($0)", .bank) }
        let world = try await AdvisoryExchange(engine, readers: readers)
        _ = try await world.node.administration.changeMember("bank-3") { $0.jurisdiction = "SG" }
        let advisory = try await world.published()
        for number in 1...4 { _ = try await world.reports("bank-\(number)") }
        let report = try #require(try await world.versions("bank-1").first { $0.id.hasPrefix("report--") })
        let id = try STIXID(parsing: report.id)
        for decision in ["account 17 restricted", "account 18 restricted"] {
            try await world.desk.rely(on: id, for: decision, by: try await world.session("bank-1"))
        }
        await #expect(throws: AdvisoryFault.self) {
            try await world.desk.rely(on: id, for: "x", by: try await world.session("bank-5"))
        }
        let head = try await world.head
        let customs = try await world.session("customs")
        _ = try await world.desk.act(.action(.recall(.mistakenIdentity)), on: .id(advisory.id), by: customs)
        for number in 1...4 {
            #expect(try await world.reports("bank-\(number)", after: head) == ["stubx"])
            #expect(try await world.reports("bank-\(number)") == ["stubx"])
            let bytes = try await world.versions("bank-\(number)").flatMap(\.bytes)
            #expect(!String(decoding: bytes, as: UTF8.self).contains("Verloop"))
        }
        #expect(try await world.reports("bank-5") == [])
        let (sights, owed) = try await world.desk.sights(
            of: .id(advisory.id),
            for: try await world.session("lena"),
            upTo: 100
        )
        #expect(Set(sights.map(\.member.name.text)).isSuperset(of: (1...4).map { "bank-\($0)" }))
        #expect(owed.map(\.member.name.text).sorted() == (1...4).map { "bank-\($0)" })
        let mine = try #require(try await world.desk.recalls(for: try await world.session("bank-1"), upTo: 100).first)
        #expect(mine.decisions == ["account 17 restricted", "account 18 restricted"] && mine.report == report.id)
        // One acknowledges here, one by a note over TAXII; the others are overdue after a day, until they do.
        try await world.desk.acknowledge(id, nil, by: try await world.session("bank-1"))
        try await acknowledge(report.id, by: "bank-2", world)
        world.exchange.clock.advance(by: .seconds(86_400))
        let now = world.exchange.clock.now
        let late = try await world.desk.sights(of: .id(advisory.id), for: customs, upTo: 100).owed.filter {
            $0.1.isOverdue(at: now)
        }
        #expect(late.map(\.member.name.text).sorted() == ["bank-3", "bank-4"])
        await #expect(throws: AdvisoryFault.self) {
            try await world.desk.acknowledge(id, nil, by: try await world.session("bank-5"))
        }
        await world.exchange.close()
    }

    @Test("are named by what the member was given, and acknowledged by that", arguments: Engine.both)
    func names(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        let advisory = try await world.published()
        let bank = try await world.session("bank")
        // It polls for people alone.
        let filter = ObjectFilter(types: ["identity"])
        let question = Disclosure.Question(form: .objects, after: .zero, limit: 10, filter: filter)
        let page = try await world.node.disclosure.page(question, of: world.pool, to: bank, over: .taxii).stored
        let held = page.versions.map(\.id)
        #expect(!held.isEmpty)
        let customs = try await world.session("customs")
        _ = try await world.desk.act(.action(.recall(.error)), on: .id(advisory.id), by: customs)
        let recall = try #require(try await world.desk.recalls(for: bank, upTo: 10).first)
        #expect(held.contains(recall.report))
        let place = try #require(AdvisoryDesk.RecallPlace(recall))
        #expect(try await world.desk.recalls(for: bank, after: AdvisoryDesk.RecallPlace(place.text), upTo: 10).isEmpty)
        try await world.desk.acknowledge(try STIXID(parsing: recall.report), nil, by: bank)
        #expect(try await world.desk.recalls(for: bank, upTo: 10).first?.owed.acknowledged != nil)
        await world.exchange.close()
    }

    private func acknowledge(_ report: String, by name: String, _ world: AdvisoryExchange) async throws {
        _ = try await world.node.administration.changePrincipal(name) { $0.roles.insert(.reporter) }
        let open = try await world.exchange.pool("talk", .open)
        let note = """
            {"type":"note","spec_version":"2.1","id":"note--\(Samples.uuid(50).text)",\
            "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z",\
            "content":"Withdrawn from our screening.","object_refs":["\(report)"]}
            """
        let status = try await world.exchange.publish([note], to: open, as: world.tokens[name] ?? "")
        #expect(status.successCount == 1)
    }
}
