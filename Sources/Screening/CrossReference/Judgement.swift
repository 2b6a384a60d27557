public import Exchange

/// What a person judged of two subjects: that they are one, or that they are two.
public struct Judgement: Hashable, Sendable, Comparable {
    /// What was judged.
    public enum Verdict: String, CaseIterable, Sendable, Codable {
        /// They are one.
        case one
        /// They are two, however alike.
        case two
    }

    /// Characters of a reason.
    public static let reasonCharactersMax = 1_000

    /// The subject with the smaller reference.
    public let left: SubjectReference
    /// The other; it may be of the same advisory.
    public let right: SubjectReference
    /// What was judged.
    public let verdict: Verdict
    /// Why, in the words of whoever judged.
    public let reason: String
    /// Who judged.
    public let judge: ID<Principal>
    /// When: its place in the journal.
    public let judged: Tick

    /// Puts it together from its parts.
    /// - Throws: `JudgementFault` for a subject and itself, and for a reason that is empty or too long.
    public init(
        _ one: SubjectReference,
        _ other: SubjectReference,
        are verdict: Verdict,
        because reason: String,
        by judge: ID<Principal>,
        at judged: Tick
    ) throws(JudgementFault) {
        guard one != other else { throw .sameSubject }
        guard (1...Self.reasonCharactersMax).contains(reason.unicodeScalars.count) else { throw .reasonLength }
        left = min(one, other)
        right = max(one, other)
        self.verdict = verdict
        self.reason = reason
        self.judge = judge
        self.judged = judged
    }

    /// The order in which they were made; of one tick, that of their subjects.
    public static func < (first: Self, second: Self) -> Bool {
        if first.judged != second.judged { return first.judged < second.judged }
        if first.pair != second.pair { return first.pair < second.pair }
        return (first.verdict.rawValue, first.reason, first.judge) < (
            second.verdict.rawValue, second.reason, second.judge
        )
    }

    /// The two.
    public var pair: LinkEvidence.Ends { LinkEvidence.Ends(left: left, right: right) }
}

/// Why a judgement is not kept.
public enum JudgementFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A subject was compared with itself.
    case sameSubject
    /// The reason is empty or too long.
    case reasonLength
    /// There is no such subject that whoever judges may see.
    case unknownSubject
    /// The two, or what they were judged to be one with, were judged to be two: by this judgement.
    case judgedTwo(Judgement)
    /// The two were judged to be one: by these judgements, one after another.
    case judgedOne([Judgement])
    /// The same was judged of the two before: by this judgement.
    case judgedBefore(Judgement)
    /// Too many subjects would be one.
    case manySubjects
    /// Too many judgements are kept.
    case manyJudgements

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .sameSubject: "subjects: must be two different ones; name another"
        case .reasonLength:
            "reason: must have 1 to \(Judgement.reasonCharactersMax) characters; say why in as many"
        case .unknownSubject: "subjects: must be of advisories that you may see; check the ids and keys"
        case .judgedTwo(let judgement):
            "subjects: \(judgement.left.text) and \(judgement.right.text) were judged to be two"
                + " (\(judgement.reason)); withdraw that judgement first"
        case .judgedOne(let judgements):
            "subjects: were judged to be one by \(judgements.count) judgement(s), the first because"
                + " \(judgements.first?.reason ?? "of an earlier one"); withdraw one of them first"
        case .judgedBefore(let judgement):
            "subjects: were judged so before (\(judgement.reason)); there is nothing more to do"
        case .manySubjects:
            "subjects: at most \(Oneness.membersMax) are one; judge those that matter"
        case .manyJudgements:
            "judgements: at most \(Oneness.judgementsMax) are kept; withdraw some that no longer matter"
        }
    }
}
