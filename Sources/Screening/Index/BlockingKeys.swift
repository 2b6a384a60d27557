/// By what records are found: two that have none in common are never compared.
enum BlockingKeys {
    /// How strong a sign of the same word a key is, in thousandths; each kind has keys of its own.
    enum Kind: UInt32 {
        case word = 1
        case nameClass, skeleton, weakSkeleton, weakOfAbjad, skeletonButOne, half, pair, weakPair, beginning, born,
            identifier

        var strength: Int {
            switch self {
            case .word, .identifier: 1_000
            case .nameClass: 900
            case .skeleton: 850
            case .weakSkeleton, .weakOfAbjad: 800
            case .skeletonButOne: 650
            case .half: 500
            case .pair, .weakPair, .beginning, .born: 1_000
            }
        }
    }

    /// Words of a name that are paired, the first ones.
    static let pairedMax = 5
    /// Letters that the beginning of a long name has.
    static let beginningLetters = 16

    static func key(_ kind: Kind, _ bytes: some Sequence<UInt8>) -> UInt32 {
        // FNV-1a; two of one number only cost a comparison.
        var hash: UInt32 = 2_166_136_261
        hash = (hash ^ kind.rawValue) &* 16_777_619
        for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return hash
    }

    private static func key(_ kind: Kind, _ one: UInt32, _ two: UInt32) -> UInt32 {
        let (first, second) = (min(one, two), max(one, two))
        return (first &* 0x85EB_CA6B) ^ (second &* 0xC2B2_AE35) ^ (kind.rawValue &* 0x27D4_EB2F)
    }

    /// The keys of one word, those that find it for certain first.
    /// - Parameter isAsked: whether it is looked for; otherwise it is to be found.
    static func keys(of token: Token, isPerson: Bool, isAsked: Bool) -> [(kind: Kind, key: UInt32)] {
        if token.isInitial { return [] }
        var keys: [(kind: Kind, key: UInt32)] = [(.word, key(.word, token.folded))]
        if token.hasDigit { return keys }
        for number in [token.nameClasses.0, token.nameClasses.1] where number != 0 {
            keys.append((.nameClass, key(.nameClass, [UInt8(number & 255), UInt8(number >> 8)])))
        }
        let skeleton = token.skeleton
        if skeleton.count >= 3 { keys.append((.skeleton, key(.skeleton, skeleton))) }
        if isPerson || token.isAbjad, token.weakSkeleton.count >= 2 {
            // Without vowels either is looked for, where one of the two was written without.
            if isAsked || token.isAbjad { keys.append((.weakOfAbjad, key(.weakOfAbjad, token.weakSkeleton))) }
            if !isAsked || token.isAbjad { keys.append((.weakSkeleton, key(.weakSkeleton, token.weakSkeleton))) }
        }
        return keys
    }

    /// The keys that find a word of which a letter or a sound is another.
    static func typoKeys(of token: Token, isAsked: Bool) -> [(kind: Kind, key: UInt32)] {
        if token.isInitial || token.hasDigit || token.isFrequent { return [] }
        var keys: [(kind: Kind, key: UInt32)] = []
        let skeleton = token.skeleton
        if skeleton.count >= 4 {
            // A skeleton is found by all that are it but for one sound, or that it is but for one.
            keys.append((.skeletonButOne, key(.skeletonButOne, skeleton)))
            for place in skeleton.indices where place == skeleton.startIndex || skeleton[place] != skeleton[place - 1] {
                keys.append((.skeletonButOne, key(.skeletonButOne, skeleton[..<place] + skeleton[(place + 1)...])))
            }
        }
        let letters = token.letters
        guard letters.count >= halfMin else { return keys }
        // One letter more, less or other leaves one half as it is.
        for length in isAsked ? letters.count - 1...letters.count + 1 : letters.count...letters.count {
            let half = length / 2
            guard letters.count >= half, letters.count >= length - half else { continue }
            keys.append((.half, key(.half, [UInt8(length)] + letters.prefix(half))))
            keys.append((.half, key(.half, [UInt8(length), 0] + letters.suffix(length - half))))
        }
        return keys
    }

    /// Letters of a word from which on its halves find it.
    static let halfMin = 5

    /// The keys of a person's words with a day of birth.
    static func born(_ tokens: [Token], _ dates: [Int32]) -> [UInt32] {
        dates.flatMap { date in
            tokens.lazy.filter { !$0.isInitial && !$0.isParticle }.map { token in
                key(.born, [UInt8(date / 10_000 & 255), UInt8(date / 100 % 100), UInt8(date % 100)] + token.folded)
            }
        }
    }

    /// The keys of words that stand beside each other, as if they were one.
    static func joined(_ tokens: [Token], isPerson: Bool) -> [UInt32] {
        guard tokens.count > 1 else { return [] }
        return tokens.indices.dropLast().flatMap { place -> [UInt32] in
            let two = Array(tokens[place].letters + tokens[place + 1].letters)
            guard two.count >= 4 else { return [] }
            var sounds: [UInt8] = []
            for sound in tokens[place].weakSkeleton + tokens[place + 1].weakSkeleton where sounds.last != sound {
                sounds.append(sound)
            }
            let isSure = isPerson && sounds.count > 1
            return [key(.word, Folding.folded(two))] + (isSure ? [key(.weakSkeleton, sounds)] : [])
        }
    }

    /// The keys of every two words: they find those who are called by nothing rare.
    static func pairs(_ tokens: [Token], isPerson: Bool) -> [(kind: Kind, key: UInt32, places: (Int, Int))] {
        let used = tokens.indices.filter { !tokens[$0].isInitial && !tokens[$0].isParticle }.prefix(pairedMax)
        let sounds = used.map { place in
            let token = tokens[place]
            return token.hasDigit || token.skeleton.count < 2
                ? key(.word, token.folded) : key(.skeleton, token.skeleton)
        }
        let weak = used.map { key(.weakSkeleton, tokens[$0].weakSkeleton) }
        var keys: [(kind: Kind, key: UInt32, places: (Int, Int))] = []
        let places = Array(used)
        for one in places.indices {
            for two in places.indices where two > one {
                keys.append((.pair, key(.pair, sounds[one], sounds[two]), (places[one], places[two])))
                guard isPerson else { continue }
                let isSure =
                    tokens[places[one]].weakSkeleton.count > 1 && tokens[places[two]].weakSkeleton.count > 0
                    || tokens[places[two]].weakSkeleton.count > 1 && tokens[places[one]].weakSkeleton.count > 0
                if isSure { keys.append((.weakPair, key(.weakPair, weak[one], weak[two]), (places[one], places[two]))) }
            }
        }
        return keys
    }

    /// The key of how a long name begins; nil for a short one.
    static func beginning(_ tokens: [Token]) -> UInt32? {
        var letters: [UInt8] = []
        for token in tokens where letters.count < beginningLetters {
            letters += token.letters.prefix(beginningLetters - letters.count)
        }
        return letters.count == beginningLetters ? key(.beginning, letters) : nil
    }

    /// The keys that a word is found by, in a name of a person or in another.
    static func all(ofWord token: Token, isPerson: Bool) -> Set<UInt32> {
        let all = keys(of: token, isPerson: isPerson, isAsked: false) + typoKeys(of: token, isAsked: false)
        return Set(all.map(\.key))
    }

    /// The keys that a record is found by, each once, beside those of its words.
    static func all(_ record: Prepared) -> Set<UInt32> {
        var keys: Set<UInt32> = []
        for name in record.names {
            keys.formUnion(joined(name.tokens, isPerson: record.isPerson))
            for (_, key, _) in pairs(name.tokens, isPerson: record.isPerson) { keys.insert(key) }
            if let key = beginning(name.tokens) { keys.insert(key) }
            if record.isPerson { keys.formUnion(born(name.tokens, record.dates)) }
        }
        for identifier in record.identifiers { keys.insert(key(.identifier, identifier.value)) }
        return keys
    }
}
