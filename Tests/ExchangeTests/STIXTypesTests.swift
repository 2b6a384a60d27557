import Exchange
import TestSupport
import Testing

@Suite("STIX types")
struct STIXTypesTests {
    private static let head = """
        "spec_version":"2.1","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z"
        """
    private static let uuid = "7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c00"

    /// The object of a type with these members; `UUID` stands for one.
    private static func object(_ type: String, _ members: String, _ more: String = "") -> String {
        let common = observables.contains { $0.type == type } ? "" : "\(head),"
        return "{\"type\":\"\(type)\",\"id\":\"\(type)--UUID\",\(common)\(members)\(more)}"
            .replacing("UUID", with: uuid)
    }

    private static let domains: [(type: String, members: String)] = [
        (
            "attack-pattern",
            #""name":"Twin bills","aliases":["a"],"kill_chain_phases":[{"kill_chain_name":"k","phase_name":"p"}]"#
        ),
        (
            "campaign",
            #""name":"A","objective":"o","first_seen":"2025-01-01T00:00:00Z","last_seen":"2025-01-01T00:00:00.0Z""#
        ),
        ("course-of-action", #""name":"Weigh it","description":"Twice.","labels":["weight"]"#),
        ("grouping", #""context":"suspicious-activity","object_refs":["identity--UUID","x-lot--UUID"]"#),
        (
            "identity",
            #""name":"A","identity_class":"individual","sectors":["energy"],"roles":["agent"],"confidence":0"#
        ),
        (
            "incident",
            #""name":"A","lang":"en","created_by_ref":"identity--UUID","external_references":[{"source_name":"s","url":"https://a.example/"}]"#
        ),
        (
            "indicator",
            #""pattern":"[url:value = 'x']","pattern_type":"stix","valid_from":"2025-01-01T00:00:00Z","valid_until":"9999-12-31T23:59:59Z""#
        ),
        ("infrastructure", #""name":"A","infrastructure_types":["hosting"],"first_seen":"2025-01-01T00:00:00Z""#),
        ("intrusion-set", #""name":"A","goals":["g"],"resource_level":"club","secondary_motivations":["m"]"#),
        ("location", #""latitude":52.1,"longitude":-4.3,"precision":10"#),
        ("location", #""region":"western-europe","country":"nl","postal_code":"1234""#),
        ("malware", #""is_family":false,"sample_refs":["file--UUID"],"operating_system_refs":["software--UUID"]"#),
        (
            "malware-analysis",
            #""product":"p","result":"benign","sample_ref":"file--UUID","submitted":"2025-01-01T00:00:00Z""#
        ),
        ("note", #""content":"c","object_refs":["identity--UUID"],"authors":["A"],"abstract":"a""#),
        (
            "observed-data",
            #""first_observed":"2025-01-01T00:00:00Z","last_observed":"2025-01-01T00:00:00Z","number_observed":1,"object_refs":["file--UUID"]"#
        ),
        ("opinion", #""opinion":"strongly-agree","object_refs":["identity--UUID"],"explanation":"e""#),
        (
            "report",
            #""name":"A","published":"2025-01-01T00:00:00Z","object_refs":["identity--UUID"],"report_types":["identity"]"#
        ),
        (
            "threat-actor",
            #""name":"A","threat_actor_types":["criminal"],"personal_motivations":["m"],"sophistication":"novice""#
        ),
        ("tool", #""name":"A","tool_types":["t"],"tool_version":"1","revoked":true"#),
        ("vulnerability", #""name":"A","description":"d""#),
        (
            "relationship",
            #""relationship_type":"related-to","source_ref":"identity--UUID","target_ref":"file--UUID","start_time":"2025-01-01T00:00:00Z","stop_time":"2025-01-01T00:00:00.1Z""#
        ),
        (
            "sighting",
            #""sighting_of_ref":"indicator--UUID","count":999999999,"where_sighted_refs":["location--UUID"],"observed_data_refs":["observed-data--UUID"],"summary":false"#
        ),
        (
            "language-content",
            #""object_ref":"identity--UUID","contents":{"de":{"name":"A"}},"object_modified":"2025-01-01T00:00:00.000Z""#
        ),
        (
            "extension-definition",
            #""name":"A","schema":"s","version":"1.0.0","extension_types":["toplevel-property-extension"],"extension_properties":["toxic"],"created_by_ref":"identity--UUID""#
        ),
    ]

    private static let observables: [(type: String, members: String)] = [
        ("artifact", #""mime_type":"image/png","payload_bin":"aGVsbG8=""#),
        ("artifact", #""url":"https://a.example/","hashes":{"MD5":"d41d8cd98f00b204e9800998ecf8427e"}"#),
        ("autonomous-system", #""number":15139,"rir":"RIPE""#),
        ("directory", #""path":"/tmp","ctime":"2025-01-01T00:00:00Z","contains_refs":["file--UUID"]"#),
        ("domain-name", #""value":"a.example","resolves_to_refs":["ipv4-addr--UUID"],"defanged":true"#),
        ("email-addr", #""value":"a@a.example","belongs_to_ref":"user-account--UUID""#),
        (
            "email-message",
            #""is_multipart":false,"body":"b","from_ref":"email-addr--UUID","to_refs":["email-addr--UUID"],"additional_header_fields":{"X-A":["a"]}"#
        ),
        (
            "file",
            #""name":"a.pdf","size":0,"hashes":{"SHA-1":"da39a3ee5e6b4b0d3255bfef95601890afd80709"},"extensions":{"pdf-ext":{"version":"1.7"}}"#
        ),
        ("ipv4-addr", #""value":"198.51.100.0/24","belongs_to_refs":["autonomous-system--UUID"]"#),
        ("ipv6-addr", #""value":"2001:db8::1""#),
        ("mac-addr", #""value":"00:1b:44:11:3a:b7""#),
        ("mutex", #""name":"m""#),
        (
            "network-traffic",
            #""protocols":["tcp"],"src_ref":"ipv4-addr--UUID","dst_port":443,"is_active":false,"start":"2025-01-01T00:00:00Z","end":"2025-01-01T00:00:00Z""#
        ),
        ("process", #""pid":1,"image_ref":"file--UUID","environment_variables":{"A":"b"}"#),
        ("software", #""name":"s","vendor":"v","languages":["eng"]"#),
        ("url", #""value":"https://a.example/""#),
        ("user-account", #""user_id":"1","is_disabled":false,"account_created":"2025-01-01T00:00:00Z""#),
        (
            "windows-registry-key",
            #""key":"HKEY_LOCAL_MACHINE\\a","values":[{"name":"n","data":"d","data_type":"REG_SZ"}]"#
        ),
        ("x509-certificate", #""issuer":"CN=a","serial_number":"36:f7","validity_not_before":"2025-01-01T00:00:00Z""#),
    ]

    @Test("of the specification are taken as they come", arguments: domains + observables)
    func taken(type: String, members: String) throws {
        let text = Self.object(type, members)
        let object = try Samples.object(text)
        #expect(String(decoding: object.bytes, as: UTF8.self) == text)
        #expect((object.version == nil) == Self.observables.contains { $0.type == type })
    }

    @Test("miss none of their required properties", arguments: domains + observables)
    func required(type: String, members: String) throws {
        // What is left out by a required property's name is refused by that name, or by one that could stand for it.
        let value = try JSON(parsing: Array(Self.object(type, members).utf8)).root
        for name in Self.required[type] ?? [] {
            let rest = value.members.filter { $0.key != name }
                .map { "\"\($0.key)\":\(String(decoding: $0.value.compact(), as: UTF8.self))" }
            let fault = #expect(throws: STIXFault.self) {
                try Samples.object("{\(rest.joined(separator: ","))}")
            }
            #expect(fault?.property == name)
        }
    }

    private static let required: [String: [String]] = [
        "attack-pattern": ["name"], "campaign": ["name"], "course-of-action": ["name"],
        "grouping": ["context", "object_refs"],
        "identity": ["name", "created", "modified", "spec_version", "id", "type"],
        "incident": ["name"], "indicator": ["pattern", "pattern_type", "valid_from"], "infrastructure": ["name"],
        "intrusion-set": ["name"], "malware": ["is_family"], "malware-analysis": ["product", "result"],
        "note": ["content", "object_refs"],
        "observed-data": ["first_observed", "last_observed", "number_observed", "object_refs"],
        "opinion": ["opinion", "object_refs"], "report": ["name", "published", "object_refs"],
        "threat-actor": ["name"], "tool": ["name"], "vulnerability": ["name"],
        "relationship": ["relationship_type", "source_ref", "target_ref"], "sighting": ["sighting_of_ref"],
        "language-content": ["object_ref", "contents"],
        "extension-definition": ["name", "schema", "version", "extension_types", "created_by_ref"],
        "autonomous-system": ["number"], "directory": ["path"], "domain-name": ["value"], "email-addr": ["value"],
        "email-message": ["is_multipart"], "ipv4-addr": ["value"], "ipv6-addr": ["value"], "mac-addr": ["value"],
        "mutex": ["name"], "network-traffic": ["protocols", "src_ref"], "software": ["name"], "url": ["value"],
    ]

    @Test(
        "keep the rules of their own",
        arguments: [
            ("location", #""latitude":1"#, "longitude"), ("location", #""country":"nl","precision":1"#, "latitude"),
            ("location", #""latitude":1,"longitude":180.1"#, "longitude"), ("malware", #""is_family":true"#, "name"),
            ("malware", #""is_family":"no""#, "is_family"),
            (
                "indicator",
                #""pattern":"p","pattern_type":"t","valid_from":"2025-01-01T00:00:00Z","valid_until":"2025-01-01T00:00:00.000Z""#,
                "valid_until"
            ),
            ("sighting", #""sighting_of_ref":"file--UUID""#, "sighting_of_ref"),
            ("sighting", #""sighting_of_ref":"tool--UUID","count":1000000000"#, "count"),
            ("sighting", #""sighting_of_ref":"tool--UUID","count":-1"#, "count"),
            (
                "sighting", #""sighting_of_ref":"tool--UUID","where_sighted_refs":["tool--UUID"]"#,
                "where_sighted_refs[0]"
            ),
            (
                "relationship",
                #""relationship_type":"Related to","source_ref":"tool--UUID","target_ref":"tool--UUID""#,
                "relationship_type"
            ),
            (
                "relationship",
                #""relationship_type":"uses","source_ref":"tool--UUID","target_ref":"relationship--UUID""#, "target_ref"
            ),
            (
                "observed-data",
                #""first_observed":"2025-01-02T00:00:00Z","last_observed":"2025-01-01T00:00:00Z","number_observed":1,"object_refs":["file--UUID"]"#,
                "last_observed"
            ),
            ("opinion", #""opinion":"maybe","object_refs":["tool--UUID"]"#, "opinion"),
            ("tool", #""name":"A","created_by_ref":"tool--UUID""#, "created_by_ref"),
            (
                "tool", #""name":"A","created_by_ref":"identity--00000000-0000-0000-0000-000000000000""#,
                "created_by_ref"
            ),
            ("tool", #""name":5"#, "name"), ("tool", #""name":"A","tool_types":[5]"#, "tool_types"),
            ("tool", #""name":"A","confidence":50.5"#, "confidence"),
            ("tool", #""name":"A","external_references":[{"source_name":"s"}]"#, "external_references[0]"),
            ("tool", #""name":"A","external_references":[{"url":"u"}]"#, "external_references[0].source_name"),
            ("tool", #""name":"A","kill_chain_phases":[{"phase_name":"p"}]"#, "kill_chain_phases[0].kill_chain_name"),
            ("tool", #""name":"A","x_deep":{"list":[{"a":null}]}"#, "x_deep.list[0].a"),
            ("tool", #""name":"A","x_deep":[[1],[]]"#, "x_deep[1]"),
            ("tool", #""name":"A","X-Deep":1"#, "X-Deep"), ("tool", #""name":"A","severity":"high""#, "severity"),
            ("tool", #""name":"A","x_other_ref":"tool""#, "x_other_ref"),
            ("x-lot", #""confidence":101"#, "confidence"), ("x-lot", #""labels":"a""#, "labels"),
            ("artifact", #""url":"u""#, "hashes"), ("artifact", #""payload_bin":"%""#, "payload_bin"),
            ("artifact", #""payload_bin":"aGVsbG8=","decryption_key":"k""#, "encryption_algorithm"),
            ("email-message", #""is_multipart":true,"body":"b""#, "body"),
            ("network-traffic", #""protocols":["tcp"],"src_ref":"file--UUID""#, "src_ref"),
            (
                "network-traffic",
                #""protocols":["tcp"],"src_ref":"url--UUID""#.replacing("url", with: "ipv4-addr")
                    + #","dst_port":65536"#,
                "dst_port"
            ),
            (
                "network-traffic",
                #""protocols":["t"],"src_ref":"ipv4-addr--UUID","is_active":true,"end":"2025-01-01T00:00:00Z""#, "end"
            ),
            ("process", #""x_note":"n""#, "is_hidden"), ("file", #""hashes":{"MD5":"zz"}"#, "hashes.MD5"),
            ("file", #""name":"a","magic_number_hex":"abc""#, "magic_number_hex"),
            (
                "file", #""name":"a","extensions":{"extension-definition--UUID":{"a_b":1}}"#,
                "extensions.extension-definition--7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c00.extension_type"
            ),
            ("mac-addr", #""value":"00:1B:44:11:3a:b7""#, "value"),
            ("ipv4-addr", #""value":"198.51.100.256""#, "value"),
            ("ipv4-addr", #""value":"198.51.100.0/33""#, "value"), ("url", #""value":"u","labels":["l"]"#, "labels"),
        ]
    )
    func rules(type: String, members: String, property: String) {
        let fault = #expect(throws: STIXFault.self) { try Samples.object(Self.object(type, members)) }
        #expect(fault?.property == property, "\(String(describing: fault))")
    }

    @Test("may have properties of their own that other types name alike")
    func foreignNames() throws {
        _ = try Samples.object(Self.object("tool", #""name":"A","country":["nl"],"count":"many","value":5"#))
        _ = try Samples.object(Self.object("x-lot", #""name":5,"first_seen":"in spring","is_family":"yes""#))
    }

    @Test("of cyber-observables have the id that their properties give, or a random one")
    func deterministic() throws {
        func file(_ id: String, _ hashes: String) -> String {
            "{\"type\":\"file\",\"id\":\"file--\(id)\",\"hashes\":{\(hashes)}}"
        }
        let md5 = #""MD5":"d41d8cd98f00b204e9800998ecf8427e""#
        let sha1 = #""SHA-1":"da39a3ee5e6b4b0d3255bfef95601890afd80709""#
        let wrong = "file--7f9cf1c6-7b4e-5bd5-9f3c-3b8f9c4b8c00".dropFirst(6)
        let fault = #expect(throws: STIXFault.self) { try Samples.object(file(String(wrong), md5)) }
        let expected = try #require(fault?.rule.firstMatch(of: /expected file--([0-9a-f-]{36})/)?.1)
        let object = try Samples.object(file(String(expected), "\(sha1),\(md5)"))  // One hash counts, MD5 before SHA-1.
        #expect(object.id.isDeterministic && !STIXID(type: "tool", uuid: object.id.uuid).isDeterministic)
        #expect(throws: STIXFault.self) { try Samples.object(file(String(expected), sha1)) }
        #expect(throws: STIXFault.self) {
            try Samples.object("{\"type\":\"process\",\"id\":\"process--\(expected)\",\"pid\":1}")
        }
    }

    @Test(
        "have ids of a type and a UUID",
        arguments: [
            "tool", "tool--", "tool-7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c00", "to--7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c00",
            "Tool--7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c00", "tool--7F9CF1C6-7B4E-4BD5-9F3C-3B8F9C4B8C00",
            "tool--7f9cf1c67-b4e-4bd5-9f3c-3b8f9c4b8c00", "tool--7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c0",
            "tool--7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c0g", "1tool--7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c00",
            "to--ol--7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c00", "-tool--7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c00",
        ]
    )
    func ids(text: String) throws {
        #expect(throws: STIXFault.self) { try STIXID(parsing: text) }
        let good = try STIXID(parsing: "tool--7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c00")
        #expect(good.text == "tool--7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c00" && good.type == "tool")
    }
}
