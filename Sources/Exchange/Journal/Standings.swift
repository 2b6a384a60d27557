/// Where one version stands among the versions of its object in its pool, for the filter `match[version]=last`.
///
/// Which version is the last depends on what the reader may see. Versions under one label are seen together or not at
/// all, so only the last under each label can ever be a reader's last: polls read those and skip the rest.
public enum VersionStanding: Int64, Sendable {
    /// A later version has the same label: nobody's last.
    case superseded = 0
    /// No later version at all: the last of everyone who may see it.
    case last = 1
    /// A later version has another label: the last of those who may not see that one.
    case contested = 2
}

/// One version of an object in one pool, as far as the order of versions needs it.
public struct PlacedVersion: Hashable, Sendable {
    /// Its place in the journal.
    public let tick: Tick
    /// Its label's number.
    public let label: Int64
    /// `modified`, else `created`, else the tick it came at: nanoseconds since 1970.
    public let instant: Int64

    /// Puts it together from its parts.
    public init(tick: Tick, label: Int64, instant: Int64) {
        self.tick = tick
        self.label = label
        self.instant = instant
    }

    /// Later by `modified`, whatever arrived last (TAXII 2.1 §3.4.1); by arrival where those are equal.
    public func isLater(than other: PlacedVersion) -> Bool {
        (instant, tick) > (other.instant, other.tick)
    }
}

extension PlacedVersion {
    /// The standing of each of an object's versions in one pool, in the order given.
    public static func standings(_ versions: [PlacedVersion]) -> [VersionStanding] {
        var standings = [VersionStanding](repeating: .last, count: versions.count)
        var labels: Set<Int64> = []
        for index in versions.indices.sorted(by: { versions[$0].isLater(than: versions[$1]) }) {
            if labels.contains(versions[index].label) {
                standings[index] = .superseded
            } else if !labels.isEmpty {
                standings[index] = .contested
            }
            labels.insert(versions[index].label)
        }
        return standings
    }
}
