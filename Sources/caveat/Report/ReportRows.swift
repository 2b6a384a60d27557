import Exchange
import Foundation

/// The reports of a CSV file: a row that is wrong is told by its line, and the others are read all the same.
struct ReportRows {
    /// A report, and the line on which its row begins, counted from 1.
    struct Row {
        let line: Int
        let content: ReportContent
    }

    /// What of a row cannot be taken, and what to do about it.
    struct Fault: Error, CustomStringConvertible {
        let line: Int
        /// Nil where it is the whole row's.
        let column: String?
        let rule: String

        var description: String {
            "line \(line)\(column.map { ", column \($0.printable)" } ?? ""): \(rule.printable)"
        }
    }

    /// All that is wrong with one row.
    private struct Faults: Error {
        let all: [Fault]

        init(_ all: [Fault]) { self.all = all }
    }

    let rows: [Row]
    /// In the order of their lines and columns: the first of each cell.
    let faults: [Fault]

    /// How many rows there are.
    var count: Int { rows.count + faultyCount }

    /// How many rows are wrong.
    var faultyCount: Int { Set(faults.map(\.line)).count }

    /// Reads a file.
    /// - Throws: what is wrong with its header, so that no row can be read.
    init(_ bytes: [UInt8]) throws(Fault) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        guard let text = String(validating: bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...], as: UTF8.self)
        else { throw Fault(line: 1, column: nil, rule: "the file is not UTF-8; save it as CSV UTF-8") }
        var records = CSVRecords(text)
        guard let header = records.next() else {
            throw Fault(line: 1, column: nil, rule: "the file is empty; its first line must name the columns")
        }
        let columns = try Self.columns(header)
        var rows: [Row] = []
        var faults: [Fault] = []
        while let record = records.next() {
            do throws(Faults) {
                rows.append(Row(line: record.line, content: try Self.content(record, columns)))
            } catch {
                faults += error.all
            }
        }
        self.rows = rows
        self.faults = faults
    }

    private static func columns(_ header: CSVRecords.Record) throws(Fault) -> [Column] {
        func fault(_ name: String?, _ rule: String) -> Fault { Fault(line: header.line, column: name, rule: rule) }
        guard let cells = header.cells else { throw fault(nil, CSVRecords.rule) }
        let all = Column.allCases.map(\.rawValue).joined(separator: ", ")
        var columns: [Column] = []
        for cell in cells {
            let name = cell.trimmingCharacters(in: .whitespaces)
            guard let column = Column(rawValue: name) else {
                let rule = "must name a column between commas; use \(all), or take it out"
                throw fault(String(name.prefix(40)), rule)
            }
            guard !columns.contains(column) else { throw fault(name, "is there twice; take one out") }
            columns.append(column)
        }
        if let missing = Column.allCases.first(where: { $0.isNeeded && !columns.contains($0) }) {
            throw fault(missing.rawValue, "must be there; the first line names the columns: \(all)")
        }
        return columns
    }

    private static func content(_ record: CSVRecords.Record, _ columns: [Column]) throws(Faults) -> ReportContent {
        func fault(_ rule: String) -> Faults { Faults([Fault(line: record.line, column: nil, rule: rule)]) }
        guard let cells = record.cells else { throw fault(CSVRecords.rule) }
        guard cells.count == columns.count else {
            throw fault(
                "has \(cells.count) cells and the first line \(columns.count); leave a cell empty between commas, and "
                    + "put quotation marks around a text with a comma in it"
            )
        }
        var values: [Column: String] = [:]
        for (column, cell) in zip(columns, cells) where !cell.allSatisfy(\.isWhitespace) {
            values[column] = cell.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return try content(values, columns, line: record.line)
    }

    /// What the cells of a row say, or what is wrong with each: one that is wrong is told, and then taken for right.
    private static func content(
        _ given: [Column: String],
        _ columns: [Column],
        line: Int
    ) throws(Faults) -> ReportContent {
        var values = given
        var rules: [Column?: String] = [:]
        var read: ReportContent?
        while read == nil {
            let written = WrittenReport(values)
            do {
                // The exchange's own reader decides, so that what is taken here is taken there.
                read = try JSONDecoder().decode(ReportContent.self, from: try JSONEncoder().encode(written))
            } catch let fault as ContentFault {
                let column = written.column(of: fault)
                let rule = column == nil ? "must be about something: fill \(Column.subjects)" : fault.rule(in: "")
                precondition(rules.updateValue(rule, forKey: column) == nil, "a cell that is right has no fault")
                // With a container it is about something.
                let right = column ?? .container
                values[right] = right.right
            } catch {
                throw Faults([Fault(line: line, column: nil, rule: "cannot be read")])
            }
        }
        guard rules.isEmpty, let read else {
            let places: [Column?] = [nil] + columns
            let faults = places.compactMap { column in
                rules[column].map { Fault(line: line, column: column?.rawValue, rule: $0) }
            }
            throw Faults(faults)
        }
        return read
    }
}

extension ReportRows {
    /// What a column holds.
    enum Column: String, CaseIterable {
        case categories, severity, facts, suspicion, seen
        case seenLast = "seen_last"
        case place, container
        case airWaybill = "air_waybill"
        case billOfLading = "bill_of_lading"
        case hsDeclared = "hs_declared"
        case hsSuspected = "hs_suspected"
        case consignor, consignee, origin, destination, advisory

        /// Whether there is no report without it.
        var isNeeded: Bool { [.categories, .severity, .facts].contains(self) }

        /// What is right in it; nil where that is nothing.
        ///
        /// It goes with whatever else is in a row.
        fileprivate var right: String? {
            switch self {
            case .categories: "FRD-CGO"
            case .severity: "1"
            case .facts, .consignor, .consignee, .billOfLading: "x"
            case .seen: "\(Timestamp.years.lowerBound)-01-01T00:00:00Z"
            case .container: "CSQU3054383"
            case .airWaybill: "125-12345675"
            case .hsDeclared, .hsSuspected: "8471"
            case .origin, .destination: "NLRTM"
            case .suspicion, .seenLast, .place, .advisory: nil
            }
        }

        /// Those that may be left out.
        static var optional: [Column] { allCases.filter { !$0.isNeeded } }

        /// Those of which one must be filled, as people read them.
        static let subjects =
            "container, air_waybill, bill_of_lading, hs_declared, hs_suspected, consignor, consignee, origin or "
            + "destination"
    }
}

extension ContentFault {
    /// The rule and the fix, without the field.
    fileprivate func rule(in field: String) -> String { ContentFault(field, rule).description }
}

/// A row as the JSON that would say the same.
private struct WrittenReport: Encodable {
    struct Part: Encodable {
        let kind: SubjectKind
        let key: String
        var schema: String?
        var roles: [SubjectRole] = []
        var properties: [String: [String]] = [:]
    }

    /// A number where it is one: what is none is refused as it stands.
    enum Degree: Encodable {
        case number(Int)
        case text(String)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            }
        }
    }

    let categories: [String]?
    let severity: Degree?
    let facts, suspicion, seen: String?
    let seen_last, place, advisory: String?
    private(set) var subjects: [Part] = []
    private(set) var relations: [SubjectRelation] = []

    init(_ values: [ReportRows.Column: String]) {
        categories = values[.categories]?.split(whereSeparator: \.isWhitespace).map(String.init)
        severity = values[.severity].map { text in Int(text).map(Degree.number) ?? .text(text) }
        facts = values[.facts]
        suspicion = values[.suspicion]
        seen = values[.seen]
        seen_last = values[.seenLast]
        place = values[.place]
        advisory = values[.advisory]
        let consignment = add(
            Part(kind: .consignment, key: "consignment"),
            [
                (.airWaybill, values[.airWaybill]), (.billOfLading, values[.billOfLading]),
                (.hsDeclared, values[.hsDeclared]), (.hsSuspected, values[.hsSuspected]),
            ]
        )
        let container = add(Part(kind: .container, key: "container"), [(.containerNumber, values[.container])])
        let route = add(
            Part(kind: .route, key: "route"),
            [(.origin, values[.origin]), (.destination, values[.destination])]
        )
        let consignor = add(.consignor, "consignor", values[.consignor])
        let consignee = add(.consignee, "consignee", values[.consignee])
        guard consignment else { return }
        if container { relations.append(SubjectRelation("consignment", .carried, "container")) }
        if route { relations.append(SubjectRelation("consignment", .travelled, "route")) }
        if consignor { relations.append(SubjectRelation("consignor", .consignor, "consignment")) }
        if consignee { relations.append(SubjectRelation("consignee", .consignee, "consignment")) }
    }

    /// The column that a fault is of; nil for one of the row as a whole.
    func column(of fault: ContentFault) -> ReportRows.Column? {
        for (place, subject) in subjects.enumerated() where fault.field.hasPrefix("subjects[\(place)].properties.") {
            let property = fault.field.dropFirst("subjects[\(place)].properties.".count).prefix { $0 != "[" }
            return property == "name" ? ReportRows.Column(rawValue: subject.key) : Self.columns[String(property)]
        }
        return ReportRows.Column(rawValue: String(fault.field.prefix { $0 != "[" && $0 != "." }))
    }

    private static let columns: [String: ReportRows.Column] = [
        "containerNumber": .container, "airWaybill": .airWaybill, "billOfLading": .billOfLading,
        "hsDeclared": .hsDeclared, "hsSuspected": .hsSuspected, "origin": .origin, "destination": .destination,
    ]

    /// Adds a subject where one of its properties is there.
    private mutating func add(_ part: Part, _ properties: [(OwnProperty, String?)]) -> Bool {
        var part = part
        for (property, value) in properties { part.properties[property.rawValue] = value.map { [$0] } }
        if !part.properties.isEmpty { subjects.append(part) }
        return !part.properties.isEmpty
    }

    /// Adds a company or person by name: which of them is not said.
    private mutating func add(_ role: SubjectRole, _ key: String, _ name: String?) -> Bool {
        guard let name else { return false }
        subjects.append(
            Part(
                kind: .organisation,
                key: key,
                schema: "LegalEntity",
                roles: [role],
                properties: ["name": [name]]
            )
        )
        return true
    }
}
