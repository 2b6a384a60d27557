import Exchange
import TestSupport
import Testing

@testable import Screening

@Suite("Network measures")
struct NetworkMeasuresTests {
    /// A network of people `0` to `count` - 1 by who is an associate of whom, each person with a role.
    static func network(
        _ count: Int,
        _ pairs: [(Int, Int)],
        roles: [Int: Set<SubjectRole>] = [:]
    ) throws -> SubjectNetwork {
        let people = (0..<count).map { number in
            ReferencedWorld.subject(.person, key(number), ["name": ["P\(number)"]], roles: roles[number] ?? [])
        }
        // More than stand together for being in one advisory: only what is related is connected.
        let rest = (0...SubjectNetwork.appearanceSubjectsMax).map { number in
            ReferencedWorld.subject(.organisation, "z\(number)", ["name": ["Z\(number)"]])
        }
        let appearance = SubjectNetwork.Appearance(
            ReferencedWorld.advisory(1),
            subjects: people + rest,
            relations: pairs.map { SubjectRelation(key($0.0), .associate, key($0.1)) }
        )
        return try SubjectNetwork([appearance], one: [])
    }

    /// In the order of the numbers.
    private static func key(_ number: Int) -> String { "a\(10_000 + number)" }

    private static func measures(_ network: SubjectNetwork, _ count: Int) throws -> [NetworkMeasures.Measure] {
        Array(try NetworkMeasures(network).measures.prefix(count))
    }

    @Test("in a chain the middle is between most, and all but the ends cut it")
    func chain() throws {
        let network = try Self.network(5, [(0, 1), (1, 2), (2, 3), (3, 4)])
        let measures = try Self.measures(network, 5)
        #expect(measures.map(\.betweenness) == [0, 3, 4, 3, 0])
        #expect(measures.map(\.isArticulation) == [false, true, true, true, false])
        #expect(measures.map(\.degree) == [1, 2, 2, 2, 1])
        #expect(try NetworkMeasures(network).bridges == [0, 1, 2, 3])
    }

    @Test("the middle of a star is between all pairs, and its neighbours fall apart without it")
    func star() throws {
        let measures = try Self.measures(Self.network(5, [(0, 1), (0, 2), (0, 3), (0, 4)]), 5)
        #expect(measures.map(\.betweenness) == [6, 0, 0, 0, 0])
        #expect(measures[0].replaceability.connected == 250)
        #expect(measures[0].replaceability.substitutes == 0)
        #expect(measures[1].replaceability.connected == 1_000)
    }

    @Test("in a ring nothing cuts, and paths of one length count for their shares")
    func ring() throws {
        let network = try Self.network(4, [(0, 1), (1, 2), (2, 3), (3, 0)])
        let measures = try Self.measures(network, 4)
        #expect(measures.map(\.betweenness) == [0.5, 0.5, 0.5, 0.5])
        #expect(measures.allSatisfy { !$0.isArticulation })
        #expect(try NetworkMeasures(network).bridges == [])
    }

    @Test("two groups that one person and one connection hold together fall apart without them")
    func bowtie() throws {
        // 0-1-2 and 3-4-5 are groups, 2-6-3 is between them.
        let pairs = [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5), (2, 6), (3, 6)]
        let network = try Self.network(7, pairs)
        let measures = try Self.measures(network, 7)
        #expect(measures.map(\.isArticulation) == [false, false, true, true, false, false, true])
        #expect(measures[6].betweenness == 9)
        #expect(measures[2].betweenness == 8)
        #expect(measures[6].replaceability.connected == 500)
        #expect(measures[2].replaceability.connected == 666)
        let bridges = try NetworkMeasures(network).bridges.map { [network.edges[$0].first, network.edges[$0].second] }
        #expect(bridges == [[2, 6], [3, 6]])
    }

    @Test("who shares neighbours with another of its role can be replaced, by as much as that one has of them")
    func substitutes() throws {
        let roles: [Int: Set<SubjectRole>] = [0: [.driver], 1: [.driver, .mule], 2: [.financier], 6: [.mule]]
        let pairs = [(0, 3), (0, 4), (0, 5), (1, 3), (1, 4), (2, 3), (2, 4), (2, 5), (6, 5)]
        let measures = try Self.measures(Self.network(7, pairs, roles: roles), 7)
        #expect(measures[0].replaceability.substitutes == 1)
        #expect(measures[0].replaceability.covered == 666)
        #expect(measures[0].replaceability.score == 666)
        #expect(measures[1].replaceability.covered == 1_000)
        #expect(measures[2].replaceability == .init(connected: 1_000, substitutes: 0, covered: 0))
        // 3 and 4 have no role: they are compared with one another and 5.
        #expect(measures[3].replaceability.substitutes == 2)
        #expect(measures[6].replaceability.substitutes == 0)
    }

    @Test("by role, who is between most comes first, and those without a role last")
    func byRole() throws {
        let roles: [Int: Set<SubjectRole>] = [0: [.driver], 1: [.driver], 2: [.driver, .financier]]
        let network = try Self.network(4, [(0, 1), (1, 2), (2, 3)], roles: roles)
        let groups = try NetworkMeasures(network).byRole(network)
        #expect(groups.map(\.role) == [.driver, .financier, nil])
        #expect(groups[0].nodes == [1, 2, 0])
        #expect(groups[2].nodes.first == 3)
    }

    @Test("where each stage doubles the paths, half of what passes a stage leads over each of its steps")
    func ladder() throws {
        let stages = 60
        let pairs = (0..<stages).flatMap { stage -> [(Int, Int)] in
            let start = 3 * stage
            return [(start, start + 1), (start, start + 2), (start + 1, start + 3), (start + 2, start + 3)]
        }
        let count = 3 * stages + 1
        let measures = try Self.measures(Self.network(count, pairs), count)
        let upper = 3 * 30 + 1
        let expected = Double(upper * (count - upper - 2)) / 2
        #expect(abs(measures[upper].betweenness - expected) < expected * 1e-9)
        #expect(measures[upper].betweenness == measures[upper + 1].betweenness)
    }

    @Test("so many paths that no number holds them are still counted by their shares")
    func pathCount() {
        var count = PathCount.one
        // 2 to the power of 5,000: a Double ends at 1,024.
        for _ in 0..<5_000 { count += count }
        var more = count
        more += count
        more += count
        #expect(count.share(of: more) == 1.0 / 3)
        #expect(count.share(of: count) == 1)
        #expect(PathCount.one.share(of: count) == 0)
        more += .one
        #expect(count.share(of: more) == 1.0 / 3)
    }

    @Test("a network that is too large is refused with what to do, and the surroundings of one subject are not")
    func limits() throws {
        let count = NetworkMeasures.nodesMax
        let pairs = (1..<count).map { ($0 - 1, $0) }
        let advisories = pairs.map { first, second in
            SubjectNetwork.Appearance(
                ReferencedWorld.advisory(first),
                subjects: [first, second].map { number in
                    ReferencedWorld.subject(.person, Self.key(number), ["name": ["P\(number)"]])
                },
                relations: []
            )
        }
        let same = (1..<count - 1).map { number in
            [number - 1, number].map { SubjectReference(ReferencedWorld.advisory($0), Self.key(number)) }
        }
        let chain = try SubjectNetwork(advisories, one: same)
        #expect(chain.nodes.count == count)
        let more = SubjectNetwork.Appearance(
            ReferencedWorld.advisory(count),
            subjects: [ReferencedWorld.subject(.person, "a", ["name": ["One more"]])],
            relations: []
        )
        let long = try SubjectNetwork(advisories + [more], one: same)
        let fault = #expect(throws: NetworkFault.self) { try NetworkMeasures(long) }
        #expect(fault == .manyNodes(count: count + 1, max: count))
        #expect(fault?.description.contains("surroundings") == true)
        let start = SubjectReference(ReferencedWorld.advisory(100), Self.key(100))
        let near = try #require(long.surroundings(of: start, steps: 3))
        #expect(near.nodes.count == 7)
        #expect(near.edges.count == 6)
        #expect(try NetworkMeasures(near).measures.map(\.betweenness) == [0, 5, 8, 9, 8, 5, 0])
        #expect(long.surroundings(of: SubjectReference(ReferencedWorld.advisory(1), "no"), steps: 3) == nil)
    }

    @Test("what is measured is what counting everything says", arguments: UInt64(0)..<60)
    func plain(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let count = Int.random(in: 1...12, using: &random)
        var pairs: Set<NodePair> = []
        for _ in 0..<Int.random(in: 0...2 * count, using: &random) {
            let (one, other) = (Int.random(in: 0..<count, using: &random), Int.random(in: 0..<count, using: &random))
            if one != other { pairs.insert(NodePair(one, other)) }
        }
        let network = try Self.network(count, pairs.map { ($0.first, $0.second) })
        let measured = try NetworkMeasures(network)
        let plain = PlainNetwork(count: count, pairs)
        for place in 0..<count {
            let measure = measured.measures[place]
            #expect(abs(measure.betweenness - plain.betweenness(of: place)) < 1e-9)
            #expect(measure.degree == plain.neighbours(of: place).count)
            #expect(measure.isArticulation == (plain.parts(without: place) > plain.parts(without: nil)))
            #expect(measure.replaceability.connected == plain.connected(without: place))
        }
        let bridges = Set(measured.bridges.map { NodePair(network.edges[$0].first, network.edges[$0].second) })
        let expected = pairs.filter { pair in
            PlainNetwork(count: count, pairs.subtracting([pair])).parts(without: nil) > plain.parts(without: nil)
        }
        #expect(bridges == expected)
    }
}

/// Counts all paths, to compare with.
private struct PlainNetwork {
    let count: Int
    let pairs: Set<NodePair>

    init(count: Int, _ pairs: Set<NodePair>) {
        self.count = count
        self.pairs = pairs
    }

    func neighbours(of place: Int) -> [Int] {
        (0..<count).filter { $0 != place && pairs.contains(NodePair(place, $0)) }
    }

    /// By Floyd and Warshall; `Int.max / 4` where there is no way.
    private var distances: [[Int]] {
        var distances = (0..<count).map { one in
            (0..<count).map { one == $0 ? 0 : pairs.contains(NodePair(one, $0)) ? 1 : Int.max / 4 }
        }
        for middle in 0..<count {
            for one in 0..<count {
                for other in 0..<count {
                    distances[one][other] = min(
                        distances[one][other],
                        distances[one][middle] + distances[middle][other]
                    )
                }
            }
        }
        return distances
    }

    private func paths(_ from: Int, _ to: Int, _ distances: [[Int]]) -> Int {
        if from == to { return 1 }
        return neighbours(of: from).filter { distances[$0][to] + 1 == distances[from][to] }
            .reduce(0) { $0 + paths($1, to, distances) }
    }

    func betweenness(of place: Int) -> Double {
        let distances = distances
        var sum = 0.0
        for one in 0..<count where one != place {
            for other in one + 1..<max(count, one + 1) where other != place && distances[one][other] < Int.max / 4 {
                guard distances[one][place] + distances[place][other] == distances[one][other] else { continue }
                let through = paths(one, place, distances) * paths(place, other, distances)
                sum += Double(through) / Double(paths(one, other, distances))
            }
        }
        return sum
    }

    private func reached(from start: Int, without gone: Int?) -> Set<Int> {
        var reached: Set = [start]
        var front = [start]
        while let next = front.popLast() {
            for other in neighbours(of: next) where other != gone && reached.insert(other).inserted {
                front.append(other)
            }
        }
        return reached
    }

    /// How many parts there are of those that are left.
    func parts(without gone: Int?) -> Int {
        Set((0..<count).filter { $0 != gone }.map { reached(from: $0, without: gone) }).count
    }

    func connected(without place: Int) -> Int {
        let own = Set(neighbours(of: place))
        let largest = own.map { reached(from: $0, without: place).intersection(own).count }.max()
        return largest.map { 1_000 * $0 / own.count } ?? 1_000
    }
}
