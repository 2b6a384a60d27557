import Foundation

/// The CSV files of the US Treasury's lists, joined into subjects.
struct OFACList: Sendable {
    /// The subjects, in the order of the main file.
    private(set) var content = ListFormat.Content()

    /// - Parameters:
    ///   - primary: id, name, type, programme, title, call sign, vessel type, tonnage, gross tonnage, flag, owner,
    ///     remarks.
    ///   - aliases: id, number, kind, name, remarks.
    ///   - addresses: id, number, street, city, country, remarks.
    ///   - comments: id, and how its remarks go on.
    init(primary: [CSVText.Row], aliases: [[String]], addresses: [[String]], comments: [[String]]) {
        var places: [String: Int] = [:]
        var rest: [String: String] = [:]
        for row in comments.map(Self.cleaned) where row.count >= 2 { rest[row[0]] = row[1] }
        for line in primary {
            let row = Self.cleaned(line.cells)
            guard row.count >= 12, Int(row[0]) != nil, !row[1].isEmpty else {
                if row != [""] { content.faults.append(line.fault("must have 12 columns, with an id and a name")) }
                continue
            }
            guard places[row[0]] == nil else {
                content.faults.append(line.fault("has the id of a line before it"))
                continue
            }
            places[row[0]] = content.subjects.count
            content.subjects.append(Self.subject(row, remarks: row[11] + (rest[row[0]] ?? "")))
        }
        for row in aliases.map(Self.cleaned) where row.count >= 4 {
            guard let place = places[row[0]] else { continue }
            let property = row[2] == "fka" ? "previousName" : "alias"
            content.subjects[place].add(Self.name(row[3], content.subjects[place].schema), to: property)
        }
        for row in addresses.map(Self.cleaned) where row.count >= 5 {
            guard let place = places[row[0]] else { continue }
            content.subjects[place].add(row[2...4].filter { !$0.isEmpty }.joined(separator: ", "), to: "address")
            content.subjects[place].add(row[4], to: "country")
        }
    }

    /// `-0-` is empty, and a lone Ctrl-Z ends a file.
    private static func cleaned(_ row: [String]) -> [String] {
        row.map { cell in
            let text = cell.trimmingCharacters(in: .whitespacesAndNewlines.union(.controlCharacters))
            return text == "-0-" ? "" : text
        }
    }

    private static func subject(_ row: [String], remarks: String) -> ListSubject {
        let schema =
            switch row[2] {
            case "individual": "Person"
            case "vessel": "Vessel"
            case "aircraft": "Airplane"
            default: "LegalEntity"
            }
        var subject = ListSubject(key: row[0], schema: schema)
        subject.add(name(row[1], schema), to: "name")
        if schema == "Person", let comma = row[1].firstIndex(of: ",") {
            subject.add(String(row[1][..<comma]), to: "lastName")
            subject.add(String(row[1][row[1].index(after: comma)...]), to: "firstName")
        }
        for program in row[3].split(separator: ";") {
            subject.add(program.trimmingCharacters(in: brackets), to: "program")
        }
        subject.add("sanction", to: "topics")
        let details = [
            (4, "position"), (5, "callSign"), (6, "type"), (7, "tonnage"), (8, "grossRegisteredTonnage"), (9, "flag"),
            (10, "owner"),
        ]
        for (column, property) in details { subject.add(row[column], to: property) }
        for piece in pieces(remarks) { OFACRemark.add(piece, to: &subject) }
        return subject
    }

    private static let brackets = CharacterSet(charactersIn: "[] ")

    /// The list puts family names first, before a comma; people are called by them last.
    private static func name(_ text: String, _ schema: String) -> String {
        guard schema == "Person", let comma = text.firstIndex(of: ",") else { return text }
        return "\(text[text.index(after: comma)...].trimmingCharacters(in: .whitespaces)) \(text[..<comma])"
    }

    private static func pieces(_ remarks: String) -> [String] {
        var text = remarks.trimmingCharacters(in: .whitespaces)
        if text.hasSuffix(".") { text.removeLast() }
        return text.components(separatedBy: "; ").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}

/// One piece of a remark: `DOB 04 Feb 1971`, `alt. Passport SA0002338 (Guinea-Bissau)`.
enum OFACRemark {
    /// How a piece begins, and the property that the rest of it is.
    private static let kinds: [(start: String, property: String)] = [
        ("DOB ", "birthDate"), ("POB ", "birthPlace"), ("nationality ", "nationality"), ("citizen ", "citizenship"),
        ("Gender ", "gender"), ("Passport ", "passportNumber"), ("National ID No. ", "idNumber"),
        ("Identification Number ", "idNumber"), ("Cedula No. ", "idNumber"), ("C.U.R.P. ", "idNumber"),
        ("D.N.I. ", "idNumber"), ("Driver's License No. ", "idNumber"), ("SSN ", "idNumber"), ("NIT # ", "taxNumber"),
        ("R.F.C. ", "taxNumber"), ("Tax ID No. ", "taxNumber"), ("RUC # ", "taxNumber"), ("RTN ", "taxNumber"),
        ("V.A.T. Number ", "vatCode"), ("Registration ID ", "registrationNumber"),
        ("Commercial Registry Number ", "registrationNumber"), ("Business Registration Number ", "registrationNumber"),
        ("Business Number ", "registrationNumber"), ("Company Number ", "registrationNumber"),
        ("Registration Number ", "registrationNumber"), ("Matricula Mercantil No ", "registrationNumber"),
        ("D-U-N-S Number ", "dunsCode"), ("SWIFT/BIC ", "swiftBic"), ("Website ", "website"),
        ("Email Address ", "email"), ("Phone Number ", "phone"), ("Telephone: ", "phone"),
        ("Vessel Registration Identification IMO ", "imoNumber"), ("MMSI ", "mmsi"),
        ("Vessel Year of Build ", "buildDate"),
        ("Aircraft Model ", "model"), ("Aircraft Manufacture Date ", "buildDate"),
        ("Aircraft Manufacturer's Serial Number (MSN) ", "serialNumber"),
        ("Aircraft Construction Number (also called L/N or S/N or F/N) ", "serialNumber"),
        ("a.k.a. ", "alias"), ("f.k.a. ", "previousName"),
    ]

    /// Adds what a piece says; what nobody knows is a note.
    static func add(_ piece: String, to subject: inout ListSubject) {
        let plain = piece.hasPrefix("alt. ") ? String(piece.dropFirst(5)) : piece
        guard let kind = kinds.first(where: { plain.hasPrefix($0.start) }) else {
            return subject.add(piece, to: "notes")
        }
        let value = plain.dropFirst(kind.start.count).trimmingCharacters(in: .whitespaces)
        switch kind.property {
        case "birthDate", "buildDate": subject.add(date(value), to: kind.property)
        case "gender": subject.add(value.lowercased(), to: kind.property)
        case "alias", "previousName": subject.add(value.trimmingCharacters(in: quotes), to: kind.property)
        default: subject.add(value, to: kind.property)
        }
    }

    private static let quotes = CharacterSet(charactersIn: "'\"")
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `04 Feb 1971` is 1971-02-04, `Feb 1971` 1971-02, `circa 1971` 1971; what is no date stays as it is.
    static func date(_ text: String) -> String {
        let words = (text.hasPrefix("circa ") ? String(text.dropFirst(6)) : text).split(separator: " ").map(String.init)
        guard let year = words.last, year.count == 4, Int(year) != nil else { return text }
        guard words.count > 1 else { return year }
        guard let month = months.firstIndex(of: words[words.count - 2]) else { return text }
        let date = "\(year)-\(month < 9 ? "0" : "")\(month + 1)"
        guard words.count > 2 else { return date }
        guard words.count == 3, words[0].count == 2, Int(words[0]) != nil else { return text }
        return "\(date)-\(words[0])"
    }
}
