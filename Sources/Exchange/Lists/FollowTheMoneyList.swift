/// Entities of FollowTheMoney, one JSON object a line.
public struct FollowTheMoneyList: Sendable {
    /// The entities that are subjects, in the file's order; skipped are addresses, sanctions, what has no name.
    public private(set) var content = ListFormat.Content()

    /// Reads the lines of a file; a bad one costs no other.
    public init(_ bytes: [UInt8]) {
        for (number, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            do throws(JSONFault) {
                try take(try JSON(parsing: Array(line)).root, "line \(number + 1)")
            } catch {
                content.faults.append(ListFault("line \(number + 1)", error.description, record: Array(line)))
            }
        }
    }

    private mutating func take(_ entity: JSON.Value, _ place: String) throws(JSONFault) {
        guard let key = entity["id"]?.string, let schema = entity["schema"]?.string,
            entity["properties"]?.kind == .object
        else {
            let rule = "must be an entity with id, schema and properties"
            content.faults.append(ListFault(place, rule, record: entity.compact()))
            return
        }
        var subject = ListSubject(key: key, schema: schema)
        for (name, values) in entity["properties"]?.members ?? [] {
            for value in values.elements.compactMap(\.string) { subject.add(value, to: name) }
        }
        if subject.properties["name"] == nil, let caption = entity["caption"]?.string {
            subject.add(caption, to: "name")
        }
        if subject.isCarried {
            content.take(subject, at: place, record: entity.compact())
        } else {
            let isKnown = ListSubject.schemas.contains(schema)
            content.skipped[isKnown ? "\(schema) without a name" : schema, default: 0] += 1
        }
    }
}
