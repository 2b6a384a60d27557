import Crypto
import Foundation

/// Who did something, and when.
public struct Attribution: Hashable, Sendable, Codable {
    /// Who.
    public let principal: ID<Principal>
    /// The unit of its member that it belonged to; nil where unsaid.
    public let unit: Name?
    /// When.
    public let at: Timestamp

    /// Puts it together from its parts.
    public init(_ principal: ID<Principal>, unit: Name?, at: Timestamp) {
        self.principal = principal
        self.unit = unit
        self.at = at
    }
}

/// A grade, who gave it, and who looked at it after.
public struct Grading: Hashable, Sendable, Codable {
    /// As it was given.
    public internal(set) var grade: Grade
    /// By whom.
    public let by: Attribution
    /// Who confirmed it; nil while nobody has.
    public internal(set) var confirmation: Attribution?
}

/// A second person's word that exactly this content, on exactly these terms, may be published.
public struct Approval: Hashable, Sendable, Codable {
    /// Whose word.
    public let by: Attribution
    /// The number of the version.
    public let number: Int
    /// What was approved: the version's digest; empty once that is erased, since it would prove a guess.
    public internal(set) var digest: [UInt8]
}

/// That an amendment was published, and takes the published version's place when its embargo ends.
public struct Hold: Hashable, Sendable, Codable {
    /// The end of the embargo.
    public let until: Timestamp
    /// When the advisory expires from then on unless it is reviewed; nil where the cap alone ends it.
    public let review: Timestamp?
}

/// What an amendment changed, and why.
public struct ChangeNote: Hashable, Sendable, Codable {
    /// Characters of either text, as code points.
    public static let textCharactersMax = 1_000

    /// What changed.
    public let what: String
    /// Why.
    public let why: String
}

/// One version of what an advisory says: in the drafting, or published.
public struct AdvisoryVersion: Hashable, Sendable, Codable {
    /// How far it has come on its way to publication.
    public enum Progress: String, CaseIterable, Sendable, Codable {
        case draft, graded, approved
        /// Published, and under an embargo.
        case waiting
    }

    /// From 1, without gaps among the published.
    public let number: Int
    /// Who began it.
    public let author: Attribution
    /// Who changed it last; the author where nobody has.
    public private(set) var editor: Attribution
    /// Who else changed it in between, each once; nil for nobody.
    private var others: [Attribution]?
    /// What it says.
    public private(set) var content: AdvisoryContent
    /// On what terms.
    public private(set) var terms: AdvisoryTerms
    /// What it changes in the one before; nil in the first.
    public private(set) var change: ChangeNote?
    /// Its grade and who gave it; nil while it has none.
    public private(set) var grading: Grading?
    /// The approval of exactly this; nil while there is none.
    public private(set) var approval: Approval?
    /// Of an amendment that was published: what it waits for; nil for any other version.
    public private(set) var hold: Hold?

    /// A version that somebody begins.
    init(
        _ number: Int,
        _ content: AdvisoryContent,
        on terms: AdvisoryTerms,
        by author: Attribution,
        change: ChangeNote?
    ) {
        self.number = number
        self.author = author
        editor = author
        self.content = content
        self.terms = terms
        self.change = change
    }

    /// How far it has come.
    public var progress: Progress {
        if hold != nil { return .waiting }
        if approval != nil { return .approved }
        return grading == nil ? .draft : .graded
    }

    /// The grade as it counts: one that somebody gave who wrote any of it is capped until a second person has reviewed
    /// it; nil while there is none.
    public var grade: Grade? {
        guard let grading else { return nil }
        return isOwn(grading.by.principal) && grading.confirmation == nil && approval == nil
            ? grading.grade.selfGraded : grading.grade
    }

    /// What an approval is for: SHA-256 of content, terms and grade in canonical form (RFC 8785).
    public var digest: [UInt8] { Array(SHA256.hash(data: canonical)) }

    /// All that wrote it: began or changed it.
    var writers: [Attribution] { [author, editor] + (others ?? []) }

    /// Whether somebody wrote any of it.
    func isOwn(_ principal: ID<Principal>) -> Bool { writers.contains { $0.principal == principal } }

    /// Whether an approver must be of another unit too: where it lets readers act, or names a person.
    var needsOtherUnit: Bool { content.action >= .holdOrDecline || content.namesPerson }

    mutating func edit(_ content: AdvisoryContent, on terms: AdvisoryTerms, by editor: Attribution) {
        self.content = content
        self.terms = terms
        let last = self.editor
        let isKnown = ([author] + (others ?? [])).contains { $0.principal == last.principal && $0.unit == last.unit }
        if !isKnown { others = (others ?? []) + [last] }
        self.editor = editor
        grading = nil
        approval = nil
        hold = nil
    }

    mutating func grade(_ grade: Grade, by attribution: Attribution) {
        grading = Grading(grade: grade, by: attribution, confirmation: nil)
        approval = nil
        hold = nil
    }

    mutating func hold(_ hold: Hold?) { self.hold = hold }

    mutating func confirmGrade(by attribution: Attribution) {
        grading?.confirmation = attribution
    }

    mutating func approve(by attribution: Attribution) {
        approval = Approval(by: attribution, number: number, digest: digest)
    }

    mutating func erase() {
        content = content.erased
        change = nil
        grading?.grade.original = nil
        approval?.digest = []
    }

    private struct Approved: Encodable {
        let content: AdvisoryContent
        let terms: AdvisoryTerms
        let grade: Grade?
    }

    private var canonical: [UInt8] {
        do {
            let bytes = try JSONEncoder().encode(Approved(content: content, terms: terms, grade: grading?.grade))
            return try JSON(parsing: Array(bytes)).root.canonical()
        } catch {
            preconditionFailure("content and terms have a JSON form")
        }
    }
}
