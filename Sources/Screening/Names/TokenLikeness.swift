/// How one word of a name stands to one of another.
public enum Relation: String, CaseIterable, Sendable {
    case exact
    /// The same sounds, written otherwise in the same letters.
    case spelling
    /// The same in another script, or by another transliteration.
    case transliteration
    case nickname
    case typo
    case initial
    /// Two words of one are one word of the other.
    case joined
    /// One begins the other.
    case prefix
    /// Words of organisations that mean the same.
    case synonym
}

/// How like two words are.
struct TokenLikeness {
    /// 0 to 1000.
    let share: Int
    let relation: Relation
    /// Letters that differ, of a typo.
    var edits = 0

    /// Nil where they have nothing in common.
    init?(_ left: Token, _ right: Token, isPerson: Bool) {
        if left.isWritten(as: right) {
            (share, relation) = (1_000, left.isLatin == right.isLatin ? .exact : .transliteration)
            return
        }
        // Numbers are one or another.
        if left.hasDigit || right.hasDigit { return nil }
        if left.isInitial || right.isInitial {
            // Of an organisation's words only a name is cut down to its first letter.
            guard isPerson || left.wordClass == 0 && right.wordClass == 0,
                left.letters.first == right.letters.first || left.folded.first == right.folded.first
            else { return nil }
            (share, relation) = (Terms.initial, .initial)
            return
        }
        let isOneScript = left.isLatin && right.isLatin
        if left.isFolded(as: right) {
            (share, relation) = (Terms.folded, isOneScript ? .spelling : .transliteration)
            return
        }
        if Self.share(left.nameClasses, right.nameClasses) {
            (share, relation) = (Terms.nickname, .nickname)
            return
        }
        if !isPerson, left.wordClass != 0, left.wordClass == right.wordClass {
            (share, relation) = (Terms.wordClass, .synonym)
            return
        }
        // A father's name is nobody's surname, nor a given name.
        if left.isParticle || right.isParticle || left.isPatronymic != right.isPatronymic { return nil }
        // What many are is no spelling of what one is called.
        if !isPerson, left.wordClass != 0, right.wordClass != 0 { return nil }
        // Most words have next to nothing in common.
        let isFar = (left.letterMask ^ right.letterMask).nonzeroBitCount > Self.maskMax
        if isFar, left.skeletonMask & right.skeletonMask == 0 { return nil }
        var best = Self.withoutVowels(left, right) ?? (share: 0, relation: .typo, edits: 0)
        let length = max(left.letters.count, right.letters.count)
        let editsMax = Self.editsMax(length, isPerson)
        // Each edit adds and takes one letter at the most.
        if editsMax > 0, (left.letterMask ^ right.letterMask).nonzeroBitCount <= 2 * editsMax {
            let plain = EditDistance.between(left.letters, right.letters, max: editsMax)
            let folded = EditDistance.between(left.folded, right.folded, max: editsMax)
            if let edits = [plain, folded].compactMap({ $0 }).min() {
                let edits = max(edits, 1)
                let share = 1_000 - Terms.typo * edits / length
                if share > best.share { best = (share, .typo, edits) }
            }
        }
        if let sounds = Self.sounds(left, right, isStrict: isOneScript && !isPerson), sounds.share > best.share {
            best = (sounds.share, isOneScript ? .spelling : .transliteration, sounds.edits)
        }
        if best.share < Terms.prefix, Self.isPrefix(left.letters, right.letters) { best = (Terms.prefix, .prefix, 0) }
        guard best.share > 0 else { return nil }
        (share, relation, edits) = best
    }

    /// How alike two words are of which at least one was written without its vowels; nil where they are not.
    private static func withoutVowels(
        _ left: Token,
        _ right: Token
    ) -> (share: Int, relation: Relation, edits: Int)? {
        guard left.isAbjad || right.isAbjad else { return nil }
        let count = min(left.weakSkeleton.count, right.weakSkeleton.count)
        let isBegun = left.startsWithVowel == right.startsWithVowel
        if left.weakSkeleton == right.weakSkeleton, count > 2 || count > 0 && isBegun {
            return (count > 1 ? Terms.abjad : Terms.abjadShort, .transliteration, 0)
        }
        guard count >= 4, EditDistance.between(left.weakSkeleton, right.weakSkeleton, max: 1) != nil else { return nil }
        return (Terms.abjadTypo, .transliteration, 1)
    }

    /// Whether one begins the other.
    private static func isPrefix(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        let (shorter, longer) = left.count < right.count ? (left, right) : (right, left)
        return shorter.count >= 4 && longer.starts(with: shorter)
    }

    /// Letters that one has and the other has not, beyond which they need a sound in common.
    private static let maskMax = 6

    /// How many letters may differ in a word of so many.
    private static func editsMax(_ length: Int, _ isPerson: Bool) -> Int {
        switch length {
        case ..<3: 0
        case 3: isPerson ? 1 : 0
        case ..<8: 1
        case ..<14: 2
        default: 3
        }
    }

    /// How alike two words sound: the same consonants, or all but one, with vowels that are not all others.
    private static func sounds(_ left: Token, _ right: Token, isStrict: Bool) -> (share: Int, edits: Int)? {
        let count = min(left.skeleton.count, right.skeleton.count)
        guard count > 1 else { return nil }
        let isSame = left.sounds(as: right)
        guard
            isSame
                || count >= 4 && (left.skeletonMask ^ right.skeletonMask).nonzeroBitCount <= 2
                    && left.skeleton.first == right.skeleton.first
                    && EditDistance.between(left.skeleton, right.skeleton, max: 1) != nil
        else { return nil }
        let length = max(left.folded.count, right.folded.count)
        let editsMax = min(isStrict ? 2 : 4, max(1, length / (count > 2 ? 2 : 4)))
        guard let edits = EditDistance.between(left.folded, right.folded, max: editsMax) else { return nil }
        let whole = isSame ? Terms.skeleton : Terms.skeletonTypo
        return (whole - (isStrict ? Terms.vowelsStrict : Terms.vowels) * edits / length, edits)
    }

    private static func share(_ left: (UInt16, UInt16), _ right: (UInt16, UInt16)) -> Bool {
        guard left.0 != 0, right.0 != 0 else { return false }
        return left.0 == right.0 || left.0 == right.1 || left.1 != 0 && (left.1 == right.0 || left.1 == right.1)
    }
}
