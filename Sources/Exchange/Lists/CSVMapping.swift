internal import Foundation

/// How the columns of a CSV file tell of subjects.
///
/// Read from JSON: `{"key": "ID", "schema": "Company", "properties": {"name": ["NAME"], "country": ["CC"]}}`.
public struct CSVMapping: Hashable, Sendable, Codable {
    /// Why a mapping cannot be used.
    public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        /// What of it.
        public let field: String
        /// What must hold.
        public let rule: String
        /// The same, for people to read.
        public var description: String { "mapping \(field): \(rule)" }
    }

    /// What stands between cells, where it is no comma.
    public static let delimiters: Set<String> = [",", ";", "\t", "|"]
    /// The columns of all properties together.
    public static let columnsMax = 100

    /// The column of the list's own id of a subject.
    public let key: String
    /// The schema of all subjects, in FollowTheMoney's words; or of those that `schemas` does not name.
    public let schema: String?
    /// The column that tells the schema.
    public let schemaColumn: String?
    /// The schema for each text of that column.
    public let schemas: [String: String]
    /// The columns of each property, by its FollowTheMoney name.
    public let properties: [String: [String]]
    /// What stands between the values of one cell; nil where a cell is one value.
    public let separator: String?
    /// What stands between cells.
    private let cells: String

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case key, schema, schemas, properties, separator
        case schemaColumn = "schema_column"
        case cells = "delimiter"
    }

    /// Reads it strictly.
    /// - Throws: `Fault` where it breaks a rule of its own, `DecodingError` where it has not its form.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: AnyKey.self)
        if let stray = fields.allKeys.first(where: { CodingKeys(rawValue: $0.stringValue) == nil }) {
            let known = CodingKeys.allCases.map(\.rawValue).joined(separator: ", ")
            throw Fault(field: stray.stringValue, rule: "is none of \(known)")
        }
        let known = try decoder.container(keyedBy: CodingKeys.self)
        key = try known.decode(String.self, forKey: .key)
        schema = try known.decodeIfPresent(String.self, forKey: .schema)
        schemaColumn = try known.decodeIfPresent(String.self, forKey: .schemaColumn)
        schemas = try known.decodeIfPresent([String: String].self, forKey: .schemas) ?? [:]
        properties = try known.decode([String: [String]].self, forKey: .properties)
        separator = try known.decodeIfPresent(String.self, forKey: .separator)
        cells = try known.decodeIfPresent(String.self, forKey: .cells) ?? ","
        try check()
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private func check() throws(Fault) {
        guard Self.delimiters.contains(cells) else {
            throw Fault(field: "delimiter", rule: "must be a comma, a semicolon, a tab or |")
        }
        guard separator?.isEmpty != true else {
            throw Fault(field: "separator", rule: "must not be empty; leave it out")
        }
        guard schema != nil || schemaColumn != nil else {
            throw Fault(field: "schema", rule: "is needed, or schema_column with schemas")
        }
        guard (schemaColumn == nil) == schemas.isEmpty else {
            throw Fault(field: "schemas", rule: "comes together with schema_column; give both or neither")
        }
        let named = (schema.map { [$0] } ?? []) + schemas.values.sorted()
        for schema in named where ListSubject.carrier(of: schema) == nil {
            throw Fault(field: "schema", rule: "\(schema) is none of \(ListSubject.schemas.joined(separator: ", "))")
        }
        guard properties["name"]?.isEmpty == false else {
            throw Fault(field: "properties", rule: "must have the columns of name: nobody is found without one")
        }
        for property in properties.keys.sorted() {
            guard named.contains(where: { FollowTheMoney.refusal(of: property, in: $0) == nil }) else {
                throw Fault(field: "properties", rule: "\(property) is no property of \(named.joined(separator: ", "))")
            }
        }
        guard properties.values.reduce(0, { $0 + $1.count }) <= Self.columnsMax else {
            throw Fault(field: "properties", rule: "must name at most \(Self.columnsMax) columns in all")
        }
    }

    /// What stands between cells.
    var delimiter: Character { cells.first ?? "," }

    /// Reads rows, of which the first has the names of the columns; a bad row costs no other.
    /// - Throws: `Fault` for a column that the file does not have.
    func content(of rows: [CSVText.Row]) throws(Fault) -> ListFormat.Content {
        let names = rows.first.map { $0.cells.map { Self.trimmed($0.replacing("\u{feff}", with: "")) } } ?? []
        let places = Dictionary(zip(names, names.indices)) { first, _ in first }
        func place(_ column: String, _ field: String) throws(Fault) -> Int {
            guard let place = places[column] else {
                throw Fault(field: field, rule: "the file has no column \(column.debugDescription); it has \(names)")
            }
            return place
        }
        let keyPlace = try place(key, "key")
        let schemaPlace = try schemaColumn.map { column throws(Fault) in try place(column, "schema_column") }
        var columns: [(property: String, place: Int)] = []
        for (property, names) in properties.sorted(by: { $0.key < $1.key }) {
            for name in names { columns.append((property, try place(name, "properties.\(property)"))) }
        }
        var content = ListFormat.Content()
        for row in rows.dropFirst() {
            func cell(_ place: Int) -> String { place < row.cells.count ? Self.trimmed(row.cells[place]) : "" }
            guard !cell(keyPlace).isEmpty else {
                content.faults.append(row.fault("has no \(key)"))
                continue
            }
            guard let schema = schemaPlace.map({ schemas[cell($0)] ?? self.schema }) ?? self.schema else {
                let told = schemaPlace.map { cell($0).debugDescription } ?? ""
                content.faults.append(row.fault("has \(told) as \(schemaColumn ?? ""), which schemas does not name"))
                continue
            }
            var subject = ListSubject(key: cell(keyPlace), schema: schema)
            for (property, place) in columns {
                let values = separator.map { cell(place).components(separatedBy: $0) } ?? [cell(place)]
                for value in values { subject.add(value, to: property) }
            }
            if subject.isCarried {
                content.take(subject, at: "line \(row.line)", record: Array(row.text.utf8))
            } else {
                content.faults.append(row.fault("must have a name"))
            }
        }
        return content
    }

    private static func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
}
