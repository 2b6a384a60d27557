import Exchange
import TestSupport
import Testing

/// Errors that a rule is able to find are found; which these are follows from its arithmetic.
@Suite("The check digit of")
struct IdentifierErrorTests {
    private static let rounds = 60

    /// Digits and capital letters at random.
    private static func text(_ form: String, _ random: inout SplitMix64) -> String {
        String(
            form.map { kind in
                switch kind {
                case "9": "0123456789".randomElement(using: &random) ?? "0"
                case "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ".randomElement(using: &random) ?? "A"
                default: kind
                }
            }
        )
    }

    /// The identifier that the check digit completes; nil for a form whose check digits none can be.
    private static func complete(_ text: String, as scheme: IdentifierScheme) -> String? {
        (0...9).map { text + "\($0)" }.first { (try? Identifier($0, as: scheme)) != nil }  // Nine are refused.
    }

    /// Each text that differs in one digit, with its place and by how much.
    private static func singles(_ text: String) -> [(text: String, place: Int, difference: Int)] {
        let characters = Array(text)
        return characters.indices.flatMap { place in
            guard let old = characters[place].wholeNumberValue else {
                return [(text: String, place: Int, difference: Int)]()
            }
            return (0...9).filter { $0 != old }.map { new in
                var changed = characters
                changed[place] = Character("\(new)")
                return (String(changed), place, new - old)
            }
        }
    }

    private static func isAccepted(_ text: String, _ scheme: IdentifierScheme) -> Bool {
        (try? Identifier(text, as: scheme)) != nil  // Only whether.
    }

    @Test("a container finds every wrong digit, but for one that turns a remainder of 10 into 0 or back")
    func container() throws {
        var random = SplitMix64(seed: 6346)
        for _ in 0..<Self.rounds {
            let text = try #require(Self.complete(Self.text("AAAU999999", &random), as: .container))
            for (changed, place, _) in Self.singles(text) where Self.isAccepted(changed, .container) {
                #expect(place < 10 && text.hasSuffix("0"), "\(text) \(changed)")
                #expect([0, 10].contains(Self.remainder(text)) && [0, 10].contains(Self.remainder(changed)))
            }
        }
    }

    /// The same sum in another way: a table of the letters' values.
    private static func remainder(_ text: String) -> Int {
        let values = Array("0123456789A?BCDEFGHIJK?LMNOPQRSTU?VWXYZ")
        var weight = 1
        var sum = 0
        for character in text.dropLast() {
            sum += (values.firstIndex(of: character) ?? 0) * weight
            weight *= 2
        }
        return sum % 11
    }

    @Test("an IMO number finds the wrong digits that its weights tell apart")
    func ships() throws {
        var random = SplitMix64(seed: 1117)
        for _ in 0..<Self.rounds {
            let text = try #require(Self.complete("9" + Self.text("99999", &random), as: .imo))
            for (changed, place, difference) in Self.singles(text) {
                let weight = place == 6 ? 1 : 7 - place
                #expect(
                    Self.isAccepted(changed, .imo) == (weight * difference).isMultiple(of: 10),
                    "\(text) \(changed)"
                )
            }
        }
    }

    @Test("an air waybill finds every wrong digit of the serial number that is not off by 7")
    func airWaybills() throws {
        var random = SplitMix64(seed: 600)
        for _ in 0..<Self.rounds {
            let text = try #require(Self.complete(Self.text("9999999999", &random), as: .airWaybill))
            for (changed, place, difference) in Self.singles(text) {
                // Nothing checks the airline; the check digit itself is 0 to 6.
                let isHidden = place < 3 || (place < 10 && abs(difference) == 7)
                #expect(Self.isAccepted(changed, .airWaybill) == isHidden, "\(text) \(changed)")
            }
        }
    }

    @Test("an LEI and an IBAN find every wrong digit, wrong letter and swap of like neighbours")
    func modulo97() throws {
        let values: [(String, IdentifierScheme)] = [
            ("5493001KJTIIGC8Y1R12", .lei), ("HWUPKR0MPOU8FGXBT394", .lei), ("GB29NWBK60161331926819", .iban),
            ("DE89370400440532013000", .iban), ("FR1420041010050500013M02606", .iban),
            ("SC18SSCB11010000000000001497USD", .iban),
        ]
        for (text, scheme) in values {
            for (changed, _, _) in Self.singles(text) { #expect(!Self.isAccepted(changed, scheme), "\(changed)") }
            let characters = Array(text)
            for place in characters.indices where characters[place].isLetter {
                for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" where letter != characters[place] {
                    var changed = characters
                    changed[place] = letter
                    #expect(!Self.isAccepted(String(changed), scheme), "\(String(changed))")
                }
            }
            // A digit and a letter may swap unseen: 1B and B1 both count 111.
            for place in characters.indices.dropLast()
            where characters[place].isLetter == characters[place + 1].isLetter
                && characters[place] != characters[place + 1]
            {
                var changed = characters
                changed.swapAt(place, place + 1)
                #expect(!Self.isAccepted(String(changed), scheme), "\(String(changed))")
            }
        }
    }

    @Test("a North American VIN finds every wrong digit")
    func vehicles() {
        for text in ["1M8GDM9AXKP042788", "5GZCZ43D13S812715", "11111111111111111"] {
            for (changed, place, _) in Self.singles(text) {
                // Another maker's region need not have a check digit; the year's digits come after it.
                let isElsewhere = place == 0 && !("1"..."5").contains(changed.prefix(1))
                #expect(Self.isAccepted(changed, .vin) == isElsewhere, "\(text) \(changed)")
            }
        }
    }

    @Test("no scheme stops at any text", arguments: IdentifierScheme.allCases)
    func anyText(scheme: IdentifierScheme) {
        var random = SplitMix64(seed: 97)
        let characters = Array("0123456789ABCDUJZXN<-. \n\u{0}é")
        for _ in 0..<2_000 {
            let count = [2, 4, 5, 7, 8, 9, 11, 17, 20, 22, 72, 88, 90].randomElement(using: &random) ?? 1
            let text = String((0..<count).map { _ in characters.randomElement(using: &random) ?? "0" })
            guard let identifier = try? Identifier(text, as: scheme) else { continue }  // Most are refused.
            #expect((try? Identifier(identifier.value, as: scheme)) == identifier, "\(text)")
        }
    }
}
