import Exchange
import Foundation

/// A name as it is compared.
struct PreparedName: Hashable, Sendable {
    /// Its words without legal forms, in order.
    let tokens: [Token]
    let form: LegalForm?
    /// Whether it is said to be a weak alias.
    let isWeak: Bool
    /// Whether it is as long as the fields of many forms, so that it may have been cut off.
    let isFull: Bool

    /// Characters of the shortest field that names are cut off in.
    static let fieldMin = 30
    /// How much all of it tells.
    let weight: Int

    /// Nil for what has no letter.
    init?(_ text: String, isPerson: Bool, isWeak: Bool = false, _ known: inout Words) {
        var words = Romanisation.words(text)
        var form: LegalForm?
        if !isPerson { (words, form) = Lexicon.shared.withoutLegalForms(words) }
        guard !words.isEmpty else { return nil }
        let isFull = text.unicodeScalars.count >= Self.fieldMin
        self.init(words.map { known.token($0) }, form, isWeak: isWeak, isFull: isFull, isPerson: isPerson)
    }

    /// Puts it together from its parts.
    init(_ tokens: [Token], _ form: LegalForm?, isWeak: Bool, isFull: Bool, isPerson: Bool) {
        self.tokens = tokens
        self.form = form
        self.isWeak = isWeak
        self.isFull = isFull
        weight = tokens.reduce(0) { $0 + $1.weight(isPerson: isPerson) }
    }
}

/// An identifier as it is compared: letters and digits alone, in capitals.
struct PreparedIdentifier: Hashable, Sendable {
    /// Kinds of which one thing has one, so that another is another thing's.
    enum Kind: UInt8, Sendable {
        case ship, lei, container, vin, account, other
        /// An aircraft's or a vehicle's: its mark or number plate, and its maker's number.
        case registration, serial
    }

    let kind: Kind
    let value: [UInt8]

    /// Shorter ones tell too little.
    static let lettersMin = 5
    /// The same of those that may be letters alone, and of those that carriers number by themselves.
    static let letteredMin = 4

    private static let lettered: Set = ["swiftBic", "bic", "callSign"]

    /// Nil for a property that is none, and for a value that tells too little.
    init?(_ property: String, _ text: String, _ families: Family) {
        guard let kind = Self.kind(property, families) else { return nil }
        var value = text.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case 0x30...0x39, 0x41...0x5A: byte
            case 0x61...0x7A: byte - 32
            default: nil
            }
        }
        if property == "imoNumber" { value = value.filter(Folding.isDigit) }
        let isLettered = kind == .registration || Self.lettered.contains(property)
        let isShort = isLettered || property == "billOfLading"
        guard value.count >= (isShort ? Self.letteredMin : Self.lettersMin),
            isLettered || value.contains(where: Folding.isDigit)
        else { return nil }
        self.init(kind, value)
    }

    /// What a property tells of some kinds of things; nil for one that is no identifier.
    private static func kind(_ property: String, _ families: Family) -> Kind? {
        guard let kind = kinds[property] else { return nil }
        if kind == .ship, !families.contains(.vessel) { return .other }
        guard families.isSubset(of: [.aircraft, .vehicle]) else { return kind }
        return switch property {
        case "registrationNumber": .registration
        case "serialNumber": .serial
        default: kind
        }
    }

    /// Puts it together from its parts.
    init(_ kind: Kind, _ value: [UInt8]) {
        self.kind = kind
        self.value = value
    }

    private static let kinds: [String: Kind] = [
        "imoNumber": .ship, "leiCode": .lei, "containerNumber": .container, "vin": .vin, "iban": .account,
        "accountNumber": .account, "mmsi": .other, "callSign": .other, "serialNumber": .other,
        "registrationNumber": .other, "idNumber": .other, "taxNumber": .other, "vatCode": .other, "innCode": .other,
        "ogrnCode": .other, "dunsCode": .other, "swiftBic": .other, "bic": .other, "passportNumber": .other,
        "socialSecurityNumber": .other, "licenseNumber": .other, "okpoCode": .other, "uscCode": .other, "eori": .other,
        "cageCode": .other, "cryptoAddress": .account, "publicKey": .account, "number": .other, "icaoCode": .other,
        "airWaybill": .other, "billOfLading": .other, "permId": .other, "crsNumber": .other,
        "uniqueEntityId": .other, "cikCode": .other, "isinCode": .other,
    ]
}

extension Record {
    private static let dates = ["birthDate", "incorporationDate", "buildDate"]

    /// An address's lines: as they are given whole, or one of its parts.
    var addressLines: [String] {
        guard self["full"].isEmpty else { return self["full"] }
        let line = ["street", "postalCode", "city", "region"].compactMap { self[$0].first }.joined(separator: " ")
        return line.isEmpty ? [] : [line]
    }

    /// Whether it has anything by which somebody or something can be found: a name or a number.
    public var isAnybody: Bool {
        var words = Words()
        // Most are told by the first name already.
        let isPerson = Family.schemas[schema] == .person
        if let name = self["name"].first, PreparedName(name, isPerson: isPerson, &words) != nil { return true }
        let prepared = Prepared(self, &words)
        return !prepared.names.isEmpty || !prepared.identifiers.isEmpty
    }

    /// A property whose value should be a date and is none; nil where all are.
    public var strayDate: String? {
        Self.dates.first { self[$0].contains { Prepared.date($0).map { !$0.isDay } ?? true } }
    }
}

/// A record with all that it is compared by.
struct Prepared: Sendable {
    /// Names of one record that are compared, the first ones.
    static let namesMax = 512
    /// Identifiers of one record that are compared.
    static let identifiersMax = 64
    /// Dates and countries of one record that are compared.
    static let factsMax = 16

    let families: Family
    let names: [PreparedName]
    let identifiers: [PreparedIdentifier]
    /// Days of birth, of incorporation or of building: year, month and day as one number; 0 for what is not said.
    let dates: [Int32]
    /// As two letters.
    let countries: [UInt16]

    var isPerson: Bool { families == .person }

    /// Puts it together from its parts.
    init(
        _ families: Family,
        names: [PreparedName],
        identifiers: [PreparedIdentifier],
        dates: [Int32],
        countries: [UInt16]
    ) {
        self.families = families
        self.names = names
        self.identifiers = identifiers
        self.dates = dates
        self.countries = countries
    }

    /// - Parameter known: words that were met before, kept once.
    init(_ record: Record, _ known: inout Words) {
        let families = Family.schemas[record.schema] ?? Family.all
        let isPerson = families == .person
        self.families = families
        var names: [PreparedName] = []
        var seen: Set<[Token]> = []
        func take(_ text: String, isWeak: Bool) {
            for part in Self.parts(of: text) where names.count < Self.namesMax {
                guard let name = PreparedName(part, isPerson: isPerson, isWeak: isWeak, &known),
                    seen.insert(name.tokens).inserted
                else { continue }
                names.append(name)
            }
        }
        for property in ["name", "alias", "previousName", "abbreviation"] {
            for text in record[property].prefix(Self.namesMax) { take(text, isWeak: false) }
        }
        for last in record["lastName"].prefix(4) {
            for first in (record["firstName"] + [""]).prefix(4) where !first.isEmpty || record["firstName"].isEmpty {
                take("\(first) \(last)", isWeak: record["firstName"].isEmpty)
            }
        }
        if families.contains(.address) { for text in record.addressLines.prefix(4) { take(text, isWeak: false) } }
        for text in record["weakAlias"].prefix(Self.namesMax) { take(text, isWeak: true) }
        self.names = names
        identifiers = Array(
            record.properties.sorted { $0.key < $1.key }.flatMap { property, values in
                values.prefix(Self.identifiersMax).compactMap { PreparedIdentifier(property, $0, families) }
            }.prefix(Self.identifiersMax)
        )
        let dates = ["birthDate", "incorporationDate", "buildDate"].flatMap { record[$0] }
        self.dates = dates.prefix(Self.factsMax).compactMap(Self.date)
        var codes: [UInt16] = []
        for text in Self.countryProperties.flatMap({ record[$0] }).prefix(Self.factsMax) {
            guard let code = Self.country(text), !codes.contains(code) else { continue }
            codes.append(code)
        }
        self.countries = codes
    }

    private static let countryProperties = [
        "nationality", "citizenship", "country", "jurisdiction", "mainCountry", "flag", "birthCountry",
    ]

    /// A country as two letters, by its code (ISO 3166-1, and of those that are no more ISO 3166-3) or by its name in
    /// English; nil for what is none that is known.
    static func country(_ text: String) -> UInt16? {
        let word = text.uppercased()
        // Nearly all are codes, and no name is as short.
        if word.utf8.count == 2 { return countryCodes[word] }
        return countryNames[word] ?? (formerCountries.contains(word) ? countryCodes[String(word.prefix(2))] : nil)
    }

    private static let formerCountries: Set = ["SUHH", "YUCS", "CSHH", "CSXX", "DDDE", "BUMM", "ZRCD", "TPTL", "ANHH"]

    /// Those by which nobody means "none" or "unknown".
    private static let countryCodes: [String: UInt16] = {
        let codes = ISO3166.countries.union(ISO3166.others).filter { $0 == "XK" || !$0.hasPrefix("X") && $0 != "ZZ" }
        return Dictionary(uniqueKeysWithValues: codes.map { ($0, number(of: $0)) })
    }()

    /// What Unicode CLDR calls them.
    private static let countryNames: [String: UInt16] = {
        let english = Locale(identifier: "en_US_POSIX")
        let called = ISO3166.countries.sorted().compactMap { code in
            english.localizedString(forRegionCode: code).map { ($0.uppercased(), number(of: code)) }
        }
        return Dictionary(called) { first, _ in first }
    }()

    private static func number(of code: String) -> UInt16 { code.lowercased().utf8.reduce(0) { $0 << 8 | UInt16($1) } }

    /// A name, and what it is called in parentheses too; spellings that are parted by a slash.
    private static func parts(of text: String) -> [String] {
        var parts = [text]
        if let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")") {
            let inner = text[text.index(after: open)..<close]
            parts.append(String(text[..<open] + " " + text[text.index(after: close)...]))
            // One word alone may be no more than how the word before it is written.
            if inner.contains(" ") { parts.append(String(inner)) }
        }
        if let slash = text.firstIndex(of: "/") {
            let before = text[..<slash].split(separator: " ")
            let after = text[text.index(after: slash)...].split(separator: " ")
            if text[..<slash].hasSuffix(" "), after.count > 1 {
                parts += [before.joined(separator: " "), after.joined(separator: " ")]
            } else if !after.isEmpty {
                parts += [
                    (before + after.dropFirst()).joined(separator: " "),
                    (before.dropLast() + after).joined(separator: " "),
                ]
            }
        }
        return parts
    }

    /// A year, a month or a day (ISO 8601), as one number; nil for anything else.
    static func date(_ text: String) -> Int32? {
        let parts = text.prefix(10).split(separator: "-").map { Int32($0) }
        guard let year = parts.first ?? nil, (1...9_999).contains(year), parts.count <= 3 else { return nil }
        let rest = parts.dropFirst().map { $0 ?? 0 } + [0, 0]
        guard (0...12).contains(rest[0]), (0...31).contains(rest[1]) else { return nil }
        return year * 10_000 + rest[0] * 100 + rest[1]
    }
}

extension Int32 {
    /// Whether it is a year, or a month or day that there is, as one number.
    fileprivate var isDay: Bool {
        let (year, month, day) = (Int(self / 10_000), Int(self / 100 % 100), Int(self % 100))
        return day == 0 || month > 0 && day <= Timestamp.days(in: Int64(month), of: Int64(year))
    }
}
