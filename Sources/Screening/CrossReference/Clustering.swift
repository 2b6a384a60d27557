import Exchange

/// Puts subjects together that are of one, and keeps apart those that are not.
struct Clustering {
    private let subjects: [SubjectReference]
    private let places: [SubjectReference: Int]
    private let oneness: Oneness
    /// By each subject another of its group, and by the first of a group itself.
    private var parents: [Int]
    /// By the first of a group all of it.
    private var members: [[Int]]

    /// Begins with what people judged.
    init(_ subjects: [SubjectReference], _ oneness: Oneness) {
        self.subjects = subjects.sorted()
        self.oneness = oneness
        places = Dictionary(uniqueKeysWithValues: self.subjects.enumerated().map { ($1, $0) })
        parents = Array(self.subjects.indices)
        members = self.subjects.indices.map { [$0] }
        if oneness.isEmpty { return }
        for (place, subject) in self.subjects.enumerated() {
            for other in oneness.members(with: subject) {
                if let found = places[other] { join(place, found) }
            }
        }
    }

    /// The groups, each in its order, in the order of their first.
    var groups: [[SubjectReference]] {
        members.indices.filter { parents[$0] == $0 }.map { members[$0].sorted().map { subjects[$0] } }
    }

    /// Puts together each list of those that share what tells one.
    mutating func unite(sharing lists: [[SubjectReference]]) {
        for list in lists {
            let found = list.compactMap { places[$0] }
            for other in found.dropFirst() where !areApart(found[0], other) { join(found[0], other) }
        }
    }

    /// Puts together what is alike, the surest first.
    ///
    /// Groups of which any two contradict each other are not put together. What is as much alike to two that are not
    /// one is left alone: it may be either, and nobody knows which.
    mutating func unite(
        alike matches: [Finding.Match],
        contradicting contradict: (SubjectReference, SubjectReference) -> Bool
    ) {
        let sorted = matches.sorted { $0.score != $1.score ? $0.score > $1.score : $0.ends < $1.ends }
        var known: [SubjectReference: [(other: SubjectReference, score: Int)]] = [:]
        for match in sorted {
            known[match.ends.left, default: []].append((match.ends.right, match.score))
            known[match.ends.right, default: []].append((match.ends.left, match.score))
        }
        func areTwo(_ one: SubjectReference, _ other: SubjectReference) -> Bool {
            one.advisory == other.advisory || oneness.verdict(one, other) == .two || contradict(one, other)
        }
        func isAmbiguous(_ subject: SubjectReference, _ other: SubjectReference, _ score: Int) -> Bool {
            (known[subject] ?? []).contains { rival in
                rival.score + Self.rivalMargin >= score && rival.other != other
                    && oneness.verdict(rival.other, other) != .one && areTwo(rival.other, other)
            }
        }
        for match in sorted {
            let (one, other) = (match.ends.left, match.ends.right)
            guard let left = places[one], let right = places[other], first(of: left) != first(of: right) else {
                continue
            }
            if isAmbiguous(one, other, match.score) || isAmbiguous(other, one, match.score) { continue }
            if areApart(left, right) || areOfOneAdvisory(left, right) { continue }
            let (mine, others) = (members[first(of: left)], members[first(of: right)])
            let isContrary = mine.contains { place in
                others.contains { contradict(subjects[place], subjects[$0]) }
            }
            if !isContrary { join(left, right) }
        }
    }

    /// By how much one match must be the surer, in thousandths, to be told from another that contradicts it.
    private static let rivalMargin = 50

    private func first(of place: Int) -> Int {
        var place = place
        while parents[place] != place { place = parents[place] }
        return place
    }

    /// The smaller group joins the larger, so no chain of parents is longer than the logarithm.
    private mutating func join(_ one: Int, _ other: Int) {
        let (mine, others) = (first(of: one), first(of: other))
        if mine == others { return }
        let isLarger = (members[mine].count, others) > (members[others].count, mine)
        let (large, small) = isLarger ? (mine, others) : (others, mine)
        parents[small] = large
        members[large] += members[small]
        members[small] = []
    }

    /// Whether people judged any two of their groups to be two.
    private func areApart(_ one: Int, _ other: Int) -> Bool {
        if oneness.isEmpty { return false }
        let (mine, others) = (members[first(of: one)], members[first(of: other)])
        let known = others.filter { oneness.isJudged(subjects[$0]) }
        if known.isEmpty { return false }
        return mine.contains { place in
            oneness.isJudged(subjects[place])
                && known.contains { oneness.verdict(subjects[place], subjects[$0]) == .two }
        }
    }

    /// Whether their groups have subjects of one advisory.
    private func areOfOneAdvisory(_ one: Int, _ other: Int) -> Bool {
        let (mine, others) = (first(of: one), first(of: other))
        let (small, large) = members[mine].count < members[others].count ? (mine, others) : (others, mine)
        let known = Set(members[small].map { subjects[$0].advisory })
        return members[large].contains { known.contains(subjects[$0].advisory) }
    }
}
