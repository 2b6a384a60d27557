import Exchange
import Node

extension AdminServer {
    func terms(_ call: AdminCall) async throws -> Response {
        guard let text = call.name, call.rest.isEmpty else { throw HTTPFault.absent }
        guard let name = Name(text) else { throw AdministrationFault.absent("nothing is called \(text)") }
        let terms =
            switch call.method {
            case "GET": try await node.ledgers.terms(of: name)
            case "PUT": try await node.ledgers.propose(try proposal(call.bytes), for: name)
            case "DELETE": try await node.ledgers.withdrawTerms(of: name)
            default: throw HTTPFault.absent
            }
        return .json(TermsResource(allOf: terms), MediaType.json)
    }

    private func proposal(_ bytes: [UInt8]) throws(AdministrationFault) -> ReciprocityTerms {
        var fields = try BodyFields(bytes)
        guard let text = try fields.nested("file").string else {
            throw .invalid(field: "file", rule: "must be a text: the file's content")
        }
        try fields.finish()
        do throws(TermsFault) {
            return try readTerms(text)
        } catch {
            throw .invalid(field: error.key, rule: error.rule)
        }
    }
}
