import Exchange
import Node
import Screening
import Store
import TestSupport
import Testing

/// What members are told of what advisories have in common, over whole nodes and real stores.
@Suite("Cross-references of a node")
struct CrossReferenceTests {
    private static let man = "Tamsin Verloop"

    private static func three(_ engine: Engine) async throws -> Originators {
        let originators = try await Originators(
            engine,
            ["north", "south", "west"],
            closed: ["north", "south", "west"]
        )
        for name in ["north", "south"] { _ = try await originators.publish(man, by: name) }
        _ = try await originators.publish(man, by: "west", in: "closed")
        return originators
    }

    @Test("find one man in three advisories of three originators, for whoever sees them", arguments: Engine.both)
    func links(engine: Engine) async throws {
        let originators = try await Self.three(engine)
        let all = try await originators.links("north")
        #expect(all.map(\.link.type) == [.person, .person, .person])
        #expect(all.allSatisfy { $0.link.score >= 900 })
        #expect(try await originators.clusters("north").map(\.count) == [3])
        // The bank is in one pool of the two.
        let some = try await originators.links("bank")
        #expect(some.count == 1)
        #expect(try await originators.clusters("bank").map(\.count) == [2])
        let name = try #require(some.first?.left.reference)
        #expect(try await originators.links("bank", of: name).count == 1)
        let hidden = try #require(
            Set(all.flatMap { [$0.left, $0.right] }).subtracting(some.flatMap { [$0.left, $0.right] }).first
        )
        for name in [hidden.report, try #require(hidden.reference)] {
            await #expect(throws: AdvisoryFault.self) { try await originators.links("bank", of: name) }
        }
        await originators.world.exchange.close()
    }

    @Test("leave a receipt, and forget what is recalled; another node says the same", arguments: Engine.both)
    func recalled(engine: Engine) async throws {
        let originators = try await Self.three(engine)
        #expect(try await originators.links("bank").count == 1)
        let north = try await originators.session("north")
        let own = try await originators.world.desk.advisories(for: north, before: .max, upTo: 10)
        let id = try #require(own.first?.advisory.id)
        let sights = try await originators.world.desk.sights(of: .id(id), for: north, upTo: 10).sights
        #expect(sights.contains { $0.member.name.text == "bank" && $0.receipt.channel == .screening })
        let other = try await TestExchange.node(
            over: originators.world.exchange.database,
            originators.world.exchange.clock
        )
        #expect(try await originators.links("bank", on: other).map(\.link) == originators.links("bank").map(\.link))
        _ = try await originators.world.desk.act(.action(.recall(.mistakenIdentity)), on: .id(id), by: north)
        #expect(try await originators.links("bank").isEmpty)
        #expect(try await originators.links("south").count == 1)
        await originators.world.exchange.close()
    }

    @Test("go by what people judge, who may judge only of what they see", arguments: Engine.both)
    func judged(engine: Engine) async throws {
        let originators = try await Self.three(engine)
        let desk = originators.references
        let objects = try #require(try await originators.clusters("north").first)
        let (north, bank) = (try await originators.session("north"), try await originators.session("bank"))
        await #expect(throws: AdvisoryFault.self, "a reader alone judges nothing") {
            _ = try await desk.judge(objects[0], objects[1], are: .two, because: "Why.", by: bank)
        }
        let customs = try await originators.session("customs")
        let seen = Set(try await originators.clusters("customs").joined())
        let unseen = try #require(objects.first { !seen.contains($0) })
        let shown = try #require(seen.first)
        await #expect(throws: AdvisoryFault.self, "customs do not see the third") {
            _ = try await desk.judge(shown, unseen, are: .two, because: "Why.", by: customs)
        }
        let pair = seen.sorted()
        let made = try await desk.judge(pair[0], pair[1], are: .two, because: "Father and son.", by: north)
        #expect(made.verdict == .two)
        #expect(try await originators.links("bank").isEmpty)
        #expect(try await originators.judgements("bank").map(\.row.reason) == ["Father and son."])
        #expect(try await originators.judgements("bank").map(\.judge) == [nil])
        #expect(try await originators.judgements("north").map(\.judge) == ["north"])
        let again = try await desk.judge(pair[0], pair[1], are: .two, because: "Again.", by: customs)
        #expect(again.row.id == made.row.id)
        await #expect(throws: AdvisoryFault.self, "it contradicts") {
            _ = try await desk.judge(pair[0], pair[1], are: .one, because: "No.", by: customs)
        }
        await #expect(throws: AdvisoryFault.self, "it is another member's") {
            try await desk.withdraw(judgement: made.row.id, by: customs)
        }
        try await desk.withdraw(judgement: made.row.id, by: north)
        #expect(try await originators.judgements("bank").isEmpty)
        #expect(try await originators.links("bank").count == 1)
        await originators.world.exchange.close()
    }

    @Test("keep a judgement once, whatever commit fails", arguments: Engine.both, FaultyDatabase.Fault.allCases)
    func faults(engine: Engine, fault: FaultyDatabase.Fault) async throws {
        let originators = try await Self.three(engine)
        let pair = try #require(try await originators.clusters("bank").first)
        let faulty = try await originators.world.exchange.faulty(fault)
        let there = try await originators.session("north", on: faulty)
        await #expect(throws: (any Error).self) {
            _ = try await faulty.references.judge(pair[0], pair[1], are: .two, because: "Two.", by: there)
        }
        // As PostgreSQL tells of another node's commit; a store of one process is followed after a restart.
        let node = try await TestExchange.node(
            over: originators.world.exchange.database,
            originators.world.exchange.clock
        )
        let north = try await originators.session("north", on: node)
        let before = try await node.references.judgements(before: .max, upTo: 10, for: north)
        #expect(before.count == (fault == .afterCommit ? 1 : 0))
        let made = try await node.references.judge(pair[0], pair[1], are: .two, because: "Two.", by: north)
        let after = try await node.references.judgements(before: .max, upTo: 10, for: north)
        #expect(after.map(\.row.id) == [made.row.id])
        #expect(try await originators.links("bank", on: node).isEmpty)
        await originators.world.exchange.close()
    }

    @Test("forget with an advisory that is erased what was judged of it", arguments: Engine.both)
    func erased(engine: Engine) async throws {
        let originators = try await Self.three(engine)
        let (north, legal) = (try await originators.session("north"), try await originators.session("north-legal"))
        let pair = try #require(try await originators.clusters("bank").first)
        _ = try await originators.references.judge(pair[0], pair[1], are: .two, because: "Son of Ann.", by: north)
        let own = try await originators.world.desk.advisories(for: north, before: .max, upTo: 10)
        let id = try #require(own.first?.advisory.id)
        func judged() async throws -> [String] {
            try await originators.world.exchange.database.read { try JudgementRows.standing($0).map(\.reason) }
        }
        _ = try await originators.world.desk.act(.action(.recall(.mistakenIdentity)), on: .id(id), by: north)
        #expect(try await originators.judgements("south").isEmpty)
        #expect(try await judged() == ["Son of Ann."])
        _ = try await originators.world.desk.act(.action(.erase(.retention)), on: .id(id), by: legal)
        #expect(try await judged().isEmpty)
        await originators.world.exchange.close()
    }

    @Test("draw the network of what is seen, with no name that could be markup", arguments: Engine.both)
    func network(engine: Engine) async throws {
        let originators = try await Originators(engine, ["north", "south"])
        for name in ["north", "south"] { _ = try await originators.publish("Tamsin <b>&\"Verloop", by: name) }
        let bank = try await originators.session("bank")
        let name = try #require(try await originators.links("bank").first?.left.report)
        let (network, measures) = try await originators.references.network(around: .advisory(name), steps: 2, for: bank)
        #expect(network.nodes.map(\.advisories) == [2])
        for text in [network.svg(measures), network.graphML(measures)] {
            #expect(text.contains("&lt;b&gt;&amp;"))
            #expect(!text.contains("<b>"))
        }
        let object = try #require(network.nodes.first?.id.shownObject)
        let same = try await originators.references.network(around: .subject(object), steps: 1, for: bank)
        #expect(same.network == network)
        for steps in [0, 5] {
            await #expect(throws: AdvisoryFault.self) {
                try await originators.references.network(around: .subject(object), steps: steps, for: bank)
            }
        }
        await originators.world.exchange.close()
    }

    /// What a reader is told, in words that are the same in two exchanges: advisories by their places in `order`.
    private static func told(_ originators: Originators, _ order: [String]) async throws -> [String] {
        let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        let links = try await originators.links("bank").map { told in
            let ends = [told.left, told.right].map { places[$0.reference ?? ""] ?? -1 }.sorted()
            let scores = told.link.evidence.map { "\($0.score) \($0.fields)" }.sorted()
            return "\(told.link.type) \(ends) \(scores) \(told.link.evidenceCount)"
        }
        let session = try await originators.session("bank")
        let clusters = try await originators.references.clusters(from: 0, upTo: 100, for: session).shown.map {
            cluster in
            "\(cluster.subjects.map { "\(places[$0.advisory.reference ?? ""] ?? -1) \($0.caption)" }.sorted())"
        }
        return links.sorted() + clusters.sorted()
    }

    @Test(
        "tell a reader the same whatever there is that it may not see",
        arguments: Engine.both,
        UInt64(1)...3
    )
    func disclosure(engine: Engine, seed: UInt64) async throws {
        let people = ["Tamsin Verloop", "Ottoline Brack", "Bartholomew Quigg"]
        let names = ["north", "south", "west"]
        var answers: [[String]] = []
        for hasHidden in [true, false] {
            var random = SplitMix64(seed: seed)
            let originators = try await Originators(engine, names, closed: Set(names), seed: seed)
            var order: [String] = []
            for _ in 0..<8 {
                let man = try #require(people.randomElement(using: &random))
                let day = Bool.random(using: &random) ? "1971-02-04" : "1984-11-30"
                let name = try #require(names.randomElement(using: &random))
                let isHidden = Bool.random(using: &random)
                if isHidden, !hasHidden { continue }
                let made = try await originators.publish(man, born: day, by: name, in: isHidden ? "closed" : "warnings")
                if isHidden { continue }
                order.append(try #require(made.reference?.text))
            }
            if hasHidden, let all = try await originators.clusters("north").first {
                // What people judge of what is hidden is hidden, too.
                let seen = Set(try await originators.clusters("bank").joined())
                if let hidden = all.first(where: { !seen.contains($0) }), let other = all.first(where: { $0 != hidden })
                {
                    let north = try await originators.session("north")
                    _ = try await originators.references.judge(hidden, other, are: .two, because: "Why.", by: north)
                }
            }
            answers.append(try await Self.told(originators, order))
            #expect(try await originators.judgements("bank").isEmpty || hasHidden)
            await originators.world.exchange.close()
        }
        #expect(answers[0] == answers[1])
    }
}
