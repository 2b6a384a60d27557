import Exchange

/// Answers laid out for people.
enum Table {
    /// Rows under headings, columns aligned; ends without a line break.
    static func rows(_ resources: [JSON.Value], _ columns: [(heading: String, key: String)]) -> String {
        let rows =
            [columns.map(\.heading)]
            + resources.map { resource in columns.map { column in resource[column.key].map(cell) ?? "-" } }
        let widths = columns.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { $0.padded(to: $1) }
            return trimmed(cells.joined(separator: "  "))
        }.joined(separator: "\n")
    }

    /// The properties of one resource, one a line; ends without a line break.
    static func fields(_ resource: JSON.Value) -> String { fields(resource.members) }

    /// Properties by their names, one a line; ends without a line break.
    static func fields(_ members: [(key: String, value: JSON.Value)]) -> String {
        let width = members.map(\.key.count).max() ?? 0
        return members.map { "\($0.key.printable.padded(to: width))  \(lines($0.value, after: width))" }
            .joined(separator: "\n")
    }

    /// What would be hard to tell apart in one line has a line for each.
    private static func lines(_ value: JSON.Value, after width: Int) -> String {
        let texts = value.elements.map(text)
        let isLong = value.elements.contains { $0.kind == .object } || texts.contains { $0.contains(", ") }
        guard isLong, texts.count > 1 else { return cell(value) }
        return texts.joined(separator: "\n" + String(repeating: " ", count: width + 2))
    }

    private static func cell(_ value: JSON.Value) -> String {
        let text = text(value)
        return text.isEmpty ? "-" : text
    }

    private static func text(_ value: JSON.Value) -> String {
        switch value.kind {
        case .string: (value.string ?? "").printable
        case .boolean: value.boolean == true ? "yes" : "no"
        case .null: "-"
        case .number: String(decoding: value.compact(), as: UTF8.self)
        case .array: value.elements.map(text).joined(separator: ", ")
        case .object: value.members.map { "\($0.key.printable)=\(text($0.value))" }.joined(separator: " ")
        }
    }

    private static func trimmed(_ line: String) -> String {
        String(line[..<(line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex)])
    }
}
