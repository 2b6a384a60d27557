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
        let record: Prepared
    }

    /// What of a record is looked at before it is compared.
    private struct Head: Sendable {
        let label: Int32
        let family: Family
        var isHere = true
    }

    private var entities: [Entity] = []
    private var heads: [Head] = []
    private var places: [Int: Int] = [:]
    private var postings = Postings()
    private var words = Words()
    /// What one search counts, by entities: valid where `stamps` says so.
    private var sums: [Int32] = []
    private var stamps: [UInt32] = []
    private var stamp: UInt32 = 0

    /// One without records.
    public init() {}

    /// How many records there are.
    public var count: Int { places.count }

    /// About how many bytes it takes.
    public var byteCount: Int {
        let names = entities.reduce(0) { sum, entity in
            sum
                + entity.record.names.reduce(0) {
                    $0 + MemoryLayout<PreparedName>.stride + 32 + $1.tokens.count * MemoryLayout<Token>.stride
                }
        }
        let each = MemoryLayout<Entity>.stride + MemoryLayout<Head>.stride + 32
        return postings.byteCount + entities.capacity * each + names + words.count * Self.wordBytes
    }

    /// About how many bytes a word takes that is kept once.
    private static let wordBytes = 160

    /// Adds a record; one that was there by that number goes.
    public mutating func add(_ record: Record, as key: Int, label: Int) {
        remove(key)
        let entity = Entity(key: key, order: Self.order(of: record.id), record: Prepared(record, &words))
        add(entity, Head(label: Int32(label), family: entity.record.families))
    }

    private mutating func add(_ entity: Entity, _ head: Head) {
        let place = entities.count
        entities.append(entity)
        heads.append(head)
        sums.append(0)
        stamps.append(0)
        places[entity.key] = place
        for key in BlockingKeys.all(entity.record) { postings.add(UInt32(place), to: key) }
    }

    /// Takes a record away; where there is none by that number, nothing happens.
    public mutating func remove(_ key: Int) {
        guard let place = places.removeValue(forKey: key) else { return }
        heads[place].isHere = false
        let gone = entities.count - places.count
        guard gone > Self.goneMin, gone > places.count else { return }
        // More are gone than there are: their links only cost time.
        let left = zip(entities, heads).filter(\.1.isHere)
        self = ScreeningIndex()
        for (entity, head) in left { add(entity, head) }
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
            let share = Scorer.compare(asked, entities[place].record).share
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
            best += likest(candidates(name, asked, visible), count)
        }
        for identifier in asked.identifiers {
            postings.forEach(of: BlockingKeys.key(.identifier, identifier.value)) { place in
                if heads[place].isHere, visible.contains(Int(heads[place].label)) { best.append((place, Self.certain)) }
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
        /// Counts what bears a key, once for each step.
        func count(_ key: UInt32, _ weight: Int, since begun: UInt32) {
            postings.forEach(of: key) { place in
                guard stamps[place] < begun else { return }
                if stamps[place] < first {
                    let head = heads[place]
                    guard head.isHere, visible.contains(Int(head.label)), !family.isDisjoint(with: head.family)
                    else { return }
                    sums[place] = 0
                    touched.append(place)
                }
                stamps[place] = stamp
                sums[place] += Int32(weight)
            }
        }
        func once(_ key: UInt32, _ weight: Int) {
            stamp += 1
            count(key, weight, since: stamp)
        }
        let tokens = name.tokens
        // What takes two words first: it is rare, and tells most.
        for (kind, key, pair) in BlockingKeys.pairs(tokens, isPerson: isPerson) {
            let weight = (tokens[pair.0].weight(isPerson: isPerson) + tokens[pair.1].weight(isPerson: isPerson)) / 2
            once(key, weight * (kind == .weakPair ? 700 : 1_000) / 1_000)
        }
        for key in BlockingKeys.joined(tokens, isPerson: isPerson) { once(key, Terms.numberWeight) }
        for key in BlockingKeys.born(tokens, isPerson ? asked.dates : []) { once(key, Terms.numberWeight) }
        if let key = BlockingKeys.beginning(tokens) { once(key, Terms.numberWeight) }
        let isAlone = tokens.count { !$0.isParticle && !$0.isInitial } < 2
        let rare = tokens.filter { !$0.isFrequent && !$0.isInitial }
        let single = rare.isEmpty && isAlone ? tokens : rare
        let ordered = single.enumerated().sorted { one, two in
            let (left, right) = (one.element.weight(isPerson: isPerson), two.element.weight(isPerson: isPerson))
            return left != right ? left > right : one.offset < two.offset
        }.map(\.element)
        // The rarest first. How many were found is counted among what is visible, so that nothing else shows in it.
        for token in ordered where touched.count < Self.enough {
            stamp += 1
            let begun = stamp
            for (kind, key) in BlockingKeys.keys(of: token, isPerson: isPerson, isAsked: true) {
                count(key, token.weight(isPerson: isPerson) * kind.strength / 1_000, since: begun)
            }
        }
        for token in ordered where touched.count < Self.enough {
            stamp += 1
            let begun = stamp
            for (kind, key) in BlockingKeys.typoKeys(of: token, isAsked: true) {
                count(key, token.weight(isPerson: isPerson) * kind.strength / 1_000, since: begun)
            }
        }
        if stamp > UInt32.max / 2 { resetStamps() }
        return touched.map { ($0, sums[$0]) }
    }

    private mutating func resetStamps() {
        stamp = 0
        for place in stamps.indices { stamps[place] = 0 }
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
