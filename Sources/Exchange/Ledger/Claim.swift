/// What contribution is counted by: a report, an answer, a piece of feedback.
public enum LedgerItem {}

/// A subject, or several that were told to be one, across reports.
public enum SubjectCluster {}

/// Something that a group may be credited for at the close of an epoch.
public struct Claim: Hashable, Sendable, Codable {
    /// What a claim is known by: each is posted once.
    public struct Key: Hashable, Comparable, Sendable, Codable {
        /// For what item; a corroborator's may be the report that it corroborated, or its own.
        public let item: ID<LedgerItem>
        /// For what event.
        public let event: EarningEvent
        /// To which ownership group.
        public let group: Name

        /// Puts it together from its parts.
        public init(item: ID<LedgerItem>, event: EarningEvent, group: Name) {
            self.item = item
            self.event = event
            self.group = group
        }

        /// The same for all claims that count once together.
        var slot: Key { Key(item: item, event: event.slot, group: group) }

        /// The order in which they are listed.
        public static func < (left: Key, right: Key) -> Bool {
            (left.item, left.event, left.group) < (right.item, right.event, right.group)
        }
    }

    /// Who the credit comes from.
    public enum Counterpart: Hashable, Sendable, Codable {
        /// An authority, which members can only have one of for what they do: its share has no limit.
        case authority(Name)
        /// Another ownership group: at most 35 % of what counts may come from one.
        case group(Name)
    }

    /// What it is known by.
    public let key: Key
    /// What it is about.
    public let cluster: ID<SubjectCluster>
    /// In which window the item was submitted, from 0.
    public let window: Int
    /// Who the credit comes from.
    public let counterpart: Counterpart
    /// The authority that the report is for; nil for an answer or feedback.
    public let office: Name?
    /// How good the item was when the event was.
    public let quality: Quality
    /// The day of the event.
    public let day: Int
    /// The first day on which it may show: that of the event, or when an embargo or seal is lifted; nil while nobody
    /// knows when that will be.
    public let shows: Int?

    /// Whether it was under an embargo or seal: then it is posted in a total, and never told by itself.
    public var wasHidden: Bool { shows != day }

    /// The window that an item submitted on a day is in, under the terms of that day.
    public static func window(submitted day: Int, _ terms: ReciprocityTerms) -> Int { day / terms[.windowDays] }

    /// Puts it together from its parts.
    public init(
        _ key: Key,
        cluster: ID<SubjectCluster>,
        window: Int,
        from counterpart: Counterpart,
        office: Name? = nil,
        _ quality: Quality,
        day: Int,
        shows: Int?
    ) {
        self.key = key
        self.cluster = cluster
        self.window = window
        self.counterpart = counterpart
        self.office = office
        self.quality = quality
        self.day = day
        self.shows = shows
    }

    /// What a claim shares with those of which only the greatest counts.
    struct Mask: Hashable {
        let cluster: ID<SubjectCluster>
        let window: Int
        let event: EarningEvent
    }

    /// What was reported, in however many parts.
    struct Matter: Hashable {
        let cluster: ID<SubjectCluster>
        let window: Int
    }

    var matter: Matter { Matter(cluster: cluster, window: window) }
    var mask: Mask { Mask(cluster: cluster, window: window, event: key.event.slot) }
}
