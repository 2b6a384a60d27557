public import Exchange

/// Why there is no network, or no measure of it.
public enum NetworkFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// It has more nodes than can be answered for.
    case manyNodes(count: Int, max: Int)
    /// It has more edges than can be answered for.
    case manyEdges(count: Int, max: Int)

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .manyNodes(let count, let max):
            "network: has \(count) subjects, and at most \(max) are measured; ask for the surroundings of one subject"
        case .manyEdges(let count, let max):
            "network: has \(count) connections, and at most \(max) are measured; ask for the surroundings of one subject"
        }
    }
}

/// The subjects of advisories, each once, and what connects them.
///
/// Made only of what whoever asks may see. The same advisories make the same network in whatever order they come.
/// Routes, methods and jurisdictions are what many do that have nothing to do with one another: they are no part of it.
public struct SubjectNetwork: Hashable, Sendable {
    /// Subjects of one network.
    public static let nodesMax = 50_000
    /// Connections of one network.
    public static let edgesMax = 250_000
    /// Subjects of one advisory that are connected for that they are in it; of a longer list that says too little.
    public static let appearanceSubjectsMax = 24
    /// Ties that an edge is shown with.
    public static let tiesMax = 16

    /// What one advisory shows.
    public struct Appearance: Hashable, Sendable {
        /// Which one.
        public let advisory: ID<Advisory>
        /// Whom or what it shows.
        public let subjects: [ReferencedSubject]
        /// How they stand to one another.
        public let relations: [SubjectRelation]

        /// Puts it together from its parts.
        public init(_ advisory: ID<Advisory>, subjects: [ReferencedSubject], relations: [SubjectRelation]) {
            self.advisory = advisory
            self.subjects = subjects
            self.relations = relations
        }
    }

    /// One subject, in however many advisories.
    public struct Node: Hashable, Sendable {
        /// The least reference of those that are it.
        public let id: SubjectReference
        /// What people call it by.
        public let caption: String
        /// Who or what kind.
        public let kind: SubjectKind
        /// What it does in any of the advisories, in the order of their codes.
        public let roles: [SubjectRole]
        /// Those that are it, in their order.
        public let subjects: [SubjectReference]

        /// How many advisories show it.
        public var advisories: Int { Set(subjects.map(\.advisory)).count }
    }

    /// Why two subjects are connected.
    public struct Tie: Hashable, Sendable, Comparable {
        /// The advisory that says so.
        public let advisory: ID<Advisory>
        /// How the first stands to the second; nil where the advisory has both and says no more.
        public let relation: SubjectRelation.Kind?
        /// Whether the relation leads from the second to the first.
        public let isBackward: Bool

        /// By advisory, relations first.
        public static func < (left: Self, right: Self) -> Bool { left.order < right.order }

        private var order: (ID<Advisory>, String, Int) {
            (advisory, relation?.rawValue ?? "~", isBackward ? 1 : 0)
        }
    }

    /// Two subjects that are connected.
    public struct Edge: Hashable, Sendable {
        /// The place of the first among the nodes.
        public let first: Int
        /// The place of the second, which is greater.
        public let second: Int
        /// The first `tiesMax` of why, in their order; at least one.
        public let ties: [Tie]
        /// How many ties there are.
        public let tiesCount: Int
    }

    /// In the order of their ids.
    public let nodes: [Node]
    /// In the order of their places.
    public let edges: [Edge]
    /// Advisories of so many subjects that only their relations connect them, in their order.
    public let crowded: [ID<Advisory>]

    /// Puts it together.
    /// - Parameter clusters: subjects that are one; those that stand in none are each its own.
    public init(_ appearances: [Appearance], one clusters: [[SubjectReference]]) throws(NetworkFault) {
        let draft = NetworkDraft(appearances, clusters)
        guard draft.nodes.count <= Self.nodesMax else {
            throw .manyNodes(count: draft.nodes.count, max: Self.nodesMax)
        }
        guard draft.ties.count <= Self.edgesMax else {
            throw .manyEdges(count: draft.ties.count, max: Self.edgesMax)
        }
        nodes = draft.nodes
        edges = draft.ties.sorted { $0.key < $1.key }.map { pair, ties in
            let sorted = ties.sorted()
            let shown = Array(sorted.prefix(Self.tiesMax))
            return Edge(first: pair.first, second: pair.second, ties: shown, tiesCount: sorted.count)
        }
        crowded = draft.crowded.sorted()
    }

    private init(nodes: [Node], edges: [Edge], crowded: [ID<Advisory>]) {
        self.nodes = nodes
        self.edges = edges
        self.crowded = crowded
    }

    /// The part of it that is within so many steps of a subject; nil where it has no such subject.
    public func surroundings(of subject: SubjectReference, steps: Int) -> SubjectNetwork? {
        let part = surroundings(of: { $0 == subject }, steps: steps)
        return part.nodes.isEmpty ? nil : part
    }

    /// The part of it that is within so many steps of those that a rule names; empty where there is none of them.
    public func surroundings(of isStart: (SubjectReference) -> Bool, steps: Int) -> SubjectNetwork {
        let starts = nodes.indices.filter { nodes[$0].subjects.contains(where: isStart) }
        let neighbours = neighbours
        var reached = Set(starts)
        var front = starts
        for _ in 0..<max(0, steps) where !front.isEmpty {
            front = front.flatMap { neighbours[$0] }.filter { reached.insert($0).inserted }
        }
        let kept = reached.sorted()
        let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
        let inside = edges.compactMap { edge -> Edge? in
            guard let first = places[edge.first], let second = places[edge.second] else { return nil }
            return Edge(first: first, second: second, ties: edge.ties, tiesCount: edge.tiesCount)
        }
        return SubjectNetwork(nodes: kept.map { nodes[$0] }, edges: inside, crowded: crowded)
    }

    /// By each node the places of those that it is connected with, in their order.
    var neighbours: [[Int]] {
        var neighbours = Array(repeating: [Int](), count: nodes.count)
        for edge in edges {
            neighbours[edge.first].append(edge.second)
            neighbours[edge.second].append(edge.first)
        }
        // The edges are in order, so only what leads to smaller places may not be.
        return neighbours.map { $0.sorted() }
    }
}

/// Two nodes by their places, the smaller first.
struct NodePair: Hashable, Comparable {
    let first: Int
    let second: Int

    init(_ one: Int, _ other: Int) {
        first = min(one, other)
        second = max(one, other)
    }

    static func < (left: Self, right: Self) -> Bool {
        left.first != right.first ? left.first < right.first : left.second < right.second
    }
}

/// A network while it is made.
private struct NetworkDraft {
    private(set) var nodes: [SubjectNetwork.Node] = []
    private(set) var ties: [NodePair: Set<SubjectNetwork.Tie>] = [:]
    private(set) var crowded: Set<ID<Advisory>> = []

    init(_ appearances: [SubjectNetwork.Appearance], _ clusters: [[SubjectReference]]) {
        var subjects: [SubjectReference: ReferencedSubject] = [:]
        for appearance in appearances {
            for subject in appearance.subjects where subject.kind.isNode {
                subjects[SubjectReference(appearance.advisory, subject.key)] = subject
            }
        }
        let groups = Self.groups(of: subjects, clusters)
        nodes = groups.map { group in Self.node(of: group.compactMap { id in subjects[id].map { (id, $0) } }) }
        var places: [SubjectReference: Int] = [:]
        for (place, node) in nodes.enumerated() { for subject in node.subjects { places[subject] = place } }
        for appearance in appearances { connect(appearance, places) }
    }

    private static func groups(
        of subjects: [SubjectReference: ReferencedSubject],
        _ clusters: [[SubjectReference]]
    ) -> [[SubjectReference]] {
        var single = Set(subjects.keys)
        var groups: [[SubjectReference]] = []
        for cluster in clusters {
            let known = cluster.filter { single.remove($0) != nil }.sorted()
            if !known.isEmpty { groups.append(known) }
        }
        return (groups + single.map { [$0] }).sorted { $0[0] < $1[0] }
    }

    private static func node(of group: [(SubjectReference, ReferencedSubject)]) -> SubjectNetwork.Node {
        // The first of them tells the kind, and the fullest name what it is called.
        let captions = group.map(\.1.caption).sorted { ($1.count, $0) < ($0.count, $1) }
        return SubjectNetwork.Node(
            id: group[0].0,
            caption: captions[0],
            kind: group[0].1.kind,
            roles: Set(group.flatMap(\.1.roles)).sorted { $0.rawValue < $1.rawValue },
            subjects: group.map(\.0)
        )
    }

    private mutating func connect(_ appearance: SubjectNetwork.Appearance, _ places: [SubjectReference: Int]) {
        func place(_ key: String) -> Int? { places[SubjectReference(appearance.advisory, key)] }
        var related: Set<NodePair> = []
        for relation in appearance.relations {
            guard let from = place(relation.from), let to = place(relation.to), from != to else { continue }
            let pair = NodePair(from, to)
            let tie = SubjectNetwork.Tie(advisory: appearance.advisory, relation: relation.kind, isBackward: from > to)
            ties[pair, default: []].insert(tie)
            related.insert(pair)
        }
        let shown = Set(appearance.subjects.compactMap { place($0.key) }).sorted()
        guard shown.count <= SubjectNetwork.appearanceSubjectsMax else {
            crowded.insert(appearance.advisory)
            return
        }
        for (number, one) in shown.enumerated() {
            for other in shown.dropFirst(number + 1) where !related.contains(NodePair(one, other)) {
                let tie = SubjectNetwork.Tie(advisory: appearance.advisory, relation: nil, isBackward: false)
                ties[NodePair(one, other), default: []].insert(tie)
            }
        }
    }
}

extension SubjectKind {
    /// Whether it is somebody or something, and not a class of things.
    var isNode: Bool {
        switch self {
        case .route, .method, .jurisdiction: false
        case .person, .organisation, .group, .vessel, .aircraft, .vehicle, .container, .consignment, .address,
            .account, .document:
            true
        }
    }
}
