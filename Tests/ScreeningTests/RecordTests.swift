import Screening
import Testing

@Suite struct RecordTests {
    @Test func whatIsNotSaidHasNoValues() {
        let record = Record(id: "a", schema: "Person", properties: ["name": ["Ada Lovelace"]])
        #expect(record["name"] == ["Ada Lovelace"])
        #expect(record["alias"] == [])
    }
}
