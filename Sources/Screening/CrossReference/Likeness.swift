/// Tells whether two records are of one person, organisation, vessel or aircraft: the scorer of screening, or one to
/// test with.
///
/// Pure: the same two records have the same resemblance whatever else there is, else a reader would learn of what it
/// may not see from the scores of what it may.
public protocol Likeness: Sendable {
    /// What is computed once for a record.
    associatedtype Prepared: Sendable

    /// Prepares a record.
    func prepared(_ record: Record) -> Prepared
    /// What it is found by: records that have no key in common are never compared. The first
    /// `BlockingKey.keysMax` count.
    func keys(of record: Prepared) -> [BlockingKey]
    /// How alike the two are; nil where they are not alike enough to be said.
    func resemblance(_ left: Prepared, _ right: Prepared) -> Resemblance?
    /// Whether the two cannot be of one, whatever they have in common: they have different birth dates, or different
    /// numbers of a kind that each has one of.
    func contradict(_ left: Prepared, _ right: Prepared) -> Bool
}

/// What records are found by before they are compared.
public struct BlockingKey: Hashable, Sendable {
    /// How much it tells.
    public enum Reach: String, Hashable, Sendable {
        /// A whole name, or an identifier.
        case whole
        /// A part of a name.
        case part
    }

    /// Keys of one record.
    public static let keysMax = 64

    /// How much it tells.
    public let reach: Reach
    /// What it is.
    public let text: String

    /// Puts it together from its parts.
    public init(_ reach: Reach, _ text: String) {
        self.reach = reach
        self.text = text
    }
}

/// How alike two records are, and why.
public struct Resemblance: Hashable, Sendable {
    /// From this on two records are of one, in thousandths: the default threshold of screening.
    public static let scoreMin = 700

    /// In thousandths, up to 1000.
    public let score: Int
    /// The properties that tell.
    public let fields: [String]
    /// Why, as a part of a sentence for people.
    public let reason: String

    /// Puts it together from its parts.
    public init(score: Int, fields: [String], reason: String) {
        self.score = score
        self.fields = fields
        self.reason = reason
    }
}
