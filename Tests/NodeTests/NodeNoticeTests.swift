import Exchange
import Node
import Screening
import Store
import TestSupport
import Testing

/// What originators are told of what they may not see, over whole nodes and real stores.
@Suite("Notices of a node")
struct NodeNoticeTests {
    private static let man = "Tamsin Verloop"

    /// North holds somebody in the open of whom south holds something that north may not see; five others hold
    /// anything.
    private static func scene(_ engine: Engine, isSealed: Bool = false) async throws -> Originators {
        let others = (1...5).map { "other-\($0)" }
        let originators = try await Originators(engine, ["north", "south"] + others, closed: ["south"])
        _ = try await originators.publish(man, by: "north")
        let terms = isSealed ? try AdvisoryTerms(marking: .amber, caveats: [.reportDerived]) : nil
        _ = try await originators.publish(man, by: "south", in: "closed", on: terms)
        let names = ["Ottoline Brack", "Bartholomew Quigg", "Petra Kwong", "Ignatius Brome", "Odalys Wrenfield"]
        for (other, name) in zip(others, names) { _ = try await originators.publish(name, by: other) }
        return originators
    }

    private static func notices(_ name: String, _ originators: Originators) async throws -> [NoticeDesk.Told] {
        try await originators.node.notices.notices(for: try await originators.session(name))
    }

    private static func pass(days: Int, _ originators: Originators) {
        originators.world.exchange.clock.advance(by: .seconds(Int64(days) * 86_400))
    }

    /// Lets days pass until one on which is told.
    private static func passToDay(_ originators: Originators) {
        repeat { pass(days: 1, originators) } while !originators.node.notices.isAnythingDue()
    }

    @Test("come once an advisory has stood, once, on one node of many, and say nothing else", arguments: Engine.both)
    func told(engine: Engine) async throws {
        let originators = try await Self.scene(engine)
        let node = originators.node
        // The first day of telling may come before both have stood for seven days.
        Self.passToDay(originators)
        var count = try await node.notices.elapse()
        if count == 0 {
            #expect(try await Self.notices("north", originators).isEmpty)
            Self.passToDay(originators)
            count = try await node.notices.elapse()
        }
        #expect(count == 1)
        let told = try await Self.notices("north", originators)
        #expect(told.count == 1)
        // South sees north's, and is told of that by a link.
        #expect(try await Self.notices("south", originators).isEmpty)
        #expect(try await originators.links("south").count == 1)
        #expect(try await originators.links("north").isEmpty)
        let other = try await TestExchange.node(
            over: originators.world.exchange.database,
            originators.world.exchange.clock
        )
        #expect(try await other.notices.elapse() == 0)
        for _ in 0..<5 {
            Self.passToDay(originators)
            #expect(try await other.notices.elapse() == 0)
            _ = try await node.notices.elapse()
        }
        #expect(try await Self.notices("north", originators).map(\.day) == told.map(\.day))
        let bank = try await originators.session("bank")
        await #expect(throws: AdvisoryFault.self) { try await node.notices.notices(for: bank) }
        await originators.world.exchange.close()
    }

    @Test("never come of what is sealed")
    func sealed() async throws {
        let originators = try await Self.scene(.sqlite, isSealed: true)
        for _ in 0..<4 {
            Self.passToDay(originators)
            #expect(try await originators.node.notices.elapse() == 0)
        }
        await originators.world.exchange.close()
    }

    @Test("are given once, whatever commit fails", arguments: Engine.both, FaultyDatabase.Fault.allCases)
    func faults(engine: Engine, fault: FaultyDatabase.Fault) async throws {
        let originators = try await Self.scene(engine)
        Self.pass(days: 7, originators)
        Self.passToDay(originators)
        let faulty = try await originators.world.exchange.faulty(fault)
        await #expect(throws: (any Error).self) { try await faulty.notices.elapse() }
        #expect(faulty.notices.isAnythingDue())
        let expected = fault == .afterCommit ? 0 : 1
        #expect(try await originators.node.notices.elapse() == expected)
        #expect(try await Self.notices("north", originators).count == 1)
        await originators.world.exchange.close()
    }
}
