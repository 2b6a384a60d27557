/// How one subject of an advisory stands to another.
public struct SubjectRelation: Hashable, Sendable, Codable {
    /// What the first is to the second; in STIX, the type of the relationship.
    public enum Kind: String, CaseIterable, Sendable, Codable {
        /// A person or organisation owns another subject, wholly or in part.
        case owner = "owner-of"
        /// Decides for it without owning it on paper.
        case controller = "controller-of"
        case director = "director-of"
        case member = "member-of"
        case employee = "employed-by"
        case associate = "associate-of"
        case family = "family-of"
        /// Runs a vessel, aircraft or vehicle.
        case shipOperator = "operator-of"
        /// Uses an account, document, vehicle or address.
        case user = "user-of"
        case consignor = "consignor-of"
        case consignee = "consignee-of"
        /// A consignment is in a container; a container is on a vessel, aircraft or vehicle.
        case carried = "carried-by"
        /// A document was issued to a person, an account opened for one.
        case issued = "issued-to"
        case located = "located-at"
        /// A vessel or consignment took a route.
        case travelled = "travelled-by"
        /// Something applied a method.
        case method = "applies-method"
    }

    /// The subject that is something, by its key.
    public let from: String
    /// What it is.
    public let kind: Kind
    /// To whom or what, by its key.
    public let to: String

    /// Puts it together from its parts.
    public init(_ from: String, _ kind: Kind, _ to: String) {
        self.from = from
        self.kind = kind
        self.to = to
    }

    /// Reads it strictly.
    /// - Throws: `ContentFault`.
    public init(from decoder: any Decoder) throws {
        let reader = try ContentReader(decoder, knows: ["from", "kind", "to"])
        from = try reader.needed("from", "must be the key of a subject")
        kind = try reader.neededWord("kind")
        to = try reader.needed("to", "must be the key of a subject")
    }
}
