import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Identifiers of a subject")
struct SubjectTests {
    private static func vessel(_ number: Int, _ imo: String) -> String {
        """
        {"type":"vessel","spec_version":"2.1","id":"vessel--\(Samples.uuid(number).text)",\
        "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Aurora",\
        "extensions":{"\(ListExtension.subject)":{"extension_type":"new-sdo","schema":"Vessel",\
        "properties":{"name":["Aurora"],"imoNumber":["\(imo)"]}}}}
        """
    }

    @Test("that are wrong are refused in a publication, by name, and flagged in a public list", arguments: Engine.both)
    func wrong(engine: Engine) async throws {
        let exchange = try await TestExchange(engine)
        let ann = try await exchange.join("ann")
        let open = try await exchange.pool("open", .open)
        let list = try await exchange.node.administration.addPool(
            try TestExchange.name("list"),
            .officialList,
            .open
        )
        let refused = try await exchange.publish([Self.vessel(1, "IMO 9074728")], to: open, as: ann)
        let reason = try #require(refused.failures?.first?.message)
        #expect(reason.contains("imoNumber") && reason.contains("must be 9"), "\(reason)")
        #expect(try await exchange.publish([Self.vessel(2, "IMO 9074729")], to: open, as: ann).successCount == 1)
        let flagged = try await exchange.publish([Self.vessel(3, "IMO 9074728")], to: list, as: ann)
        #expect(flagged.successCount == 1)
        #expect(flagged.successes?.first?.message?.contains("imoNumber") == true)
        await exchange.close()
    }
}
