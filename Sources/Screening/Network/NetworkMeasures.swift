public import Exchange

/// Who matters in a network, and whom it could do without.
///
/// Betweenness is after U. Brandes, "A faster algorithm for betweenness centrality", 2001, without weights: of all
/// shortest paths between two others, the share that leads over a node, summed up over all pairs of others. Nodes and
/// edges are taken in their order, so the figures are the same on every machine.
public struct NetworkMeasures: Hashable, Sendable {
    /// Subjects of a network that is measured.
    public static let nodesMax = 5_000
    /// Connections of a network that is measured.
    public static let edgesMax = 20_000

    /// What is measured of one node.
    public struct Measure: Hashable, Sendable {
        /// How many others it is connected with.
        public let degree: Int
        /// How many pairs of others it is between, each path of a pair counting for its share.
        public let betweenness: Double
        /// Whether the network falls apart without it.
        public let isArticulation: Bool
        /// How well others could take its place.
        public let replaceability: Replaceability
    }

    /// How well others could take the place of a node.
    ///
    /// A node that can be replaced well leaves its neighbours connected, and there are others of its role who are
    /// connected with them. One with no role is compared with those of its kind that have none either.
    public struct Replaceability: Hashable, Sendable {
        /// Of its neighbours, how many would still be connected with one another without it, directly or through
        /// others: the largest group of them, in thousandths; 1000 where it has at most one neighbour.
        public let connected: Int
        /// Others of the same role who have a neighbour in common with it.
        public let substitutes: Int
        /// Of its neighbours, how many the best of the substitutes is connected with, in thousandths; 0 where there
        /// is none.
        public let covered: Int

        /// The less of the two that must hold: that the neighbours stay connected, and that somebody takes its place
        /// among them; in thousandths.
        public var score: Int { min(connected, covered) }
    }

    /// By the places of the nodes.
    public let measures: [Measure]
    /// The places of edges that the network falls apart without, in their order.
    public let bridges: [Int]

    /// Measures a network.
    /// - Throws: `NetworkFault` where it is larger than is measured: then the surroundings of one subject may be.
    public init(_ network: SubjectNetwork) throws(NetworkFault) {
        guard network.nodes.count <= Self.nodesMax else {
            throw .manyNodes(count: network.nodes.count, max: Self.nodesMax)
        }
        guard network.edges.count <= Self.edgesMax else {
            throw .manyEdges(count: network.edges.count, max: Self.edgesMax)
        }
        let neighbours = network.neighbours
        let betweenness = Betweenness(neighbours).values
        let cuts = Cuts(neighbours)
        let substitution = Substitution(network, neighbours)
        measures = network.nodes.indices.map { place in
            let isArticulation = cuts.articulations[place]
            let best = substitution.best(for: place)
            return Measure(
                degree: neighbours[place].count,
                betweenness: betweenness[place],
                isArticulation: isArticulation,
                replaceability: Replaceability(
                    connected: isArticulation ? Self.connected(without: place, neighbours) : 1_000,
                    substitutes: best.substitutes,
                    covered: best.covered
                )
            )
        }
        bridges = network.edges.indices.filter { place in
            cuts.bridges.contains(NodePair(network.edges[place].first, network.edges[place].second))
        }
    }

    /// The share of a node's neighbours that are in the largest group which is connected without it.
    private static func connected(without place: Int, _ neighbours: [[Int]]) -> Int {
        var reached = Array(repeating: false, count: neighbours.count)
        reached[place] = true
        let own = neighbours[place]
        var isOwn = Array(repeating: false, count: neighbours.count)
        for other in own { isOwn[other] = true }
        var largest = 0
        for start in own where !reached[start] {
            reached[start] = true
            var (front, count) = ([start], 0)
            while let next = front.popLast() {
                if isOwn[next] { count += 1 }
                for other in neighbours[next] where !reached[other] {
                    reached[other] = true
                    front.append(other)
                }
            }
            largest = max(largest, count)
        }
        return own.isEmpty ? 1_000 : 1_000 * largest / own.count
    }
}

extension NetworkMeasures {
    /// Those of one role, or of one kind without a role.
    public struct RoleGroup: Hashable, Sendable {
        /// The role; nil for those without one.
        public let role: SubjectRole?
        /// Their places among the nodes: the greatest betweenness first, of equals the greatest degree, then in order.
        public let nodes: [Int]
    }

    /// The nodes by their roles, in the order of the roles' codes, those without one last; a node with two is in both.
    public func byRole(_ network: SubjectNetwork) -> [RoleGroup] {
        var groups: [SubjectRole: [Int]] = [:]
        var none: [Int] = []
        for (place, node) in network.nodes.enumerated() {
            for role in node.roles { groups[role, default: []].append(place) }
            if node.roles.isEmpty { none.append(place) }
        }
        let roles = groups.sorted { $0.key.rawValue < $1.key.rawValue }
        let named = roles.map { RoleGroup(role: $0.key, nodes: ranked($0.value)) }
        return none.isEmpty ? named : named + [RoleGroup(role: nil, nodes: ranked(none))]
    }

    /// Places by who matters most.
    func ranked(_ places: [Int]) -> [Int] {
        places.sorted { one, other in
            let (mine, others) = (measures[one], measures[other])
            if mine.betweenness != others.betweenness { return mine.betweenness > others.betweenness }
            return mine.degree != others.degree ? mine.degree > others.degree : one < other
        }
    }
}

/// The betweenness of each node.
private struct Betweenness {
    private(set) var values: [Double]
    /// Where the neighbours of each node begin among all.
    private let starts: [Int]
    private let all: [Int]
    // What is computed from one source; between sources as it is for a node that is not reached.
    private var distance: [Int32]
    private var paths: [PathCount]
    private var dependency: [Double]

    init(_ neighbours: [[Int]]) {
        let count = neighbours.count
        values = Array(repeating: 0, count: count)
        starts = neighbours.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        all = neighbours.flatMap { $0 }
        distance = Array(repeating: -1, count: count)
        paths = Array(repeating: .one, count: count)
        dependency = Array(repeating: 0, count: count)
        for source in neighbours.indices { add(from: source) }
        // Each pair was counted from both its ends.
        for place in values.indices { values[place] /= 2 }
    }

    private mutating func add(from source: Int) {
        var order = [source]
        order.reserveCapacity(values.count)
        distance[source] = 0
        paths[source] = .one
        var next = 0
        while next < order.count {
            let place = order[next]
            let (further, count) = (distance[place] + 1, paths[place])
            next += 1
            for edge in starts[place]..<starts[place + 1] {
                let other = all[edge]
                let known = distance[other]
                if known < 0 {
                    distance[other] = further
                    paths[other] = count
                    order.append(other)
                } else if known == further {
                    paths[other] += count
                }
            }
        }
        for place in order.reversed() {
            let (nearer, count, passed) = (distance[place] - 1, paths[place], 1 + dependency[place])
            for edge in starts[place]..<starts[place + 1] {
                let other = all[edge]
                if distance[other] == nearer { dependency[other] += paths[other].share(of: count) * passed }
            }
            if place != source { values[place] += dependency[place] }
        }
        for place in order {
            distance[place] = -1
            dependency[place] = 0
        }
    }
}

/// What a network falls apart without, after Hopcroft and Tarjan, without recursion: a chain may be long.
private struct Cuts {
    private(set) var articulations: [Bool]
    private(set) var bridges: Set<NodePair> = []

    init(_ neighbours: [[Int]]) {
        let count = neighbours.count
        articulations = Array(repeating: false, count: count)
        var entered = Array(repeating: -1, count: count)
        var lowest = Array(repeating: 0, count: count)
        var next = Array(repeating: 0, count: count)
        var clock = 0
        for root in neighbours.indices where entered[root] < 0 {
            var path = [root]
            var rootBranches = 0
            entered[root] = clock
            lowest[root] = clock
            clock += 1
            while let place = path.last {
                if next[place] < neighbours[place].count {
                    let other = neighbours[place][next[place]]
                    next[place] += 1
                    if entered[other] < 0 {
                        entered[other] = clock
                        lowest[other] = clock
                        clock += 1
                        path.append(other)
                    } else if path.count < 2 || other != path[path.count - 2] {
                        lowest[place] = min(lowest[place], entered[other])
                    }
                    continue
                }
                path.removeLast()
                guard let above = path.last else { continue }
                lowest[above] = min(lowest[above], lowest[place])
                if lowest[place] > entered[above] { bridges.insert(NodePair(above, place)) }
                if above == root {
                    rootBranches += 1
                } else if lowest[place] >= entered[above] {
                    articulations[above] = true
                }
            }
            articulations[root] = rootBranches > 1
        }
    }
}

/// Who could take whose place.
private struct Substitution {
    private let nodes: [SubjectNetwork.Node]
    private let neighbours: [[Int]]

    init(_ network: SubjectNetwork, _ neighbours: [[Int]]) {
        nodes = network.nodes
        self.neighbours = neighbours
    }

    func best(for place: Int) -> (substitutes: Int, covered: Int) {
        let own = neighbours[place]
        var shared: [Int: Int] = [:]
        for neighbour in own {
            for other in neighbours[neighbour] where other != place { shared[other, default: 0] += 1 }
        }
        let alike = shared.filter { isAlike(place, $0.key) }
        guard let most = alike.values.max() else { return (0, 0) }
        return (alike.count, 1_000 * most / own.count)
    }

    private func isAlike(_ one: Int, _ other: Int) -> Bool {
        let (mine, others) = (nodes[one], nodes[other])
        if mine.roles.isEmpty || others.roles.isEmpty {
            return mine.roles.isEmpty && others.roles.isEmpty && mine.kind == others.kind
        }
        return mine.roles.contains { others.roles.contains($0) }
    }
}
