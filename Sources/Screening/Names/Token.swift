/// Words that were met before, each kept once and by a number.
struct Words: Sendable {
    private var tokens: [Token] = []
    /// A table of their numbers, each more by one; 0 where there is none.
    private var slots: [UInt32] = Array(repeating: 0, count: 1 << 5)

    /// How many there are.
    var count: Int { tokens.count }

    /// About how many bytes they take.
    var byteCount: Int { tokens.capacity * MemoryLayout<Token>.stride + slots.capacity * 4 + tokens.count * 64 }

    /// The word of a number.
    subscript(number: UInt32) -> Token { tokens[Int(number)] }

    mutating func token(_ word: Romanisation.Word) -> Token {
        let number = number(word)
        return self[number]
    }

    mutating func number(_ word: Romanisation.Word) -> UInt32 {
        let slot = slot(of: word)
        if slots[slot] > 0 { return slots[slot] - 1 }
        tokens.append(Token(word))
        slots[slot] = UInt32(tokens.count)
        if 3 * slots.count < 4 * tokens.count { grow() }
        return UInt32(tokens.count - 1)
    }

    /// The place where a word is, or where it belongs.
    private func slot(of word: Romanisation.Word) -> Int {
        let mask = slots.count - 1
        var slot = Int(Token.hash(word.letters) &* 0x9E37_79B1 >> 7) & mask
        while slots[slot] > 0, !tokens[Int(slots[slot] - 1)].isMade(of: word) { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: 2 * slots.count)
        for (place, token) in tokens.enumerated() { slots[slot(of: token.word)] = UInt32(place + 1) }
    }
}

/// One word of a name, with all that it is compared by.
struct Token: Hashable, Sendable {
    /// Letters, then the folded spelling, the skeleton and the weak skeleton, one behind the other.
    private let bytes: [UInt8]
    private let ends: (UInt8, UInt8, UInt8)
    /// How much it tells in a name of a person, in thousandths.
    let personWeight: UInt16
    /// How much it tells in any other name.
    let otherWeight: UInt16
    /// Classes of names that are one; 0 for none.
    let nameClasses: (UInt16, UInt16)
    /// The class of an organisation's word; 0 for none.
    let wordClass: UInt16
    private let flags: UInt8
    /// Which letters there are, a bit each, in the word and in its skeleton: a quick look whether two can be alike.
    let letterMask, skeletonMask: UInt32
    /// Of the letters, the folded spelling and the skeleton: where they differ, so do those.
    let hashes: (letters: UInt32, folded: UInt32, skeleton: UInt32)

    init(_ word: Romanisation.Word, _ lexicon: Lexicon = .shared) {
        let folded = Folding.folded(word.letters)
        let skeleton = Folding.skeleton(folded)
        let weak = Folding.skeleton(folded, isWeak: true)
        bytes = word.letters + folded + skeleton + weak
        let first = word.letters.count
        ends = (UInt8(first), UInt8(first + folded.count), UInt8(first + folded.count + skeleton.count))
        letterMask = Self.mask(word.letters)
        skeletonMask = Self.mask(skeleton)
        hashes = (Self.hash(word.letters), Self.hash(folded), Self.hash(skeleton))
        let hasDigit = word.letters.contains(where: Folding.isDigit) || Self.numerals.contains(word.letters)
        let isInitial = word.letters.count == 1 && !hasDigit
        let isTitle = lexicon.isTitle(word.letters)
        let isParticle = (lexicon.isParticle(word.letters) || isTitle) && !isInitial
        let isPatronymic = Self.isPatronymic(word.letters)
        nameClasses = lexicon.classes(ofName: folded)
        wordClass = lexicon.wordClass(of: folded)
        var weight = hasDigit ? Terms.numberWeight : max(lexicon.rarity(folded), Terms.weightMin)
        if isInitial { weight = Terms.initialWeight }
        let ownWeight = isTitle ? weight : Terms.particleWeight
        if isParticle { weight = Terms.particleWeight }
        personWeight = UInt16(isPatronymic ? weight * Terms.patronymicShare / 1_000 : weight)
        let otherWeight = isParticle ? ownWeight : weight
        self.otherWeight = UInt16(wordClass == 0 ? otherWeight : min(otherWeight, Terms.wordClassWeight))
        flags =
            (word.isAbjad ? 1 : 0) | (word.isLatin ? 2 : 0) | (hasDigit ? 4 : 0) | (isInitial ? 8 : 0)
            | (isParticle ? 16 : 0) | (lexicon.isFrequent(folded) || isParticle ? 32 : 0) | (isPatronymic ? 64 : 0)
    }

    var letters: ArraySlice<UInt8> { bytes[..<Int(ends.0)] }
    /// Whether it is made of that.
    func isMade(of word: Romanisation.Word) -> Bool {
        word.isAbjad == isAbjad && word.isLatin == isLatin && letters.elementsEqual(word.letters)
    }
    /// What it was made of.
    var word: Romanisation.Word { Romanisation.Word(letters: Array(letters), isAbjad: isAbjad, isLatin: isLatin) }
    var folded: ArraySlice<UInt8> { bytes[Int(ends.0)..<Int(ends.1)] }
    var skeleton: ArraySlice<UInt8> { bytes[Int(ends.1)..<Int(ends.2)] }
    var weakSkeleton: ArraySlice<UInt8> { bytes[Int(ends.2)...] }

    var startsWithVowel: Bool { folded.first.map(Folding.isVowel) ?? false }
    var isAbjad: Bool { flags & 1 != 0 }
    var isLatin: Bool { flags & 2 != 0 }
    var hasDigit: Bool { flags & 4 != 0 }
    var isInitial: Bool { flags & 8 != 0 }
    var isParticle: Bool { flags & 16 != 0 }
    /// Whether it is a name by the father.
    var isPatronymic: Bool { flags & 64 != 0 }
    /// Whether it tells nothing in a name: a ship is no general, and may be called one.
    func tellsNothing(isPerson: Bool) -> Bool { weight(isPerson: isPerson) <= Terms.particleWeight }
    /// Whether nobody is looked for by it alone.
    var isFrequent: Bool { flags & 32 != 0 }

    func weight(isPerson: Bool) -> Int { Int(isPerson ? personWeight : otherWeight) }

    /// Numbers that are no names, as they are written by letters.
    private static let numerals = Set(["ii", "iii", "iv", "vii", "viii", "ix"].map { Array($0.utf8) })

    /// FNV-1a.
    static func hash(_ letters: [UInt8]) -> UInt32 {
        letters.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }

    private static func mask(_ letters: [UInt8]) -> UInt32 { letters.reduce(0) { $0 | 1 << UInt32($1 & 31) } }

    /// Whether it is a name by the father, as Slavic names have: it is often left out.
    private static func isPatronymic(_ letters: [UInt8]) -> Bool {
        guard letters.count >= 7 else { return false }
        return patronymicEnds.contains { letters.suffix($0.count).elementsEqual($0) }
    }

    private static let patronymicEnds = [
        "ovich", "evich", "avich", "yevich", "ievich", "ovych", "evych", "avych", "ovna", "evna", "auna", "euna",
        "ivna",
        "yivna", "ouna", "yeuna", "ovitch", "evitch", "avitch", "oglu", "ogly", "kyzy",
    ].map { Array($0.utf8) }

    static func == (left: Token, right: Token) -> Bool {
        left.hashes.letters == right.hashes.letters && left.flags == right.flags && left.bytes == right.bytes
    }

    /// Whether both have the same letters.
    func isWritten(as other: Token) -> Bool { hashes.letters == other.hashes.letters && letters == other.letters }

    /// Whether both are folded to the same spelling.
    func isFolded(as other: Token) -> Bool { hashes.folded == other.hashes.folded && folded == other.folded }

    /// Whether both have the same skeleton.
    func sounds(as other: Token) -> Bool { hashes.skeleton == other.hashes.skeleton && skeleton == other.skeleton }

    func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
