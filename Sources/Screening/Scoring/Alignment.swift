/// Which words of one name are which of another, and what is left over.
struct Alignment {
    /// Words that go together.
    struct Pair {
        /// Places among the words of the one asked about.
        let asked: Range<Int>
        /// Places among the words of the one known.
        let known: Range<Int>
        let share: Int
        let relation: Relation
        let edits: Int
        /// How much they tell.
        let weight: Int
    }

    let pairs: [Pair]
    /// How alike the names are, 0 to 1000.
    let share: Int

    /// - Parameter isPerson: whether both are persons.
    init(_ asked: PreparedName, _ known: PreparedName, isPerson: Bool) {
        let left = asked.tokens
        let right = known.tokens
        if left == right {
            share = Self.formed(1_000, asked, known)
            pairs = left.indices.map { place in
                Pair(
                    asked: place..<(place + 1),
                    known: place..<(place + 1),
                    share: 1_000,
                    relation: .exact,
                    edits: 0,
                    weight: left[place].weight(isPerson: isPerson)
                )
            }
            return
        }
        let pairs = Self.pairs(left, right, isPerson)
        self.pairs = pairs
        // What goes together tells as much as the one of the two that tells less: an initial little of its name.
        var (matched, missed) = (0, 0)
        var restLeft = asked.weight
        var restRight = known.weight
        for pair in pairs {
            matched += pair.weight * pair.share / 1_000
            missed += pair.weight * (1_000 - pair.share) / 1_000
            restLeft -= pair.asked.reduce(0) { $0 + left[$1].weight(isPerson: isPerson) }
            restRight -= pair.known.reduce(0) { $0 + right[$1].weight(isPerson: isPerson) }
            if pair.relation == .initial {
                // The rest of a name whose first letter is said is left out, not contradicted.
                restRight +=
                    max(0, pair.known.reduce(0) { $0 + right[$1].weight(isPerson: isPerson) } - pair.weight) / 2
            }
        }
        let against = min(restLeft, restRight)
        let omitted = max(restLeft, restRight) - against
        var omission = isPerson ? Terms.omissionPerson : Terms.omissionOther
        if !isPerson, restLeft > restRight {
            let used = pairs.reduce(UInt64(0)) { $0 | Self.mask($1.asked) }
            let isRare = left.indices.contains { place in
                used & (1 << UInt64(place)) == 0 && left[place].otherWeight >= Terms.rareWeight
            }
            if isRare { omission = Terms.omissionRare }
        }
        let contradiction = isPerson ? Terms.contradictionPerson : Terms.contradictionOther
        let cost = missed + against * contradiction / 1_000 + omitted * omission / 1_000
        var share = matched + cost == 0 ? 0 : 1_000 * matched / (matched + cost)
        if share < Terms.truncated, asked.isFull, Self.isTruncated(left, right) { share = Terms.truncated }
        // A particle or title makes no second name of one.
        let (one, other) = (left.count { !$0.isParticle }, right.count { !$0.isParticle })
        if isPerson, min(one, other) <= 1, one != other { share = share * Terms.oneWord / 1_000 }
        if Self.isGuessed(pairs, left, right) { share = share * Terms.guessed / 1_000 }
        self.share = Self.formed(share, asked, known)
    }

    /// Whether each of the two has a number that is none of the other's: two houses of one street.
    func leavesNumbers(of asked: PreparedName, _ known: PreparedName) -> Bool {
        Self.leaves(asked, pairs.map(\.asked)) { $0.hasDigit } && Self.leaves(known, pairs.map(\.known)) { $0.hasDigit }
    }

    /// Whether one of the two has a word that tells something, and that the other has not, nor another form of it.
    func leavesWords(of asked: PreparedName, _ known: PreparedName) -> Bool {
        let pairs = pairs.filter { $0.relation != .synonym }
        return Self.leaves(asked, pairs.map(\.asked)) { !$0.tellsNothing(isPerson: false) }
            || Self.leaves(known, pairs.map(\.known)) { !$0.tellsNothing(isPerson: false) }
    }

    /// Whether a name has a word of some kind that is in no pair.
    private static func leaves(
        _ name: PreparedName,
        _ used: [Range<Int>],
        _ isMeant: (Token) -> Bool
    ) -> Bool {
        name.tokens.indices.contains { place in
            isMeant(name.tokens[place]) && !used.contains { $0.contains(place) }
        }
    }

    private static func formed(_ share: Int, _ asked: PreparedName, _ known: PreparedName) -> Int {
        guard let left = asked.form, let right = known.form, left != right else { return share }
        return share * Terms.legalFormOther / 1_000
    }

    /// Whether a name was cut off where a field was full, and begins the other.
    private static func isTruncated(_ left: [Token], _ right: [Token]) -> Bool {
        let asked = left.flatMap(\.letters)
        guard asked.count >= truncatedMin else { return false }
        let known = right.flatMap(\.letters)
        return known.count > asked.count && known.starts(with: asked)
    }

    /// Letters that are left of a name that was cut off, at the least.
    private static let truncatedMin = 8

    /// The pairs that tell most, each word in one.
    private static func pairs(_ left: [Token], _ right: [Token], _ isPerson: Bool) -> [Pair] {
        var all: [Pair] = []
        for place in left.indices {
            for other in right.indices {
                guard let likeness = TokenLikeness(left[place], right[other], isPerson: isPerson) else { continue }
                let (one, two) = (left[place].weight(isPerson: isPerson), right[other].weight(isPerson: isPerson))
                let weight = min(one, two)
                let mean = (one + two) / 2
                all.append(
                    Pair(
                        asked: place..<(place + 1),
                        known: other..<(other + 1),
                        share: likeness.share,
                        relation: likeness.relation,
                        edits: likeness.edits,
                        weight: likeness.relation == .initial ? weight : mean
                    )
                )
            }
        }
        all += joined(left, right, isPerson)
        // The best first; of equals the earlier, so that every machine has the same.
        all.sort { one, two in
            let (first, second) = (one.weight * one.share, two.weight * two.share)
            if first != second { return first > second }
            let (near, far) = (
                abs(one.asked.lowerBound - one.known.lowerBound), abs(two.asked.lowerBound - two.known.lowerBound)
            )
            if near != far { return near < far }
            return (one.asked.lowerBound, one.known.lowerBound) < (two.asked.lowerBound, two.known.lowerBound)
        }
        var (usedLeft, usedRight): (UInt64, UInt64) = (0, 0)
        var chosen: [Pair] = []
        for pair in all {
            let (one, two) = (mask(pair.asked), mask(pair.known))
            guard usedLeft & one == 0, usedRight & two == 0 else { continue }
            usedLeft |= one
            usedRight |= two
            chosen.append(pair)
        }
        return chosen
    }

    private static func mask(_ places: Range<Int>) -> UInt64 {
        ((1 << UInt64(places.count)) - 1) << UInt64(places.lowerBound)
    }

    /// Whether words without vowels sound as one does.
    private static func hasSounds(of many: ArraySlice<Token>, _ one: Token) -> Bool {
        var sounds: [UInt8] = []
        for sound in many.lazy.flatMap(\.weakSkeleton) where sounds.last != sound { sounds.append(sound) }
        return sounds.count > 1 && one.weakSkeleton.elementsEqual(sounds)
    }

    /// Whether nothing goes together but words that sound as one word without vowels: of few sounds any two do.
    private static func isGuessed(_ pairs: [Pair], _ left: [Token], _ right: [Token]) -> Bool {
        guard pairs.count == 1, pairs[0].relation == .joined else { return false }
        let (one, many) =
            pairs[0].asked.count == 1
            ? (left[pairs[0].asked.lowerBound], right[pairs[0].known])
            : (right[pairs[0].known.lowerBound], left[pairs[0].asked])
        return one.isAbjad && !many.contains(where: \.isAbjad) && one.weakSkeleton.count < guessedSoundsMax
    }

    /// From how many sounds on nobody guesses.
    private static let guessedSoundsMax = 5

    /// Two or three neighbours of one that are one word of the other.
    private static func joined(_ left: [Token], _ right: [Token], _ isPerson: Bool) -> [Pair] {
        var pairs: [Pair] = []
        func look(_ many: [Token], _ one: [Token], _ make: (Range<Int>, Int, Int, Int) -> Pair) {
            for start in many.indices {
                for count in 2...3 where start + count <= many.count {
                    let places = start..<(start + count)
                    let length = many[places].reduce(0) { $0 + $1.letters.count }
                    let hasAbjad = many[places].contains(where: \.isAbjad)
                    guard length >= 4 else { continue }
                    for (place, token) in one.enumerated() {
                        let isAbjad = token.isAbjad || hasAbjad
                        guard isAbjad || abs(token.letters.count - length) <= 1 else { continue }
                        if isAbjad, Self.hasSounds(of: many[places], token) {
                            pairs.append(make(places, place, 1, token.weight(isPerson: isPerson)))
                            continue
                        }
                        let letters = many[places].flatMap(\.letters)
                        guard token.letters.count >= 4,
                            let edits = EditDistance.between(
                                letters[...],
                                token.letters,
                                max: letters.count >= 7 ? 1 : 0
                            )
                        else { continue }
                        pairs.append(make(places, place, edits, token.weight(isPerson: isPerson)))
                    }
                }
            }
        }
        look(left, right) { places, place, edits, weight in
            Pair(
                asked: places,
                known: place..<(place + 1),
                share: edits == 0 ? Terms.joined : Terms.joined - 100,
                relation: .joined,
                edits: edits,
                weight: max(weight, places.reduce(0) { $0 + left[$1].weight(isPerson: isPerson) } * 3 / 4)
            )
        }
        look(right, left) { places, place, edits, weight in
            Pair(
                asked: place..<(place + 1),
                known: places,
                share: edits == 0 ? Terms.joined : Terms.joined - 100,
                relation: .joined,
                edits: edits,
                weight: max(weight, places.reduce(0) { $0 + right[$1].weight(isPerson: isPerson) } * 3 / 4)
            )
        }
        return pairs
    }
}
