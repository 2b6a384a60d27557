import Exchange
import Node
import Store
import TestSupport
import Testing

/// What only financial intelligence units may let others see, and see.
@Suite("Financial intelligence units")
struct IntelligenceUnitTests {
    /// A bank, another, a unit that reads what there is, and one that reads nothing.
    private func exchange(_ engine: Engine) async throws -> AdvisoryExchange {
        let readers: [(name: String, kind: MemberKind)] = [
            ("bank", .bank), ("other", .bank), ("unit", .fiu), ("idle", .fiu),
        ]
        let world = try await AdvisoryExchange(engine, readers: readers)
        for name in ["unit", "idle"] {
            _ = try await world.node.administration.changePrincipal(name) { $0.roles.insert(.officer) }
        }
        return world
    }

    @Test("uncover what was derived from a report for one reader and purpose, for a time", arguments: Engine.both)
    func consent(engine: Engine) async throws {
        let world = try await exchange(engine)
        let advisory = try await world.published(on: try AdvisoryTerms(marking: .amber, caveats: [.reportDerived]))
        for name in ["bank", "other"] { #expect(try await world.reports(name) == ["tearline"]) }
        #expect(try await world.reports("unit") == ["full"])
        let head = try await world.head
        let until = world.exchange.clock.now.advanced(by: .seconds(86_400))
        let name = AdvisoryName.report(try await world.report("unit"))
        func consent(by giver: String, _ rendition: Rendition = .full) async throws {
            let session = try await world.session(giver)
            _ = try await world.desk.consent(
                to: name,
                reader: "bank",
                for: .monitoring,
                rendition,
                until: until,
                by: session
            )
        }
        // The originator's own consent does not uncover it, and who holds nothing of it has none to give.
        try await consent(by: "lena")
        await #expect(throws: AdvisoryFault.self) { try await consent(by: "idle") }
        #expect(try await world.reports("bank", after: head) == [])
        // A unit's consent gives no more than it says.
        try await consent(by: "unit", .tearline)
        #expect(try await world.reports("bank", after: head) == [])
        try await consent(by: "unit")
        #expect(try await world.reports("bank", after: head) == ["full"])
        #expect(try await world.reports("other") == ["tearline"])
        let decisions = try await world.desk.decisions(
            on: .id(advisory.id),
            to: "bank",
            as: nil,
            for: .diligence,
            asked: try await world.session("lena")
        )
        #expect(decisions.filter(\.decision.isPermitted).map(\.rendition) == [.tearline])
        world.exchange.clock.advance(by: .seconds(86_400))
        #expect(try await world.reports("bank") == ["tearline"])
        await world.exchange.close()
    }

    @Test("neither answer nor refuse what a reader asked of the originator", arguments: Engine.both)
    func request(engine: Engine) async throws {
        let world = try await exchange(engine)
        _ = try await world.published(on: try AdvisoryTerms(marking: .amber, caveats: [.reportDerived]))
        for name in ["bank", "unit"] { #expect(try await world.reports(name).count == 1) }
        let (bank, unit) = (try await world.session("bank"), try await world.session("unit"))
        let purpose = try #require(bank.credential.purposes.first)
        _ = try await world.desk.askConsent(to: try await world.report("bank"), for: purpose, "A payment", by: bank)
        let name = AdvisoryName.report(try await world.report("unit"))
        await #expect(throws: AdvisoryFault.self) {
            try await world.desk.refuseConsent(to: name, reader: "bank", for: purpose, by: unit)
        }
        let until = world.exchange.clock.now.advanced(by: .seconds(86_400))
        _ = try await world.desk.consent(to: name, reader: "bank", for: purpose, .full, until: until, by: unit)
        let asked = try await world.desk.consentRequests(by: bank, before: .max, upTo: 10)
        #expect(asked.map(\.row.state) == [.asked] && asked.allSatisfy { $0.consent == nil })
        await world.exchange.close()
    }

    @Test("are told that a holder reported what it saw, and the originator is not", arguments: Engine.both)
    func sealed(engine: Engine) async throws {
        let world = try await exchange(engine)
        let advisory = try await world.published()
        for name in ["bank", "other", "unit"] { #expect(try await world.reports(name) == ["full"]) }
        let report = try await world.report("bank")
        let bank = try await world.session("bank")
        for outcome in [Outcome.reported, .usefulContext] {
            _ = try await world.node.reports.say(outcome, nil, on: report, by: bank)
        }
        let expected: [(String, [Outcome])] = [
            ("bank", [.reported, .usefulContext]), ("unit", [.reported]), ("other", []),
        ]
        for (name, outcomes) in expected {
            let session = try await world.session(name)
            let said = try await world.node.reports.feedback(on: .report(report), for: session, upTo: 10)
            #expect(said.map(\.said.outcome) == outcomes, "\(name)")
        }
        for name in ["customs", "lena"] {
            let session = try await world.session(name)
            let said = try await world.node.reports.feedback(on: .id(advisory.id), for: session, upTo: 10)
            #expect(said.map(\.said.outcome) == [.usefulContext], "\(name)")
        }
        let idle = try await world.session("idle")
        await #expect(throws: AdvisoryFault.self) {
            try await world.node.reports.feedback(on: .report(report), for: idle, upTo: 10)
        }
        await world.exchange.close()
    }
}
