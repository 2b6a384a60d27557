import Exchange
import Node
import Store
import TestSupport
import Testing

/// Who of a member that holds something learns that it is called back.
@Suite("Stubs of what is not for a whole member")
struct StubAudienceTests {
    /// An exchange with three principals of the bank: the bank's own reads, `ned` might have, `eve` never could.
    private struct Office {
        let world: AdvisoryExchange
        let colleagues: [String: String]

        init(_ engine: Engine) async throws {
            world = try await AdvisoryExchange(engine)
            var colleagues: [String: String] = [:]
            for name in ["ned", "eve"] {
                colleagues[name] = try await world.exchange.principal(name, of: "bank", roles: [.reader])
            }
            self.colleagues = colleagues
        }

        func session(_ name: String) async throws -> Session {
            guard let token = colleagues[name] else { return try await world.session(name) }
            return try await world.exchange.session(token)
        }

        /// Whether somebody is told of a recall, or of what is withdrawn: over TAXII, over the events, and in its list.
        func isTold(_ name: String) async throws -> Bool {
            let session = try await session(name)
            let question = Disclosure.Question(form: .objects, after: .zero, limit: 100, filter: ObjectFilter())
            let pages = try await world.node.disclosure.page(question, of: world.pool, to: session, over: .taxii)
            let events = try await world.node.feed.events(after: .zero, for: session, over: .events)
            let revoked = try (pages.stored.versions + events.map(\.version)).contains {
                try JSON(parsing: $0.bytes).root["revoked"]?.boolean == true
            }
            let listed = try await world.desk.recalls(for: session, upTo: 10)
            #expect(events.contains { $0.recall != nil } == !listed.isEmpty, "\(name)")
            #expect(listed.isEmpty || revoked, "\(name)")
            return revoked
        }

        func recall(_ advisory: Advisory) async throws {
            let customs = try await world.session("customs")
            _ = try await world.desk.act(.action(.recall(.error)), on: .id(advisory.id), by: customs)
        }

        /// What an auditor is told of the stub.
        func explained(_ advisory: Advisory, _ principal: String) async throws -> Bool {
            let rulings = try await world.desk.decisions(
                on: .id(advisory.id),
                to: "bank",
                as: principal,
                for: nil,
                asked: try await world.session("lena")
            )
            return rulings.contains { $0.rendition == .stub && $0.decision.isPermitted }
        }
    }

    /// What makes an advisory one that a colleague could never see.
    enum Secret: CaseIterable {
        case red, compartment
    }

    private func terms(_ secret: Secret, _ office: Office) async throws -> AdvisoryTerms {
        switch secret {
        case .red:
            let named = [try await office.session("bank"), try await office.session("ned")].map(\.principal.identity)
            return try AdvisoryTerms(marking: .red, addressees: named)
        case .compartment:
            let harbour = Samples.name("harbour")
            for name in ["customs", "lena", "bank", "ned"] {
                _ = try await office.world.node.administration.changePrincipal(name) {
                    $0.clearances = [harbour: nil]
                }
            }
            return try AdvisoryTerms(marking: .amber, compartment: harbour)
        }
    }

    @Test(
        "reach who holds it, is named or is cleared, and tell nobody else that it was",
        arguments: Engine.both,
        Secret.allCases
    )
    func recalled(engine: Engine, secret: Secret) async throws {
        let office = try await Office(engine)
        let advisory = try await office.world.published(on: try await terms(secret, office))
        #expect(try await office.world.reports("bank") == ["full"])
        try await office.recall(advisory)
        for (name, isTold) in [("bank", true), ("ned", true), ("eve", false)] {
            #expect(try await office.explained(advisory, name) == isTold, "\(name)")
            #expect(try await office.isTold(name) == isTold, "\(name)")
        }
        await office.world.exchange.close()
    }

    @Test("stay told of to whoever reads for a member where the whole of it might have read it", arguments: Engine.both)
    func open(engine: Engine) async throws {
        let office = try await Office(engine)
        let advisory = try await office.world.published()
        #expect(try await office.world.reports("bank") == ["full"])
        try await office.recall(advisory)
        for name in ["bank", "ned", "eve"] { #expect(try await office.isTold(name), "\(name)") }
        #expect(try await !office.isTold("carrier"))
        await office.world.exchange.close()
    }

    @Test(
        "are no wider where an amendment that is for others took it out of sight",
        arguments: Engine.both,
        Secret.allCases
    )
    func amendedAway(engine: Engine, secret: Secret) async throws {
        let office = try await Office(engine)
        let world = office.world
        let customs = try await world.session("customs")
        let advisory = try await world.published(on: try await terms(secret, office))
        #expect(try await world.reports("bank") == ["full"])
        let carrier = try await world.session("carrier").member.identity
        let amend = AdvisoryAction.amend(
            advisory.content,
            try AdvisoryTerms(marking: .amberStrict, addressees: [carrier]),
            what: "whom",
            why: "need"
        )
        try await world.approve(try await world.desk.act(.action(amend), on: .id(advisory.id), by: customs))
        _ = try await world.desk.act(.action(.publishAmendment), on: .id(advisory.id), by: customs)
        for isRecalled in [false, true] {
            if isRecalled { try await office.recall(advisory) }
            for (name, isTold) in [("bank", true), ("ned", true), ("eve", false)] {
                #expect(try await office.isTold(name) == isTold, "\(name), recalled: \(isRecalled)")
            }
        }
        await world.exchange.close()
    }
}
