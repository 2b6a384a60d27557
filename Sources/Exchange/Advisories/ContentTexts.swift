import Foundation

extension AdvisoryContent {
    /// Texts tell no more than the subjects do: nobody who is to be protected, and, where nothing is named, no number
    /// that names somebody or something.
    func checkTexts() throws(ContentFault) {
        let texts = [("title", title), ("facts", facts), ("assessment", assessment), ("tearline", tearline)]
        let isNominal = subjects.contains { $0.kind.isNominal }
        for case (let field, let text?) in texts {
            let words = text.foldedWords
            let digits = text.uppercased().filter { $0.isLetter || $0.isNumber }
            for (place, subject) in subjects.enumerated() where subject.isProtected {
                let isNamed = subject.spokenNames.contains { words.contains($0) || words.contains($0.reversed()) }
                let isTold = subject.identifiers.contains { checked in
                    checked.identifier.value.count >= Self.tellingCharacters
                        && digits.contains(checked.identifier.value)
                }
                guard isNamed || isTold else { continue }
                let rule = "names subjects[\(place)], who is to be protected and is named to nobody; leave that out"
                throw ContentFault(field, .form(rule))
            }
            if !isNominal, let number = text.namingNumber {
                let rule = "holds \(number), and the advisory names nobody: add it as a subject, or leave it out"
                throw ContentFault(field, .form(rule))
            }
        }
    }

    /// An identifier as short may stand in any text by chance.
    private static let tellingCharacters = 6
}

extension Subject {
    /// What it may be called in a text, word by word: a single short word is many things.
    fileprivate var spokenNames: [[String]] {
        ["name", "alias", "previousName"].flatMap { properties[$0] ?? [] }.map(\.foldedWords).filter { words in
            words.count > 1 || words.contains { $0.count >= Self.tellingLetters }
        }
    }

    /// A word as short may be any other.
    private static let tellingLetters = 5
}

extension String {
    /// Its words without what spellings differ in: case, accents, spaces, punctuation.
    public var foldedWords: [String] {
        let plain = decomposedStringWithCompatibilityMapping.lowercased().unicodeScalars.filter { scalar in
            scalar.properties.generalCategory != .nonspacingMark
        }
        return String(String.UnicodeScalarView(plain)).split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// What kind of number that names somebody or something is in it; nil where none is: an IBAN, a container number or
    /// an IMO number whose check digits are right.
    fileprivate var namingNumber: String? {
        let forms: [(Regex<Substring>, IdentifierScheme)] = [
            (/[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?/, .iban),
            (/[A-Z]{3}[UJZ] ?\d{6} ?\d/, .container),
            (/IMO ?\d{7}/, .imo),
        ]
        for (form, scheme) in forms {
            for match in matches(of: form) {
                let compact = String(match.output.filter { !$0.isWhitespace })
                if (try? Identifier(compact, as: scheme)) != nil {
                    return "\(scheme == .container ? "a" : "an") \(scheme.label)"
                }
            }
        }
        return nil
    }
}
