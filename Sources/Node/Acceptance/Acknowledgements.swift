import Exchange
import Store

/// The opinions and notes of an envelope that are about what was recalled from their author's member: each is that
/// member's acknowledgement, and nobody's business but the originator's.
///
/// An opinion that disagrees acknowledges nothing.
struct Acknowledgements {
    private struct Said {
        let advisories: [AdvisoryRow]
        let note: String?
        /// Whether it acknowledges: who disagrees owes it still.
        let acknowledges: Bool
    }

    private let author: Reader
    private var said: [STIXID: Said] = [:]

    init(
        in contributions: [Contribution],
        by author: Reader,
        _ directory: Directory,
        _ transaction: Transaction
    ) throws {
        self.author = author
        for case .object(let object) in contributions {
            guard let text = Self.texts[object.type] else { continue }
            // It was read before, so it is JSON.
            guard let root = (try? JSON(parsing: object.bytes, limits: JSON.Limits(depthMax: .max)))?.root else {
                continue
            }
            let named = Set((root["object_refs"]?.elements ?? []).compactMap(\.string))
            let rows = try named.sorted().compactMap { reference in
                // What is no id of ours is of no advisory.
                try (try? STIXID(parsing: reference)).flatMap { id in
                    try transaction.recalled(by: id, from: author.member, directory)
                }
            }
            if rows.isEmpty { continue }
            let note = root[text]?.string.map { String($0.unicodeScalars.prefix(AdvisoryDesk.textCharactersMax)) }
            said[object.id] = Said(advisories: rows, note: note, acknowledges: !object.isDisagreement)
        }
    }

    /// What may be an acknowledgement, and which of its properties says something with it (STIX 2.1 §4.11, §4.14).
    private static let texts = ["note": "content", "opinion": "explanation"]

    /// For each of them, whom alone it is for beside its author's member: the originators of what it is about.
    func confidants(_ directory: Directory) -> [STIXID: [STIXID]] {
        said.mapValues { said in
            Set(said.advisories.compactMap { directory.members[$0.advisory.member]?.identity }).sorted()
        }
    }

    /// Takes those that are out for what they are.
    ///
    /// One that waits for a second person is none until it is released, and one that is refused never is.
    func take(_ verdicts: [Verdict], _ transaction: Transaction) throws {
        if said.isEmpty { return }
        for case .success(let id, _, _) in verdicts {
            guard let said = (try? STIXID(parsing: id)).flatMap({ said[$0] }), said.acknowledges else { continue }
            for row in said.advisories {
                _ = try transaction.acknowledge(
                    row.number,
                    said.note,
                    by: author.principal,
                    of: author.member,
                    in: row.pool
                )
            }
        }
    }
}
