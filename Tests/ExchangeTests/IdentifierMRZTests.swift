import Exchange
import Testing

/// The specimens are those of ICAO Doc 9303, parts 4 to 7.
@Suite("A machine-readable zone")
struct IdentifierMRZTests {
    private static let passport = """
        P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
        L898902C36UTO7408122F1204159ZE184226B<<<<<10
        """
    private static let card = """
        I<UTOD231458907<<<<<<<<<<<<<<<
        7408122F1204159UTO<<<<<<<<<<<6
        ERIKSSON<<ANNA<MARIA<<<<<<<<<<
        """
    private static let longNumber = """
        I<UTOD23145890<7349<<<<<<<<<<<
        3407127M9507122UTO<<<<<<<<<<<2
        STEVENSON<<PETER<JOHN<<<<<<<<<
        """
    private static let twoLines = """
        I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<
        D231458907UTO7408122F1204159<<<<<<<6
        """
    private static let visa = """
        V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
        L898902C<3UTO6908061F9406236ZE184226B<<<<<<<
        """
    private static let smallVisa = """
        V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<
        L898902C<3UTO6908061F9406236ZE184226
        """

    private static func rule(_ text: String) -> IdentifierFault.Rule? {
        do throws(IdentifierFault) {
            _ = try Identifier(text, as: .mrz)
            return nil
        } catch {
            return error.rule
        }
    }

    @Test("of each size is taken", arguments: [passport, card, longNumber, twoLines, visa, smallVisa])
    func specimens(text: String) throws {
        let joined = text.replacing("\n", with: "")
        #expect(try Identifier(text, as: .mrz).value == joined)
        #expect(try Identifier(text.lowercased().replacing("\n", with: "\r\n"), as: .mrz).value == joined)
    }

    @Test("of a document is checked where a subject has it", arguments: ["Identification", "Passport"])
    func ofDocument(schema: String) throws {
        let document = try Subject(.document, key: "d", schema: schema, properties: ["mrz": [Self.passport]])
        #expect(document.identifiers.map(\.identifier.scheme) == [.mrz])
        let wrong = Self.passport.replacing("7408122", with: "7408123")
        let fault = #expect(throws: ContentFault.self) {
            try Subject(.document, key: "d", schema: schema, properties: ["mrz": [wrong]])
        }
        #expect(fault?.field == "properties.mrz[0]" && fault?.description.contains("must be 2") == true)
    }

    @Test("finds every wrong digit in what its check digits cover", arguments: [passport, card, longNumber, twoLines])
    func wrongDigits(text: String) {
        let characters = Array(text)
        for place in characters.indices {
            guard let old = characters[place].wholeNumberValue else { continue }
            for new in 0...9 where new != old {
                var changed = characters
                changed[place] = Character("\(new)")
                #expect(Self.rule(String(changed)) != nil, "\(String(changed))")
            }
        }
    }

    @Test("names the field whose check digit is wrong")
    func fields() {
        let cases: [(String, String, IdentifierFault.Rule)] = [
            ("C36UTO", "C35UTO", .checkDigit(expected: "6", of: .number)),
            ("7408122F", "7408123F", .checkDigit(expected: "2", of: .birth)),
            ("1204159ZE", "1204150ZE", .checkDigit(expected: "9", of: .expiry)),
            ("<<<<<10", "<<<<<20", .checkDigit(expected: "1", of: .optional)),
            ("<<<<<10", "<<<<<11", .checkDigit(expected: "0", of: .composite)),
            ("<<<<<10", "<<<<<1<", .checkDigit(expected: "0", of: .composite)),
            ("7408122F", "7413122F", .date(.birth)), ("7408122F", "7402302F", .date(.birth)),
            ("7408122F", "74<8122F", .date(.birth)), ("1204159Z", "1204319Z", .date(.expiry)),
        ]
        for (from, to, rule) in cases {
            #expect(Self.passport.contains(from))
            #expect(Self.rule(Self.passport.replacing(from, with: to)) == rule, "\(to)")
        }
        #expect(Self.rule(Self.longNumber.replacing("7349", with: "7348")) == .checkDigit(expected: "9", of: .number))
        #expect(Self.rule(Self.visa.replacing("6236", with: "6235")) == .checkDigit(expected: "6", of: .expiry))
    }

    @Test("takes states that ISO 3166 does not know", arguments: ["D<<", "UNO", "RKS", "XXA", "EUE"])
    func states(code: String) throws {
        _ = try Identifier(
            Self.passport.replacing("P<UTO", with: "P<\(code)").replacing("6UTO", with: "6\(code)"),
            as: .mrz
        )
    }

    @Test("takes a date of birth that is partly unknown, and optional data that is not there")
    func unknown() throws {
        // Check digits by hand: 7 4 0 8 < < gives 49 + 12 + 0 + 56 = 117.
        let unknown = "L898902C36UTO7408<<7F1204159<<<<<<<<<<<<<<<"
        let line = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
        let accepted = (0...9).filter { Self.rule("\(line)\(unknown)\($0)") == nil }
        #expect(accepted.count == 1)
        let zero = unknown.dropLast() + "0"
        #expect(accepted == (0...9).filter { Self.rule("\(line)\(zero)\($0)") == nil }, "a filler counts as 0")
    }

    @Test("of another form is refused")
    func forms() {
        let cases = [
            ("P<UTO", "P<1TO"), ("P<UTO", "P<<UT"), ("P<UTO", "1<UTO"), ("ANNA", "ANN4"), ("F1204", "Y1204"),
            ("L898902C36", "<<<<<<<<<0"), ("P<UTO", "P-UTO"),
        ]
        for (from, to) in cases {
            guard case .form = Self.rule(Self.passport.replacing(from, with: to)) else {
                Issue.record("\(to) is taken")
                continue
            }
        }
        #expect(Self.rule(Self.passport + "<") == .length("3 lines of 30, 2 lines of 36 or 2 lines of 44 characters"))
    }
}
