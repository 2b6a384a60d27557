public import Exchange

extension Record {
    /// The STIX types that stand for somebody or something.
    public static let stixTypes = [
        "identity", "vessel", "aircraft", "vehicle", "container", "consignment", "address", "account", "document",
        "threat-actor",
    ]

    /// The subject that a STIX object stands for; nil for one that stands for none, is revoked, or has no name and no
    /// properties.
    ///
    /// A subject of ours and of a public list is read by its properties in FollowTheMoney; of anybody else's object
    /// there is what STIX has of it. The id is the list's own, where it has one, and else the object's.
    public init?(stix object: JSON.Value) {
        guard let type = object["type"]?.string, Self.stixTypes.contains(type), let stixID = object["id"]?.string,
            object["revoked"]?.boolean != true
        else { return nil }
        let subject = object["extensions"]?[ListExtension.subject]
        guard let properties = Self.properties(of: object, subject), !properties.isEmpty,
            let schema = subject?["schema"]?.string ?? Self.schema(of: type, object["identity_class"]?.string)
        else { return nil }
        self.init(id: Self.listed(object, subject) ?? stixID, schema: schema, properties: properties)
    }

    private static func properties(of object: JSON.Value, _ subject: JSON.Value?) -> [String: [String]]? {
        var properties: [String: [String]] = [:]
        for (name, values) in subject?["properties"]?.members ?? [] {
            properties[name] = values.elements.compactMap(\.string)
        }
        if properties["name"] == nil, let name = object["name"]?.string { properties["name"] = [name] }
        if let aliases = object["aliases"]?.elements.compactMap(\.string), !aliases.isEmpty {
            properties["alias", default: []] += aliases
        }
        return properties
    }

    private static func schema(of type: String, _ identityClass: String?) -> String? {
        switch (type, identityClass) {
        case ("identity", "individual"): "Person"
        case ("identity", "organization"): "Organization"
        // What a class or a group is, is not said; what a system is, is nobody.
        case ("identity", "group"), ("identity", "unknown"), ("identity", nil), ("threat-actor", _): "LegalEntity"
        case ("vessel", _): "Vessel"
        case ("aircraft", _): "Airplane"
        case ("vehicle", _): "Vehicle"
        default: nil
        }
    }

    /// How a public list calls it.
    private static func listed(_ object: JSON.Value, _ subject: JSON.Value?) -> String? {
        subject == nil ? nil : object["external_references"]?.elements.first?["external_id"]?.string
    }
}
