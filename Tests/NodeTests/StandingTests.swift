import Exchange
import Node
import Store
import TestSupport
import Testing

/// What nobody does or is told who is suspended, or an operator alone.
@Suite("Who has no part in it")
struct StandingTests {
    /// An advisory of customs that a bank holds, a report of the bank to customs, and a question back.
    private struct World {
        let world: AdvisoryExchange
        let advisory: Advisory
        let copy: STIXID
        let report: Report
        let request: InformationRequest

        init(_ engine: Engine) async throws {
            world = try await AdvisoryExchange(engine)
            _ = try await world.node.administration.changePrincipal("bank") { $0.roles = Self.roles }
            _ = try await world.node.administration.changePrincipal("customs") { $0.roles = Self.roles }
            advisory = try await world.published()
            copy = try await world.report("bank")
            let (customs, bank) = (try await world.session("customs"), try await world.session("bank"))
            report = try await world.node.reports.report(try Self.content("Seen."), to: "customs", by: bank)
            request = try await world.node.reports.ask(try Self.content("Who?"), to: "bank", by: customs)
        }

        static let roles: Set<Role> = [.reader, .reporter, .publisher, .officer, .auditor]

        static func content(_ facts: String) throws -> ReportContent {
            try ReportContent(
                categories: [try #require(Category(rawValue: "FRD-CGO"))],
                severity: .serious,
                facts: facts,
                subjects: [
                    try Subject(.route, key: "r", properties: ["origin": ["NLRTM"], "destination": ["BEANR"]])
                ]
            )
        }

        typealias Call = (name: String, run: (Session) async throws -> Void)

        /// What the bank does with what others said.
        var bank: [Call] {
            let (desk, reports) = (world.desk, world.node.reports)
            let (advisory, copy, report, request) = (advisory, copy, report, request)
            return [
                ("report", { _ = try await reports.report(try Self.content("More."), to: "customs", by: $0) }),
                ("add to a report", { _ = try await reports.act(.add(try Self.content("x")), on: report.id, by: $0) }),
                ("retract", { _ = try await reports.act(.retract, on: report.id, by: $0) }),
                ("read a report", { _ = try await reports.report(report.id, for: $0) }),
                ("list reports", { _ = try await reports.dossiers(Report.self, for: $0, before: .max, upTo: 9) }),
                ("ask", { _ = try await reports.ask(try Self.content("And?"), to: "customs", by: $0) }),
                ("answer", { _ = try await reports.answer(request.id, .nothing, by: $0) }),
                ("read a request", { _ = try await reports.request(request.id, for: $0) }),
                ("give feedback", { _ = try await reports.say(.falseMatch, nil, on: copy, by: $0) }),
                ("read feedback", { _ = try await reports.feedback(on: .report(copy), for: $0, upTo: 9) }),
                ("observe", { _ = try await reports.observe([UInt8](repeating: 1, count: 32), by: $0) }),
                ("dispute", { try await desk.dispute(.id(advisory.id), "It is another.", by: $0) }),
                ("ask for consent", { _ = try await desk.askConsent(to: copy, for: .monitoring, "Why", by: $0) }),
                ("list what was asked", { _ = try await desk.consentRequests(by: $0, before: .max, upTo: 9) }),
            ]
        }

        /// What is left to the bank when it is suspended.
        var rest: [Call] {
            let (desk, copy) = (world.desk, copy)
            return [
                ("rely", { try await desk.rely(on: copy, for: "account 1", by: $0) }),
                ("list decisions", { _ = try await desk.reliances(on: copy, for: $0, after: 0, upTo: 9) }),
                ("list recalls", { _ = try await desk.recalls(for: $0, upTo: 9) }),
            ]
        }

        /// What customs do with their own, and with what was sent to them.
        var customs: [Call] {
            let (desk, reports) = (world.desk, world.node.reports)
            let (advisory, report) = (advisory, report)
            return [
                (
                    "draft",
                    {
                        _ = try await desk.draft(
                            .subject,
                            try AdvisoryExchange.content(),
                            on: try AdvisoryTerms(),
                            in: "warnings",
                            by: $0
                        )
                    }
                ),
                (
                    "amend",
                    {
                        let amend = AdvisoryAction.amend(advisory.content, advisory.terms, what: "a", why: "b")
                        _ = try await desk.act(.action(amend), on: .id(advisory.id), by: $0)
                    }
                ),
                ("review", { _ = try await desk.act(.action(.review(until: nil)), on: .id(advisory.id), by: $0) }),
                (
                    "consent",
                    {
                        let until = world.exchange.clock.now.advanced(by: .seconds(60))
                        _ = try await desk.consent(
                            to: .id(advisory.id),
                            reader: "bank",
                            for: .monitoring,
                            .tearline,
                            until: until,
                            by: $0
                        )
                    }
                ),
                ("ask for more", { _ = try await reports.act(.wantMore("What?"), on: report.id, by: $0) }),
                ("accept", { _ = try await reports.act(.accept(), on: report.id, by: $0) }),
                ("read a report", { _ = try await reports.report(report.id, for: $0) }),
                ("read feedback", { _ = try await reports.feedback(on: .id(advisory.id), for: $0, upTo: 9) }),
            ]
        }

        func expectForbidden(_ calls: [Call], to session: Session, sourceLocation: SourceLocation = #_sourceLocation)
            async
        {
            for call in calls {
                do {
                    try await call.run(session)
                    Issue.record("\(call.name) went through", sourceLocation: sourceLocation)
                } catch AdvisoryFault.forbidden {
                } catch {
                    Issue.record("\(call.name): \(error)", sourceLocation: sourceLocation)
                }
            }
        }
    }

    @Test("a suspended member does nothing but acknowledge and look at its decisions", arguments: Engine.both)
    func holder(engine: Engine) async throws {
        let it = try await World(engine)
        _ = try await it.world.node.administration.changeMember("bank") { $0.standing = .suspended }
        let bank = try await it.world.session("bank")
        await it.expectForbidden(it.bank, to: bank)
        for call in it.rest { try await call.run(bank) }
        _ = try await it.world.desk.act(
            .action(.recall(.error)),
            on: .id(it.advisory.id),
            by: try await it.world.session("customs")
        )
        try await it.world.desk.acknowledge(it.copy, nil, by: bank)
        // Whatever is forbidden is for that alone: resumed, it does all of it.
        _ = try await it.world.node.administration.changeMember("bank") { $0.standing = .active }
        let resumed = try await it.world.session("bank")
        for call in it.bank where !["dispute", "ask for consent"].contains(call.name) {
            do { try await call.run(resumed) } catch AdvisoryFault.conflict where call.name == "retract" {}
        }
        await it.world.exchange.close()
    }

    @Test("a suspended originator only takes back", arguments: Engine.both)
    func originator(engine: Engine) async throws {
        let it = try await World(engine)
        _ = try await it.world.node.administration.changeMember("customs") { $0.standing = .suspended }
        let customs = try await it.world.session("customs")
        await it.expectForbidden(it.customs, to: customs)
        let advisory = AdvisoryName.id(it.advisory.id)
        _ = try await it.world.desk.advisory(advisory, for: customs)
        let recalled = try await it.world.desk.act(.action(.recall(.error)), on: advisory, by: customs)
        #expect(recalled.isCalledBack)
        await it.world.exchange.close()
    }

    @Test("an operator is neither told anything nor heard", arguments: ["bank", "customs"])
    func operators(member: String) async throws {
        let it = try await World(.sqlite)
        let token = try await it.world.exchange.principal("root", of: member, roles: [.operator])
        let session = try await it.world.exchange.session(token)
        if member == "bank" {
            await it.expectForbidden(it.bank + it.rest, to: session)
        } else {
            await it.expectForbidden(it.customs, to: session)
        }
        await it.world.exchange.close()
    }

    @Test("a group says one thing of one version once, and authorities' outcomes are their officers'")
    func once() async throws {
        let it = try await World(.sqlite)
        let reports = it.world.node.reports
        let bank = try await it.world.session("bank")
        _ = try await reports.say(.falseMatch, nil, on: it.copy, by: bank)
        _ = try await reports.say(.usefulContext, nil, on: it.copy, by: bank)
        let colleague = try await it.world.exchange.principal("colleague", of: "bank", roles: [.reader])
        await #expect(throws: AdvisoryFault.self) {
            try await reports.say(.falseMatch, nil, on: it.copy, by: try await it.world.exchange.session(colleague))
        }
        await #expect(throws: AdvisoryFault.self) { try await reports.say(.arrest, nil, on: it.copy, by: bank) }
        // Of the next version it may say so again.
        let customs = try await it.world.session("customs")
        let amend = AdvisoryAction.amend(it.advisory.content, it.advisory.terms, what: "a", why: "b")
        try await it.world.approve(try await it.world.desk.act(.action(amend), on: .id(it.advisory.id), by: customs))
        it.world.exchange.clock.advance(by: .seconds(1))
        _ = try await it.world.desk.act(.action(.publishAmendment), on: .id(it.advisory.id), by: customs)
        _ = try await reports.say(.falseMatch, nil, on: it.copy, by: bank)
        await it.world.exchange.close()
    }
}
