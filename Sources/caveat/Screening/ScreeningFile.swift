import Exchange
import Foundation

/// Those that a file asks about.
struct ScreeningFile {
    /// One of them.
    struct Row {
        /// The line on which it begins, counted from 1.
        let line: Int
        /// What its owner calls it.
        let key: String
        /// Whether the file itself says that.
        let isNamed: Bool
        let query: ScreeningQuery
    }

    private(set) var rows: [Row] = []
    /// What is said of lines and columns that are passed over.
    private(set) var notes: [String] = []
    /// The lines and entities that are passed over since they could not be read, each with why.
    private(set) var passedOver: [(key: String, why: String)] = []

    /// Lines that are passed over, as far as they are named one by one.
    private static let notesMax = 20

    /// - Parameter schema: what those are of whom nothing else is said.
    init(_ bytes: [UInt8], schema: String, path: String) throws(CommandFault) {
        if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
            readEntities(bytes, path)
        } else {
            try readTable(bytes, schema, path)
        }
        guard !rows.isEmpty else { throw .file(path: path, rule: "names nobody to screen") }
        if notes.count > Self.notesMax {
            notes = notes.prefix(Self.notesMax) + ["… and \(notes.count - Self.notesMax) more lines"]
        }
    }

    private mutating func readEntities(_ bytes: [UInt8], _ path: String) {
        let list = FollowTheMoneyList(bytes)
        for fault in list.faults { passOver("\(path): \(fault)", as: "\(path)") }
        for (kind, count) in list.skipped.sorted(by: { $0.key < $1.key }) {
            notes.append("\(path): \(count) \(kind.printable) passed over")
        }
        rows = list.subjects.enumerated().map { place, subject in
            let query = ScreeningQuery(schema: subject.schema, properties: subject.properties)
            return Row(line: place + 1, key: subject.key, isNamed: true, query: query)
        }
    }

    private mutating func readTable(_ bytes: [UInt8], _ schema: String, _ path: String) throws(CommandFault) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        guard let text = String(validating: bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...], as: UTF8.self)
        else { throw .file(path: path, rule: "is not UTF-8; save it as CSV UTF-8") }
        var records = CSVRecords(text)
        guard let header = records.next()?.cells else {
            throw .file(path: path, rule: "has no first line that names the columns")
        }
        let columns = header.map { Column($0) }
        guard columns.contains(where: { $0 != nil && $0 != .key && $0 != .schema }) else {
            let rule = "has no column that names anybody, such as name; its first line has "
            throw .file(path: path, rule: rule + header.joined(separator: ", ").printable)
        }
        let strays = zip(header, columns).filter { $0.1 == nil }.map(\.0)
        if !strays.isEmpty { notes.append("columns passed over: \(strays.joined(separator: ", ").printable)") }
        while let record = records.next() {
            guard let cells = record.cells else {
                passOver("\(path), line \(record.line): \(CSVRecords.rule)", as: "line \(record.line)")
                continue
            }
            guard cells.count <= columns.count else {
                let rule = "has \(cells.count) cells and the first line \(columns.count)"
                passOver("\(path), line \(record.line): \(rule)", as: "line \(record.line)")
                continue
            }
            take(cells, columns, schema, line: record.line, path)
        }
    }

    private mutating func take(_ cells: [String], _ columns: [Column?], _ usual: String, line: Int, _ path: String) {
        var properties: [String: [String]] = [:]
        var (key, schema): (String?, String) = (nil, usual)
        for (cell, column) in zip(cells, columns) {
            let text = cell.trimmingCharacters(in: .whitespacesAndNewlines)
            guard !text.isEmpty else { continue }
            switch column {
            case .key: key = text
            case .schema: schema = Self.schemas[text.lowercased()] ?? text
            case .property(let name): properties[name, default: []].append(text)
            case nil: continue
            }
        }
        let called = key ?? "line \(line)"
        if properties.isEmpty { return passOver("\(path), line \(line): names nobody", as: called) }
        if let stray = properties.first(where: { $0.value.contains { $0.unicodeScalars.contains(where: \.isControl) } })
        {
            let rule = "has a control character in \(stray.key): take it out"
            return passOver("\(path), line \(line): \(rule)", as: called)
        }
        let query = ScreeningQuery(schema: schema, properties: properties)
        rows.append(Row(line: line, key: called, isNamed: key != nil, query: query))
    }

    private mutating func passOver(_ why: String, as key: String) {
        notes.append(why)
        passedOver.append((key, why))
    }

    /// What people call kinds.
    private static let schemas = [
        "person": "Person", "individual": "Person", "company": "Company", "organisation": "Organization",
        "organization": "Organization", "entity": "LegalEntity", "vessel": "Vessel", "ship": "Vessel",
        "aircraft": "Airplane", "airplane": "Airplane", "vehicle": "Vehicle", "container": "Container",
    ]

    /// What a column holds.
    private enum Column: Hashable {
        case key, schema
        case property(String)

        /// Nil for one that is none of these.
        init?(_ heading: String) {
            let word = heading.lowercased().filter { $0.isLetter || $0.isNumber }
            switch word {
            case "key", "id", "customerid", "reference", "number": self = .key
            case "schema", "type", "kind": self = .schema
            default:
                guard let property = Self.properties[word] else { return nil }
                self = .property(property)
            }
        }

        private static let properties: [String: String] = {
            let own = [
                "name", "alias", "weakAlias", "previousName", "firstName", "middleName", "lastName", "fatherName",
                "birthDate", "birthPlace", "birthCountry", "nationality", "citizenship", "country", "jurisdiction",
                "address", "gender", "passportNumber", "idNumber", "taxNumber", "vatCode", "registrationNumber",
                "leiCode", "swiftBic", "innCode", "ogrnCode", "dunsCode", "eori", "incorporationDate", "phone", "email",
                "website", "imoNumber", "mmsi", "callSign", "flag", "vin", "serialNumber", "iban", "accountNumber",
                "bankName", "containerNumber", "cryptoAddress", "publicKey",
            ]
            let others = [
                "fullname": "name", "customername": "name", "companyname": "name", "vesselname": "name",
                "aliases": "alias", "aka": "alias", "dob": "birthDate", "dateofbirth": "birthDate", "born": "birthDate",
                "surname": "lastName", "familyname": "lastName", "givenname": "firstName", "passport": "passportNumber",
                "lei": "leiCode", "bic": "swiftBic", "swift": "swiftBic", "imo": "imoNumber", "vat": "vatCode",
                "taxid": "taxNumber", "registration": "registrationNumber", "countrycode": "country",
                "fulladdress": "address", "container": "containerNumber",
            ]
            return Dictionary(own.map { ($0.lowercased(), $0) }) { first, _ in first }.merging(others) { own, _ in own }
        }()
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
