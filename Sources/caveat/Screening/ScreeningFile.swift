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
        if notes.count > Self.notesMax {
            notes = notes.prefix(Self.notesMax) + ["… and \(notes.count - Self.notesMax) more lines"]
        }
        guard !rows.isEmpty else {
            throw .file(path: path, rule: (["names nobody to screen"] + notes).joined(separator: "\n  "))
        }
    }

    private mutating func readEntities(_ bytes: [UInt8], _ path: String) {
        let list = FollowTheMoneyList(bytes).content
        for fault in list.faults { passOver("\(path): \(fault)", as: "\(path)") }
        for (kind, count) in list.skipped.sorted(by: { $0.key < $1.key }) {
            passOver("\(path): \(count) \(kind.printable) passed over", as: path)
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
            guard var cells = record.cells else {
                passOver("\(path), line \(record.line): \(CSVRecords.rule)", as: "line \(record.line)")
                continue
            }
            // Spreadsheets leave empty cells behind a row.
            while cells.count > columns.count, cells.last?.allSatisfy(\.isWhitespace) == true { cells.removeLast() }
            guard cells.count <= columns.count else {
                let rule = "has \(cells.count) cells and the first line \(columns.count)"
                passOver("\(path), line \(record.line): \(rule)", as: "line \(record.line)")
                continue
            }
            take(cells, columns, schema, line: record.line, path)
        }
    }

    private mutating func take(_ cells: [String], _ columns: [Column?], _ usual: String, line: Int, _ path: String) {
        var subjects: [Part: [String: [String]]] = [:]
        var (key, schema): (String?, String?) = (nil, nil)
        let parts = Set(columns.compactMap { $0?.part })
        // A row that has a name of its own or several parties is about each of them.
        let isApart = parts.count > 1 || columns.contains(.property("name"))
        for (cell, column) in zip(cells, columns) {
            let text = Self.unbroken(cell)
            guard !text.isEmpty else { continue }
            switch column {
            case .key: key = key ?? text
            case .schema: schema = schema ?? Self.schema(text)
            case .property(let name):
                let isVessels = Self.vesselNumbers.contains(name) && isApart && parts.contains(.vessel)
                subjects[isVessels ? .vessel : .row, default: [:]][name, default: []].append(text)
            case .named(let part, let name):
                subjects[isApart ? part : .row, default: [:]][name, default: []].append(text)
                if !isApart { schema = schema ?? part.schema }
            case nil: continue
            }
        }
        let called = key ?? "line \(line)"
        if subjects.isEmpty { return passOver("\(path), line \(line): names nobody", as: called) }
        for (part, properties) in subjects.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let name = part == .row ? called : "\(called) \(part.rawValue)"
            if let stray = properties.first(where: {
                $0.value.contains { $0.unicodeScalars.contains(where: \.isControl) }
            }) {
                passOver("\(path), line \(line): has a control character in \(stray.key): take it out", as: name)
                continue
            }
            let query = ScreeningQuery(schema: (part == .row ? schema : part.schema) ?? usual, properties: properties)
            rows.append(Row(line: line, key: name, isNamed: key != nil, query: query))
        }
    }

    private static let vesselNumbers: Set = ["imoNumber", "mmsi", "callSign", "flag"]

    /// A cell on one line.
    private static func unbroken(_ cell: String) -> String {
        cell.split(whereSeparator: { $0.isNewline || $0 == "\t" }).joined(separator: " ").trimmingCharacters(
            in: .whitespaces
        )
    }

    private mutating func passOver(_ why: String, as key: String) {
        notes.append(why)
        passedOver.append((key, why))
    }

    /// What people call kinds; what they call otherwise is sent as it is.
    static func schema(_ text: String) -> String { schemas[text.lowercased().filter(\.isLetter)] ?? text }

    private static let schemas = [
        "person": "Person", "individual": "Person", "company": "Company", "organisation": "Organization",
        "organization": "Organization", "entity": "LegalEntity", "legalentity": "LegalEntity", "vessel": "Vessel",
        "ship": "Vessel", "aircraft": "Airplane", "airplane": "Airplane", "vehicle": "Vehicle",
        "container": "Container", "passport": "Passport", "bankaccount": "BankAccount", "account": "BankAccount",
        "iban": "BankAccount", "address": "Address", "consignment": "Consignment", "shipment": "Consignment",
    ]

    /// Whom or what of a row a column is about.
    private enum Part: String {
        /// The row's own.
        case row = ""
        case shipper, consignee, notify, carrier, vessel

        /// What they are; nil where that is for the caller to say.
        var schema: String? { self == .vessel ? "Vessel" : nil }
    }

    /// What a column holds.
    private enum Column: Hashable {
        case key, schema
        case property(String)
        /// Of a party that the heading names.
        case named(Part, String)

        var part: Part? {
            switch self {
            case .named(let part, _): part
            case .key, .schema, .property: nil
            }
        }

        /// Nil for one that is none of these.
        init?(_ heading: String) {
            let word = heading.lowercased().filter { $0.isLetter || $0.isNumber }
            switch word {
            case "key", "id", "customerid", "customerno", "customernumber", "reference", "ref", "number", "bookingno",
                "bookingnumber", "bookingreference":
                self = .key
            case "schema", "type", "kind": self = .schema
            default:
                if let part = Self.parts[word.hasSuffix("name") ? String(word.dropLast(4)) : word] {
                    self = .named(part, "name")
                } else if let property = Self.properties[word] {
                    self = .property(property)
                } else {
                    return nil
                }
            }
        }

        private static let parts: [String: Part] = [
            "shipper": .shipper, "consignor": .shipper, "sender": .shipper, "consignee": .consignee,
            "receiver": .consignee, "notify": .notify, "notifyparty": .notify, "carrier": .carrier, "vessel": .vessel,
            "ship": .vessel,
        ]

        private static let properties: [String: String] = {
            let own = [
                "name", "alias", "weakAlias", "previousName", "firstName", "middleName", "lastName", "fatherName",
                "birthDate", "birthPlace", "birthCountry", "nationality", "citizenship", "country", "jurisdiction",
                "address", "gender", "passportNumber", "idNumber", "taxNumber", "vatCode", "registrationNumber",
                "leiCode", "swiftBic", "innCode", "ogrnCode", "dunsCode", "eori", "incorporationDate", "phone", "email",
                "website", "imoNumber", "mmsi", "callSign", "flag", "vin", "serialNumber", "iban", "accountNumber",
                "bankName", "containerNumber", "cryptoAddress", "publicKey", "billOfLading", "airWaybill",
            ]
            let others = [
                "fullname": "name", "customername": "name", "companyname": "name", "customer": "name",
                "counterparty": "name",
                "aliases": "alias", "aka": "alias", "dob": "birthDate", "dateofbirth": "birthDate", "born": "birthDate",
                "surname": "lastName", "familyname": "lastName", "givenname": "firstName", "passport": "passportNumber",
                "lei": "leiCode", "bic": "swiftBic", "swift": "swiftBic", "imo": "imoNumber", "vat": "vatCode",
                "taxid": "taxNumber", "registration": "registrationNumber", "countrycode": "country",
                "fulladdress": "address", "container": "containerNumber", "containerno": "containerNumber",
                "bl": "billOfLading", "blno": "billOfLading", "blnumber": "billOfLading", "awb": "airWaybill",
                "account": "accountNumber", "accountno": "accountNumber", "imono": "imoNumber",
                "passportno": "passportNumber", "sex": "gender",
            ]
            return Dictionary(own.map { ($0.lowercased(), $0) }) { first, _ in first }.merging(others) { own, _ in own }
        }()
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
