import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("An advisory of one's own member")
struct CompartmentTests {
    @Test("in a compartment is absent for who is not cleared, however it asks", arguments: Engine.both)
    func uncleared(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        let roles: Set<Role> = [.reader, .publisher, .approver, .officer, .auditor]
        let token = try await world.exchange.principal("clerk", of: "customs", roles: roles)
        let clerk = try await world.exchange.session(token)
        let harbour = Samples.name("harbour")
        // Nobody puts in a compartment what it would see no more.
        await #expect(throws: AdvisoryFault.self) {
            try await world.published(on: try AdvisoryTerms(compartment: harbour))
        }
        let ends = world.exchange.clock.now.advanced(by: .seconds(60))
        for (name, end) in [("customs", nil), ("lena", ends)] {
            _ = try await world.node.administration.changePrincipal(name) { $0.clearances = [harbour: end] }
        }
        let open = try await world.published()
        let hidden = try await world.published(on: try AdvisoryTerms(compartment: harbour))
        try await expectAbsence(of: hidden, for: clerk, world)
        #expect(try await listed(for: clerk, world) == [open.id])
        let lena = try await world.session("lena")
        #expect(try await listed(for: lena, world) == [hidden.id, open.id])
        world.exchange.clock.advance(by: .seconds(60))
        try await expectAbsence(of: hidden, for: lena, world)
        // So is one that an amendment is to bring there.
        let customs = try await world.session("customs")
        let amend = AdvisoryAction.amend(
            try AdvisoryExchange.content("Otto Linden"),
            try AdvisoryTerms(compartment: harbour),
            what: "a",
            why: "b"
        )
        _ = try await world.desk.act(.action(amend), on: .id(open.id), by: customs)
        try await expectAbsence(of: open, for: clerk, world)
        #expect(try await listed(for: customs, world) == [hidden.id, open.id])
        await world.exchange.close()
    }

    @Test("is absent for who has no business with advisories", arguments: Role.allCases)
    func roles(role: Role) async throws {
        let world = try await AdvisoryExchange(.sqlite)
        let advisory = try await world.published()
        let token = try await world.exchange.principal("other", of: "customs", roles: [role])
        let other = try await world.exchange.session(token)
        if role == .operator {
            try await expectAbsence(of: advisory, for: other, world)
            #expect(try await listed(for: other, world).isEmpty)
        } else {
            #expect(try await world.desk.advisory(.id(advisory.id), for: other) == advisory)
            #expect(try await listed(for: other, world) == [advisory.id])
        }
        await world.exchange.close()
    }

    @Test("is listed page by page without a trace of those between")
    func pages() async throws {
        let world = try await AdvisoryExchange(.sqlite)
        let harbour = Samples.name("harbour")
        _ = try await world.node.administration.changePrincipal("customs") { $0.clearances = [harbour: nil] }
        let customs = try await world.session("customs")
        var open: [ID<Advisory>] = []
        for number in 0..<9 {
            let advisory = try await world.desk.draft(
                .subject,
                try AdvisoryExchange.content(),
                on: try AdvisoryTerms(compartment: number.isMultiple(of: 3) ? nil : harbour),
                in: "warnings",
                by: customs
            )
            if number.isMultiple(of: 3) { open.insert(advisory.id, at: 0) }
        }
        let lena = try await world.session("lena")
        let first = try await world.desk.advisories(for: lena, before: .max, upTo: 2)
        #expect(first.map(\.advisory.id) == Array(open.prefix(2)))
        let rest = try await world.desk.advisories(for: lena, before: try #require(first.last).number, upTo: 2)
        #expect(rest.map(\.advisory.id) == Array(open.suffix(1)))
        await world.exchange.close()
    }

    @Test("is told by no key, once its caller is cleared no more", arguments: Engine.both)
    func keyed(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        func draft() async throws -> Advisory {
            let customs = try await world.session("customs")
            return try await world.desk.draft(
                .subject,
                try AdvisoryExchange.content(),
                on: try AdvisoryTerms(compartment: Samples.name("harbour")),
                in: "warnings",
                by: customs,
                as: world.node.call("key", by: customs, asked: [])
            )
        }
        _ = try await world.node.administration.changePrincipal("customs") {
            $0.clearances = [Samples.name("harbour"): nil]
        }
        let made = try await draft()
        #expect(try await draft().id == made.id)
        _ = try await world.node.administration.changePrincipal("customs") { $0.clearances = [:] }
        await #expect { try await draft() } throws: { if case AdvisoryFault.absent = $0 { true } else { false } }
        await world.exchange.close()
    }

    private func listed(for session: Session, _ world: AdvisoryExchange) async throws -> [ID<Advisory>] {
        try await world.desk.advisories(for: session, before: .max, upTo: 100).map(\.advisory.id)
    }

    private func expectAbsence(of advisory: Advisory, for session: Session, _ world: AdvisoryExchange) async throws {
        let name = AdvisoryName.id(advisory.id)
        let calls: [() async throws -> Void] = [
            { _ = try await world.desk.advisory(name, for: session) },
            { _ = try await world.desk.act(.action(.recall(.error)), on: name, by: session) },
            { _ = try await world.desk.act(.publish, on: name, by: session, seen: ["0"]) },
            { _ = try await world.desk.settle(name, by: session) },
            { _ = try await world.desk.sights(of: name, for: session, upTo: 100) },
            { _ = try await world.node.reports.feedback(on: name, for: session, upTo: 100) },
            { _ = try await world.desk.decisions(on: name, to: "bank", as: nil, for: nil, asked: session) },
            {
                _ = try await world.desk.consent(
                    to: name,
                    reader: "bank",
                    for: .monitoring,
                    .full,
                    until: world.exchange.clock.now.advanced(by: .seconds(60)),
                    by: session
                )
            },
        ]
        for (place, call) in calls.enumerated() {
            do {
                try await call()
                Issue.record("call \(place) was answered")
            } catch AdvisoryFault.absent {
            } catch AdvisoryFault.forbidden where session.principal.roles == [.operator] {
                // Told from the role alone, whatever there is.
            }
        }
    }
}
