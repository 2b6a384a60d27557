import Exchange

/// The advisories that are compared, by what they are found by.
struct Holdings<Comparison: Likeness>: Sendable {
    typealias Rendition = PreparedRendition<Comparison>

    /// An advisory with what was computed of it.
    struct Held: Sendable {
        let advisory: ReferencedAdvisory
        let renditions: [Rendition]
    }

    /// A rendition by the places of its advisory and of itself.
    struct Holder: Hashable {
        let packed: UInt32

        init(_ slot: Int, _ rendition: Int) {
            packed = UInt32(slot) << 2 | UInt32(rendition)
        }

        var slot: Int { Int(packed >> 2) }
        var rendition: Int { Int(packed & 3) }
    }

    let likeness: Comparison
    private(set) var glossary = Glossary()
    /// Nil where one was removed and none has its place yet.
    private(set) var slots: [Held?] = []
    private(set) var places: [ID<Advisory>: Int] = [:]
    private var free: [Int] = []
    /// By the numbers of keys, in no order.
    private(set) var postings: [[Holder]] = []

    init(by likeness: Comparison) {
        self.likeness = likeness
    }

    subscript(advisory: ID<Advisory>) -> Held? { places[advisory].flatMap { slots[$0] } }

    /// The places of the advisories, in the order of their ids.
    var sorted: [Int] { places.sorted { $0.key < $1.key }.map(\.value) }

    /// Prepares an advisory, without holding it.
    mutating func prepared(_ advisory: ReferencedAdvisory) -> Held {
        let renditions = advisory.renditions.map { rendition in
            Rendition(rendition, of: advisory.id, by: likeness, &glossary)
        }
        while postings.count < glossary.texts.count { postings.append([]) }
        return Held(advisory: advisory, renditions: renditions)
    }

    /// Holds an advisory, in place of the one of its id.
    mutating func hold(_ held: Held) -> Int {
        _ = release(held.advisory.id)
        let slot = free.popLast() ?? slots.count
        if slot == slots.count { slots.append(held) } else { slots[slot] = held }
        places[held.advisory.id] = slot
        for (place, rendition) in held.renditions.enumerated() {
            for key in rendition.numbers { postings[Int(key)].append(Holder(slot, place)) }
        }
        return slot
    }

    /// Lets an advisory go, and gives its place; nil where it is not held.
    mutating func release(_ advisory: ID<Advisory>) -> Int? {
        guard let slot = places.removeValue(forKey: advisory), let held = slots[slot] else { return nil }
        for (place, rendition) in held.renditions.enumerated() {
            let holder = Holder(slot, place)
            for key in rendition.numbers {
                if let at = postings[Int(key)].firstIndex(of: holder) {
                    postings[Int(key)].swapAt(at, postings[Int(key)].count - 1)
                    postings[Int(key)].removeLast()
                }
            }
        }
        slots[slot] = nil
        free.append(slot)
        return slot
    }
}

/// Which rendition of each advisory somebody sees, and what follows of that alone: how common each key is, and which
/// judgements count.
struct Sight: Sendable {
    /// By the places of the advisories the place of the rendition; -1 where none is seen.
    private(set) var picks: [Int8]
    /// By the numbers of keys, how many of the seen advisories have it.
    private(set) var counts: [Int32]
    /// Of the judgements of which both ends are seen.
    var oneness: Oneness

    /// Of what a reader sees by labels.
    init<Comparison>(
        of holdings: Holdings<Comparison>,
        _ judgements: some Sequence<Judgement>,
        seeing sees: (_ label: Int) -> Bool
    ) {
        picks = holdings.slots.map { held in
            guard let held else { return -1 }
            return Int8(held.advisory.renditions.firstIndex { sees($0.label) } ?? -1)
        }
        counts = []
        oneness = Oneness([])
        let picks = picks
        counts = holdings.postings.map { holders in
            Int32(holders.count { Int(picks[$0.slot]) == $0.rendition })
        }
        let known = self
        oneness = Oneness(judgements.filter { known.shows($0, in: holdings) })
    }

    /// Whether both subjects of a judgement are shown.
    func shows<Comparison>(_ judgement: Judgement, in holdings: Holdings<Comparison>) -> Bool {
        [judgement.left, judgement.right].allSatisfy { subject in
            guard let slot = holdings.places[subject.advisory] else { return false }
            return rendition(slot, in: holdings)?.places[subject.key] != nil
        }
    }

    /// What is seen of the advisory at a place; nil where nothing is.
    func rendition<Comparison>(
        _ slot: Int,
        in holdings: Holdings<Comparison>
    ) -> PreparedRendition<Comparison>? {
        guard slot < picks.count, picks[slot] >= 0 else { return nil }
        return holdings.slots[slot]?.renditions[Int(picks[slot])]
    }

    /// Whether so few have a key that it tells something.
    func tells(_ key: Int32, _ glossary: Glossary) -> Bool {
        counts[Int(key)] <= glossary.reaches[Int(key)].holdersMax
    }

    /// Shows another rendition of the advisory at a place: what it is found by is no longer `gone`, but `new`.
    /// - Returns: keys that came to tell something, and keys that ceased to.
    mutating func show(
        _ slot: Int,
        _ pick: Int8,
        gone: [Int32],
        new: [Int32],
        _ glossary: Glossary
    ) -> (told: [Int32], untold: [Int32]) {
        while picks.count <= slot { picks.append(-1) }
        while counts.count < glossary.texts.count { counts.append(0) }
        picks[slot] = pick
        let (before, after) = (Set(gone), Set(new))
        var told: [Int32] = []
        var untold: [Int32] = []
        for key in before.subtracting(after) {
            counts[Int(key)] -= 1
            if counts[Int(key)] == glossary.reaches[Int(key)].holdersMax { told.append(key) }
        }
        for key in after.subtracting(before) {
            counts[Int(key)] += 1
            if counts[Int(key)] == glossary.reaches[Int(key)].holdersMax + 1 { untold.append(key) }
        }
        return (told, untold)
    }
}
