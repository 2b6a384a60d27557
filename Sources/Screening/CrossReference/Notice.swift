public import Exchange

/// Tells an originator that somebody else holds something in common with an advisory of its own, and nothing more.
///
/// Whose, what, of which type, since when and how many is not told. What is told is, beside what the originator sees
/// anyway, one bit for an advisory, which is told once, and never that it is no longer so. The bit would still answer
/// whoever asks by publishing: "is anything known of this man?" So it is bounded: an advisory must have stood for
/// `ageDaysMin` days; all are told on one day in `cycleDays`; one originator is told of `countMax` in `windowDays`;
/// only sure links of `types` count; nobody is told where fewer than `crowdMin` others could be the one, or where the
/// other advisory is `sealed` or has not itself stood as long. Both originators are told by the same rule, so whoever
/// asks in this way shows itself.
public struct Notice: Hashable, Sendable {
    /// Days for which both advisories must have stood.
    public static let ageDaysMin = 7
    /// Days from one telling to the next: on days, counted from 1970, that are its multiples.
    public static let cycleDays = 7
    /// Notices to one originator in `windowDays`.
    public static let countMax = 5
    /// Days in which notices are counted.
    public static let windowDays = 28
    /// Other members that hold anything whose existence may be told.
    public static let crowdMin = 5
    /// How strong a link must be, in thousandths.
    public static let scoreMin = 900
    /// Types of links that are told of; what routes, methods and patterns have in common is too slight.
    public static let types: Set<LinkType> = [.person, .institution, .conveyance]
    /// What an originator reads, of whatever it is.
    public static let sentence =
        "Another member holds something in common with this advisory. You may ask the exchange whether it will talk."

    /// One that was told.
    public struct Told: Hashable, Sendable {
        /// Of which advisory.
        public let advisory: ID<Advisory>
        /// On which day, counted from 1970.
        public let day: Int

        /// Puts it together from its parts.
        public init(_ advisory: ID<Advisory>, on day: Int) {
            self.advisory = advisory
            self.day = day
        }
    }

    /// Of which advisory of the originator.
    public let advisory: ID<Advisory>
}

extension CrossReferences {
    /// What an originator is to be told today of what it may not see.
    /// - Parameters:
    ///   - originator: of whose advisories.
    ///   - told: all that it was told before, in any order.
    ///   - day: today, counted from 1970.
    ///   - sees: whether the originator may see renditions with a label; what it may see it is told as links.
    /// - Returns: in the order of the advisories' release.
    public func notices(
        to originator: ID<Member>,
        told: [Notice.Told],
        on day: Int,
        seeing sees: (_ label: Int) -> Bool
    ) -> [Notice] {
        let recent = told.count { $0.day > day - Notice.windowDays }
        guard day % Notice.cycleDays == 0, recent < Notice.countMax,
            crowd(beside: originator) >= Notice.crowdMin
        else { return [] }
        let known = Set(told.map(\.advisory))
        let untold = advisories(of: originator).filter { !known.contains($0.id) && $0.hasStood(on: day) }
        let due = untold.filter { own in
            found(of: own.id).contains { other, links in
                other.publisher != originator && other.existence == .open && other.hasStood(on: day)
                    && !other.renditions.contains { sees($0.label) }
                    && links.contains { Notice.types.contains($0.type) && $0.score >= Notice.scoreMin }
            }
        }
        return due.prefix(Notice.countMax - recent).map { Notice(advisory: $0.id) }
    }
}

extension ReferencedAdvisory {
    private static let microsecondsOfDay: Int64 = 86_400_000_000

    /// Whether it was released so many days before, at whatever time of the day.
    fileprivate func hasStood(on day: Int) -> Bool {
        Int(released.microseconds / Self.microsecondsOfDay) + Notice.ageDaysMin <= day
    }
}
