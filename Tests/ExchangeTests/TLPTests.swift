import Exchange
import TestSupport
import Testing

@Suite("TLP")
struct TLPTests {
    private static func second(_ level: TLP, code: String? = nil, created: String = "2022-10-01") -> String {
        """
        {"type":"marking-definition","spec_version":"2.1","id":"\(level.definition.text)",\
        "created":"\(created)T00:00:00.000Z","name":"\(level.label)",\
        "extensions":{"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":\
        {"extension_type":"property-extension","tlp_2_0":"\(code ?? level.code)"}}}
        """
    }

    @Test("of both versions stands for one order of levels")
    func levels() throws {
        #expect(TLP.allCases == TLP.allCases.sorted() && TLP.clear < .red && TLP.amber < .amberStrict)
        #expect(TLP.allCases.map(\.label) == ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"])
        for level in TLP.allCases {
            #expect(TLP.marking(level.definition) == level && TLP(code: level.code) == level)
        }
        let first: [(String, TLP)] = [
            ("613f2e26-407d-48c7-9eca-b8e91df99dc9", .clear), ("34098fce-860f-48ae-8e50-ebd3cc5e41da", .green),
            ("f88d31f6-486f-44da-b317-01333bde0b82", .amber), ("5e57c739-391a-4eb3-b6be-7d15ca92d5ed", .red),
        ]
        for (uuid, level) in first {
            #expect(TLP.marking(try STIXID(parsing: "marking-definition--\(uuid)")) == level)
        }
        #expect(TLP(code: "white") == nil)
    }

    @Test("2.0 is taken as OASIS made it, and in no other form", arguments: TLP.allCases)
    func genuine(level: TLP) throws {
        _ = try Samples.object(Self.second(level))
        let other = level == .red ? TLP.clear : .red
        let counterfeits = [
            Self.second(level, code: other.code), Self.second(level, created: "2022-10-02"),
            Self.second(level).replacing("\"name\":\"\(level.label)\"", with: "\"name\":\"\(other.label)\""),
            Self.second(level).replacing(
                level.definition.text,
                with: "marking-definition--\(Samples.uuid(1))".lowercased()
            ),
            Self.second(level).replacing(
                "\"extensions\"",
                with: "\"definition_type\":\"x\",\"definition\":{\"a\":1},\"extensions\""
            ),
        ]
        for text in counterfeits { #expect(throws: STIXFault.self, "\(text)") { try Samples.object(text) } }
    }

    @Test("1 has one date and one word for each id")
    func counterfeitFirst() throws {
        let red = """
            {"type":"marking-definition","spec_version":"2.1",\
            "id":"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed","created":"2017-01-20T00:00:00.000Z",\
            "definition_type":"tlp","definition":{"tlp":"red"}}
            """
        _ = try Samples.object(red)
        for (from, to) in [("2017", "2018"), ("\"tlp\":\"red\"", "\"tlp\":\"white\""), ("\"tlp\",", "\"statement\",")] {
            #expect(throws: STIXFault.self) { try Samples.object(red.replacing(from, with: to)) }
        }
    }

    @Test("has no marking that marks itself, changes or is revoked")
    func definitions() throws {
        let id = "marking-definition--7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c00"
        let statement = """
            {"type":"marking-definition","spec_version":"2.1","id":"\(id)","created":"2026-01-01T00:00:00.000Z",\
            "definition_type":"statement","definition":{"statement":"Copyright 2026"}
            """
        #expect(try Samples.object(statement + "}").marking == nil)
        let cases = [
            (",\"object_marking_refs\":[\"\(id)\"]", "object_marking_refs"), (",\"revoked\":false", "revoked"),
            (",\"modified\":\"2026-01-01T00:00:00.000Z\"", "modified"),
        ]
        for (more, property) in cases {
            let fault = #expect(throws: STIXFault.self) { try Samples.object(statement + more + "}") }
            #expect(fault?.property == property)
        }
    }
}
