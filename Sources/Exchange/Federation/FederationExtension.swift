/// The extension that carries who released objects, and through which exchanges they came.
public enum FederationExtension {
    /// Its definition.
    public static let id = "extension-definition--7e736e1c-7d94-423f-9e55-d7cc9ee5fbdf"
    /// Where its rules are written.
    static let source = "docs/EXTENSIONS.md, Release"

    /// The object that defines it: STIX that is sent before what uses it, after the author of `ListExtension`.
    public static var definition: [UInt8] {
        ListJSON.bytes(
            ListExtension.definition(
                id,
                "Release",
                "Who released objects, signed, and through which exchanges they came.",
                schema,
                ["property-extension"]
            )
        )
    }

    /// The JSON schema of its content.
    public static let schema = """
        {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","oneOf":[{"required":["release","custody"]},{"required":["word"]}],\
        "properties":{"extension_type":{"const":"property-extension"},\
        "word":{"type":"object","required":["exchange","release","tick"],"properties":{\
        "exchange":{"$ref":"#/$defs/id"},"release":{"$ref":"#/$defs/id"},"tick":{"type":"integer","minimum":0},\
        "holders":{"type":"integer","minimum":0},"acknowledged":{"type":"integer","minimum":0},\
        "awaited":{"type":"integer","minimum":0},"elsewhere":{"const":true}}},\
        "release":{"allOf":[{"$ref":"#/$defs/signed"},{"properties":{"statement":{\
        "required":["exchange","id","marking","number","objects","purpose","released","signer"],\
        "properties":{"exchange":{"$ref":"#/$defs/id"},"id":{"$ref":"#/$defs/id"},\
        "marking":{"$ref":"#/$defs/marking"},"member":{"$ref":"#/$defs/id"},\
        "number":{"type":"integer","minimum":1,"maximum":1000000},"objects":{"type":"array","minItems":1,\
        "maxItems":1000,"items":{"type":"object","required":["id","sha256"],"properties":{"id":{"type":"string"},\
        "modified":{"$ref":"#/$defs/time"},"sha256":{"$ref":"#/$defs/digest"}}}},\
        "purpose":{"enum":["release","correction","recall","erasure"]},"released":{"$ref":"#/$defs/time"},\
        "signer":{"enum":["member","exchange"]}}}}}]},\
        "custody":{"type":"array","minItems":1,"maxItems":16,"items":{"allOf":[{"$ref":"#/$defs/signed"},\
        {"properties":{"statement":{"required":["before","exchange","marking","onward","received","released"],\
        "properties":{"before":{"$ref":"#/$defs/digest"},"exchange":{"$ref":"#/$defs/id"},\
        "marking":{"$ref":"#/$defs/marking"},"onward":{"type":"boolean"},"received":{"$ref":"#/$defs/time"},\
        "released":{"$ref":"#/$defs/time"},"to":{"$ref":"#/$defs/id"}}}}}]}}},\
        "$defs":{"id":{"type":"string","format":"uuid"},"time":{"type":"string","format":"date-time"},\
        "digest":{"type":"string","pattern":"^[0-9a-f]{64}$"},\
        "marking":{"enum":["clear","green","amber","amber+strict","red"]},\
        "signed":{"type":"object","required":["key","signature","statement"],\
        "properties":{"key":{"type":"string","pattern":"^[0-9a-f]{32}$"},\
        "signature":{"type":"string","pattern":"^[0-9a-f]{128}$"},"statement":{"type":"object"}}}}}
        """
}
