import Exchange

/// A STIX object as one line for people: version, type, TLP, id, name.
struct ObjectLine {
    let text: String

    private static let nameCharactersMax = 80

    init(_ object: JSON.Value) {
        let version = object["modified"]?.string ?? object["created"]?.string ?? "-"
        let name =
            ["name", "abstract", "value", "relationship_type", "opinion", "content"].lazy
            .compactMap { object[$0]?.string }.first ?? ""
        // What is left of a recalled object has no name but this.
        let isRevoked = object["revoked"]?.boolean == true && name != "revoked"
        let isDisputed = object["extensions"]?[AdvisoryExtension.id]?["state"]?.string == "restricted"
        let state = isRevoked ? "revoked " : isDisputed ? "DISPUTED " : ""
        text =
            [
                version.padded(to: 24),
                (object["type"]?.string ?? "?").padded(to: 16),
                (Self.marking(of: object)?.label ?? "-").padded(to: 16),
                object["id"]?.string ?? "?",
                state + name.prefix(Self.nameCharactersMax),
            ].joined(separator: "  ").printable
    }

    /// The strictest TLP that marks the object or a part of it.
    static func marking(of object: JSON.Value) -> TLP? {
        let whole = object["object_marking_refs"]?.elements ?? []
        let parts = object["granular_markings"]?.elements.compactMap { $0["marking_ref"] } ?? []
        return (whole + parts).compactMap { reference in
            // What is no id is no marking; the exchange checks ids when it takes objects.
            reference.string.flatMap { try? STIXID(parsing: $0) }.flatMap(TLP.marking)
        }.max()
    }
}
