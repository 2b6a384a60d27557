/// A position in the journal: microseconds since 1970, strictly increasing, never equal to another.
///
/// It is the TAXII `date_added` (TAXII 2.1 §3.4).
public struct Tick: Hashable, Comparable, Sendable, Codable {
    /// Since 1970-01-01T00:00:00Z.
    public let microseconds: Int64

    /// Puts it together from its parts.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The instant before everything.
    public static let zero = Tick(microseconds: 0)

    /// The last tick at or before `time`: "added after `time`" is "tick greater than this".
    public init(at time: Timestamp) {
        microseconds = time.microseconds
    }

    /// The tick of something that happens at `now` after this one: never the same, never earlier.
    public func next(at now: Timestamp) -> Tick {
        Tick(microseconds: max(now.microseconds, microseconds + 1))
    }

    /// The instant that it is.
    public var time: Timestamp { Timestamp(microseconds: microseconds) }

    /// Six digits and `Z` (TAXII 2.1 §2).
    public var text: String { time.text }

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }
}

/// What a journal entry records.
///
/// The code in the store is `rawValue` and never changes its meaning.
public enum EntryKind: Int64, CaseIterable, Sendable {
    /// A version of an object was released in a pool.
    case released = 1
    /// A version of an object was deleted from a pool.
    case deleted = 2
    /// A member, principal, credential or pool was made or changed.
    case directory = 3
    /// Objects were put aside until a second person releases or refuses them.
    case held = 4
    /// What was put aside was refused.
    case refused = 5
    /// Versions were given to a principal.
    case receipt = 6
    /// A principal gained versions that were released before.
    case gained = 7
    /// An advisory was drafted or changed.
    case advisory = 8
    /// A recall was acknowledged.
    case acknowledged = 9
    /// A decision was said to rely on an advisory.
    case relied = 10
    /// An advisory is about somebody that a member declared as itself or as linked to it.
    case conflict = 11
    /// A report was made or changed.
    case report = 12
    /// A request was made, answered or closed.
    case request = 13
    /// A holder said something of an advisory.
    case feedback = 14
    /// A member committed what it saw by itself.
    case observation = 15
    /// A holder asked for a consent.
    case consentAsked = 16
    /// What becomes of contributions to a task force was chosen, or was carried out.
    case disposal = 17
    /// A destination was made, changed or removed.
    case destination = 18
    /// A source was made, changed or removed, or a record of one dismissed.
    case source = 19
    /// A key or a peer was made, changed or removed.
    case peer = 20
    /// Something of a release is to go to other exchanges, or to be told to them.
    case federated = 21
    /// An epoch of a ledger was closed, or time changed what is owed in one.
    case ledger = 22
    /// Entitlements were issued, or one was reserved, given back, redeemed or ended.
    case entitlement = 23
    /// Somebody screened.
    case screening = 24
    /// Somebody was found not to be who is known, or that was taken back.
    case clearedPair = 25
    /// An authority published what it wants to know, or withdrew that.
    case requirement = 26
    /// Subjects of advisories were judged to be one or two, that was taken back, or originators were told of others.
    case crossReference = 27
    /// A watch list was changed, or a reader was told of a hit on one.
    case watchList = 28
    /// Terms of a ledger were proposed or withdrawn, or began to count.
    case terms = 29
    /// An authority looked at a report beside an earlier one of another's.
    case corroboration = 30
}
