/// Codes of legal entities, accounts and banks.
extension IdentifierReading {
    // MARK: ISO 17442

    /// The remainder alone decides: 00 and 01 are no check digits by the standard, yet some issued LEIs end with them.
    func checkLEI() throws(IdentifierFault) {
        try require(form: "XXXXXXXXXXXXXXXXXX99", "18 letters and digits, then two check digits")
        guard Self.remainder97(bytes[...]) != 1 else { return }
        throw fault(.checkDigit(expected: Self.checkDigits97(bytes[..<18])))
    }

    // MARK: ISO 13616

    /// A country outside the registry is held to the general form: some, Iran among them, issue IBANs of their own.
    func checkIBAN() throws(IdentifierFault) {
        guard (5...34).contains(bytes.count) else { throw fault(.length("15 to 34 characters")) }
        try require(
            form: "AA99" + String(repeating: "X", count: bytes.count - 4),
            "two letters of the country, two check digits, then letters and digits"
        )
        let country = text(0..<2)
        if let length = Self.accountLengths[country] {
            guard bytes.count == length else { throw fault(.length("\(length) characters in \(country)")) }
        } else {
            guard ISO3166.countries.contains(country) else { throw fault(.country) }
            guard bytes.count >= 15 else { throw fault(.length("15 to 34 characters")) }
        }
        let expected = Self.checkDigits97(bytes[4...] + bytes[..<2])
        guard text(2..<4) == expected else { throw fault(.checkDigit(expected: expected)) }
    }

    /// The length in each country of the registry (release 101).
    private static let accountLengths: [String: Int] = {
        let countries = [
            15: "NO", 16: "BE", 18: "DK FI FK FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
            21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
            24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM",
            28: "AL AZ BY CY DO GT HN HU LB NI PL SV", 29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC",
            32: "LC", 33: "RU",
        ]
        var lengths: [String: Int] = [:]
        for (length, codes) in countries {
            for code in codes.split(separator: " ") { lengths[String(code)] = length }
        }
        return lengths
    }()

    // MARK: ISO 9362

    /// The standard allows digits in the first four places, but none was ever given: there they are misread letters.
    func checkBIC() throws(IdentifierFault) {
        guard bytes.count == 8 || bytes.count == 11 else { throw fault(.length("8 or 11 characters")) }
        try require(
            form: bytes.count == 8 ? "AAAAAAXX" : "AAAAAAXXXXX",
            "four letters, two of the country, then two or five letters and digits"
        )
        // Kosovo has no ISO code; SWIFT uses the user-assigned one.
        let country = text(4..<6)
        guard ISO3166.countries.contains(country) || country == "XK" else { throw fault(.country) }
    }

    // MARK: ISO 7064

    /// The two digits that, appended, leave a remainder of 1 modulo 97.
    private static func checkDigits97(_ bytes: ArraySlice<UInt8>) -> String {
        let digits = 98 - remainder97(bytes + "00".utf8)
        return digits < 10 ? "0\(digits)" : "\(digits)"
    }

    private static func remainder97(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reduce(0) { ($0 * ($1.isDigit ? 10 : 100) + $1.value) % 97 }
    }
}
