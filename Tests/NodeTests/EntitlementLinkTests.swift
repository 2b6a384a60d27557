import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Entitlements and what a consignment is linked to")
struct EntitlementLinkTests {
    @Test("go with nothing that the holder's group reported itself, whatever became of it", arguments: Engine.both)
    func own(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        try await harbour.issued()
        let tidewater = try Subject(.organisation, key: "o1", properties: ["name": ["Tidewater Freight BV"]])
        let goods = try Subject(.consignment, key: "k1", properties: ["billOfLading": ["BL-77"]])
        let sent = try await harbour.brought([tidewater, goods])
        for name in ["anchor", "berth"] {
            for (number, parties, containers) in [
                ("BL-1", ["TIDEWATER FREIGHT"], []), ("bl/77", [], []), ("BL-2", [], ["MSKU 038325-0"]),
                ("BL-3", ["Someone Else", "Tidewater Freight B.V."], ["HLXU2008419"]),
            ] as [(String, [String], [String])] {
                let text = await refusal { try await harbour.reserve(number, parties, containers, as: name) }
                #expect(text.hasPrefix("own-report:"), "\(number)")
            }
        }
        try await harbour.act(.retract, on: sent, as: "anchor")
        #expect(await refusal { try await harbour.reserve("BL-77") }.hasPrefix("own-report:"))
        // What its holder left out, the office has from the papers.
        let held = try await harbour.reserve("BL-4", ["Someone Else"])
        let text = await refusal { try await harbour.redeem(held.entitlement.id, "BL-4", ["Tidewater Freight"]) }
        #expect(text.hasPrefix("own-report:"))
        #expect(try await harbour.redeem(held.entitlement.id, "BL-4").entitlement.state.part == .redeemed)
        try await harbour.checkBooks()
        await harbour.exchange.close()
    }

    @Test(
        "go with nothing that others reported to the office, of which the holder is told nothing",
        arguments: Engine.both
    )
    func others(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        try await harbour.issued()
        let heron = try Subject(.organisation, key: "o1", properties: ["name": ["Grey Heron Ltd"]])
        let sent = try await harbour.brought([heron], from: "swift")
        let held = try await harbour.reserve("BL-1", ["Grey Heron Limited"])
        let id = held.entitlement.id
        // The reservation says who is in the papers: the office needs not say it again.
        #expect(await refusal { try await harbour.redeem(id, "BL-1") }.hasPrefix("subject:"))
        let seen = try await harbour.desk.entitlement(id, for: try await harbour.session("anchor"))
        #expect(seen.entitlement == held.entitlement)
        try await harbour.act(.refuse(.noSuspicion, nil), on: sent)
        #expect(try await harbour.redeem(id, "BL-1").entitlement.state.part == .redeemed)
        await harbour.exchange.close()
    }

    @Test("go with what a report no longer says")
    func replaced() async throws {
        let harbour = try await Harbour(.sqlite)
        try await harbour.issued()
        let heron = try Subject(.organisation, key: "o1", properties: ["name": ["Grey Heron Ltd"]])
        let sent = try await harbour.brought([heron])
        #expect(await refusal { try await harbour.reserve("BL-1", ["Grey Heron"]) }.hasPrefix("own-report:"))
        let other = try Subject(.organisation, key: "o1", properties: ["name": ["Tidewater Freight BV"]])
        try await harbour.act(.add(try harbour.content([other])), on: sent, as: "anchor")
        #expect(await refusal { try await harbour.reserve("BL-1", ["Tidewater Freight"]) }.hasPrefix("own-report:"))
        #expect(try await harbour.reserve("BL-1", ["Grey Heron"]).token != nil)
        let marks = try await harbour.exchange.database.read { connection in
            try connection.rows("select distinct report from report_mark") { $0.integer(0) }.count
        }
        #expect(marks == 4)
        await harbour.exchange.close()
    }

    @Test("tell an office nothing of what the holder reported to another")
    func otherAuthority() async throws {
        let harbour = try await Harbour(.sqlite)
        _ = try await harbour.exchange.join("police", .police, roles: [.reader, .officer])
        try await harbour.issued()
        try await harbour.opens(to: [.police])
        let heron = try Subject(.organisation, key: "o1", properties: ["name": ["Grey Heron Ltd"]])
        _ = try await harbour.brought([heron], to: "police")
        #expect(await refusal { try await harbour.reserve("BL-1", ["Grey Heron"]) }.hasPrefix("own-report:"))
        let held = try await harbour.reserve("BL-1")
        #expect(try await harbour.redeem(held.entitlement.id, "BL-1", ["Grey Heron"]).token == nil)
        await harbour.exchange.close()
    }

    @Test("go with no subject of an advisory: each side is told by what it may read", arguments: Engine.both)
    func advisories(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        for number in ["HLXU2008419", "TRLU7123452"] {
            _ = try await harbour.accepted(number, from: "swift", graded: Grade(.usually, .confirmed))
        }
        try await harbour.issued()
        let (advisory, author) = try await harbour.published(readers: ["anchor"])
        let names = ["Verloop, Tamsin"]
        #expect(await refusal { try await harbour.reserve("BL-1", names) }.hasPrefix("subject:"))
        // Who is to be protected is named to nobody, and who may not read of it is told nothing.
        _ = try await harbour.reserve("BL-2", ["Oda Quell"])
        let held = try await harbour.reserve("BL-3", names, as: "swift")
        #expect(await refusal { try await harbour.redeem(held.entitlement.id, "BL-3") }.hasPrefix("subject:"))
        _ = try await harbour.exchange.node.advisories.act(
            .action(.recall(.mistakenIdentity)),
            on: .id(advisory.id),
            by: author
        )
        _ = try await harbour.reserve("BL-1", names)
        #expect(try await harbour.redeem(held.entitlement.id, "BL-3").entitlement.state.part == .redeemed)
        try await harbour.checkBooks()
        await harbour.exchange.close()
    }

    @Test("are looked for among reports that were brought before there were marks of them", arguments: Engine.both)
    func filled(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        try await harbour.issued()
        try await harbour.exchange.database.write { connection in
            try connection.run("delete from report_mark")
            try connection.run("update report_unmarked set number = (select max(number) from dossier)")
        }
        let node = try await TestExchange.node(over: harbour.exchange.database, harbour.exchange.clock)
        let text = await refusal { try await harbour.reserve("BL-1", [], ["MSKU0383250"], on: node) }
        #expect(text.hasPrefix("own-report:"))
        await harbour.exchange.close()
    }

    @Test(
        "say which of a consignment's papers cannot be read",
        arguments: [
            ("", [], [], "consignment"), ("a b", [], [], "consignment"), ("1", ["x", "--"], [], "parties[1]"),
            ("1", [], ["MSKU0383251"], "containers[0]"), ("1", Array(repeating: "x", count: 33), [], "parties"),
            ("1", [], Array(repeating: "MSKU0383250", count: 101), "containers"),
            ("1", [String(repeating: "x", count: 2_049)], [], "parties[0]"),
        ] as [(String, [String], [String], String)]
    )
    func papers(number: String, parties: [String], containers: [String], field: String) throws {
        do throws(ContentFault) {
            _ = try Consignment(number, parties: parties, containers: containers)
            Issue.record("taken")
        } catch {
            #expect(error.field == field)
        }
    }
}

extension Harbour {
    /// A report that nobody has looked at yet.
    func brought(
        _ subjects: [Subject],
        from name: String = "anchor",
        to authority: String = "customs"
    ) async throws -> ID<Report> {
        let session = try await session(name)
        return try await exchange.node.reports.report(try content(subjects), to: authority, by: session).id
    }

    func content(_ subjects: [Subject]) throws -> ReportContent {
        try ReportContent(
            categories: [try #require(Category(rawValue: "TBM-MIS"))],
            severity: .serious,
            seen: exchange.clock.now,
            facts: "Too heavy",
            subjects: subjects
        )
    }

    /// Lets forwarders name somebody to authorities of more kinds.
    func opens(to kinds: Set<MemberKind>) async throws {
        try await keep([
            (Party(kinds: [.freightForwarder]), Party(kinds: kinds.union([.customs])), .report, [.reporting])
        ])
    }

    private func keep(_ ways: [(origin: Party, reader: Party, Mode, Set<Purpose>)]) async throws {
        let gateways = ways.map { way in
            Gateway(
                name: Samples.name("\(way.2.rawValue)s"),
                title: "Open",
                about: "",
                origin: way.origin,
                reader: way.reader,
                relation: .same,
                modes: [way.2],
                purposes: way.3
            )
        }
        try await exchange.node.administration.keep(try #require(Gateways(gateways)))
    }

    /// An advisory of customs about Tamsin Verloop, with Oda Quell as a victim, for some readers, and who wrote it.
    func published(readers: [String]) async throws -> (Advisory, Session) {
        let administration = exchange.node.administration
        try await keep([
            (Party(kinds: [.freightForwarder]), Party(kinds: [.customs]), .report, [.reporting]),
            (Party(kinds: [.customs]), Party(kinds: [.freightForwarder]), .published, [.monitoring, .diligence]),
        ])
        let roles: Set<Role> = [.reader, .publisher, .officer]
        let author = try await exchange.session(try await exchange.principal("author", of: "customs", roles: roles))
        let second = try await exchange.session(
            try await exchange.principal("lena", of: "customs", roles: [.reader, .approver])
        )
        for (name, unit) in [("author", "desk"), ("lena", "legal")] {
            _ = try await administration.changePrincipal(name) { $0.unit = Name(unit) }
        }
        _ = try await exchange.pool("warnings", PoolTerms(title: "W", reading: .enrolled, writing: .authorities))
        for name in readers + ["customs"] {
            _ = try await administration.enrol(name, in: "warnings", Enrolment(reads: true, writes: true))
        }
        let suspect = try Subject(
            .person,
            key: "s1",
            properties: ["name": ["Tamsin Verloop"], "birthDate": ["1971-02-04"]],
            standing: .suspect
        )
        let victim = try Subject(.person, key: "v1", properties: ["name": ["Oda Quell"]], standing: .victim)
        let content = try AdvisoryContent(
            title: "The seals",
            facts: "Seals were broken.",
            categories: [try #require(Category(rawValue: "FRD-CGO"))],
            severity: .serious,
            subjects: [suspect, victim],
            tearline: "A known pattern.",
            action: .internalOnly
        )
        let desk = exchange.node.advisories
        let terms = try AdvisoryTerms(marking: .amber)
        let drafted = try await desk.draft(.subject, content, on: terms, in: "warnings", by: author)
        let name = AdvisoryName.id(drafted.id)
        let graded = try await desk.act(.action(.grade(Grade(.usually, .possible))), on: name, by: author)
        let digest = try #require(graded.pending?.digest)
        _ = try await desk.act(.action(.approve(digest: digest)), on: name, by: second)
        return (try await desk.act(.publish, on: name, by: author), author)
    }
}
