/// Which versions of an object a reader asks for (TAXII 2.1 §3.4.1, `match[version]`).
public struct VersionFilter: Hashable, Sendable {
    /// The one with the greatest `modified`.
    public var last: Bool
    /// The one with the least `modified`.
    public var first: Bool
    /// Every one.
    public var all: Bool
    /// Exact versions, as instants.
    public var instants: Set<Int64>

    /// Puts it together from its parts.
    public init(last: Bool = false, first: Bool = false, all: Bool = false, instants: Set<Int64> = []) {
        self.last = last
        self.first = first
        self.all = all
        self.instants = instants
    }

    /// What is meant when nothing is said.
    public static let last = VersionFilter(last: true)

    /// Whether only the last version of each object is asked for.
    public var isLastOnly: Bool { self == .last }
    /// Whether every version is asked for.
    public var isAll: Bool { all }

    /// The versions of one object in one pool that are asked for, where the reader may see the labels in `permitted`.
    ///
    /// What the reader may not see is not there: neither first nor last.
    public func chosen(of versions: [PlacedVersion], permitted: Set<Int64>) -> [PlacedVersion] {
        let visible = versions.filter { permitted.contains($0.label) }
        let latest = visible.max { $1.isLater(than: $0) }
        let earliest = visible.min { $1.isLater(than: $0) }
        return visible.filter {
            all || instants.contains($0.instant) || (last && $0 == latest) || (first && $0 == earliest)
        }
    }
}

/// The filters of a read (TAXII 2.1 §3.4): fields are ANDed, the values of one field ORed.
///
/// An empty field passes all.
public struct ObjectFilter: Hashable, Sendable {
    /// Ids of objects.
    public var ids: Set<String>
    /// Types of objects.
    public var types: Set<String>
    /// Versions of STIX.
    public var specVersions: Set<String>
    /// Which versions of each object.
    public var versions: VersionFilter

    /// The only version of STIX that the exchange stores.
    public static let specVersion = "2.1"

    /// Puts it together from its parts.
    public init(
        ids: Set<String> = [],
        types: Set<String> = [],
        specVersions: Set<String> = [],
        versions: VersionFilter = .last
    ) {
        self.ids = ids
        self.types = types
        self.specVersions = specVersions
        self.versions = versions
    }

    /// Whether nothing can pass, whatever is stored.
    public var passesNothing: Bool { !specVersions.isEmpty && !specVersions.contains(Self.specVersion) }

    /// Whether every version of the standings that it reads passes, but for contested ones.
    public var passesAllOfItsStandings: Bool { types.isEmpty && (versions.isLastOnly || versions.isAll) }

    /// Whether an object passes by its id: the id itself, and the type that is its first part.
    public func admits(id: String) -> Bool {
        guard ids.isEmpty || ids.contains(id) else { return false }
        guard !types.isEmpty else { return true }
        guard let end = id.firstRange(of: "--")?.lowerBound else { return false }
        return types.contains(String(id[..<end]))
    }
}
