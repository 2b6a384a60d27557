public import Exchange
import Store

/// What operators are told of advisories that are hidden from a member because of whom they are about: that it was so,
/// and never of whom.
extension Administration {
    /// One advisory that was hidden from one member.
    public struct Conflict: Sendable {
        /// When it was noted.
        public let tick: Tick
        /// From whom it is hidden.
        public let member: Member
        /// The advisory's reference; nil for what was noted before references were kept with it.
        public let reference: String?
    }

    /// The conflicts that were noted before a tick, newest first.
    public func conflicts(before tick: Tick, upTo count: Int) async throws -> [Conflict] {
        let directory = live.directory
        return try await live.database.read { connection in
            try ConflictRows.conflicts(before: tick, upTo: count, connection).compactMap { row in
                directory.member(numbered: row.member).map {
                    Conflict(tick: row.tick, member: $0, reference: row.reference)
                }
            }
        }
    }

    /// Notes what is out already and is hidden from somebody by what changed in the directory since `before`.
    static func noteConflicts(since before: Directory, in transaction: Transaction) throws {
        let after = try DirectoryRows.directory(transaction.connection)
        let linked = after.members.values.sorted { $0.number < $1.number }.compactMap { member in
            let known = before.members[member.id].map { before.links(ofGroupOf: $0) } ?? []
            let new = after.links(ofGroupOf: member).subtracting(known)
            return new.isEmpty ? nil : (member: member, marks: new, known: known)
        }
        guard !linked.isEmpty else { return }
        let labels = try JournalRows.labels(after: 0, transaction.connection)
            .filter { $0.label.terms.map { $0.rendition != .stub && !$0.subjects.isEmpty } ?? false }
        for (id, labels) in Dictionary(grouping: labels, by: { $0.label.terms?.advisory }).sorted(by: {
            ($0.value.first?.number ?? 0) < ($1.value.first?.number ?? 0)
        }) {
            let about = labels.reduce(into: Set<SubjectMark>()) { $0.formUnion($1.label.terms?.subjects ?? []) }
            guard let id, linked.contains(where: { !$0.marks.isDisjoint(with: about) }),
                let row = try AdvisoryRows.advisory(id, transaction.connection)
            else { continue }
            let standing = Set(try transaction.standing(of: row.number).map(\.label))
            let out = labels.filter { standing.contains($0.number) }.reduce(into: Set<SubjectMark>()) {
                $0.formUnion($1.label.terms?.subjects ?? [])
            }
            for one in linked where one.member.id != row.advisory.member {
                guard !one.marks.isDisjoint(with: out), one.known.isDisjoint(with: out) else { continue }
                try transaction.noteConflict(with: one.member, over: row)
            }
        }
    }
}
