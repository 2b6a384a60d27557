/// A text on its way to an identifier: upper case, without what people put between the characters.
struct IdentifierReading {
    let scheme: IdentifierScheme
    var bytes: [UInt8]

    init(_ text: String, _ scheme: IdentifierScheme) {
        self.scheme = scheme
        let keepsHyphens =
            switch scheme {
            case .subdivision, .jurisdiction, .mrz, .hs, .date: true
            case .container, .imo, .imoCompany, .mmsi, .airWaybill, .vin, .lei, .iban, .bic, .locode, .country,
                .unNumber:
                false
            }
        bytes = text.utf8.compactMap { byte in
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): nil
            case UInt8(ascii: "-"): keepsHyphens ? byte : nil
            case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 32
            default: byte
            }
        }
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// Leaves out what some write before the number.
    mutating func drop(prefix: String) {
        if bytes.starts(with: prefix.utf8) { bytes.removeFirst(prefix.utf8.count) }
    }

    // MARK: Demands

    func fault(_ rule: IdentifierFault.Rule) -> IdentifierFault { IdentifierFault(scheme: scheme, rule: rule) }

    func require(length: Int, _ unit: String = "characters") throws(IdentifierFault) {
        guard bytes.count == length else { throw fault(.length("\(length) \(unit)")) }
    }

    /// Checks the number of characters and the class of each: `A` a letter, `9` a digit, `X` either.
    func require(form: String, _ words: String) throws(IdentifierFault) {
        try require(length: form.utf8.count)
        let isMet = zip(bytes, form.utf8).allSatisfy { byte, kind in
            switch kind {
            case UInt8(ascii: "A"): byte.isLetter
            case UInt8(ascii: "9"): byte.isDigit
            default: byte.isLetter || byte.isDigit
            }
        }
        guard isMet else { throw fault(.form(words)) }
    }

    func require(digits: Int) throws(IdentifierFault) {
        try require(length: digits, "digits")
        guard bytes.allSatisfy(\.isDigit) else { throw fault(.form("\(digits) digits")) }
    }

    func require(check expected: Int, at index: Int) throws(IdentifierFault) {
        guard bytes[index].value != expected else { return }
        throw fault(.checkDigit(expected: "\(expected)"))
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isLetter: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }

    /// 0 to 9 for the digits, 10 to 35 for the letters, 0 for the rest: as ISO 7064 and ICAO Doc 9303 count.
    var value: Int {
        if isDigit { return Int(self - UInt8(ascii: "0")) }
        return isLetter ? Int(self - UInt8(ascii: "A")) + 10 : 0
    }
}
