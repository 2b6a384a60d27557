/// Where the fields of a machine-readable zone are, counted from its first character through all lines.
private struct MRZLayout {
    /// The issuing state and the nationality.
    let states: [Int]
    let names: Range<Int>
    let number: Range<Int>
    let birth: Range<Int>
    let sex: Int
    let expiry: Range<Int>
    /// Where a number of more than nine characters goes on, or other data stands.
    let optional: Range<Int>
    let optionalCheck: Int?
    /// What the composite check digit is of; empty where there is none.
    let composite: [Range<Int>]
    let compositeCheck: Int

    /// Cards, three lines of 30 (Doc 9303-5).
    static let td1 = MRZLayout(
        states: [2, 45],
        names: 60..<90,
        number: 5..<14,
        birth: 30..<36,
        sex: 37,
        expiry: 38..<44,
        optional: 15..<30,
        optionalCheck: nil,
        composite: [5..<37, 38..<45, 48..<59],
        compositeCheck: 59
    )

    /// Two lines: of 36 in other documents (TD2, Doc 9303-6), of 44 in passports (TD3, Doc 9303-4).
    ///
    /// A visa (Doc 9303-7) is as long as one of these, but has no check digit after that of the date of expiry.
    static func twoLines(of width: Int, isVisa: Bool) -> MRZLayout {
        let last = 2 * width - 1
        let optionalCheck = width == 44 && !isVisa ? last - 1 : nil
        return MRZLayout(
            states: [2, width + 10],
            names: 5..<width,
            number: width..<width + 9,
            birth: width + 13..<width + 19,
            sex: width + 20,
            expiry: width + 21..<width + 27,
            optional: width + 28..<(optionalCheck ?? last),
            optionalCheck: optionalCheck,
            composite: isVisa ? [] : [width..<width + 10, width + 13..<width + 20, width + 21..<last],
            compositeCheck: last
        )
    }
}

extension MRZLayout {
    /// The layout of a zone of so many characters in all; nil where there is none.
    init?(count: Int, isVisa: Bool) {
        switch count {
        case 90: self = .td1
        case 72: self = .twoLines(of: 36, isVisa: isVisa)
        case 88: self = .twoLines(of: 44, isVisa: isVisa)
        default: return nil
        }
    }
}

/// What a machine-readable zone, whose check digits are right, tells of its holder.
struct MRZFields {
    /// Family name and given names.
    let name: String
    /// The document's number.
    let number: String?
    /// The date of birth in either century that it may be of; none where it is not known to the day.
    let birthDates: [String]

    /// Nil for what is no zone.
    init?(_ text: String) {
        let characters = Array(text.filter { !$0.isNewline && !$0.isWhitespace })
        guard let layout = MRZLayout(count: characters.count, isVisa: characters.first == "V") else { return nil }
        func field(_ range: Range<Int>) -> String { String(characters[range]) }
        name = field(layout.names).split(separator: "<").joined(separator: " ")
        let digits = field(layout.number).filter { $0 != "<" }
        number = digits.isEmpty ? nil : digits
        let birth = field(layout.birth)
        guard birth.allSatisfy(\.isNumber) else {
            birthDates = []
            return
        }
        let (year, month, day) = (birth.prefix(2), birth.dropFirst(2).prefix(2), birth.suffix(2))
        birthDates = ["19", "20"].map { "\($0)\(year)-\(month)-\(day)" }
    }
}

extension IdentifierReading {
    private static let filler = UInt8(ascii: "<")

    /// All check digits and the form of the fields that have a fixed one.
    ///
    /// States are checked by form: many codes, such as `D`, `UTO` and `XXA`, are the document's own.
    func checkMRZ() throws(IdentifierFault) {
        let isVisa = bytes.first == UInt8(ascii: "V")
        guard let layout = MRZLayout(count: bytes.count, isVisa: isVisa) else {
            throw fault(.length("3 lines of 30, 2 lines of 36 or 2 lines of 44 characters"))
        }
        try checkCharacters(layout)
        try checkNumber(layout)
        for (field, range) in [(MRZField.birth, layout.birth), (.expiry, layout.expiry)] {
            guard Self.isDate(bytes[range]) else { throw fault(.date(field)) }
            try require(field, Self.digit(bytes[range]), at: range.upperBound)
        }
        if let check = layout.optionalCheck {
            // Without optional data the check digit may be a filler too.
            let isEmpty = bytes[layout.optional].allSatisfy { $0 == Self.filler } && bytes[check] == Self.filler
            if !isEmpty { try require(.optional, Self.digit(bytes[layout.optional]), at: check) }
        }
        guard !layout.composite.isEmpty else { return }
        let composite = layout.composite.reduce(into: ArraySlice<UInt8>()) { $0 += bytes[$1] }
        try require(.composite, Self.digit(composite), at: layout.compositeCheck)
    }

    private func checkCharacters(_ layout: MRZLayout) throws(IdentifierFault) {
        guard bytes.allSatisfy({ $0.isDigit || $0.isLetter || $0 == Self.filler }), bytes[0].isLetter else {
            throw fault(.form("A to Z, 0 to 9 and <, with a letter first"))
        }
        guard layout.states.allSatisfy({ isState(bytes[$0..<$0 + 3]) }) else {
            throw fault(.form("of a state and a nationality of one to three letters, filled up with <"))
        }
        guard bytes[layout.names].allSatisfy({ !$0.isDigit }), bytes[layout.names.lowerBound].isLetter else {
            throw fault(.form("of a name without digits"))
        }
        guard "MFX<".utf8.contains(bytes[layout.sex]) else { throw fault(.form("of a sex written M, F, X or <")) }
        guard bytes[layout.number.lowerBound] != Self.filler else { throw fault(.form("of a document with a number")) }
    }

    private func isState(_ code: ArraySlice<UInt8>) -> Bool {
        let letters = code.prefix { $0.isLetter }
        return !letters.isEmpty && code.dropFirst(letters.count).allSatisfy { $0 == Self.filler }
    }

    /// A filler in place of the check digit means that the number goes on, with its check digit, in the optional data.
    private func checkNumber(_ layout: MRZLayout) throws(IdentifierFault) {
        let check = layout.number.upperBound
        guard bytes[check] == Self.filler, layout.optionalCheck == nil, !layout.composite.isEmpty else {
            return try require(.number, Self.digit(bytes[layout.number]), at: check)
        }
        let rest = bytes[layout.optional].prefix { $0 != Self.filler }
        guard rest.count >= 2 else {
            return try require(.number, Self.digit(bytes[layout.number]), at: check)
        }
        try require(.number, Self.digit(bytes[layout.number] + rest.dropLast()), at: rest.endIndex - 1)
    }

    private func require(_ field: MRZField, _ expected: Int, at index: Int) throws(IdentifierFault) {
        guard !bytes[index].isDigit || bytes[index].value != expected else { return }
        throw fault(.checkDigit(expected: "\(expected)", of: field))
    }

    /// Weights 7, 3, 1 modulo 10 (Doc 9303-3 §4.9); a filler counts 0.
    private static func digit(_ field: ArraySlice<UInt8>) -> Int {
        field.enumerated().reduce(0) { $0 + $1.element.value * [7, 3, 1][$1.offset % 3] } % 10
    }

    /// YYMMDD, each pair of which may be unknown, `<<`.
    ///
    /// The century is unknown too, so 00 may be a leap year.
    private static func isDate(_ date: ArraySlice<UInt8>) -> Bool {
        let digits = Array(date)
        var pairs: [Int?] = []
        for start in [0, 2, 4] {
            let pair = digits[start..<start + 2]
            if pair.allSatisfy({ $0 == filler }) {
                pairs.append(nil)
            } else if pair.allSatisfy(\.isDigit) {
                pairs.append(pair.reduce(0) { $0 * 10 + $1.value })
            } else {
                return false
            }
        }
        guard let month = pairs[1] else { return pairs[2].map { (1...31).contains($0) } ?? true }
        guard (1...12).contains(month) else { return false }
        let days = [31, (pairs[0] ?? 0).isMultiple(of: 4) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return pairs[2].map { (1...days[month - 1]).contains($0) } ?? true
    }
}
