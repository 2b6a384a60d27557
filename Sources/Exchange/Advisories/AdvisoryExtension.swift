/// The extension that carries what STIX has no property for: of reports, and of the subjects' objects.
public enum AdvisoryExtension {
    /// Its definition.
    public static let id = "extension-definition--a000590e-edba-48b4-8868-b2b4bd1d4a89"

    /// The object that defines it: STIX that is sent before what uses it, after the author of `ListExtension`.
    public static var definition: [UInt8] {
        ListJSON.bytes(
            ListExtension.definition(
                id,
                "Advisory",
                "What an advisory of an exchange has beside STIX: its number, state, grade and handling.",
                schema,
                ["property-extension"]
            )
        )
    }

    /// The JSON schema of its content.
    public static let schema = """
        {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{\
        "extension_type":{"const":"property-extension"},\
        "rendition":{"enum":["full","tearline","non-nominal","stub"]},\
        "reference":{"type":"string","pattern":"^CVT-[0-9]{4}-[0-9]{5,7}$"},"kind":{"type":"string"},\
        "state":{"enum":["published","restricted","expired","withdrawn","recalled"]},\
        "reason":{"type":"string"},"recalled":{"type":"string","format":"date-time"},\
        "number":{"type":"integer","minimum":1},"grade":{"type":"string","pattern":"^[A-F][1-6]$"},\
        "grade_original":{"type":"string"},"severity":{"type":"integer","minimum":1,"maximum":4},\
        "action_code":{"enum":["A0","A1","A2","A3","A4"]},"caveats":{"$ref":"#/$defs/words"},\
        "purposes":{"$ref":"#/$defs/words"},"facts":{"type":"string"},"assessment":{"type":"string"},\
        "what_changed":{"type":"string"},"why_changed":{"type":"string"},\
        "review":{"type":"string","format":"date-time"},\
        "subject":{"type":"string"},"roles":{"$ref":"#/$defs/words"},\
        "standing":{"enum":["S","C","V","W","A","I","U"]}},\
        "$defs":{"words":{"type":"array","items":{"type":"string"},"minItems":1,"uniqueItems":true}}}
        """
}
