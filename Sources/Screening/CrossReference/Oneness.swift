import Exchange

/// Who is one with whom by the judgements of people, transitively.
///
/// Judgements count in the order in which they were made; one that contradicts what stands does not count, and is told
/// as a conflict. That happens only where those who judged did not see one another's judgements.
public struct Oneness: Sendable {
    /// Subjects that are one by judgement.
    public static let membersMax = 1_000
    /// Judgements that are kept.
    public static let judgementsMax = 100_000

    /// Judgements that contradict earlier ones, in their order.
    public private(set) var conflicts: [Judgement] = []
    /// By each subject of a judgement the least of those that it is one with.
    private var firsts: [SubjectReference: SubjectReference] = [:]
    /// By the least of those that are one, all of them.
    private var groups: [SubjectReference: [SubjectReference]] = [:]
    /// By the least of those that are one, the leasts of those that they were judged apart from, with why.
    private var apart: [SubjectReference: [SubjectReference: Judgement]] = [:]
    private var merges: [SubjectReference: [Judgement]] = [:]

    /// Takes the judgements, in any order.
    init(_ judgements: some Sequence<Judgement>) {
        for judgement in judgements.sorted() where refusal(of: judgement) == nil { take(judgement) }
    }

    /// Whether nothing was judged.
    var isEmpty: Bool { firsts.isEmpty }

    /// What follows of two subjects from the judgements; nil where nothing does.
    func verdict(_ one: SubjectReference, _ other: SubjectReference) -> Judgement.Verdict? {
        guard let mine = firsts[one], let others = firsts[other] else { return nil }
        if mine == others { return .one }
        return apart[mine]?[others] == nil ? nil : .two
    }

    /// Whether anything that counts was judged of a subject.
    func isJudged(_ subject: SubjectReference) -> Bool { firsts[subject] != nil }

    /// Those that a subject is one with, itself among them, in their order; it alone where nothing was judged of it.
    func members(with subject: SubjectReference) -> [SubjectReference] {
        guard let first = firsts[subject] else { return [subject] }
        return groups[first] ?? [subject]
    }

    /// Why a judgement cannot stand beside these; nil where it can.
    mutating func refusal(of judgement: Judgement) -> JudgementFault? {
        let fault = fault(of: judgement)
        switch fault {
        case .judgedTwo, .judgedOne, .manySubjects: conflicts.append(judgement)
        case .judgedBefore, .sameSubject, .reasonLength, .unknownSubject, .manyJudgements, nil: break
        }
        return fault
    }

    /// The same without noting a conflict.
    func fault(of judgement: Judgement) -> JudgementFault? {
        let (left, right) = (judgement.left, judgement.right)
        switch (judgement.verdict, verdict(left, right)) {
        case (.one, .two):
            guard let mine = firsts[left], let others = firsts[right], let why = apart[mine]?[others] else {
                return nil
            }
            return .judgedTwo(why)
        case (.two, .one): return .judgedOne(path(from: left, to: right))
        case (.one, .one):
            // That it follows already is no reason to refuse what a person says of the two themselves.
            let same = merges[left]?.first { $0.pair == judgement.pair }
            return same.map { .judgedBefore($0) }
        case (.two, .two):
            guard let mine = firsts[left], let others = firsts[right], let why = apart[mine]?[others] else {
                return nil
            }
            return why.pair == judgement.pair ? .judgedBefore(why) : nil
        case (.one, nil):
            return members(with: left).count + members(with: right).count > Self.membersMax ? .manySubjects : nil
        case (.two, nil): return nil
        }
    }

    // MARK: Taking

    private mutating func take(_ judgement: Judgement) {
        for subject in [judgement.left, judgement.right] where firsts[subject] == nil {
            firsts[subject] = subject
            groups[subject] = [subject]
        }
        guard let mine = firsts[judgement.left], let others = firsts[judgement.right] else { return }
        switch judgement.verdict {
        case .two:
            if apart[mine]?[others] == nil {
                apart[mine, default: [:]][others] = judgement
                apart[others, default: [:]][mine] = judgement
            }
        case .one:
            merges[judgement.left, default: []].append(judgement)
            merges[judgement.right, default: []].append(judgement)
            if mine != others { unite(min(mine, others), max(mine, others)) }
        }
    }

    private mutating func unite(_ first: SubjectReference, _ second: SubjectReference) {
        let moved = groups.removeValue(forKey: second) ?? []
        for subject in moved { firsts[subject] = first }
        groups[first] = ((groups[first] ?? []) + moved).sorted()
        for (other, judgement) in apart.removeValue(forKey: second) ?? [:] {
            apart[other]?[second] = nil
            // Of two judgements that keep the same apart the earlier counts.
            let kept = apart[first]?[other].map { min($0, judgement) } ?? judgement
            apart[first, default: [:]][other] = kept
            apart[other, default: [:]][first] = kept
        }
    }

    /// The judgements by which one subject is one with another, the fewest.
    private func path(from start: SubjectReference, to end: SubjectReference) -> [Judgement] {
        var cameBy: [SubjectReference: Judgement] = [:]
        var reached: Set<SubjectReference> = [start]
        var front = [start]
        while !front.isEmpty, !reached.contains(end) {
            var next: [SubjectReference] = []
            for subject in front {
                for judgement in merges[subject] ?? [] {
                    let other = judgement.left == subject ? judgement.right : judgement.left
                    guard reached.insert(other).inserted else { continue }
                    cameBy[other] = judgement
                    next.append(other)
                }
            }
            front = next
        }
        var path: [Judgement] = []
        var subject = end
        while subject != start, let judgement = cameBy[subject] {
            path.append(judgement)
            subject = judgement.left == subject ? judgement.right : judgement.left
        }
        return path.reversed()
    }
}
