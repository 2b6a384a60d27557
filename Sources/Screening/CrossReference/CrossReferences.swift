public import Exchange

/// What the advisories of an exchange have in common, kept as they come, change and go.
///
/// The same advisories and judgements have the same links in whatever order they came. What an advisory may hold, and
/// so what one costs, is bounded as `AdvisoryContent` is; the cost of one change by `LinkLimits`.
///
/// The whole is for nobody to see: readers are told of a `view`, and of the `notices`.
public struct CrossReferences<Comparison: Likeness>: Sendable {
    private var holdings: Holdings<Comparison>
    /// Of everything: the first rendition of each advisory.
    private var sight: Sight
    private var findings: [SlotPair: Finding] = [:]
    /// By the places of advisories those that something was found with.
    private var partners: [Int: Set<Int>] = [:]
    private var judgements: Set<Judgement> = []
    /// By each subject its judgements.
    private var judged: [SubjectReference: Set<Judgement>] = [:]

    /// Compares advisories as a whole.
    /// - Parameters:
    ///   - advisories: in any order; of those with one id the last counts.
    ///   - judgements: in any order; those that contradict earlier ones do not count.
    ///   - likeness: by which people, organisations, vessels and aircraft are told.
    public init(
        _ advisories: some Sequence<ReferencedAdvisory> = [],
        judgements: some Sequence<Judgement> = [],
        by likeness: Comparison
    ) {
        holdings = Holdings(by: likeness)
        for advisory in advisories { _ = holdings.hold(holdings.prepared(advisory)) }
        self.judgements = Set(judgements)
        for judgement in self.judgements {
            for subject in [judgement.left, judgement.right] { judged[subject, default: []].insert(judgement) }
        }
        sight = Sight(of: holdings, self.judgements) { _ in true }
        for (pair, finding) in Survey(holdings: holdings, sight: sight).findings() { keep(finding, of: pair) }
    }

    /// How many advisories are compared.
    public var count: Int { holdings.places.count }

    /// Whose advisories are compared.
    public var originators: Set<ID<Member>> { Set(holdings.slots.compactMap { $0?.advisory.publisher }) }

    /// Every link there is, in their order: for tests and figures, and for no reader.
    var links: [Link] { findings.values.flatMap(\.links).sorted() }

    /// Judgements that contradict earlier ones, in their order.
    public var conflicts: [Judgement] { sight.oneness.conflicts }

    // MARK: Changes

    /// Adds an advisory, or puts it in the place of the one with its id.
    public mutating func put(_ advisory: ReferencedAdvisory) -> LinkChanges {
        change(advisory.id, to: holdings.prepared(advisory))
    }

    /// Removes an advisory that is recalled, withdrawn or expired; its judgements are kept, should it come back.
    public mutating func remove(_ advisory: ID<Advisory>) -> LinkChanges {
        change(advisory, to: nil)
    }

    /// Keeps a judgement of somebody who sees what a view shows.
    /// - Throws: `JudgementFault` where it contradicts what stands of the judgements that whoever judges may see; then
    ///   nothing is kept.
    public mutating func judge(
        _ judgement: Judgement,
        in view: CrossReferenceView<Comparison>
    ) throws(JudgementFault) -> LinkChanges {
        if let fault = fault(of: judgement, in: view) { throw fault }
        return keep(judgement)
    }

    /// Why a judgement of somebody who sees what a view shows cannot be kept; nil where it can.
    public func fault(of judgement: Judgement, in view: CrossReferenceView<Comparison>) -> JudgementFault? {
        if let fault = view.fault(of: judgement) { return fault }
        return judgements.count < Oneness.judgementsMax ? nil : .manyJudgements
    }

    /// Keeps a judgement that was made before, whoever may see it: where it contradicts an earlier one, that stands.
    public mutating func keep(_ judgement: Judgement) -> LinkChanges {
        reconsider([judgement.left, judgement.right]) { state in
            state.judgements.insert(judgement)
            for subject in [judgement.left, judgement.right] { state.judged[subject, default: []].insert(judgement) }
            return []
        }
    }

    /// Takes a judgement back; nothing happens where it is not kept.
    public mutating func withdraw(_ judgement: Judgement) -> LinkChanges {
        reconsider([judgement.left, judgement.right]) { state in
            state.judgements.remove(judgement)
            for subject in [judgement.left, judgement.right] {
                state.judged[subject]?.remove(judgement)
                if state.judged[subject]?.isEmpty == true { state.judged[subject] = nil }
            }
            return []
        }
    }

    private mutating func change(_ advisory: ID<Advisory>, to held: Holdings<Comparison>.Held?) -> LinkChanges {
        let before = holdings[advisory]?.renditions.first
        let subjects = (before?.subjects ?? []) + (held?.renditions.first?.subjects ?? [])
        return reconsider(subjects.map(\.reference)) { $0.swap(advisory, before, held) }
    }

    /// Puts one advisory in the place of another, and gives the pairs that may have become others by it.
    private mutating func swap(
        _ advisory: ID<Advisory>,
        _ before: Holdings<Comparison>.Rendition?,
        _ held: Holdings<Comparison>.Held?
    ) -> Set<SlotPair> {
        guard let slot = held.map({ holdings.hold($0) }) ?? holdings.release(advisory) else { return [] }
        let after = held?.renditions.first
        let pick: Int8 = after == nil ? -1 : 0
        let (told, untold) = sight.show(
            slot,
            pick,
            gone: before?.numbers ?? [],
            new: after?.numbers ?? [],
            holdings.glossary
        )
        var pairs = Set((partners[slot] ?? []).map { SlotPair(slot, $0) })
        for key in told {
            let seen = holders(of: key)
            for one in seen { for other in seen where one < other { pairs.insert(SlotPair(one, other)) } }
        }
        for key in untold {
            let seen = Set(holders(of: key))
            for one in seen {
                for other in partners[one] ?? [] where seen.contains(other) { pairs.insert(SlotPair(one, other)) }
            }
        }
        for other in Survey(holdings: holdings, sight: sight).neighbours(of: slot) {
            pairs.insert(SlotPair(slot, other))
        }
        return pairs
    }

    private func holders(of key: Int32) -> [Int] {
        holdings.postings[Int(key)].filter { Int(sight.picks[$0.slot]) == $0.rendition }.map(\.slot)
    }

    /// Makes a change, and compares again what it may have changed.
    ///
    /// What follows of judgements follows along chains of them, so all that hang together with the subjects are
    /// compared again.
    private mutating func reconsider(
        _ subjects: [SubjectReference],
        _ change: (inout Self) -> Set<SlotPair>
    ) -> LinkChanges {
        var circle = circle(of: subjects)
        var pairs = change(&self)
        circle.formUnion(self.circle(of: subjects))
        if !circle.isEmpty {
            let (holdings, known) = (holdings, sight)
            sight.oneness = Oneness(judgements.filter { known.shows($0, in: holdings) })
            let survey = Survey(holdings: holdings, sight: sight)
            for slot in Set(circle.compactMap { holdings.places[$0.advisory] }) {
                for other in survey.neighbours(of: slot).union(partners[slot] ?? []) {
                    pairs.insert(SlotPair(slot, other))
                }
            }
        }
        return compare(pairs)
    }

    /// The subjects that judgements lead to from some, these among them; none where nothing was judged of them.
    private func circle(of subjects: [SubjectReference]) -> Set<SubjectReference> {
        var reached = Set(subjects.filter { judged[$0] != nil })
        var front = Array(reached)
        while let subject = front.popLast() {
            for judgement in judged[subject] ?? [] {
                for other in [judgement.left, judgement.right] where reached.insert(other).inserted {
                    front.append(other)
                }
            }
        }
        return reached
    }

    private mutating func compare(_ pairs: Set<SlotPair>) -> LinkChanges {
        let survey = Survey(holdings: holdings, sight: sight)
        var gone: [Link] = []
        var new: [Link] = []
        for pair in pairs {
            let before = findings[pair]
            let after = survey.finding(pair)
            if before == after { continue }
            let (old, now) = (Set(before?.links ?? []), Set(after?.links ?? []))
            gone += old.subtracting(now)
            new += now.subtracting(old)
            keep(after, of: pair)
        }
        return LinkChanges(gone: gone.sorted(), new: new.sorted())
    }

    private mutating func keep(_ finding: Finding?, of pair: SlotPair) {
        findings[pair] = finding
        for (one, other) in [(pair.first, pair.second), (pair.second, pair.first)] {
            if finding != nil {
                partners[one, default: []].insert(other)
            } else {
                partners[one]?.remove(other)
                if partners[one]?.isEmpty == true { partners[one] = nil }
            }
        }
    }
}

extension CrossReferences {
    /// What somebody sees of it, who sees the renditions that `sees` holds true of.
    ///
    /// It is what would be found were there nothing else: the advisories and judgements that are not seen change none
    /// of its answers. A rendition is seen by its label, and a judgement by who sees both its ends.
    public func view(seeing sees: (_ label: Int) -> Bool) -> CrossReferenceView<Comparison> {
        let sight = Sight(of: holdings, judgements, seeing: sees)
        let memory = Survey<Comparison>.Memory(sight: self.sight, findings: findings, judged: Set(judged.keys))
        return CrossReferenceView(Survey(holdings: holdings, sight: sight, memory: memory))
    }

    /// What was found of an advisory with others, whoever may see them.
    func found(of advisory: ID<Advisory>) -> [(other: ReferencedAdvisory, links: [Link])] {
        guard let slot = holdings.places[advisory] else { return [] }
        return (partners[slot] ?? []).compactMap { other in
            guard let held = holdings.slots[other], let finding = findings[SlotPair(slot, other)] else { return nil }
            return (held.advisory, finding.links)
        }
    }

    /// The advisories of one originator, in the order of their release.
    func advisories(of originator: ID<Member>) -> [ReferencedAdvisory] {
        let own = holdings.slots.compactMap { $0?.advisory }.filter { $0.publisher == originator }
        return own.sorted { ($0.released, $0.id) < ($1.released, $1.id) }
    }

    /// How many members other than one hold anything whose existence may be told.
    func crowd(beside originator: ID<Member>) -> Int {
        let open = holdings.slots.compactMap { $0?.advisory }.filter { $0.existence == .open }
        return Set(open.map(\.publisher)).subtracting([originator]).count
    }
}
