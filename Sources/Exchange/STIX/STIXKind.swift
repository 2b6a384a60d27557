/// What kind of value a property of STIX 2.1 holds.
///
/// A property's name has one kind in all types that have it; which types have it, `STIXSchema` says.
enum STIXKind: Sendable {
    case text, texts, boolean, time, identifier, identifiers, hashes, phases, references, hexadecimal, base64
    case integer(ClosedRange<Int64>)
    case number(ClosedRange<Double>)
    /// A text, or each text of a list, of a closed vocabulary.
    case words([String])
    /// Any object, any list of objects.
    case dictionary, objects

    static func of(_ property: String) -> STIXKind? { kinds[property] }

    /// What every extension says it is (STIX 2.1 §10.4).
    static let extensionTypes = [
        "new-sdo", "new-sco", "new-sro", "property-extension", "toplevel-property-extension",
    ]

    private static let kinds: [String: STIXKind] = {
        var kinds: [String: STIXKind] = [
            "confidence": .integer(0...100), "count": .integer(0...999_999_999),
            "number_observed": .integer(1...999_999_999), "src_port": .integer(0...65_535),
            "dst_port": .integer(0...65_535), "latitude": .number(-90...90), "longitude": .number(-180...180),
            "precision": .number(0...Double(JSON.integerMax)),
            "opinion": .words(["strongly-disagree", "disagree", "neutral", "agree", "strongly-agree"]),
            "extension_types": .words(extensionTypes),
            "encryption_algorithm": .words(["AES-256-GCM", "ChaCha20-Poly1305", "mime-type-indicated"]),
            "hashes": .hashes, "kill_chain_phases": .phases, "external_references": .references,
            "magic_number_hex": .hexadecimal, "payload_bin": .base64,
        ]
        for (kind, names) in plain {
            for name in names.split(separator: " ") { kinds[String(name)] = kind }
        }
        return kinds
    }()

    private static let plain: [(STIXKind, String)] = [
        (
            .text,
            """
            type id spec_version lang name description pattern pattern_type pattern_version content context \
            relationship_type identity_class contact_information objective resource_level primary_motivation \
            sophistication tool_version product version configuration_version analysis_engine_version \
            analysis_definition_version result_name result abstract explanation region country administrative_area \
            city street_address postal_code schema definition_type mime_type url decryption_key rir path path_enc \
            value display_name content_type message_id subject body name_enc cwd command_line cpe swid vendor user_id \
            credential account_login account_type key signature_algorithm issuer serial_number \
            subject_public_key_algorithm subject_public_key_modulus
            """
        ),
        (
            .texts,
            """
            labels aliases goals roles sectors authors indicator_types infrastructure_types malware_types report_types \
            threat_actor_types tool_types secondary_motivations personal_motivations modules \
            architecture_execution_envs implementation_languages capabilities received_lines protocols languages \
            extension_properties
            """
        ),
        (
            .time,
            """
            created modified published first_seen last_seen valid_from valid_until start_time stop_time first_observed \
            last_observed submitted analysis_started analysis_ended account_created account_expires \
            credential_last_changed account_first_login account_last_login created_time modified_time ctime mtime \
            atime validity_not_before validity_not_after date start end object_modified
            """
        ),
        (
            .boolean,
            """
            revoked is_family is_multipart is_active is_hidden is_self_signed is_service_account is_privileged \
            can_escalate_privs is_disabled summary defanged
            """
        ),
        (
            .identifier,
            """
            created_by_ref source_ref target_ref sighting_of_ref object_ref sample_ref host_vm_ref \
            operating_system_ref from_ref sender_ref raw_email_ref belongs_to_ref parent_directory_ref content_ref \
            src_ref dst_ref src_payload_ref dst_payload_ref encapsulated_by_ref creator_user_ref image_ref parent_ref
            """
        ),
        (
            .identifiers,
            """
            object_marking_refs object_refs observed_data_refs where_sighted_refs operating_system_refs sample_refs \
            installed_software_refs analysis_sco_refs contains_refs resolves_to_refs belongs_to_refs to_refs cc_refs \
            bcc_refs encapsulates_refs opened_connection_refs child_refs
            """
        ),
        (
            .integer(0...JSON.integerMax),
            """
            number size src_byte_count dst_byte_count src_packets dst_packets pid number_of_subkeys \
            subject_public_key_exponent
            """
        ),
        (
            .dictionary,
            """
            extensions objects contents definition additional_header_fields ipfix environment_variables \
            x509_v3_extensions
            """
        ),
        (.objects, "granular_markings body_multipart values"),
    ]
}

/// What a reference may point at, where STIX 2.1 narrows it.
enum STIXTarget: Sendable {
    case types([String])
    /// A domain object, or of a type that is not of STIX 2.1.
    case domain
    /// A domain object or cyber-observable, or of a type that is not of STIX 2.1.
    case end
    /// A cyber-observable, or of a type that is not of STIX 2.1.
    case observable

    static func of(_ property: String) -> STIXTarget? { targets[property] }

    func takes(_ type: String) -> Bool {
        let kind = STIXSchema.of(type)?.kind
        return switch self {
        case .types(let types): types.contains(type)
        case .domain: kind == .domain || kind == nil
        case .end: kind == .domain || kind == .observable || kind == nil
        case .observable: kind == .observable || kind == nil
        }
    }

    /// For the error's text.
    var words: String {
        switch self {
        case .types(let types): types.joined(separator: " or ")
        case .domain: "domain object"
        case .end: "domain object or cyber-observable"
        case .observable: "cyber-observable"
        }
    }

    private static let targets: [String: STIXTarget] = [
        "created_by_ref": .types(["identity"]), "object_marking_refs": .types(["marking-definition"]),
        "source_ref": .end, "target_ref": .end, "sighting_of_ref": .domain,
        "observed_data_refs": .types(["observed-data"]), "where_sighted_refs": .types(["identity", "location"]),
        "sample_refs": .types(["artifact", "file"]), "sample_ref": .types(["artifact", "file", "network-traffic"]),
        "host_vm_ref": .types(["software"]), "operating_system_ref": .types(["software"]),
        "operating_system_refs": .types(["software"]), "installed_software_refs": .types(["software"]),
        "analysis_sco_refs": .observable, "contains_refs": .observable,
        "resolves_to_refs": .types(["ipv4-addr", "ipv6-addr", "domain-name", "mac-addr"]),
        "belongs_to_ref": .types(["user-account"]), "belongs_to_refs": .types(["autonomous-system"]),
        "from_ref": .types(["email-addr"]), "sender_ref": .types(["email-addr"]), "to_refs": .types(["email-addr"]),
        "cc_refs": .types(["email-addr"]), "bcc_refs": .types(["email-addr"]), "raw_email_ref": .types(["artifact"]),
        "parent_directory_ref": .types(["directory"]), "content_ref": .types(["artifact"]),
        "src_ref": .types(["ipv4-addr", "ipv6-addr", "mac-addr", "domain-name"]),
        "dst_ref": .types(["ipv4-addr", "ipv6-addr", "mac-addr", "domain-name"]),
        "src_payload_ref": .types(["artifact"]), "dst_payload_ref": .types(["artifact"]),
        "encapsulates_refs": .types(["network-traffic"]), "encapsulated_by_ref": .types(["network-traffic"]),
        "opened_connection_refs": .types(["network-traffic"]), "creator_user_ref": .types(["user-account"]),
        "image_ref": .types(["file"]), "parent_ref": .types(["process"]), "child_refs": .types(["process"]),
    ]
}
