/// What STIX 2.1 says of each type: its class, its required properties, and the ends of its intervals.
struct STIXSchema: Sendable {
    enum Class: Sendable {
        /// A domain object, or a relationship object.
        case domain
        /// A cyber-observable.
        case observable
        /// A marking, an extension definition or a translation.
        case meta
    }

    let kind: Class
    let section: String
    let required: [String]
    /// Of these at least one must be there.
    var oneOf: [String] = []
    /// Pairs of times of which the second must not come first.
    var intervals: [(from: String, to: String)] = []
    /// The properties from which a deterministic id is made (STIX 2.1 §2.9); observables only.
    var contributing: [String] = []

    static func of(_ type: String) -> STIXSchema? { types[type] }

    private static let seen = [(from: "first_seen", to: "last_seen")]
    private static let span = [(from: "start_time", to: "stop_time")]
    private static let valid = [(from: "valid_from", to: "valid_until")]

    private static func domain(
        _ section: String,
        _ required: [String],
        oneOf: [String] = [],
        _ intervals: [(from: String, to: String)] = []
    ) -> STIXSchema {
        STIXSchema(kind: .domain, section: section, required: required, oneOf: oneOf, intervals: intervals)
    }

    private static func observable(
        _ section: String,
        _ required: [String],
        oneOf: [String] = [],
        _ contributing: [String]
    ) -> STIXSchema {
        STIXSchema(kind: .observable, section: section, required: required, oneOf: oneOf, contributing: contributing)
    }

    private static let types: [String: STIXSchema] = [
        "attack-pattern": domain("4.1", ["name"]),
        "campaign": domain("4.2", ["name"], seen),
        "course-of-action": domain("4.3", ["name"]),
        "grouping": domain("4.4", ["context", "object_refs"]),
        "identity": domain("4.5", ["name"]),
        "incident": domain("4.6", ["name"]),
        "indicator": domain("4.7", ["pattern", "pattern_type", "valid_from"], valid),
        "infrastructure": domain("4.8", ["name"], seen),
        "intrusion-set": domain("4.9", ["name"], seen),
        "location": domain("4.10", [], oneOf: ["region", "country", "latitude"]),
        "malware": domain("4.11", ["is_family"], seen),
        "malware-analysis": domain("4.12", ["product"], oneOf: ["result", "analysis_sco_refs"]),
        "note": domain("4.13", ["content", "object_refs"]),
        "observed-data": domain(
            "4.14",
            ["first_observed", "last_observed", "number_observed"],
            oneOf: ["objects", "object_refs"],
            [(from: "first_observed", to: "last_observed")]
        ),
        "opinion": domain("4.15", ["opinion", "object_refs"]),
        "report": domain("4.16", ["name", "published", "object_refs"]),
        "threat-actor": domain("4.17", ["name"], seen),
        "tool": domain("4.18", ["name"]),
        "vulnerability": domain("4.19", ["name"]),
        "relationship": domain("5.1", ["relationship_type", "source_ref", "target_ref"], span),
        "sighting": domain("5.2", ["sighting_of_ref"], seen),
        "artifact": observable("6.1", [], oneOf: ["payload_bin", "url"], ["hashes", "payload_bin"]),
        "autonomous-system": observable("6.2", ["number"], ["number"]),
        "directory": observable("6.3", ["path"], ["path"]),
        "domain-name": observable("6.4", ["value"], ["value"]),
        "email-addr": observable("6.5", ["value"], ["value"]),
        "email-message": observable("6.6", ["is_multipart"], ["from_ref", "subject", "body"]),
        "file": observable(
            "6.7",
            [],
            oneOf: ["hashes", "name"],
            ["hashes", "name", "extensions", "parent_directory_ref"]
        ),
        "ipv4-addr": observable("6.8", ["value"], ["value"]),
        "ipv6-addr": observable("6.9", ["value"], ["value"]),
        "mac-addr": observable("6.10", ["value"], ["value"]),
        "mutex": observable("6.11", ["name"], ["name"]),
        "network-traffic": observable(
            "6.12",
            ["protocols"],
            oneOf: ["src_ref", "dst_ref"],
            ["start", "end", "src_ref", "dst_ref", "src_port", "dst_port", "protocols", "extensions"]
        ),
        "process": observable("6.13", [], []),
        "software": observable("6.14", ["name"], ["name", "cpe", "swid", "vendor", "version"]),
        "url": observable("6.15", ["value"], ["value"]),
        "user-account": observable("6.16", [], ["account_type", "user_id", "account_login"]),
        "windows-registry-key": observable("6.17", [], ["key", "values"]),
        "x509-certificate": observable("6.18", [], ["hashes", "serial_number"]),
        "marking-definition": STIXSchema(kind: .meta, section: "7.2.1", required: ["created"]),
        "language-content": STIXSchema(kind: .meta, section: "7.1", required: ["object_ref", "contents"]),
        "extension-definition": STIXSchema(
            kind: .meta,
            section: "7.3",
            required: ["name", "schema", "version", "extension_types", "created_by_ref"]
        ),
    ]
}
