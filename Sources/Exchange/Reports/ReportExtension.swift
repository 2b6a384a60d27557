/// The extension that carries what a grouping has no property for, where it is a report to an authority.
public enum ReportExtension {
    /// Its definition.
    public static let id = "extension-definition--1f609496-2413-4a5f-a317-6866d8f33152"

    /// The object that defines it: STIX that goes with what uses it, after the author of `ListExtension`.
    public static var definition: [UInt8] {
        ListJSON.bytes(
            ListExtension.definition(
                id,
                "Report",
                "What a report to an authority has beside STIX: how grave it is, what was seen when.",
                schema,
                ["property-extension"]
            )
        )
    }

    /// The JSON schema of its content.
    public static let schema = """
        {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["severity"],\
        "properties":{"extension_type":{"const":"property-extension"},\
        "severity":{"type":"integer","minimum":1,"maximum":4},"suspicion":{"type":"string"},\
        "seen":{"type":"string","format":"date-time"},"seen_last":{"type":"string","format":"date-time"},\
        "place":{"type":"string","pattern":"^[A-Z]{2}[A-Z2-9]{3}$"},\
        "advisory":{"type":"string","pattern":"^CVT-[0-9]{4}-[0-9]{5,7}$"}}}
        """

    /// Its properties.
    static let fields = ["severity", "suspicion", "seen", "seen_last", "place", "advisory"]
}
