/// What STIX 2.1 says of each type: its class, its own properties, and the rules between them.
struct STIXSchema: Sendable {
    enum Class: Sendable {
        case domain, relationship, observable
        /// A marking, an extension definition or a translation.
        case meta
    }

    /// A rule between properties of one object.
    enum Rule: Sendable {
        /// At least one of these must be there.
        case oneOf([String])
        /// At least one of the type's own properties must be there.
        case some
        /// These exclude each other.
        case not(String, with: String)
        /// The first may not be there without the second.
        case needs(String, String)
        /// The second time must not come before the first.
        case order(String, String)
        /// The second time must come after the first.
        case after(String, String)
        /// Where the flag has this value, the property must be there, or must not.
        case when(String, Bool, needs: String)
        case unless(String, Bool, has: String)
    }

    let kind: Class
    let section: String
    let required: [String]
    /// The kinds of the common properties and of the type's own, by name.
    let properties: [String: STIXKind]
    let own: [String]
    let rules: [Rule]
    /// The properties from which a deterministic id is made (STIX 2.1 §2.9); observables only.
    let contributing: [String]

    /// - Parameter own: the type's own properties, the required ones with an exclamation mark.
    private init(_ kind: Class, _ section: String, _ own: String, _ rules: [Rule] = [], contributing: String = "") {
        self.kind = kind
        self.section = section
        self.rules = rules
        self.contributing = contributing.split(separator: " ").map(String.init).sorted()
        let names = own.split(separator: " ")
        required = names.filter { $0.hasSuffix("!") }.map { String($0.dropLast()) }
        self.own = names.map { String($0.hasSuffix("!") ? $0.dropLast() : $0) }
        properties = Self.kinds(self.own + Self.common(kind))
    }

    static func of(_ type: String) -> STIXSchema? { types[type] }

    /// The kinds of the common properties, which types have that are not of STIX 2.1 too.
    static let common = kinds(common(.domain))

    /// STIX 2.1 §3.2.
    private static func common(_ kind: Class) -> [String] {
        let all = ["type", "id", "spec_version", "object_marking_refs", "granular_markings", "extensions"]
        return kind == .observable
            ? all + ["defanged"]
            : all + [
                "created", "modified", "revoked", "created_by_ref", "labels", "confidence", "lang",
                "external_references",
            ]
    }

    private static func kinds(_ names: [String]) -> [String: STIXKind] {
        var kinds: [String: STIXKind] = [:]
        for name in names {
            guard let kind = STIXKind.of(name) else { preconditionFailure("\(name) has no kind") }
            kinds[name] = kind
        }
        return kinds
    }

    private static func domain(_ section: String, _ own: String, _ rules: Rule...) -> STIXSchema {
        STIXSchema(.domain, section, own, rules)
    }

    private static func observable(
        _ section: String,
        _ own: String,
        from contributing: String,
        _ rules: Rule...
    ) -> STIXSchema {
        STIXSchema(.observable, section, own, rules, contributing: contributing)
    }

    private static let types = domainTypes.merging(observableTypes) { first, _ in first }.merging([
        "relationship": STIXSchema(
            .relationship,
            "5.1",
            "relationship_type! source_ref! target_ref! description start_time stop_time",
            [.after("start_time", "stop_time")]
        ),
        "sighting": STIXSchema(
            .relationship,
            "5.2",
            "sighting_of_ref! description first_seen last_seen count observed_data_refs where_sighted_refs summary",
            [.order("first_seen", "last_seen")]
        ),
        "language-content": STIXSchema(.meta, "7.1", "object_ref! contents! object_modified"),
        "marking-definition": STIXSchema(
            .meta,
            "7.2.1",
            "name definition_type definition",
            [
                .oneOf(["definition_type", "extensions"]), .needs("definition_type", "definition"),
                .needs("definition", "definition_type"),
            ]
        ),
        "extension-definition": STIXSchema(
            .meta,
            "7.3",
            "name! schema! version! extension_types! created_by_ref! description extension_properties"
        ),
    ]) { first, _ in first }

    private static let domainTypes: [String: STIXSchema] = [
        "attack-pattern": domain("4.1", "name! description aliases kill_chain_phases"),
        "campaign": domain(
            "4.2",
            "name! description aliases first_seen last_seen objective",
            .order("first_seen", "last_seen")
        ),
        "course-of-action": domain("4.3", "name! description"),
        "grouping": domain("4.4", "context! object_refs! name description"),
        "identity": domain("4.5", "name! description roles identity_class sectors contact_information"),
        "incident": domain("4.6", "name! description"),
        "indicator": domain(
            "4.7",
            """
            pattern! pattern_type! valid_from! name description indicator_types pattern_version valid_until \
            kill_chain_phases
            """,
            .after("valid_from", "valid_until")
        ),
        "infrastructure": domain(
            "4.8",
            "name! description infrastructure_types aliases kill_chain_phases first_seen last_seen",
            .order("first_seen", "last_seen")
        ),
        "intrusion-set": domain(
            "4.9",
            """
            name! description aliases first_seen last_seen goals resource_level primary_motivation \
            secondary_motivations
            """,
            .order("first_seen", "last_seen")
        ),
        "location": domain(
            "4.10",
            """
            name description latitude longitude precision region country administrative_area city street_address \
            postal_code
            """,
            .oneOf(["region", "country", "latitude"]),
            .needs("latitude", "longitude"),
            .needs("longitude", "latitude"),
            .needs("precision", "latitude")
        ),
        "malware": domain(
            "4.11",
            """
            is_family! name description malware_types aliases kill_chain_phases first_seen last_seen sample_refs \
            operating_system_refs architecture_execution_envs implementation_languages capabilities
            """,
            .order("first_seen", "last_seen"),
            .when("is_family", true, needs: "name")
        ),
        "malware-analysis": domain(
            "4.12",
            """
            product! version host_vm_ref operating_system_ref installed_software_refs configuration_version modules \
            analysis_engine_version analysis_definition_version submitted analysis_started analysis_ended result_name \
            result analysis_sco_refs sample_ref
            """,
            .oneOf(["result", "analysis_sco_refs"])
        ),
        "note": domain("4.13", "content! object_refs! abstract authors"),
        "observed-data": domain(
            "4.14",
            "first_observed! last_observed! number_observed! objects object_refs",
            .oneOf(["object_refs", "objects"]),
            .not("objects", with: "object_refs"),
            .order("first_observed", "last_observed")
        ),
        "opinion": domain("4.15", "opinion! object_refs! explanation authors"),
        "report": domain("4.16", "name! published! object_refs! description report_types"),
        "threat-actor": domain(
            "4.17",
            """
            name! description threat_actor_types aliases first_seen last_seen roles goals sophistication \
            resource_level primary_motivation secondary_motivations personal_motivations
            """,
            .order("first_seen", "last_seen")
        ),
        "tool": domain("4.18", "name! description tool_types aliases kill_chain_phases tool_version"),
        "vulnerability": domain("4.19", "name! description"),
    ]

    private static let observableTypes: [String: STIXSchema] = [
        "artifact": observable(
            "6.1",
            "mime_type payload_bin url hashes encryption_algorithm decryption_key",
            from: "hashes payload_bin",
            .oneOf(["payload_bin", "url"]),
            .not("url", with: "payload_bin"),
            .needs("url", "hashes"),
            .needs("decryption_key", "encryption_algorithm")
        ),
        "autonomous-system": observable("6.2", "number! name rir", from: "number"),
        "directory": observable("6.3", "path! path_enc ctime mtime atime contains_refs", from: "path"),
        "domain-name": observable("6.4", "value! resolves_to_refs", from: "value"),
        "email-addr": observable("6.5", "value! display_name belongs_to_ref", from: "value"),
        "email-message": observable(
            "6.6",
            """
            is_multipart! date content_type from_ref sender_ref to_refs cc_refs bcc_refs message_id subject \
            received_lines additional_header_fields body body_multipart raw_email_ref
            """,
            from: "from_ref subject body",
            .unless("is_multipart", true, has: "body"),
            .unless("is_multipart", false, has: "body_multipart")
        ),
        "file": observable(
            "6.7",
            """
            hashes size name name_enc magic_number_hex mime_type ctime mtime atime parent_directory_ref contains_refs \
            content_ref
            """,
            from: "hashes name extensions parent_directory_ref",
            .oneOf(["hashes", "name"])
        ),
        "ipv4-addr": observable("6.8", "value! resolves_to_refs belongs_to_refs", from: "value"),
        "ipv6-addr": observable("6.9", "value! resolves_to_refs belongs_to_refs", from: "value"),
        "mac-addr": observable("6.10", "value!", from: "value"),
        "mutex": observable("6.11", "name!", from: "name"),
        "network-traffic": observable(
            "6.12",
            """
            protocols! start end is_active src_ref dst_ref src_port dst_port src_byte_count dst_byte_count src_packets \
            dst_packets ipfix src_payload_ref dst_payload_ref encapsulates_refs encapsulated_by_ref
            """,
            from: "start end src_ref dst_ref src_port dst_port protocols extensions",
            .oneOf(["src_ref", "dst_ref"]),
            .order("start", "end"),
            .unless("is_active", true, has: "end")
        ),
        "process": observable(
            "6.13",
            """
            is_hidden pid created_time cwd command_line environment_variables opened_connection_refs creator_user_ref \
            image_ref parent_ref child_refs
            """,
            from: "",
            .some
        ),
        "software": observable(
            "6.14",
            "name! cpe swid languages vendor version",
            from: "name cpe swid vendor version"
        ),
        "url": observable("6.15", "value!", from: "value"),
        "user-account": observable(
            "6.16",
            """
            user_id credential account_login account_type display_name is_service_account is_privileged \
            can_escalate_privs is_disabled account_created account_expires credential_last_changed \
            account_first_login account_last_login
            """,
            from: "account_type user_id account_login",
            .some
        ),
        "windows-registry-key": observable(
            "6.17",
            "key values modified_time creator_user_ref number_of_subkeys",
            from: "key values",
            .some
        ),
        "x509-certificate": observable(
            "6.18",
            """
            is_self_signed hashes version serial_number signature_algorithm issuer validity_not_before \
            validity_not_after subject subject_public_key_algorithm subject_public_key_modulus \
            subject_public_key_exponent x509_v3_extensions
            """,
            from: "hashes serial_number",
            .some
        ),
    ]
}
