/// What is known of one subject, as far as subjects are compared: in the words of FollowTheMoney, of whatever origin.
///
/// A subject of an advisory, one of a public list and a query are all records.
public struct Record: Hashable, Sendable {
    /// What the answer calls it by.
    public let id: String
    /// A schema of FollowTheMoney, or our word where it has none: Person, Company, Vessel, Container and so on.
    public let schema: String
    /// Properties by their FollowTheMoney names, or ours; each value as it was given.
    public let properties: [String: [String]]

    /// Puts it together from its parts.
    public init(id: String, schema: String, properties: [String: [String]]) {
        self.id = id
        self.schema = schema
        self.properties = properties
    }

    /// The same with its names of two words and more alone, and nothing else of it; nil where it has none.
    ///
    /// A name of a script that parts no words is one of several where it has several characters.
    public var wholeNames: Record? {
        let apart = self["firstName"].prefix(4).flatMap { first in self["lastName"].prefix(4).map { "\(first) \($0)" } }
        let names = (["name", "alias"].flatMap { self[$0] } + apart).filter { Romanisation.words($0).count > 1 }
        return names.isEmpty ? nil : Record(id: id, schema: schema, properties: ["name": names])
    }

    /// The values of a property; none where nothing is said.
    public subscript(property: String) -> [String] { properties[property] ?? [] }
}
