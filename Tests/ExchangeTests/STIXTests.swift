import Exchange
import TestSupport
import Testing

@Suite("STIX objects")
struct STIXTests {
    private static let head = """
        "spec_version":"2.1","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z"
        """
    private static let uuid = "7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c00"

    @Test(
        "of every common type are taken",
        arguments: [
            "{\"type\":\"identity\",\"id\":\"identity--\(uuid)\",\(head),\"name\":\"A\",\"identity_class\":\"individual\"}",
            "{\"type\":\"location\",\"id\":\"location--\(uuid)\",\(head),\"country\":\"NL\"}",
            "{\"type\":\"location\",\"id\":\"location--\(uuid)\",\(head),\"latitude\":52.1,\"longitude\":4.3}",
            "{\"type\":\"relationship\",\"id\":\"relationship--\(uuid)\",\(head),\"relationship_type\":\"related-to\","
                + "\"source_ref\":\"identity--\(uuid)\",\"target_ref\":\"identity--\(uuid)\"}",
            "{\"type\":\"sighting\",\"id\":\"sighting--\(uuid)\",\(head),\"sighting_of_ref\":\"identity--\(uuid)\",\"count\":3}",
            "{\"type\":\"grouping\",\"id\":\"grouping--\(uuid)\",\(head),\"context\":\"suspicious-activity\","
                + "\"object_refs\":[\"identity--\(uuid)\"]}",
            "{\"type\":\"vessel\",\"id\":\"vessel--\(uuid)\",\(head),\"name\":\"Pale Heron\",\"anything\":{\"kept\":[1.0]}}",
            "{\"type\":\"ipv4-addr\",\"id\":\"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4\",\"value\":\"198.51.100.3\"}",
            "{\"type\":\"email-addr\",\"id\":\"email-addr--7165e2a9-671f-585d-b1e1-ca59c671d934\","
                + "\"value\":\"john@example.com\",\"display_name\":\"John\"}",
            "{\"type\":\"domain-name\",\"id\":\"domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7\",\"value\":\"example.com\"}",
            "{\"type\":\"file\",\"id\":\"file--\(uuid)\",\"name\":\"a.pdf\",\"extensions\":{\"pdf-ext\":{\"version\":\"1.7\"}}}",
            "{\"type\":\"marking-definition\",\"id\":\"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9\","
                + "\"spec_version\":\"2.1\",\"created\":\"2017-01-20T00:00:00.000Z\",\"definition_type\":\"tlp\","
                + "\"definition\":{\"tlp\":\"white\"},\"name\":\"TLP:WHITE\"}",
        ]
    )
    func taken(text: String) throws {
        let object = try Samples.object(text)
        #expect(String(decoding: object.bytes, as: UTF8.self) == text)
    }

    @Test(
        "that break a rule are refused by the property's name",
        arguments: [
            ("\"type\":\"identity\",\"id\":\"identity--\(uuid)\",\(head)", "name"),
            ("\"type\":\"identity\",\"id\":\"person--\(uuid)\",\(head),\"name\":\"A\"", "id"),
            ("\"type\":\"identity\",\"id\":\"identity--1\",\(head),\"name\":\"A\"", "id"),
            ("\"type\":\"bundle\",\"id\":\"bundle--\(uuid)\",\"objects\":[]", "type"),
            ("\"id\":\"identity--\(uuid)\"", "type"),
            (
                "\"type\":\"identity\",\"id\":\"identity--\(uuid)\",\"spec_version\":\"2.0\",\"name\":\"A\"",
                "spec_version"
            ),
            ("\"type\":\"identity\",\"id\":\"identity--\(uuid)\",\"name\":\"A\"", "spec_version"),
            ("\"type\":\"x-thing\",\"id\":\"x-thing--\(uuid)\",\"spec_version\":\"2.1\"", "created"),
            (
                "\"type\":\"tool\",\"id\":\"tool--\(uuid)\",\"spec_version\":\"2.1\",\"name\":\"A\","
                    + "\"created\":\"2026-01-02T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\"", "modified"
            ),
            (
                "\"type\":\"tool\",\"id\":\"tool--\(uuid)\",\"spec_version\":\"2.1\",\"name\":\"A\","
                    + "\"created\":\"yesterday\",\"modified\":\"2026-01-01T00:00:00Z\"", "created"
            ),
            ("\"type\":\"tool\",\"id\":\"tool--\(uuid)\",\(head),\"name\":null", "name"),
            ("\"type\":\"tool\",\"id\":\"tool--\(uuid)\",\(head),\"name\":\"A\",\"labels\":[]", "labels"),
            ("\"type\":\"tool\",\"id\":\"tool--\(uuid)\",\(head),\"name\":\"A\",\"confidence\":101", "confidence"),
            ("\"type\":\"tool\",\"id\":\"tool--\(uuid)\",\(head),\"name\":\"A\",\"revoked\":\"yes\"", "revoked"),
            (
                "\"type\":\"tool\",\"id\":\"tool--\(uuid)\",\(head),\"name\":\"A\",\"created_by_ref\":\"me\"",
                "created_by_ref"
            ),
            (
                "\"type\":\"report\",\"id\":\"report--\(uuid)\",\(head),\"name\":\"A\",\"published\":\"2026-01-01T00:00:00Z\","
                    + "\"object_refs\":[\"x\"]", "object_refs[0]"
            ),
            ("\"type\":\"location\",\"id\":\"location--\(uuid)\",\(head),\"latitude\":91,\"longitude\":0", "latitude"),
            ("\"type\":\"location\",\"id\":\"location--\(uuid)\",\(head)", "region"),
            (
                "\"type\":\"threat-actor\",\"id\":\"threat-actor--\(uuid)\",\(head),\"name\":\"A\","
                    + "\"first_seen\":\"2026-01-02T00:00:00Z\",\"last_seen\":\"2026-01-01T00:00:00Z\"", "last_seen"
            ),
            (
                "\"type\":\"ipv4-addr\",\"id\":\"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4\",\"value\":\"198.51.100.4\"",
                "id"
            ),
            (
                "\"type\":\"ipv4-addr\",\"id\":\"ipv4-addr--\(uuid)\",\"value\":\"198.51.100.4\",\"confidence\":1",
                "confidence"
            ),
            (
                "\"type\":\"tool\",\"id\":\"tool--\(uuid)\",\(head),\"name\":\"A\","
                    + "\"granular_markings\":[{\"selectors\":[\"nothing\"],\"lang\":\"en\"}]",
                "granular_markings[0].selectors"
            ),
            (
                "\"type\":\"marking-definition\",\"id\":\"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9\","
                    + "\"spec_version\":\"2.1\",\"created\":\"2017-01-20T00:00:00.000Z\",\"definition_type\":\"tlp\","
                    + "\"definition\":{\"tlp\":\"red\"}", "definition"
            ),
            (
                "\"type\":\"marking-definition\",\"id\":\"marking-definition--\(uuid)\",\"spec_version\":\"2.1\","
                    + "\"created\":\"2017-01-20T00:00:00.000Z\",\"definition_type\":\"tlp\",\"definition\":{\"tlp\":\"red\"}",
                "id"
            ),
            (
                "\"type\":\"tool\",\"id\":\"tool--\(uuid)\",\(head),\"name\":\"A\",\"extensions\":{\"mine\":{}}",
                "extensions.mine"
            ),
        ]
    )
    func refused(members: String, property: String) {
        let fault = #expect(throws: STIXFault.self) { try Samples.object("{\(members)}") }
        #expect(fault?.property == property, "\(String(describing: fault))")
    }

    @Test("take the strictest of their markings, of TLP 1 and 2 alike, those of parts included")
    func strictest() throws {
        let white = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"
        let text = """
            {"type":"tool","id":"tool--\(Self.uuid)",\(Self.head),"name":"A","object_marking_refs":["\(white)"],\
            "granular_markings":[{"selectors":["name"],"marking_ref":"\(TLP.amberStrict.definition.text)"}]}
            """
        #expect(try Samples.object(text).marking == .amberStrict)
        #expect(try Samples.object(Samples.indicator(1)).marking == nil)
        for level in TLP.allCases {
            #expect(try Samples.object(Samples.indicator(1, marking: level)).marking == level)
        }
    }

    @Test("have one digest for every encoding")
    func digest() throws {
        let plain = try Samples.object(Samples.indicator(1, marking: .green, ",\"x_lot\":100"))
        let other = try Samples.object(Samples.indicator(1, marking: .green, " , \"\\u0078_lot\" : 1e2"))
        #expect(plain.digest == other.digest)
        #expect(plain.bytes != other.bytes)
        #expect(try Samples.object(Samples.indicator(1, marking: .green, ",\"x_lot\":101")).digest != plain.digest)
    }

    @Test("name their addressees once each, sorted")
    func addressees() throws {
        let ids = [3, 1, 2, 1].map { STIXID(type: "identity", uuid: Samples.uuid($0)) }
        let object = try Samples.object(Samples.indicator(1, addressees: ids))
        #expect(object.addressees == [1, 2, 3].map { STIXID(type: "identity", uuid: Samples.uuid($0)) })
    }
}
