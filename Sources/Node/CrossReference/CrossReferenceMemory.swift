import Crypto
import Exchange
import Foundation
import Screening
import Store

/// What advisories have in common, in memory, as of a tick of the journal.
struct CrossReferenceMemory: Sendable {
    private(set) var place = CrossReferenceBatch.Place()
    private(set) var references = CrossReferences(by: ScorerLikeness())
    /// By the advisories, what their readers are shown.
    private(set) var shown: [ID<Advisory>: [ShownRendition]] = [:]
    /// By their ids.
    private(set) var judgements: [UUID: (row: JudgementRow, judgement: Judgement)] = [:]
    /// Those of subjects of which something is known otherwise since: they do not count.
    private(set) var outdated: Set<UUID> = []
    /// By the objects that show subjects, their advisories.
    private(set) var holders: [String: ID<Advisory>] = [:]

    /// How many advisories are compared.
    var count: Int { shown.count }

    /// Takes in a batch.
    mutating func take(_ batch: CrossReferenceBatch, _ directory: Directory) {
        for (advisory, known) in batch.known.sorted(by: { $0.key < $1.key }) {
            for rendition in shown[advisory] ?? [] {
                for object in rendition.versions.keys { holders[object] = nil }
            }
            guard let (compared, renditions) = known else {
                if shown.removeValue(forKey: advisory) != nil { _ = references.remove(advisory) }
                continue
            }
            shown[advisory] = renditions
            for rendition in renditions {
                for object in rendition.versions.keys { holders[object] = advisory }
            }
            _ = references.put(compared)
        }
        if let rows = batch.judgements { take(rows, directory) }
        suspend()
        place = batch.place
    }

    /// What was judged of a subject holds as long as that is known as it was then, or is not shown to anybody.
    private mutating func suspend() {
        for (id, known) in judgements {
            let isKnown = [known.row.left, known.row.right].allSatisfy { end in
                let seen = (shown[end.advisory] ?? []).flatMap(\.compared.subjects).filter { $0.key == end.object }
                return seen.isEmpty || seen.contains { $0.record.facts == end.facts }
            }
            if isKnown, outdated.remove(id) != nil {
                _ = references.keep(known.judgement)
            } else if !isKnown, outdated.insert(id).inserted {
                _ = references.withdraw(known.judgement)
            }
        }
    }

    private mutating func take(_ rows: [JudgementRow], _ directory: Directory) {
        let standing = Set(rows.map(\.id))
        for (id, known) in judgements where !standing.contains(id) {
            if outdated.remove(id) == nil { _ = references.withdraw(known.judgement) }
            judgements[id] = nil
        }
        for row in rows where judgements[row.id] == nil {
            guard let judgement = Judgement(row, directory) else { continue }
            judgements[row.id] = (row, judgement)
            _ = references.keep(judgement)
        }
    }
}

extension Record {
    /// A digest of all that is known of one, whatever it is called inside.
    var facts: [UInt8] { Array(SHA256.hash(data: Array(asked.utf8))) }
}

extension Judgement {
    /// Nil for one whose judge is not known, which there is not.
    init?(_ row: JudgementRow, _ directory: Directory) {
        guard let verdict = Verdict(rawValue: row.verdict), let judge = directory.principal(numbered: row.principal)
        else { return nil }
        try? self.init(
            SubjectReference(row.left.advisory, row.left.object),
            SubjectReference(row.right.advisory, row.right.object),
            are: verdict,
            because: row.reason,
            by: judge.id,
            at: row.number
        )
    }
}
