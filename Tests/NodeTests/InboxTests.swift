import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Inboxes")
struct InboxTests {
    /// Customs with an inbox, two forwarders that write to it, and police that have nothing to do with it.
    private struct Harbour {
        let exchange: TestExchange
        let pool: Pool
        var tokens: [String: String] = [:]

        init(_ engine: Engine) async throws {
            exchange = try await TestExchange(engine)
            for (name, kind) in [("customs", MemberKind.customs), ("police", .police)] {
                tokens[name] = try await exchange.join(name, kind, roles: [.reader, .officer])
            }
            for name in ["anchor", "swift"] { tokens[name] = try await exchange.join(name, .freightForwarder) }
            let terms = PoolTerms(title: "Inbox", reading: .enrolled, writing: .everyone)
            let administration = exchange.node.administration
            _ = try await administration.addPool(Samples.name("inbox"), .inbox, terms)
            pool = try await administration.enrol("customs", in: "inbox", Enrolment(reads: true, writes: false))
        }

        func session(_ name: String) async throws -> Session { try await exchange.session(tokens[name] ?? "") }

        func send(_ objects: [String], as name: String) async throws -> StatusReport {
            try await exchange.publish(objects, to: pool, as: tokens[name] ?? "")
        }

        func reports(of name: String) async throws -> [Report] {
            try await exchange.node.reports
                .dossiers(Report.self, for: try await session(name), before: .max, upTo: 100).map(\.content)
        }

        func reason(_ objects: [String], as name: String) async throws -> String {
            let status = try await send(objects, as: name)
            return status.failures?.first?.message ?? "none"
        }
    }

    private static let route = "route--\(Samples.uuid(2).text)"

    /// A grouping about a route, which is nobody's and needs no gateway, and the route.
    private static func objects(
        _ number: Int = 1,
        version: Int = 0,
        facts: String = "Too heavy",
        _ more: String = ""
    ) -> [String] {
        let common = "\"spec_version\":\"2.1\",\"created\":\"2026-01-01T00:00:00.000Z\""
        return [
            """
            {"type":"grouping","id":"grouping--\(Samples.uuid(number).text)",\(common),\
            "modified":"2026-01-0\(version + 1)T00:00:00.000Z","description":"\(facts)",\
            "context":"suspicious-activity","labels":["TBM-MIS"],"object_refs":["\(route)"],\
            "extensions":{"\(ReportExtension.id)":{"extension_type":"property-extension","severity":3}}\(more)}
            """,
            """
            {"type":"route","id":"\(route)",\(common),"modified":"2026-01-01T00:00:00.000Z",\
            "extensions":{"\(ListExtension.subject)":{"extension_type":"new-sdo","schema":"Route",\
            "properties":{"origin":["CNSHA"],"destination":["NLRTM"]}}}}
            """,
        ]
    }

    @Test("make a report of each grouping, for the two parties and nobody else", arguments: Engine.both)
    func taken(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let status = try await harbour.send(Self.objects(), as: "anchor")
        #expect(status.successCount == 2 && status.failureCount == 0)
        let note = try #require(status.successes?.first?.message)
        for name in ["anchor", "customs"] {
            let report = try #require(try await harbour.reports(of: name).first)
            #expect(report.content.facts == "Too heavy" && report.state == .submitted && note.contains(report.id.text))
        }
        for name in ["swift", "police"] { #expect(try await harbour.reports(of: name).isEmpty) }
        // Nobody reads the pool, not even customs, and nothing of it is anywhere.
        for name in ["anchor", "customs"] {
            let session = try await harbour.session(name)
            #expect(!PoolRights(harbour.pool, session.reader, at: harbour.exchange.clock.now).reads)
            #expect(try await harbour.exchange.all(harbour.pool, as: harbour.tokens[name] ?? "").isEmpty)
            #expect(try await harbour.exchange.node.feed.events(after: .zero, for: session, over: .events).isEmpty)
        }
        await harbour.exchange.close()
    }

    @Test("take later versions as more of the same report, and known and older ones as nothing", arguments: Engine.both)
    func versions(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        _ = try await harbour.send(Self.objects(), as: "anchor")
        let officer = try await harbour.session("customs")
        let id = try #require(try await harbour.reports(of: "customs").first).id
        _ = try await harbour.exchange.node.reports.act(.wantMore("More?"), on: id, by: officer)
        #expect(
            try await harbour.send(Self.objects(version: 2, facts: "Booked by telephone"), as: "anchor").failureCount
                == 0
        )
        for known in [Self.objects(), Self.objects(version: 2, facts: "Booked by telephone"), Self.objects(version: 1)]
        {
            #expect(try await harbour.send(known, as: "anchor").failureCount == 0)
        }
        let report = try #require(try await harbour.reports(of: "customs").first)
        #expect(try await harbour.reports(of: "customs").count == 1)
        #expect(report.content.facts == "Booked by telephone" && report.state == .submitted)
        let changed = try await harbour.reason(Self.objects(version: 2, facts: "Another"), as: "anchor")
        #expect(changed.contains("modified"), "\(changed)")
        // Who has the same id for a report of its own is told nothing of the other's, and changes nothing of it.
        #expect(try await harbour.send(Self.objects(version: 3, facts: "Mine"), as: "swift").failureCount == 0)
        #expect(try await harbour.reports(of: "swift").map(\.content.facts) == ["Mine"])
        #expect(try await harbour.reports(of: "anchor").map(\.content.facts) == ["Booked by telephone"])
        #expect(Set(try await harbour.reports(of: "customs").map(\.id)).count == 2)
        _ = try await harbour.exchange.node.reports.act(.accept(), on: id, by: officer)
        let late = try await harbour.reason(Self.objects(version: 4, facts: "Late"), as: "anchor")
        #expect(late.contains("accepted"), "\(late)")
        let revoked = Self.objects(version: 5, facts: "x", ",\"revoked\":true")
        #expect(try await harbour.send(revoked, as: "anchor").failureCount == 0)
        #expect(try await harbour.reports(of: "anchor").map(\.state) == [.retracted])
        #expect(try await harbour.send([revoked[0]], as: "anchor").failureCount == 0)
        // What was taken back is not told to have arrived once more.
        let again = try await harbour.reason(Self.objects(version: 6, facts: "Booked by telephone"), as: "anchor")
        #expect(again.contains("retracted"), "\(again)")
        #expect(
            try await harbour.reason([Self.objects(8, facts: "x", ",\"revoked\":true")[0]], as: "anchor").contains(
                "revoked"
            )
        )
        await harbour.exchange.close()
    }

    @Test("keep the last of two versions that say the same, whatever comes late", arguments: Engine.both)
    func lateVersions(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        for (version, facts) in [(1, "First"), (3, "First"), (2, "Second")] {
            let sent = try await harbour.send(Self.objects(version: version, facts: facts), as: "anchor")
            #expect(sent.failureCount == 0)
        }
        #expect(try await harbour.reports(of: "customs").map(\.content.facts) == ["First"])
        await harbour.exchange.close()
    }

    @Test("are one authority's, and need a gateway for what names somebody", arguments: Engine.both)
    func rules(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let administration = harbour.exchange.node.administration
        for name in ["police", "anchor"] {
            await #expect(throws: AdministrationFault.self) {
                _ = try await administration.enrol(name, in: "inbox", Enrolment(reads: true, writes: true))
            }
        }
        let person = """
            {"type":"identity","spec_version":"2.1","id":"identity--\(Samples.uuid(3).text)","name":"Tamsin Verloop",\
            "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","identity_class":"individual"}
            """
        let named = Self.objects()[0].replacing(Self.route, with: "identity--\(Samples.uuid(3).text)")
        #expect(try await harbour.reason([named, person], as: "anchor").contains("no legal gateway"))
        let police = try await harbour.session("police").member.identity.text
        let foreign = Self.objects(1, facts: "x", ",\"created_by_ref\":\"\(police)\"")
        #expect(try await harbour.reason(foreign, as: "anchor").contains("created_by_ref"))
        // One that fails costs the other nothing.
        let both = try await harbour.send([named, person] + Self.objects(4), as: "anchor")
        #expect(both.successCount == 2 && both.failureCount == 2)
        #expect(try await harbour.reports(of: "customs").count == 1)
        // Without an owner it is not there.
        _ = try await administration.enrol("customs", in: "inbox", nil)
        await #expect(throws: AcceptanceFault.self) { _ = try await harbour.send(Self.objects(5), as: "anchor") }
        await harbour.exchange.close()
    }
}
