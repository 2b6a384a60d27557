import Foundation

/// How the store keeps a gateway: JSON with its keys and lists in order, so that equal gateways have equal bytes.
extension Gateway {
    /// As it is kept.
    public var written: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(WrittenGateway(self)))
        } catch {
            preconditionFailure("texts, numbers and lists have a JSON form")
        }
    }

    /// Reads what was kept; nil when it is anything else.
    public init?(written bytes: [UInt8]) {
        // What is none of ours is no gateway: the caller says so.
        guard let read = try? JSONDecoder().decode(WrittenGateway.self, from: Data(bytes)),
            let gateway = read.gateway
        else { return nil }
        self = gateway
    }
}

private struct WrittenGateway: Codable {
    struct WrittenParty: Codable {
        let kinds: [MemberKind]
        let jurisdictions: [String]?
        let holds: [String]

        init(_ party: Party) {
            kinds = party.kinds.sorted { $0.rawValue < $1.rawValue }
            jurisdictions = party.jurisdictions?.sorted()
            holds = party.preconditions.map(\.text).sorted()
        }

        var party: Party? {
            let facts = holds.compactMap { Precondition($0) }
            guard !kinds.isEmpty, jurisdictions?.isEmpty != true, facts.count == holds.count else { return nil }
            return Party(
                kinds: Set(kinds),
                jurisdictions: jurisdictions.map { Set($0) },
                preconditions: Set(facts)
            )
        }
    }

    let name, title, about: String
    let origin, reader: WrittenParty
    let relation: Gateway.Relation
    let shared: [String]
    let modes: [Mode]
    let purposes: [Purpose]
    /// Microseconds since 1970.
    let from, until: Int64?

    init(_ gateway: Gateway) {
        name = gateway.name.text
        title = gateway.title
        about = gateway.about
        origin = WrittenParty(gateway.origin)
        reader = WrittenParty(gateway.reader)
        relation = gateway.relation
        shared = gateway.shared.map(\.text).sorted()
        modes = gateway.modes.sorted { $0.rawValue < $1.rawValue }
        purposes = gateway.purposes.sorted()
        from = gateway.from?.microseconds
        until = gateway.until?.microseconds
    }

    var gateway: Gateway? {
        let kinds = shared.compactMap { Name($0) }
        guard let name = Name(name), let origin = origin.party, let reader = reader.party, kinds.count == shared.count,
            !modes.isEmpty, !purposes.isEmpty, !purposes.contains(.strategic)
        else { return nil }
        if let from, let until, from >= until { return nil }
        return Gateway(
            name: name,
            title: title,
            about: about,
            origin: origin,
            reader: reader,
            relation: relation,
            shared: Set(kinds),
            modes: Set(modes),
            purposes: Set(purposes),
            from: from.map { Timestamp(microseconds: $0) },
            until: until.map { Timestamp(microseconds: $0) }
        )
    }
}
