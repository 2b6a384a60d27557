import Exchange
import Testing

@Suite("An identifier")
struct IdentifierTests {
    private static let genuine: [(IdentifierScheme, [String])] = [
        (.container, ["CSQU3054383", "TEXU3070079", "csqu 305438-3", "CSQU1000080"]),
        (.imo, ["IMO 9074729", "9074729", "imo8814275", "IMO9319466"]),
        (.imoCompany, ["0309317", "IMO 0309317"]),
        (.mmsi, ["366999712", "002320001", "009990000", "033812345", "111232501", "823212345", "970010123"]),
        (.airWaybill, ["125-12345675", "12512345675", "125-1234 5675"]),
        (.vin, ["1M8GDM9AXKP042788", "5GZCZ43D13S812715", "11111111111111111", "WVWZZZ1JZ3W386752"]),
        // The last two were issued although ISO 17442-1 §5.1 rules their check digits out.
        (.lei, ["5493001KJTIIGC8Y1R12", "HWUPKR0MPOU8FGXBT394", "31570010000000045200", "315700WH3YMKHCVYW201"]),
        (.bic, ["DEUTDEFF", "deutdeff500", "NEDSZAJJXXX", "UBSWCHZH80A", "NCBVXKPR"]),
        (.locode, ["NLRTM", "NL RTM", "us nyc", "BEANR", "DE22Q", "XZAAA"]),
        (.country, ["NL", "gb", "SS"]),
        (.subdivision, ["NL-ZH", "gb-nir", "US-NY", "FR-2A", "AU-N"]),
        (.jurisdiction, ["nl", "eu", "xk", "suhh", "gb-nir", "ua-cri", "x-so", "cy-trnc", "zz", "ac"]),
        (.hs, ["84", "8471", "8471.30", "847130", "8471.30.0100", "8471.30.01.00", "9801.00.10", "300490990"]),
        (.unNumber, ["UN1203", "un 0004", "3480"]),
        (.date, ["1971", "1971-02", "1971-02-28", "1972-02-29", "2000-02-29", "1971-12-31", "2024-02-29T08:00:00"]),
    ]

    @Test("of every scheme is taken as it is published")
    func genuine() throws {
        for (scheme, texts) in Self.genuine {
            for text in texts { _ = try Identifier(text, as: scheme) }
        }
        let untested = Set(IdentifierScheme.allCases).subtracting(Self.genuine.map(\.0))
        #expect(untested == [.iban, .mrz], "each has tests of its own")
    }

    @Test("has one form, however it is written")
    func canonical() throws {
        let cases: [(IdentifierScheme, String, String)] = [
            (.container, "csqu 305438-3", "CSQU3054383"), (.imo, "imo 9074729", "9074729"),
            (.airWaybill, "125-1234 5675", "12512345675"), (.iban, "gb29 nwbk 6016 1331 9268 19", Self.british),
            (.hs, "8471.30.01.00", "8471300100"), (.unNumber, "UN 1203", "1203"), (.locode, "nl rtm", "NLRTM"),
            (.jurisdiction, "gb-nir", "GB-NIR"), (.subdivision, " nl-zh\n", "NL-ZH"),
        ]
        for (scheme, text, value) in cases {
            let identifier = try Identifier(text, as: scheme)
            #expect(identifier.value == value && identifier.scheme == scheme)
            #expect(try Identifier(value, as: scheme) == identifier)
        }
    }

    private static let british = "GB29NWBK60161331926819"

    /// Examples of the registry, and two of countries outside it.
    private static let accounts = """
        AD1200012030200359100100 AE070331234567890123456 AL47212110090000000235698741 AT611904300234573201
        AZ21NABZ00000000137010001944 BA391290079401028494 BE68539007547034 BG80BNBG96611020345678
        BH67BMAG00001299123456 BR9700360305000010009795493P1 BY13NBRB3600900000002Z00AB00 CH9300762011623852957
        CR05015202001026284066 CY17002001280000001200527600 CZ6508000000192000145399 DE89370400440532013000
        DK5000400440116243 DO28BAGR00000001212453611324 EE382200221020145685 ES9121000418450200051332
        FI2112345600000785 FO6264600001631634 FR1420041010050500013M02606 GB29NWBK60161331926819
        GE29NB0000000101904917 GI75NWBK000000007099453 GL8964710001000206 GR1601101250000000012300695
        GT82TRAJ01020000001210029690 HR1210010051863000160 HU42117730161111101800000000 IE29AIBK93115212345678
        IL620108000000099999999 IQ98NBIQ850123456789012 IS140159260076545510730339 IT60X0542811101000000123456
        JO94CBJO0010000000000131000302 KW81CBKU0000000000001234560101 KZ86125KZT5004100100
        LB62099900000001001901229114 LC55HEMM000100010012001200023015 LI21088100002324013AA LT121000011101001000
        LU280019400644750000 LV80BANK0000435195001 MC5811222000010123456789030 MD24AG000225100013104168
        ME25505000012345678951 MK07250120000058984 MR1300020001010000123456753 MT84MALT011000012345MTLCAST001S
        MU17BOMM0101101030300200000MUR NL91ABNA0417164300 NO9386011117947 PK36SCBL0000001123456702
        PL61109010140000071219812874 PS92PALS000000000400123456702 PT50000201231234567890154
        QA58DOHB00001234567890ABCDEFG RO49AAAA1B31007593840000 RS35260005601001611379 SA0380000000608010167519
        SC18SSCB11010000000000001497USD SE4550000000058398257466 SI56191000000123438 SK3112000000198742637541
        SM86U0322509800000000270100 ST68000100010051845310112 SV62CENR00000000000000700025
        TL380080012345678910157 TN5910006035183598478831 TR330006100519786457841326
        UA213996220000026007233566001 VG96VPVG0000012345678901 XK051212012345678906
        IR710570029971601460641001 DZ580002100001113000000570
        """

    @Test("that is an IBAN is held to its country's length")
    func accounts() throws {
        for text in Self.accounts.split(whereSeparator: \.isWhitespace) {
            let account = try Identifier(String(text), as: .iban)
            #expect(account.value == text)
            let isRegistered = !["IR", "DZ"].contains(text.prefix(2))
            let fault = #expect(throws: IdentifierFault.self) { try Identifier(String(text.dropLast()), as: .iban) }
            switch fault?.rule {
            case .length: #expect(isRegistered)
            case .checkDigit: #expect(!isRegistered)
            case .form, .country, .date, nil: Issue.record("\(text)")
            }
        }
        let wrong: [(String, IdentifierFault.Rule)] = [
            ("GB00HLFX11016111455365", .checkDigit(expected: "97")),
            ("GB28" + Self.british.dropFirst(4), .checkDigit(expected: "29")),
            ("XX89370400440532013000", .country),
            ("DE8937040044053201300", .length("22 characters in DE")),
        ]
        for (text, rule) in wrong { Self.refuse(text, .iban, rule) }
    }

    private static func refuse(_ text: String, _ scheme: IdentifierScheme, _ rule: IdentifierFault.Rule) {
        let fault = #expect(throws: IdentifierFault.self) { try Identifier(text, as: scheme) }
        #expect(fault?.rule == rule && fault?.scheme == scheme, "\(text)")
    }

    @Test("with a wrong check digit is refused with the right one")
    func checkDigits() {
        let cases: [(IdentifierScheme, String, String)] = [
            (.container, "CSQU3054384", "3"), (.container, "CSQU1000087", "0"), (.imo, "9074728", "9"),
            (.imoCompany, "0309318", "7"), (.airWaybill, "125-12345676", "5"), (.vin, "1M8GDM9A0KP042788", "X"),
            (.vin, "1M8GDM9A_KP042788".replacing("_", with: "3"), "X"), (.lei, "5493001KJTIIGC8Y1R21", "12"),
        ]
        for (scheme, text, expected) in cases { Self.refuse(text, scheme, .checkDigit(expected: expected)) }
    }

    @Test("of no scheme's form is refused", arguments: IdentifierScheme.allCases)
    func noForm(scheme: IdentifierScheme) {
        let texts = [
            "", " ", "-", "?", "0", "é", "９０７４７２９", "00000000000000000000000000", "A", "AA-", "-AA", "A-A-A", "..",
            "IMO", "<<<", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "\u{0}\u{0}", "abc def ghi",
            String(repeating: "1", count: 100), String(repeating: " ", count: 129), String(repeating: "<", count: 88),
        ]
        for text in texts {
            let fault = #expect(throws: IdentifierFault.self, "\(text)") { try Identifier(text, as: scheme) }
            #expect(fault?.description.hasPrefix("\(scheme.rawValue): ") == true)
        }
    }

    @Test("that breaks its rule is refused")
    func broken() {
        let cases: [(IdentifierScheme, [String])] = [
            (.container, ["CSQX3054383", "CS1U3054383", "CSQU305438", "CSQU30543831"]),
            (.imo, ["0000000", "907472", "90747290", "MMO9074729"]),
            (.imoCompany, ["0000000"]),
            (.mmsi, ["123456789", "200123456", "776123456", "001999999", "019912345", "111999123", "980012345"]),
            (.airWaybill, ["125-1234567", "12A-12345675"]),
            (.vin, ["1M8GDM9AXKP04278", "IM8GDM9AXKP042788", "WVWZZZ1JZ3W38675O"]),
            (.lei, ["5493001KJTIIGC8Y1R1", "5493001KJTIIGC8Y1R1A"]),
            (.bic, ["DEUTDEF", "DEUTDEFF50", "1EUTDEFF", "DEUTXXFF", "DEUTUKFF"]),
            (.locode, ["NLRT", "NLRT0", "NL1TM", "XXRTM", "UKLON"]),
            (.country, ["UK", "EU", "XK", "NLD", "ZZ"]), (.subdivision, ["NL-", "NL-ABCD", "XX-A", "NLZH"]),
            (.jurisdiction, ["qq", "Russia", "n", "qq-aa", "nl-abcde", "12", "su12"]),
            (
                .hs,
                [
                    "8", "847", "84713", "77", "7701", "00", "98", "9801", "980100", "84.7.1", "8471.", "84..71",
                    "847.130", "84713001001",
                ]
            ),
            (.unNumber, ["UN120", "UN12030", "UNX203", "120A"]),
            (
                .date,
                [
                    "1971-02-31", "1971-02-29", "1900-02-29", "1971-04-31", "1971-13", "1971-00", "1971-02-00", "0000",
                    "71",
                    "1971-2-4", "04-02-1971", "19710204", "1971-", "1971-02-", "1971-02-04T", "1971-02-04T25:00:00Z",
                    "circa 1971",
                    "4 Feb 1971",
                ]
            ),
        ]
        for (scheme, texts) in cases {
            for text in texts {
                #expect(throws: IdentifierFault.self, "\(scheme) \(text)") { try Identifier(text, as: scheme) }
            }
        }
    }

    @Test("that is an MMSI says what it names")
    func stations() throws {
        let cases: [(String, MaritimeStation)] = [
            ("366999712", .ship), ("201000000", .ship), ("775999999", .ship), ("002320001", .coast),
            ("009990000", .coast), ("033812345", .shipGroup), ("111232501", .aircraft), ("823212345", .handheld),
            ("970010123", .device), ("972010123", .device), ("974010123", .device), ("982321234", .craft),
            ("992321234", .aidToNavigation),
        ]
        for (text, station) in cases { #expect(try Identifier(text, as: .mmsi).station == station) }
        #expect(Set(cases.map(\.1)) == Set(MaritimeStation.allCases))
        #expect(try Identifier("9074729", as: .imo).station == nil)
    }

    @Test("is refused in words that name the rule and not the text")
    func words() {
        let cases: [(IdentifierScheme, String, String)] = [
            (.container, "CSQU3054384", "container: the check digit must be 3 (ISO 6346)"),
            (.iban, "GB00HLFX11016111455365", "iban: the check digits must be 97 (ISO 13616)"),
            (.airWaybill, "1", "air-waybill: must have 11 digits (IATA Resolution 600a)"),
            (.unNumber, "ABCD", "un-number: must be 4 digits (UN Model Regulations, chapter 3.2)"),
            (
                .country, "UK",
                "country: the country must be one of the two-letter codes of ISO 3166-1 "
                    + "(ISO 3166-1)"
            ),
        ]
        for (scheme, text, description) in cases {
            let fault = #expect(throws: IdentifierFault.self) { try Identifier(text, as: scheme) }
            #expect(fault?.description == description)
        }
        #expect(Set(IdentifierScheme.allCases.map(\.label)).count == IdentifierScheme.allCases.count)
    }

    @Test("is looked for in the FollowTheMoney properties that hold one")
    func properties() {
        let cases: [(String, String, IdentifierScheme?)] = [
            ("Vessel", "imoNumber", .imo), ("Organization", "imoNumber", .imoCompany), ("Vessel", "mmsi", .mmsi),
            ("Company", "leiCode", .lei), ("LegalEntity", "swiftBic", .bic), ("BankAccount", "bic", .bic),
            ("BankAccount", "iban", .iban), ("Person", "nationality", .jurisdiction),
            ("Vessel", "flag", .jurisdiction), ("Company", "jurisdiction", .jurisdiction),
            ("Address", "country", .jurisdiction), ("Vehicle", "registrationNumber", nil),
            ("Vehicle", "vin", .vin), ("Identification", "mrz", .mrz), ("Passport", "mrz", .mrz),
            ("Company", "eori", nil),
            ("Person", "birthDate", .date), ("Passport", "birthDate", .date), ("Passport", "endDate", .date),
            ("Vessel", "buildDate", .date), ("Airplane", "icaoCode", nil), ("Passport", "number", nil),
            ("Person", "name", nil), ("", "", nil),
        ]
        for (schema, property, scheme) in cases {
            #expect(IdentifierScheme.scheme(ofProperty: property, of: schema) == scheme, "\(schema).\(property)")
        }
    }

    @Test("of a country is one of 249")
    func countries() {
        #expect(ISO3166.countries.count == 249)
        #expect(ISO3166.countries.allSatisfy { $0.utf8.count == 2 && $0 == $0.uppercased() })
    }
}
