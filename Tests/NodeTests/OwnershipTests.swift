import Exchange
import Node
import Store
import TestSupport
import Testing

/// Whose an id is, what counts as the same object again, and that neither tells of what is hidden.
@Suite("Ownership of ids")
struct OwnershipTests {
    private static func identity(_ member: String, _ exchange: TestExchange) throws -> String {
        try #require(exchange.node.live.directory.member(named: try TestExchange.name(member))).identity.text
    }

    /// An object of a type of STIX with an id that follows from a name by a public rule.
    private static func computed(_ name: String, created: String = "2026-01-01T00:00:00.000Z") -> String {
        """
        {"type":"tool","spec_version":"2.1","id":"tool--00000000-0000-5000-8000-000000000007","name":"\(name)",\
        "created":"\(created)","modified":"\(created)"}
        """
    }

    private static func address(_ more: String = "") -> String {
        #"{"type":"ipv4-addr","id":"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4","value":"198.51.100.3"\#(more)}"#
    }

    @Test("takes what a member read and brings again, whoever made it and whatever the terms are by now")
    func again() async throws {
        let exchange = try await TestExchange()
        let (ann, bob) = (try await exchange.join("ann"), try await exchange.join("bob"))
        let pool = try await exchange.pool("open", .open)
        let author = ",\"created_by_ref\":\"\(try Self.identity("ann", exchange))\""
        let text = Samples.indicator(1, marking: .amber, author)
        #expect(try await exchange.publish([text], to: pool, as: ann).successCount == 1)
        _ = try await exchange.node.administration.changePool("open") { $0.ceiling = .green }
        for token in [ann, bob] {
            #expect(try await exchange.publish([text], to: pool, as: token).successCount == 1)
        }
        #expect(
            try await exchange.all(pool, as: bob, filter: ObjectFilter(versions: VersionFilter(all: true))).count == 1
        )
        await exchange.close()
    }

    @Test("answers about what is hidden as about what is not there", arguments: [TLP.amberStrict, .red])
    func hidden(marking: TLP) async throws {
        let exchange = try await TestExchange()
        let (ann, bob) = (try await exchange.join("ann"), try await exchange.join("bob"))
        let eve = try await exchange.principal("eve", of: "ann", roles: [.reader, .reporter])
        let pool = try await exchange.pool("open", .open)
        let held = Samples.indicator(1, marking: marking)
        _ = try await exchange.publish([held], to: pool, as: ann)
        let named = Samples.indicator(
            2,
            marking: marking,
            ",\"created_by_ref\":\"\(try Self.identity("ann", exchange))\""
        )
        _ = try await exchange.publish([named], to: pool, as: ann)
        // The same bytes become the second member's own, as they would if nobody had them.
        #expect(try await exchange.publish([held], to: pool, as: bob).successCount == 1)
        #expect(try await exchange.all(pool, as: bob).map(\.id) == ["indicator--\(Samples.uuid(1).text)"])
        #expect(try await exchange.all(pool, as: ann).count == 2)
        // And what another made is refused as it would be.
        let refused = try await exchange.publish([named], to: pool, as: bob)
        #expect(refused.failures?.first?.message?.hasPrefix("created_by_ref:") == true)
        // A colleague of the author, who may not see what is for named persons, gets it too.
        #expect(try await exchange.publish([held], to: pool, as: eve).successCount == 1)
        #expect(try await exchange.all(pool, as: eve).contains { $0.id == "indicator--\(Samples.uuid(1).text)" })
        await exchange.close()
    }

    @Test("lets nobody find out by an id that anyone can compute whether another holds it")
    func computable() async throws {
        let exchange = try await TestExchange()
        let (ann, bob) = (try await exchange.join("ann"), try await exchange.join("bob"))
        let pool = try await exchange.pool("open", .open)
        var terms = PoolTerms.open
        terms.defaultMarking = .amberStrict
        let strict = try await exchange.pool("strict", terms)
        for (name, token) in [("one", ann), ("two", bob)] {
            let created = "2026-0\(name.count)-01T00:00:00.000Z"
            let text = Self.computed(name, created: created)
            #expect(try await exchange.publish([text], to: strict, as: token).successCount == 1)
            #expect(
                try await exchange.all(strict, as: token).map { String(decoding: $0.bytes, as: UTF8.self) } == [text]
            )
        }
        // Where it can be seen, it belongs to the member that brought it.
        _ = try await exchange.publish([Self.computed("one")], to: pool, as: ann)
        let stolen = Self.computed("two", created: "2026-02-02T00:00:00.000Z")
        let refused = try await exchange.publish([stolen], to: pool, as: bob)
        #expect(refused.failures?.first?.message?.contains("belongs to the member") == true)
        await exchange.close()
    }

    @Test("is of nobody where it is a cyber-observable's or a TLP marking's")
    func unowned() async throws {
        let exchange = try await TestExchange()
        let ann = try await exchange.join("ann", roles: [.reporter])
        let bob = try await exchange.join("bob")
        var terms = PoolTerms.open
        (terms.reading, terms.defaultMarking) = (.enrolled, .green)
        let inbox = try await exchange.pool("inbox", terms)
        _ = try await exchange.node.administration.enrol("bob", in: "inbox", Enrolment(reads: true, writes: true))
        // The author cannot read here, and still its second is the first again.
        let first = try await exchange.publish([Self.address(), Self.address()], to: inbox, as: ann)
        let second = try await exchange.publish([Self.address()], to: inbox, as: ann)
        let held = try await exchange.all(inbox, as: bob)
        #expect(held.count == 1)
        // Without a version of its own it has the time at which it came, in the status as in the manifest.
        let came = try #require(held.first?.version)
        #expect(first.successes?.map(\.version) == [came, came])
        #expect(second.successes?.map(\.version) == [came])
        // Other content under the id is another's right.
        let other = Self.address(#","spec_version":"2.1""#)
        #expect(try await exchange.publish([other], to: inbox, as: bob).successCount == 1)
        let red = """
            {"type":"marking-definition","spec_version":"2.1","id":"\(TLP.red.definition.text)",\
            "created":"2022-10-01T00:00:00.000Z"\("%"),"extensions":{"extension-definition--60a3c5c5-0d10-413e-aab3-\
            9e08dde9e88d":{"extension_type":"property-extension","tlp_2_0":"red"}}}
            """
        let forms = ["", ",\"name\":\"TLP:RED\"", ",\"external_references\":[{\"source_name\":\"x\"}]"]
        let texts = forms.map { red.replacing("%", with: $0) }
        let reports = [
            try await exchange.publish([texts[2]], to: inbox, as: ann),
            try await exchange.publish([texts[0]], to: inbox, as: ann),
            try await exchange.publish([texts[1]], to: inbox, as: bob),
        ]
        #expect(reports.map(\.successCount) == [0, 1, 1])
        #expect(reports[0].failures?.first?.message?.contains("external_references") == true)
        await exchange.close()
    }

    @Test("stays with who brought it first when the same object waits twice for a second person")
    func twice() async throws {
        let exchange = try await TestExchange()
        let ann = try await exchange.join("ann")
        let eve = try await exchange.principal("eve", of: "ann", roles: [.reader, .approver])
        let sam = try await exchange.principal("sam", of: "ann", roles: [.reader, .auditor])
        var terms = PoolTerms.open
        terms.release = .secondPerson
        let pool = try await exchange.pool("slow", terms)
        let session = try await exchange.session(eve)
        for (decision, expected) in [(Acceptance.Decision.refuse(reason: "no"), [0, 2]), (.approve, [2, 0])] {
            let texts = [Samples.indicator(1), Samples.indicator(1)]
            let report = try await exchange.publish(texts, to: pool, as: ann)
            #expect(report.pendingCount == 2)
            // Only the author and an approver are told what waits.
            let shown = try await exchange.node.statuses.waiting(for: try await exchange.session(sam), upTo: 100)
            #expect(shown.isEmpty)
            let id = try #require(ID<StatusReport>(parsing: report.id))
            let settled = try await exchange.node.acceptance.settle(id, decision, by: session)
            #expect([settled.successCount, settled.failureCount] == expected)
        }
        #expect(
            try await exchange.all(pool, as: ann, filter: ObjectFilter(versions: VersionFilter(all: true))).count == 1
        )
        await exchange.close()
    }
}
