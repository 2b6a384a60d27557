import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Properties of a subject")
struct SubjectTests {
    private static func object(_ number: Int, _ type: String, _ schema: String, _ properties: String) -> String {
        """
        {"type":"\(type)","spec_version":"2.1","id":"\(type)--\(Samples.uuid(number).text)",\
        "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Aurora",\
        "extensions":{"\(ListExtension.subject)":{"extension_type":"new-sdo","schema":"\(schema)",\
        "properties":{"name":["Aurora"],\(properties)}}}}
        """
    }

    private static func vessel(_ number: Int, _ imo: String) -> String {
        object(number, "vessel", "Vessel", "\"imoNumber\":[\"\(imo)\"]")
    }

    private static func vehicle(_ number: Int, _ vin: String) -> String {
        object(number, "vehicle", "Vehicle", "\"vin\":[\"\(vin)\"]")
    }

    /// What is wrong with a subject: its object, the same put right, the property, and a word of the rule.
    private static let faulty: [(bad: String, good: String, property: String, rule: String)] = [
        (vessel(1, "IMO 9074728"), vessel(2, "IMO 9074729"), "imoNumber", "must be 9"),
        (vehicle(1, "1M8GDM9A0KP042788"), vehicle(2, "1M8GDM9AXKP042788"), "vin", "must be X"),
        (
            object(1, "container", "Container", "\"containerNumber\":[\"CSQU3054384\"]"),
            object(2, "container", "Container", "\"containerNumber\":[\"CSQU3054383\"]"),
            "containerNumber", "must be 3"
        ),
        (
            object(1, "route", "Route", "\"origin\":[\"Rotterdam\"]"),
            object(2, "route", "Route", "\"origin\":[\"NLRTM\"]"), "origin", "must"
        ),
        (
            object(1, "vessel", "Vessel", "\"leiCode\":[\"5493001KJTIIGC8Y1R12\"]"), vessel(2, "9074729"),
            "leiCode", "is no property of Vessel"
        ),
        (
            object(1, "identity", "Person", "\"birthDate\":[\"1971-02-31\"]"),
            object(2, "identity", "Person", "\"birthDate\":[\"1971-02\"]"), "birthDate", "ends on the 28th"
        ),
    ]

    @Test(
        "that are wrong are refused in a publication, by name, and flagged in a public list",
        arguments: Engine.both,
        faulty
    )
    func wrong(engine: Engine, case one: (bad: String, good: String, property: String, rule: String)) async throws {
        let exchange = try await TestExchange(engine)
        let ann = try await exchange.join("ann")
        let open = try await exchange.pool("open", .open)
        let list = try await exchange.node.administration.addPool(
            try TestExchange.name("list"),
            .officialList,
            .open
        )
        let refused = try await exchange.publish([one.bad], to: open, as: ann)
        let reason = try #require(refused.failures?.first?.message)
        #expect(reason.contains("properties.\(one.property): ") && reason.contains(one.rule), "\(reason)")
        #expect(try await exchange.publish([one.good], to: open, as: ann).successCount == 1)
        let flagged = try await exchange.publish([one.bad], to: list, as: ann)
        #expect(flagged.successCount == 1)
        let note = try #require(flagged.successes?.first?.message)
        #expect(note.contains(one.property) && note.contains(one.rule), "\(note)")
        await exchange.close()
    }
}
