import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("What is explained of other exchanges")
struct FederationRulingTests {
    /// What an auditor of A is told.
    private struct Audit {
        let loop: FederationLoop
        let token: String

        init(_ loop: FederationLoop) async throws {
            self.loop = loop
            token = try await loop["a"].exchange.principal("auditor", of: "customs", roles: [.auditor])
        }

        /// What became of a rendition of an advisory at another exchange.
        func told(_ advisory: Advisory, to name: String, _ rendition: Rendition = .full) async throws -> Giving? {
            let auditor = try await loop["a"].exchange.session(token)
            let said = try await loop["a"].desk.decisions(
                on: .id(advisory.id),
                to: "link-\(name)",
                as: nil,
                for: nil,
                asked: auditor
            )
            let ruling = said.first { $0.rendition == rendition }
            if rendition == .stub { #expect(ruling?.decision.isPermitted == (ruling?.giving != .refused(.neverGiven))) }
            return ruling?.giving
        }
    }

    @Test("whether it was given, and what kept it: the agreement, the way, or the other", arguments: Engine.both)
    func reasons(engine: Engine) async throws {
        let loop = try await FederationLoop(engine, [("a", "b"), ("b", "c")]) { from, _ in
            (from == "a" ? .green : .clear, .clear, true)
        }
        let audit = try await Audit(loop)
        let amber = try await loop["a"].published(nil, on: AdvisoryTerms(marking: .amber))
        let clear = try await loop["a"].published(nil, on: AdvisoryTerms(marking: .clear))
        #expect(try await audit.told(clear, to: "b") == .waits)
        try await loop.settle()
        #expect(try await audit.told(amber, to: "b") == .refused(.tooStrict))
        #expect(try await audit.told(clear, to: "b") == .given)
        #expect(try await loop["b"].reports("bank") == ["full"])
        #expect(try await audit.told(clear, to: "c") == .refused(.poolNotShared))
        // B takes nothing that is stricter than clear.
        let green = try await loop["a"].published(nil, on: AdvisoryTerms(marking: .green))
        try await loop.settle()
        #expect(try await audit.told(green, to: "b") == .returned)
        // What it had no part in goes with its next version.
        _ = try await loop["a"].node.administration.changePeer("b") { terms in
            terms.agreement = Agreement(pools: terms.agreement.pools, ceiling: .amber, onward: true)
        }
        #expect(try await audit.told(amber, to: "b") == .passed)
        let customs = try await loop["a"].session("customs")
        for advisory in [clear, amber] {
            _ = try await loop["a"].desk.act(.action(.recall(.mistakenIdentity)), on: .id(advisory.id), by: customs)
        }
        #expect(try await audit.told(clear, to: "b", .stub) == .waits)
        try await loop.settle()
        #expect(try await audit.told(clear, to: "b", .stub) == .given)
        #expect(try await audit.told(amber, to: "b", .stub) == .refused(.neverGiven))
        let auditor = try await loop["a"].exchange.session(audit.token)
        for (login, purpose) in [("typo", nil), (nil, Purpose.monitoring)] {
            await #expect(throws: AdvisoryFault.self) {
                _ = try await loop["a"].desk.decisions(
                    on: .id(clear.id),
                    to: "link-b",
                    as: login,
                    for: purpose,
                    asked: auditor
                )
            }
        }
        await loop.close()
    }

    @Test(
        "what may go nowhere else, what was signed for nobody, and a copy that no longer counts",
        arguments: Engine.both
    )
    func unsaid(engine: Engine) async throws {
        let loop = try await FederationLoop(engine, [("a", "b")])
        let audit = try await Audit(loop)
        let confined = try await loop["a"].published(
            nil,
            on: AdvisoryTerms(marking: .green, caveats: [.noExport])
        )
        let open = try await loop["a"].published(nil, on: AdvisoryTerms(marking: .green))
        try await loop.settle()
        #expect(try await audit.told(confined, to: "b") == .unsayable)
        #expect(try await audit.told(open, to: "b") == .given)
        let customs = try await loop["a"].session("customs")
        let amend = AdvisoryAction.amend(
            try AdvisoryExchange.content(),
            try AdvisoryTerms(marking: .amberStrict),
            what: "The marking",
            why: "A source"
        )
        try await loop["a"].approve(try await loop["a"].desk.act(.action(amend), on: .id(open.id), by: customs))
        _ = try await loop["a"].desk.act(.action(.publishAmendment), on: .id(open.id), by: customs)
        try await loop.settle()
        #expect(try await audit.told(open, to: "b") == .superseded)
        #expect(try await loop["b"].reports("bank").isEmpty)
        await loop.close()
    }
}
