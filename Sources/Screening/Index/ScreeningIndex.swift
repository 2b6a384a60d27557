/// Records that are searched: each with a number of the caller's and the place of its label.
///
/// Nothing of what is found, nor of how alike it is, depends on a record whose label is not visible, nor on the order
/// in which records came.
public struct ScreeningIndex: Sendable {
    /// How many are compared with one who is asked about, the likest by what is frequent and what is rare.
    static let candidatesMin = 60

    /// What part of the likest's sum of words others must have to be compared: one of so many.
    static let leastShare: Int32 = 10

    /// Where others have so many in common with one who is asked about, no weaker signs are looked for.
    static let enough = 240

    private struct Entity: Sendable {
        let key: Int
        /// Of its id, so that of equals the same comes first whatever came first.
        let order: UInt64
        /// Where its record is.
        let record: UInt32
    }

    /// What of a record is looked at before it is compared, and what one search counts: valid where `stamp` says so.
    private struct Mark: Sendable {
        let label: Int32
        let family: Family
        var isHere = true
        var stamp: UInt32 = 0
        var sum: Int32 = 0
    }

    private var entities: [Entity] = []
    private var marks: [Mark] = []
    private var places: [Int: UInt32] = [:]
    private var records = PreparedRecords()
    private var words = Words()
    /// Words' bearers by the keys of words, records by their words' bearers, and records by keys of more than a word.
    ///
    /// A bearer is a word in names of persons, or in others: what it is found by differs.
    private var bearers = Postings(), ofBearers = Postings(), ofKeys = Postings()
    private var knownBearers: Set<UInt32> = []
    private var stamp: UInt32 = 0

    /// One without records.
    public init() {}

    /// How many records there are.
    public var count: Int { places.count }

    /// About how many bytes it takes.
    public var byteCount: Int {
        entities.capacity * MemoryLayout<Entity>.stride + marks.capacity * MemoryLayout<Mark>.stride
            + places.capacity * 16 + knownBearers.capacity * 6 + records.byteCount + words.byteCount
            + bearers.byteCount + ofBearers.byteCount + ofKeys.byteCount
    }

    /// Adds a record; one that was there by that number goes.
    public mutating func add(_ record: Record, as key: Int, label: Int) {
        remove(key)
        add(Prepared(record, &words), as: key, Self.order(of: record.id), label: Int32(label))
    }

    private mutating func add(_ record: Prepared, as key: Int, _ order: UInt64, label: Int32) {
        let place = UInt32(entities.count)
        entities.append(Entity(key: key, order: order, record: records.append(record, &words)))
        marks.append(Mark(label: label, family: record.families))
        places[key] = place
        for key in BlockingKeys.all(record) { ofKeys.add(place, to: key) }
        for token in Self.foundTokens(of: record) {
            let bearer = words.number(token.word) << 1 | (record.isPerson ? 1 : 0)
            ofBearers.add(place, to: Self.mixed(bearer))
            guard knownBearers.insert(bearer).inserted else { continue }
            for key in BlockingKeys.all(ofWord: token, isPerson: record.isPerson) { bearers.add(bearer, to: key) }
        }
    }

    /// A bearer as a key: each has one of its own, and their first bits differ.
    private static func mixed(_ bearer: UInt32) -> UInt32 { bearer &* 0x9E37_79B1 }

    /// Takes a record away; where there is none by that number, nothing happens.
    public mutating func remove(_ key: Int) {
        guard let place = places.removeValue(forKey: key) else { return }
        marks[Int(place)].isHere = false
        let gone = entities.count - places.count
        guard gone > Self.goneMin, gone > places.count else { return }
        // More are gone than there are: they only cost time.
        let old = self
        self = ScreeningIndex()
        for (entity, mark) in zip(old.entities, old.marks) where mark.isHere {
            add(old.records.record(at: entity.record, old.words), as: entity.key, entity.order, label: mark.label)
        }
    }

    /// Fewer that are gone are not worth building it anew.
    private static let goneMin = 4_096

    /// Those that are like one who is asked about, the likest first.
    /// - Parameters:
    ///   - visible: the labels that are looked at.
    ///   - cutoff: from what score on one is found, from 0 to 1.
    public mutating func search(
        _ query: Record,
        visible: LabelSet,
        limit: Int,
        cutoff: Double
    ) -> [ScreeningHit] {
        var words = Words()
        let asked = Prepared(query, &words)
        let least = max(1, Int((cutoff * 1_000).rounded(.up)))
        let hits = candidates(asked, visible, max(Self.candidatesMin, limit)).compactMap {
            place -> (ScreeningHit, UInt64)? in
            let share = Scorer.compare(asked, records.record(at: entities[place].record, self.words)).share
            guard share >= least else { return nil }
            return (ScreeningHit(key: entities[place].key, score: Double(share) / 1_000), entities[place].order)
        }
        let sorted = hits.sorted { one, two in one.0.score != two.0.score ? one.0.score > two.0.score : one.1 < two.1 }
        return sorted.prefix(limit).map(\.0)
    }

    /// The places of those that have most in common with one who is asked about.
    private mutating func candidates(_ asked: Prepared, _ visible: LabelSet, _ count: Int) -> [Int] {
        var best: [(place: Int, sum: Int32)] = []
        for name in asked.names.prefix(Self.askedNamesMax) {
            // Apart, as what is called on its own copy would copy all marks.
            let found = candidates(name, asked, visible)
            best += likest(found, count)
        }
        for identifier in asked.identifiers {
            var bearing: [UInt32] = []
            ofKeys.append(of: BlockingKeys.key(.identifier, identifier.value), to: &bearing)
            for place in bearing.lazy.map(Int.init) {
                if marks[place].isHere, visible.contains(Int(marks[place].label)) { best.append((place, Self.certain)) }
            }
        }
        var seen: Set<Int> = []
        let ranked = likest(best, best.count).filter { seen.insert($0.place).inserted }
        // Who has much less in common than the likest is not compared.
        let least = (ranked.first?.sum ?? 0) / Self.leastShare
        return ranked.prefix(count).prefix { $0.sum >= least }.map(\.place)
    }

    /// The first of them by their sums, in order; of equals in the order of their ids.
    private func likest(_ found: [(place: Int, sum: Int32)], _ count: Int) -> [(place: Int, sum: Int32)] {
        guard count > 0, !found.isEmpty else { return [] }
        var least = Int32.min
        if found.count > 4 * count {
            // How many there are of each sum, in steps, tells below which none can be among the first.
            let most = found.reduce(0) { max($0, $1.sum) }
            let step = most / Self.steps + 1
            var counts = [Int](repeating: 0, count: Int(Self.steps) + 1)
            for one in found { counts[Int(one.sum / step)] += 1 }
            var left = count
            var place = counts.count - 1
            while place > 0, left > counts[place] {
                left -= counts[place]
                place -= 1
            }
            least = Int32(place) * step
        }
        let sorted = found.lazy.filter { $0.sum >= least }.sorted { one, two in
            one.sum != two.sum ? one.sum > two.sum : entities[one.place].order < entities[two.place].order
        }
        return Array(sorted.prefix(count))
    }

    private static let steps: Int32 = 255

    /// The sum of one that is found by its number, beside which others are compared all the same.
    private static let certain: Int32 = 40_000

    /// Names of one who is asked about that are looked for.
    static let askedNamesMax = 16

    private mutating func candidates(
        _ name: PreparedName,
        _ asked: Prepared,
        _ visible: LabelSet
    ) -> [(place: Int, sum: Int32)] {
        let family = asked.families
        let isPerson = family.contains(.person)
        var touched: [Int] = []
        let first = stamp + 1
        var bearing: [UInt32] = []
        var words: [UInt32] = []
        /// Counts what bears a key, each record once for each step.
        func count(_ key: UInt32, _ weight: Int, since begun: UInt32) {
            bearing.removeAll(keepingCapacity: true)
            words.removeAll(keepingCapacity: true)
            ofKeys.append(of: key, to: &bearing)
            bearers.append(of: key, to: &words)
            for word in words where isPerson || word & 1 == 0 { ofBearers.append(of: Self.mixed(word), to: &bearing) }
            for place in bearing.lazy.map(Int.init) where marks[place].stamp < begun {
                if marks[place].stamp < first {
                    guard marks[place].isHere, visible.contains(Int(marks[place].label)),
                        !family.isDisjoint(with: marks[place].family)
                    else { continue }
                    marks[place].sum = 0
                    touched.append(place)
                }
                marks[place].stamp = stamp
                marks[place].sum += Int32(weight)
            }
        }
        let tokens = name.tokens
        for (key, weight) in Self.certain(tokens, asked) {
            stamp += 1
            count(key, weight, since: stamp)
        }
        let ordered = Self.ordered(tokens, isPerson: isPerson)
        // The rarest first. How many were found is counted among what is visible, so that nothing else shows in it.
        let kinds: [(Token) -> [(kind: BlockingKeys.Kind, key: UInt32)]] = [
            { BlockingKeys.keys(of: $0, isPerson: isPerson, isAsked: true) },
            { BlockingKeys.typoKeys(of: $0, isAsked: true) },
        ]
        for keys in kinds {
            for token in ordered where touched.count < Self.enough {
                stamp += 1
                let begun = stamp
                for (kind, key) in keys(token) {
                    count(key, token.weight(isPerson: isPerson) * kind.strength / 1_000, since: begun)
                }
            }
        }
        let found = touched.map { (place: $0, sum: marks[$0].sum) }
        if stamp > UInt32.max / 2 {
            stamp = 0
            for place in marks.indices { marks[place].stamp = 0 }
        }
        return found
    }

    /// Keys of more than a word, with what they tell: they are rare, and looked for first.
    private static func certain(_ tokens: [Token], _ asked: Prepared) -> [(key: UInt32, weight: Int)] {
        let isPerson = asked.families.contains(.person)
        let pairs = BlockingKeys.pairs(tokens, isPerson: isPerson).map { kind, key, pair in
            let weight = (tokens[pair.0].weight(isPerson: isPerson) + tokens[pair.1].weight(isPerson: isPerson)) / 2
            return (key, weight * (kind == .weakPair ? 700 : 1_000) / 1_000)
        }
        var keys = BlockingKeys.joined(tokens, isPerson: isPerson)
        keys += BlockingKeys.born(tokens, isPerson ? asked.dates : [])
        if let key = BlockingKeys.beginning(tokens) { keys.append(key) }
        return pairs + keys.map { ($0, Terms.numberWeight) }
    }

    /// The words that somebody is looked for by alone, the rarest first.
    private static func ordered(_ tokens: [Token], isPerson: Bool) -> [Token] {
        let isAlone = tokens.count { !$0.isParticle && !$0.isInitial } < 2
        let rare = tokens.filter { !$0.isFrequent && !$0.isInitial }
        let single = rare.isEmpty && isAlone ? tokens : rare
        return single.enumerated().sorted { one, two in
            let (left, right) = (one.element.weight(isPerson: isPerson), two.element.weight(isPerson: isPerson))
            return left != right ? left > right : one.offset < two.offset
        }.map(\.element)
    }

    /// The words that a record is found by.
    private static func foundTokens(of record: Prepared) -> Set<Token> {
        Set(record.names.flatMap { name in name.tokens.filter { !$0.isParticle || name.tokens.count == 1 } })
    }

    /// All keys by which a record is found.
    static func foundKeys(of record: Prepared) -> Set<UInt32> {
        foundTokens(of: record).reduce(into: BlockingKeys.all(record)) { keys, token in
            keys.formUnion(BlockingKeys.all(ofWord: token, isPerson: record.isPerson))
        }
    }

    /// All keys by which others are looked for when one is asked about: whom it would be told of has one of them.
    static func askedKeys(of asked: Prepared) -> Set<UInt32> {
        let isPerson = asked.families.contains(.person)
        var keys = Set(asked.identifiers.map { BlockingKeys.key(.identifier, $0.value) })
        for name in asked.names.prefix(askedNamesMax) {
            keys.formUnion(certain(name.tokens, asked).map(\.key))
            for token in ordered(name.tokens, isPerson: isPerson) {
                keys.formUnion(BlockingKeys.keys(of: token, isPerson: isPerson, isAsked: true).map(\.key))
                keys.formUnion(BlockingKeys.typoKeys(of: token, isAsked: true).map(\.key))
            }
        }
        return keys
    }

    private static func order(of id: String) -> UInt64 {
        id.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    }
}

/// One who is like one who is asked about.
public struct ScreeningHit: Sendable {
    /// The caller's number.
    public let key: Int
    /// How like, from 0 to 1, in steps of a thousandth.
    public let score: Double

    /// Puts it together from its parts.
    public init(key: Int, score: Double) {
        self.key = key
        self.score = score
    }
}
