import Exchange

/// Two advisories by their places in the holdings.
struct SlotPair: Hashable {
    let first: Int
    let second: Int

    init(_ one: Int, _ other: Int) {
        first = min(one, other)
        second = max(one, other)
    }
}

/// What was found of two advisories.
struct Finding: Hashable, Sendable {
    /// Two subjects that are of one.
    struct Match: Hashable, Sendable {
        let ends: LinkEvidence.Ends
        let score: Int
    }

    let links: [Link]
    let matches: [Match]
}

/// Compares advisories as somebody sees them.
struct Survey<Comparison: Likeness>: Sendable {
    /// What was found of everything, which is the same for whoever sees the same of two advisories.
    struct Memory: Sendable {
        /// Of everything.
        let sight: Sight
        let findings: [SlotPair: Finding]
        /// Of these subjects people judged: what follows depends on who sees the judgements.
        let judged: Set<SubjectReference>
    }

    let holdings: Holdings<Comparison>
    let sight: Sight
    /// Spares comparing again; it changes no finding.
    var memory: Memory?

    /// The places of the seen advisories that one is to be compared with, in no order.
    func neighbours(of slot: Int) -> Set<Int> {
        guard let rendition = sight.rendition(slot, in: holdings) else { return [] }
        var found: Set<Int> = []
        for key in rendition.numbers where sight.tells(key, holdings.glossary) {
            for holder in holdings.postings[Int(key)] where Int(sight.picks[holder.slot]) == holder.rendition {
                found.insert(holder.slot)
            }
        }
        if !sight.oneness.isEmpty {
            for subject in rendition.subjects {
                for other in sight.oneness.members(with: subject.reference) {
                    if let place = holdings.places[other.advisory] { found.insert(place) }
                }
            }
        }
        found.remove(slot)
        return found
    }

    /// What two advisories have in common; nil where they are not to be compared or have nothing.
    func finding(_ pair: SlotPair) -> Finding? {
        guard let one = sight.rendition(pair.first, in: holdings), let two = sight.rendition(pair.second, in: holdings),
            meet(one, two, in: sight)
        else { return nil }
        if let memory, sight.picks[pair.first] == 0, sight.picks[pair.second] == 0,
            memory.judged.isDisjoint(with: (one.subjects + two.subjects).lazy.map(\.reference)),
            meet(one, two, in: memory.sight)
        {
            return memory.findings[pair]
        }
        let (left, right) = one.advisory < two.advisory ? (one, two) : (two, one)
        let found = PairLinks(left, right, judged: sight.oneness, by: holdings.likeness)
        let matches = found.same.map { pair, score in
            let ends = LinkEvidence.Ends(
                left: left.subjects[pair.left].reference,
                right: right.subjects[pair.right].reference
            )
            return Finding.Match(ends: ends, score: score)
        }
        let links = found.links
        return links.isEmpty && matches.isEmpty ? nil : Finding(links: links, matches: matches)
    }

    /// What all pairs of seen advisories have in common, in no order.
    func findings() -> [SlotPair: Finding] {
        var found: [SlotPair: Finding] = [:]
        for slot in holdings.slots.indices {
            for other in neighbours(of: slot) where other > slot {
                let pair = SlotPair(slot, other)
                found[pair] = finding(pair)
            }
        }
        return found
    }

    /// Whether they have a key in common that tells something, or subjects that were judged to be one.
    private func meet(
        _ one: Holdings<Comparison>.Rendition,
        _ two: Holdings<Comparison>.Rendition,
        in sight: Sight
    ) -> Bool {
        var (first, second) = (0, 0)
        while first < one.numbers.count, second < two.numbers.count {
            if one.numbers[first] < two.numbers[second] {
                first += 1
            } else if two.numbers[second] < one.numbers[first] {
                second += 1
            } else {
                if sight.tells(one.numbers[first], holdings.glossary) { return true }
                first += 1
                second += 1
            }
        }
        return !sight.oneness.isEmpty
            && one.subjects.contains { subject in
                sight.oneness.members(with: subject.reference).contains { $0.advisory == two.advisory }
            }
    }
}
