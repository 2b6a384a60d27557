/// What is known of words beforehand: how frequent they are on public lists, which mean the same, which tell nothing.
///
/// It is the same on every machine, and depends on nothing that anybody published here, so that no score tells of that.
struct Lexicon: Sendable {
    static let shared = Lexicon()

    /// Classes of given names and surnames that are one, by their folded spelling.
    private let names: [[UInt8]: [UInt16]]
    /// Classes of organisations' words, by their folded spelling.
    private let organisations: [[UInt8]: UInt16]
    private let particles, titles: Set<[UInt8]>
    /// How many names of public lists have a word, by its folded spelling.
    private let counts: [[UInt8]: Int]
    private let namesCount: Int
    /// Legal forms by their words; the longest has so many.
    private let legalForms: [[[UInt8]]: LegalForm]
    private let legalFormWordsMax: Int

    private init() {
        names = Self.classes(PackageResources.names_txt)
        organisations = Self.classes(PackageResources.organisations_txt).compactMapValues(\.first)
        let small = DataFile.lines(PackageResources.particles_txt).map { DataFile.words($0).map { Array($0.utf8) } }
        let title = Array("title".utf8)
        particles = Set(small.filter { $0.first != title }.joined())
        titles = Set(small.filter { $0.first == title }.flatMap { $0.dropFirst() })
        var counts: [[UInt8]: Int] = [:]
        var namesCount = 1
        for line in DataFile.lines(PackageResources.frequencies_txt) {
            let words = DataFile.words(line)
            if words[0] == "names" {
                namesCount = Int(words[1]) ?? 1
                continue
            }
            for word in words.dropFirst() { counts[Folding.folded(Array(word.utf8)), default: 0] += Int(words[0]) ?? 0 }
        }
        self.counts = counts
        self.namesCount = namesCount
        var forms: [[[UInt8]]: LegalForm] = [:]
        for (number, line) in DataFile.lines(PackageResources.legal_forms_short_txt).enumerated() {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard let form = LegalForm(rawValue: UInt8(number + 1)), parts.count == 2 else { continue }
            for written in parts[1].split(separator: "|") {
                forms[DataFile.words(written).map { Array($0.utf8) }] = form
            }
        }
        legalForms = forms
        legalFormWordsMax = forms.keys.map(\.count).max() ?? 0
    }

    private static func classes(_ bytes: [UInt8]) -> [[UInt8]: [UInt16]] {
        var classes: [[UInt8]: [UInt16]] = [:]
        for (number, line) in DataFile.lines(bytes).enumerated() {
            for word in DataFile.words(line) {
                let folded = Folding.folded(Array(word.utf8.filter { $0 < 0x80 }))
                if classes[folded]?.contains(UInt16(number + 1)) != true {
                    classes[folded, default: []].append(UInt16(number + 1))
                }
            }
        }
        return classes
    }

    /// The classes of a name, two at the most.
    func classes(ofName folded: [UInt8]) -> (UInt16, UInt16) {
        guard let found = names[folded] else { return (0, 0) }
        return (found[0], found.count > 1 ? found[1] : 0)
    }

    /// The class of an organisation's word; 0 for none.
    func wordClass(of folded: [UInt8]) -> UInt16 { organisations[folded] ?? 0 }

    func isParticle(_ letters: [UInt8]) -> Bool { particles.contains(letters) }

    /// Whether a word is a person's title, which tells nothing of a person.
    func isTitle(_ letters: [UInt8]) -> Bool { titles.contains(letters) }

    /// How much a word tells, in thousandths of the natural logarithm of how rare it is.
    func rarity(_ folded: [UInt8]) -> Int {
        // Halved for what no list has: as rare as one of twice as many names.
        let doubled = 2 * (counts[folded] ?? 0)
        return Self.thousandLog(2 * namesCount / max(doubled, 1))
    }

    /// Whether a word is so frequent that it finds nobody by itself.
    func isFrequent(_ folded: [UInt8]) -> Bool { (counts[folded] ?? 0) * Self.frequentShare > namesCount }

    /// What part of the names has a frequent word: one of so many.
    private static let frequentShare = 200

    /// A thousand times the natural logarithm, in whole numbers so that every machine has the same.
    private static func thousandLog(_ number: Int) -> Int {
        guard number > 1 else { return 0 }
        let bits = Int.bitWidth - 1 - number.leadingZeroBitCount
        // Between two powers of two along a straight line: within 6 in a thousand of a bit.
        let rest = (number - (1 << bits)) * 1_000 / (1 << bits)
        return (bits * 1_000 + rest) * 693 / 1_000
    }

    /// Takes legal forms out of an organisation's words.
    func withoutLegalForms(_ words: [Romanisation.Word]) -> (words: [Romanisation.Word], form: LegalForm?) {
        var rest: [Romanisation.Word] = []
        var found: LegalForm?
        var place = 0
        outer: while place < words.count {
            for length in stride(from: min(legalFormWordsMax, words.count - place), to: 0, by: -1) {
                if let form = legalForms[words[place..<(place + length)].map(\.letters)] {
                    found = found ?? form
                    place += length
                    continue outer
                }
            }
            rest.append(words[place])
            place += 1
        }
        return rest.isEmpty ? (words, nil) : (rest, found)
    }
}

/// What kind of body an organisation is by law, as far as it tells one from another; after ISO 20275.
enum LegalForm: UInt8, Sendable {
    case limited = 1
    case stock, state, partnership, person
}
