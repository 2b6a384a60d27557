/// The scorer of screening, as advisories are compared by it.
///
/// Who screens names one, and wants to be told of whoever it may be. Here nobody asks and many are compared, so that a
/// frequent name alone makes nobody one: it takes a birth date, a number, an address or a way to reach them too. What
/// is said here is of two records alone, never of how many others there are.
public struct ScorerLikeness: Likeness {
    /// A record with what is computed of it once.
    public struct Prepared: Sendable {
        let record: Record
        let scored: Screening.Prepared
        let contacts: Contacts
        /// By property, the numbers of which each has one.
        let numbers: [String: Set<String>]
    }

    /// By these numbers two are told apart: of each one has one, in one country at least.
    static let ownNumbers = ["socialSecurityNumber", "taxNumber", "leiCode", "imoNumber", "vin"]
    /// The number of which each has one at a time.
    static let renewed = "passportNumber"
    /// How much a name must tell for it alone to make two one, as the sum of its words, in thousandths.
    static let tellingPerson = 20_000
    static let tellingOther = 9_000
    /// The most that names alone say: less than a `Notice` needs.
    static let namesAlone = 850
    /// What is said where too little speaks for it.
    static let unsaid = Resemblance.scoreMin - 1
    /// The part of what is wanting that one way to reach both adds, and one address.
    static let contactEqual = 500
    static let addressEqual = 400

    /// Makes one; all are alike.
    public init() {}

    /// Prepares a record.
    public func prepared(_ record: Record) -> Prepared {
        var words = Words()
        let numbers = (Self.ownNumbers + [Self.renewed]).map { property in
            (property, Set(record[property].map { $0.uppercased().filter { $0.isLetter || $0.isNumber } }))
        }
        return Prepared(
            record: record,
            scored: Screening.Prepared(record, &words),
            contacts: Contacts(record),
            numbers: Dictionary(uniqueKeysWithValues: numbers.filter { !$0.1.isEmpty })
        )
    }

    /// The keys of screening, those that tell most first, and those of ways to reach it.
    public func keys(of record: Prepared) -> [BlockingKey] {
        var found: [BlockingKey] = record.scored.identifiers.map {
            key(.whole, BlockingKeys.key(.identifier, $0.value))
        }
        found += record.contacts.keys.map { BlockingKey(.whole, $0) }
        var parts: [BlockingKey] = []
        let isPerson = record.scored.isPerson
        for name in record.scored.names {
            let tokens = name.tokens
            if isPerson { found += BlockingKeys.born(tokens, record.scored.dates).map { key(.whole, $0) } }
            found += BlockingKeys.pairs(tokens, isPerson: isPerson).map { key(.whole, $0.key) }
            if let beginning = BlockingKeys.beginning(tokens) { found.append(key(.whole, beginning)) }
            for token in tokens where !token.isParticle || tokens.count == 1 {
                let reach: BlockingKey.Reach = tokens.count == 1 ? .whole : .part
                parts += BlockingKeys.keys(of: token, isPerson: isPerson, isAsked: false).map { key(reach, $0.key) }
                parts += BlockingKeys.typoKeys(of: token, isAsked: false).map { key(.part, $0.key) }
            }
            parts += BlockingKeys.joined(tokens, isPerson: isPerson).map { key(.part, $0) }
        }
        var known: Set<BlockingKey> = []
        return (found + parts).filter { known.insert($0).inserted }
    }

    private func key(_ reach: BlockingKey.Reach, _ number: UInt32) -> BlockingKey {
        BlockingKey(reach, String(number, radix: 36))
    }

    /// How alike the two are by names, birth dates, numbers and ways to reach them; nil for less than is said.
    public func resemblance(_ left: Prepared, _ right: Prepared) -> Resemblance? {
        if contradict(left, right) { return nil }
        let (one, two) = (left.scored, right.scored)
        let forth = Scorer.compare(one, two)
        let back = Scorer.compare(two, one)
        var score = max(forth.share, back.share)
        var fields = forth.name == nil ? [] : ["name"]
        var reasons: [String] = []
        var isSupported = false
        var isNumbered = false
        for fact in forth.facts {
            switch fact {
            case .identifierEqual: isNumbered = true
            case .birthEqual, .birthYear, .birthNear:
                fields.append("birthDate")
                isSupported = isSupported || fact == .birthEqual || fact == .birthNear
            case .identifierOther, .birthOther, .birthYearNear, .birthYearFar, .countryEqual, .countryOther: break
            }
        }
        for (field, part) in left.contacts.shared(with: right.contacts) {
            fields.append(field)
            reasons.append("the same \(Contacts.words[field] ?? field)")
            score += (1_000 - score) * part / 1_000
            isSupported = true
        }
        if !isNumbered {
            // One mailbox is a whole family's: without a name it tells nobody.
            guard forth.name != nil else { return nil }
            let names = Names(one, two)
            // People of one family live at one address: another given name is another person's.
            if names.isContrary, one.isPerson || !isSupported { score = min(score, Self.unsaid) }
            if !isSupported {
                let telling = one.isPerson ? Self.tellingPerson : Self.tellingOther
                score = min(score, names.weight < telling ? Self.unsaid : Self.namesAlone)
            }
        } else {
            fields.append("number")
        }
        guard score >= Resemblance.scoreMin else { return nil }
        let sentence = Scorer.explain(left.record, right.record).sentence.dropLast()
        return Resemblance(
            score: score,
            fields: fields,
            reason: ([String(sentence)] + reasons).filter { !$0.isEmpty }.joined(separator: "; ")
        )
    }

    /// Whether a number, a birth date or a generation says that they are two.
    public func contradict(_ left: Prepared, _ right: Prepared) -> Bool {
        func isOther(_ property: String) -> Bool {
            guard let mine = left.numbers[property], let others = right.numbers[property] else { return false }
            return mine.isDisjoint(with: others)
        }
        if Self.ownNumbers.contains(where: isOther) { return true }
        guard left.scored.isPerson, right.scored.isPerson else { return false }
        let (days, others) = (left.scored.dates, right.scored.dates)
        // Passports are renewed: another number is another person's where no birth date says that it is the same.
        if isOther(Self.renewed), !days.contains(where: others.contains) { return true }
        if !days.isEmpty, !others.isEmpty,
            !days.contains(where: { day in others.contains { Self.mayBeOne(day, $0) } })
                || (Self.isOfOneWord(left) || Self.isOfOneWord(right)) && !days.contains(where: others.contains)
        {
            return true
        }
        return Generation.areTwo(left.scored.names, right.scored.names)
    }

    /// Whether somebody is called by one word alone: then a day tells more than the name.
    private static func isOfOneWord(_ record: Prepared) -> Bool {
        record.scored.names.allSatisfy { $0.tokens.count { !$0.isParticle } < 2 }
    }

    /// Whether one of two days may have been written for the other: all but one of day, month and year are the same,
    /// day and month perhaps the wrong way round.
    static func mayBeOne(_ one: Int32, _ other: Int32) -> Bool {
        let (year, month, day) = (one / 10_000, one / 100 % 100, one % 100)
        let (otherYear, otherMonth, otherDay) = (other / 10_000, other / 100 % 100, other % 100)
        func differ(_ mine: Int32, _ theirs: Int32) -> Int { mine == 0 || theirs == 0 || mine == theirs ? 0 : 1 }
        let straight = differ(month, otherMonth) + differ(day, otherDay)
        let swapped = differ(month, otherDay) + differ(day, otherMonth)
        if year == otherYear { return min(straight, swapped) <= 1 }
        // A year alone is often no more than about right.
        guard day != 0, otherDay != 0 else { return abs(year - otherYear) <= 1 }
        return abs(year - otherYear) <= yearsMax && min(straight, swapped) == 0
    }

    private static let yearsMax: Int32 = 10
}

/// What the names of two that are most alike say.
private struct Names {
    /// Whether each has a word that the other has nothing like.
    let isContrary: Bool
    /// How much the one that tells less tells.
    let weight: Int

    init(_ left: Prepared, _ right: Prepared) {
        let likest = Scorer.likestNames(left, right)
        guard likest.asked >= 0 else {
            (isContrary, weight) = (!left.names.isEmpty && !right.names.isEmpty, 0)
            return
        }
        let (one, two) = (left.names[likest.asked], right.names[likest.known])
        let pairs = Alignment(one, two, isPerson: left.isPerson && right.isPerson).pairs
        func rest(_ tokens: [Token], _ used: [Range<Int>]) -> [Token] {
            tokens.indices.filter { place in
                !tokens[place].isParticle && !used.contains { $0.contains(place) }
            }.map { tokens[$0] }
        }
        // The beginning of a name is another name, but for what is known to be short for it.
        let same = pairs.filter { $0.relation != .prefix }
        let (mine, others) = (rest(one.tokens, same.map(\.asked)), rest(two.tokens, same.map(\.known)))
        isContrary =
            !mine.isEmpty && !others.isEmpty
            && !mine.contains { word in others.contains { Self.maySound(word, $0) } }
        weight = min(one.weight, two.weight)
    }
}

extension Names {
    /// Whether one may be heard or transliterated as the other.
    private static func maySound(_ one: Token, _ other: Token) -> Bool {
        if !one.isLatin || !other.isLatin { return true }
        return one.weakSkeleton.count > 1 && one.weakSkeleton == other.weakSkeleton
    }
}

/// Which of several of one name somebody is, as people are told apart from their fathers.
private enum Generation: Hashable {
    case elder, younger, number(Int)

    private static let words: [String: Generation] = [
        "sr": .elder, "senior": .elder, "jr": .younger, "junior": .younger, "i": .number(1), "ii": .number(2),
        "iii": .number(3), "iv": .number(4),
    ]

    /// Whether both say which, and not the same.
    static func areTwo(_ left: [PreparedName], _ right: [PreparedName]) -> Bool {
        let (mine, others) = (said(left), said(right))
        guard !mine.isEmpty, !others.isEmpty, mine.isDisjoint(with: others) else { return false }
        // An I may be an initial, unless the other is the second.
        let numbers = mine.union(others).filter { if case .number = $0 { true } else { false } }
        return numbers.count == mine.count + others.count || !mine.union(others).contains(.number(1))
    }

    private static func said(_ names: [PreparedName]) -> Set<Generation> {
        Set(names.flatMap { $0.tokens.dropFirst().compactMap { words[String(decoding: $0.letters, as: UTF8.self)] } })
    }
}
