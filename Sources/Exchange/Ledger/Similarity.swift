internal import Foundation

/// What an item tells, so far as items can be compared by it.
///
/// Identifiers tell most, names less, and where it went and with what least.
public struct ItemFeatures: Hashable, Sendable, Codable {
    /// What weighs how much.
    private static let weights = (identifier: 4, name: 2, route: 1)

    /// The marks of its subjects: identifiers, numbers, and persons with their day of birth.
    public let marks: Set<SubjectMark>
    /// Marks of what its subjects are called, without what spellings differ in.
    public let names: Set<SubjectMark>
    /// Places, ends of routes and goods.
    public let routes: Set<String>

    /// Takes the subjects of an item, and the place where it was seen.
    /// - Parameter key: what spellings of one name share, with whether it is a person's; without one it is the name
    ///   but for case, accents, punctuation and the order of its words.
    public init(_ subjects: [Subject], place: String? = nil, called key: ((String, Bool) -> String)? = nil) {
        marks = subjects.reduce(into: []) { $0.formUnion($1.marks) }
        let called = subjects.flatMap { subject in
            subject.calledNames.map { key?($0, subject.kind == .person) ?? $0.foldedName }
        }
        names = Set(Set(called).subtracting([""]).map { SubjectMark(of: ["called", $0]) })
        routes = Set(subjects.flatMap(\.routeFeatures) + (place.map { ["place \($0)"] } ?? []))
    }

    /// What the two have in common of what this one tells, in thousandths: 1000 where it tells nothing else.
    ///
    /// An item that tells nothing to compare is like every other.
    public func similarity(to other: ItemFeatures) -> Int {
        let all = Self.weight(marks.count, names.count, routes.count)
        guard all > 0 else { return 1_000 }
        let shared = Self.weight(
            marks.intersection(other.marks).count,
            names.intersection(other.names).count,
            routes.intersection(other.routes).count
        )
        return 1_000 * shared / all
    }

    /// How much of what this one tells the other does not.
    public func count(beyond other: ItemFeatures) -> Int {
        marks.subtracting(other.marks).count + names.subtracting(other.names).count
            + routes.subtracting(other.routes).count
    }

    private static func weight(_ marks: Int, _ names: Int, _ routes: Int) -> Int {
        weights.identifier * marks + weights.name * names + weights.route * routes
    }

    /// What reports of one matter are found by: one of these in common makes them one cluster.
    ///
    /// Names alone count too: that two who bear one name earn once is less harm than a thousand tips on one subject.
    /// Where it has neither, places and goods do.
    public var clusterMarks: Set<SubjectMark> {
        let all = marks.union(names)
        return all.isEmpty ? Set(routes.map { SubjectMark(of: ["route", $0]) }) : all
    }
}

extension ID<SubjectCluster> {
    /// The cluster of a new item: the first of those that its marks are in already, else its own.
    /// - Parameters:
    ///   - known: the clusters of its marks, of those that are in one.
    ///   - new: the id of a cluster of its own.
    public static func of(_ known: [SubjectMark: ID<SubjectCluster>], else new: ID<SubjectCluster>) -> Self {
        known.values.min() ?? new
    }

    /// What all items are about that tell of nothing by which they could be told apart.
    public static var plain: Self { ID(UUID(Array(repeating: 0, count: 16), version: 8)) }
}

/// U, and why.
public struct Novelty: Hashable, Sendable {
    /// 1000 less the greatest similarity, in thousandths.
    public let score: Int
    /// The greatest similarity to what another group told before.
    public let similarity: Int

    private let isPlain: Bool

    /// Compares an item with those that are held from other groups; one that tells nothing to compare is nothing new.
    public init(of item: ItemFeatures, held: some Sequence<ItemFeatures>) {
        isPlain = item.clusterMarks.isEmpty
        similarity = isPlain ? 1_000 : held.reduce(0) { max($0, item.similarity(to: $1)) }
        score = 1_000 - similarity
    }

    /// Why, for a statement: it does not tell from whom anything is held.
    public var reason: String {
        if isPlain { return "it names nothing that could be compared" }
        return similarity == 0 ? "nothing like it was held" : "\(similarity) of 1000 of it had been told before"
    }
}

extension Subject {
    fileprivate var calledNames: [String] {
        let own = ["name", "alias", "previousName"].flatMap { properties[$0] ?? [] }
        let lasts = properties["lastName"] ?? []
        return own + (properties["firstName"] ?? []).flatMap { first in lasts.map { "\(first) \($0)" } }
    }

    fileprivate var routeFeatures: [String] {
        let shown: [OwnProperty] = [.origin, .destination, .hs, .hsDeclared, .hsSuspected]
        return shown.flatMap { property in
            (properties[property.rawValue] ?? []).map { "\(property.rawValue) \($0.uppercased())" }
        }
    }
}
