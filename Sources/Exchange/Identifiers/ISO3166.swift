/// The codes of countries.
public enum ISO3166 {
    /// The officially assigned two-letter codes of ISO 3166-1, in upper case.
    public static let countries: Set<String> = codes(
        """
        AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
        CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
        FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
        JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
        MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
        PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
        TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
        """
    )

    /// Two-letter codes in use that are not, or no longer, officially assigned.
    ///
    /// Reserved: islands, the European Union, the United Nations, states that are no more. User-assigned: `X` with any
    /// letter, `ZZ`. `IP`, cyberspace, is FollowTheMoney's own.
    public static let others: Set<String> = codes(
        """
        AC AN BU CP CQ CS DD DG EA EU EZ FX IC IP NT SU TA TP UK UN YU ZR ZZ
        XA XB XC XD XE XF XG XH XI XJ XK XL XM XN XO XP XQ XR XS XT XU XV XW XX XY XZ
        """
    )

    private static func codes(_ text: String) -> Set<String> {
        Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
    }
}

/// Codes of countries and of places in them.
extension IdentifierReading {
    func checkCountry() throws(IdentifierFault) {
        try require(form: "AA", "two letters")
        guard ISO3166.countries.contains(text(0..<2)) else { throw fault(.country) }
    }

    /// The form and the country; the parts themselves change too often to be held here.
    func checkSubdivision() throws(IdentifierFault) {
        let parts = try parts("a country, a hyphen and one to three letters and digits")
        guard ISO3166.countries.contains(parts.country) else { throw fault(.country) }
    }

    /// What FollowTheMoney writes for a country: mostly ISO 3166-1, but also unions, former states and disputed parts.
    func checkJurisdiction() throws(IdentifierFault) {
        let words = "a code of ISO 3166-1, of ISO 3166-3 (four letters), or one of these with a hyphen and a part of it"
        switch bytes.count {
        case 2:
            guard isCountry(text(0..<2)) else { throw fault(.country) }
        case 4 where bytes.allSatisfy(\.isLetter):
            break  // A former state, such as SUHH. `X-SO`, as long, has a hyphen.
        default:
            let parts = try parts(words)
            guard isCountry(parts.country) || parts.country == "X" else { throw fault(.country) }
        }
    }

    private func isCountry(_ code: String) -> Bool {
        ISO3166.countries.contains(code) || ISO3166.others.contains(code)
    }

    private func parts(_ words: String) throws(IdentifierFault) -> (country: String, part: String) {
        let parts = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        let partLengthMax = scheme == .subdivision ? 3 : 4
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[0].allSatisfy(\.isLetter),
            (1...partLengthMax).contains(parts[1].count), parts[1].allSatisfy({ $0.isLetter || $0.isDigit })
        else { throw fault(.form(words)) }
        return (String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self))
    }

    /// The form and the country.
    ///
    /// `XK` is Kosovo, `XZ` installations in international waters.
    func checkLocation() throws(IdentifierFault) {
        let words = "two letters of the country and three of A to Z and 2 to 9"
        try require(form: "AAXXX", words)
        guard !bytes[2...].contains(where: { "01".utf8.contains($0) }) else { throw fault(.form(words)) }
        let country = text(0..<2)
        guard ISO3166.countries.contains(country) || ["XK", "XZ"].contains(country) else { throw fault(.country) }
    }
}
