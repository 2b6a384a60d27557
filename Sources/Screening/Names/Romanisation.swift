import Foundation

/// Names in Latin letters without marks, in lower case, word by word.
///
/// Cyrillic, Greek, Arabic, Persian and Hebrew letter by letter after `romanisation.txt`; Hangul by its syllables
/// (Revised Romanization of Korean, 2000); every other script by the transforms of Unicode CLDR.
enum Romanisation {
    /// Scalars of a name that are looked at.
    static let scalarsMax = 400
    /// Words of a name that are looked at.
    static let wordsMax = 24
    /// Letters of a word that are looked at.
    static let lettersMax = 40

    /// A word of a name.
    struct Word: Hashable {
        /// Latin letters and digits, ASCII, in lower case; never empty.
        var letters: [UInt8]
        /// Whether it was written without its vowels.
        var isAbjad: Bool
        /// Whether it was written in Latin letters.
        var isLatin: Bool
    }

    private static let table: [UInt32: [UInt8]] = {
        var table: [UInt32: [UInt8]] = [:]
        for line in DataFile.lines(PackageResources.romanisation_txt) {
            let words = DataFile.words(line)
            guard let scalar = words.first?.unicodeScalars.first else { continue }
            table[scalar.value] = words.count > 1 ? Array(words[1].utf8) : []
        }
        return table
    }()

    /// The words of a name, in order; as many as there may be.
    static func words(_ name: String) -> [Word] {
        if name.utf8.allSatisfy({ $0 < 0x80 }) { return words(ascii: name.utf8.prefix(scalarsMax)) }
        let cut = String(String.UnicodeScalarView(name.unicodeScalars.prefix(scalarsMax)))
        let (text, isTransformed) = romanisable(cut)
        var words: [Word] = []
        var word = Word(letters: [], isAbjad: false, isLatin: true)
        func end() {
            if !word.letters.isEmpty, words.count < wordsMax {
                word.letters = Array(word.letters.prefix(lettersMax))
                if isTransformed { word.isLatin = false }
                words.append(word)
            }
            word = Word(letters: [], isAbjad: false, isLatin: true)
        }
        for scalar in text.unicodeScalars {
            let value = scalar.value
            switch value {
            case 0x30...0x39, 0x61...0x7A: word.letters.append(UInt8(value))
            case 0x41...0x5A: word.letters.append(UInt8(value + 32))
            // Apostrophes and the like stand within a word; so do marks that are left, and what is not seen.
            case 0x27, 0x60, 0x2018, 0x2019, 0x02B9...0x02BC, 0x0640: continue
            case 0xAC00...0xD7A3:
                word.isLatin = false
                word.letters += Hangul.syllable(value)
                // Each syllable is a name's word: how they are joined differs from writer to writer.
                end()
            default:
                if let letters = table[scalar.properties.lowercaseMapping.unicodeScalars.first?.value ?? value] {
                    word.letters += letters
                    if value > 0x24F { word.isLatin = false }
                    if (0x590...0x8FF).contains(value) || (0xFB1D...0xFEFC).contains(value) { word.isAbjad = true }
                } else if !isWithin(scalar) {
                    end()
                }
            }
        }
        end()
        return words
    }

    /// The same of a name that has nothing else than ASCII.
    private static func words(ascii name: some Sequence<UInt8>) -> [Word] {
        var words: [Word] = []
        var letters: [UInt8] = []
        func end() {
            if !letters.isEmpty, words.count < wordsMax {
                words.append(Word(letters: Array(letters.prefix(lettersMax)), isAbjad: false, isLatin: true))
            }
            letters.removeAll(keepingCapacity: true)
        }
        for byte in name {
            switch byte {
            case 0x30...0x39, 0x61...0x7A: letters.append(byte)
            case 0x41...0x5A: letters.append(byte + 32)
            case 0x27, 0x60: continue
            default: end()
            }
        }
        end()
        return words
    }

    /// Without marks, and with the scripts that have no table in Latin letters.
    private static func romanisable(_ name: String) -> (text: String, isTransformed: Bool) {
        var folded = name.decomposedStringWithCompatibilityMapping
        // Hangul falls into its letters by decomposing.
        if folded.unicodeScalars.contains(where: { (0x1100...0x11FF).contains($0.value) }) {
            folded = folded.precomposedStringWithCanonicalMapping
        }
        let needsTransform = folded.unicodeScalars.contains { scalar in
            scalar.properties.isAlphabetic && scalar.value > 0x24F && !isMark(scalar)
                && !(0xAC00...0xD7A3).contains(scalar.value)
                && table[scalar.properties.lowercaseMapping.unicodeScalars.first?.value ?? scalar.value] == nil
        }
        guard needsTransform else { return (folded, false) }
        // A word of another script keeps its place among those that have a table.
        let words = folded.split(separator: " ", omittingEmptySubsequences: false).map { part in
            let word = String(part)
            let isOurs = word.unicodeScalars.allSatisfy { scalar in
                scalar.value < 0x250 || (0xAC00...0xD7A3).contains(scalar.value) || isMark(scalar)
                    || table[scalar.properties.lowercaseMapping.unicodeScalars.first?.value ?? scalar.value] != nil
            }
            return isOurs
                ? word : word.applyingTransform(StringTransform("Any-Latin; Latin-ASCII"), reverse: false) ?? word
        }
        return (words.joined(separator: " "), true)
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .format: true
        default: false
        }
    }

    /// Whether a scalar that is no letter parts no word: marks, joiners and marks of direction.
    private static func isWithin(_ scalar: Unicode.Scalar) -> Bool { isMark(scalar) }
}

/// Korean syllables in Latin letters.
enum Hangul {
    private static let leads = [
        "g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h",
    ]
    private static let vowels = [
        "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu",
        "ui",
        "i",
    ]
    private static let tails = [
        "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng",
        "t", "t",
        "k", "t", "p", "t",
    ]

    /// One syllable, U+AC00 to U+D7A3.
    static func syllable(_ scalar: UInt32) -> [UInt8] {
        let number = Int(scalar - 0xAC00)
        return Array((leads[number / 588] + vowels[number % 588 / 28] + tails[number % 28]).utf8)
    }
}
