import Exchange
import Node
import Store
import TestSupport
import Testing

/// Who may ask who saw an advisory, and why.
@Suite("Oversight of an advisory")
struct OversightTests {
    private enum Answer {
        case given, forbidden, absent
    }

    @Test("is for each role of the originator that answers for it, alone", arguments: Role.allCases)
    func roles(role: Role) async throws {
        let world = try await AdvisoryExchange(.sqlite)
        let advisory = try await world.published()
        #expect(try await world.reports("bank") == ["full"])
        let expected: Answer =
            switch role {
            case .publisher, .approver, .officer, .auditor: .given
            case .reader, .reporter, .operator: .forbidden
            }
        for (member, answer) in [("customs", expected), ("bank", expected == .given ? .absent : .forbidden)] {
            let token = try await world.exchange.principal("other-\(member)", of: member, roles: [role])
            let session = try await world.exchange.session(token)
            let name = AdvisoryName.id(advisory.id)
            let sighted = try await self.answer {
                let seen = try await world.desk.sights(of: name, for: session, upTo: 10).sights
                #expect(seen.map(\.member.name.text) == ["bank"])
            }
            let explained = try await self.answer {
                let said = try await world.desk.decisions(on: name, to: "bank", as: nil, for: nil, asked: session)
                #expect(said.filter(\.decision.isPermitted).map(\.rendition) == [.full])
            }
            #expect(sighted == answer, "\(member)")
            #expect(explained == (role == .auditor ? answer : .forbidden), "\(member)")
        }
        await world.exchange.close()
    }

    @Test("nobody finds out whom another is linked to by what was never to reach it")
    func probe() async throws {
        let world = try await AdvisoryExchange(.sqlite)
        let token = try await world.exchange.principal("auditor", of: "customs", roles: [.auditor])
        let auditor = try await world.exchange.session(token)
        try await world.node.administration.link("bank", to: try AdvisoryExchange.content().subjects)
        func rows(_ name: String, _ terms: AdvisoryTerms) async throws -> [AccessRow] {
            let advisory = try await world.published(try AdvisoryExchange.content(name), on: terms)
            let said = try await world.desk.decisions(
                on: .id(advisory.id),
                to: "bank",
                as: nil,
                for: nil,
                asked: auditor
            )
            return said.map(\.decision.row)
        }
        let own = try #require(world.node.live.directory.principal(named: Samples.name("lena"))).identity
        let confined = try AdvisoryTerms(marking: .red, addressees: [own])
        let strangers = try await rows("Wilma Oudekerk", confined)
        #expect(try await rows("Tamsin Verloop", confined) == strangers && !strangers.contains(.conflict))
        // Of what would reach it, an auditor is told what keeps it.
        let open = try AdvisoryTerms(marking: .amber)
        #expect(Set(try await rows("Tamsin Verloop", open)) == [.conflict])
        await world.exchange.close()
    }

    @Test("nobody finds out by a draft whom another is linked to")
    func draft() async throws {
        let world = try await AdvisoryExchange(.sqlite)
        let token = try await world.exchange.principal("auditor", of: "customs", roles: [.auditor])
        let draft = try await world.desk.draft(
            .subject,
            try AdvisoryExchange.content(),
            on: try AdvisoryTerms(),
            in: "warnings",
            by: try await world.session("customs")
        )
        let explained = try await answer {
            _ = try await world.desk.decisions(
                on: .id(draft.id),
                to: "bank",
                as: nil,
                for: nil,
                asked: try await world.exchange.session(token)
            )
        }
        #expect(explained == .forbidden)
        await world.exchange.close()
    }

    private func answer(_ ask: () async throws -> Void) async throws -> Answer {
        do {
            try await ask()
            return .given
        } catch AdvisoryFault.forbidden {
            return .forbidden
        } catch AdvisoryFault.absent {
            return .absent
        }
    }
}
