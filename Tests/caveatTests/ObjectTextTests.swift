import Exchange
import Testing

@testable import caveat

@Suite("What objects look like to people")
struct ObjectTextTests {
    private func value(_ text: String) throws -> JSON.Value { try JSON(parsing: Array(text.utf8)).root }

    @Test(
        "what is revoked says so once, beside its name where it has another",
        arguments: [("revoked", "a  revoked"), ("recalled", "a  revoked recalled"), ("Heron", "a  revoked Heron")]
    )
    func revoked(name: String, end: String) throws {
        let object = try value("{\"type\":\"identity\",\"id\":\"a\",\"name\":\"\(name)\",\"revoked\":true}")
        #expect(ObjectLine(object).text.hasSuffix(end))
    }

    @Test("what is disputed says so beside its name")
    func disputed() throws {
        for (state, end) in [("restricted", "a  DISPUTED Heron"), ("published", "a  Heron")] {
            let object = try value(
                """
                {"type":"report","id":"a","name":"Heron","extensions":{"\(AdvisoryExtension.id)":{"state":"\(state)"}}}
                """
            )
            #expect(ObjectLine(object).text.hasSuffix(end))
        }
    }

    @Test("what an import skips is told by what it is, the most frequent first")
    func skipped() {
        let text = ImportCommand.text(skipped: ["Address": 2, "Sanction": 31, "Company without a name": 2])
        #expect(text.hasSuffix(": 31 Sanction, 2 Address, 2 Company without a name"), "\(text)")
    }

    @Test("what an extension says stands beside the rest, each property by its own name")
    func extensions() throws {
        let object = try value(
            """
            {"type":"report","extensions":{"\(AdvisoryExtension.id)":{"extension_type":"property-extension","state":\
            "published"},"\(ListExtension.subject)":{"extension_type":"new-sdo","properties":{"name":["A","B"]}},\
            "x-ext":{"a":1}},"name":"N"}
            """
        )
        let lines = Table.fields(GetCommand.members(of: object)).split(separator: "\n")
        let words = lines.map { $0.split(separator: " ", maxSplits: 1).map { $0.drop { $0 == " " } } }
        #expect(words.map { $0.first } == ["type", "advisory.state", "subject.properties.name", "x-ext.a", "name"])
        #expect(words.map { $0.last } == ["report", "published", "A, B", "1", "N"])
    }
}
