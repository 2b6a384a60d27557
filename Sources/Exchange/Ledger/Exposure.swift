/// Which ownership groups are exposed to the subjects of something: those whose members' watch lists these hit.
///
/// Nothing else of a watch list leaves the matching: neither which row, nor which member.
public struct Exposure: Hashable, Sendable {
    /// Of so many other groups there must be watch lists before it counts that one of them is hit: of fewer it could be
    /// guessed whose.
    public static let groupsMin = 5

    /// The groups that have watch lists.
    public let watching: Set<Name>
    /// Those of them that are hit.
    public let hit: Set<Name>

    /// Puts it together from its parts.
    public init(watching: Set<Name>, hit: Set<Name>) {
        self.watching = watching
        self.hit = hit.intersection(watching)
    }

    /// Nobody is.
    public static let none = Exposure(watching: [], hit: [])

    /// Whether what a group reports touches the exposure of another, as R has it.
    public func touchesOther(than group: Name) -> Bool {
        watching.subtracting([group]).count >= Self.groupsMin && !hit.subtracting([group]).isEmpty
    }

    /// Whether something hits a group's own exposure: then no quota or delay holds it back from the group.
    public func isOwn(of group: Name) -> Bool { hit.contains(group) }
}
