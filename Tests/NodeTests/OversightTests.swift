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
