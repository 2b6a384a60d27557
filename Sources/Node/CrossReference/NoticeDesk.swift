public import Exchange
import Screening
import Store
import Synchronization

/// Tells originators that another member holds something in common with an advisory of theirs, and nothing more
/// (docs/CROSS-REFERENCES.md says within which bounds).
public final class NoticeDesk: Sendable {
    /// A notice as its originator reads it.
    public struct Told: Sendable {
        /// Of which advisory.
        public let advisory: ID<Advisory>
        /// Its number.
        public let reference: AdvisoryReference?
        /// The day on which it was told.
        public let day: Timestamp
    }

    private let references: CrossReferenceDesk
    /// The last day on which it was looked, as far as this node knows.
    private let lastDay = Mutex<Int?>(nil)

    private var live: LiveState { references.live }

    init(_ references: CrossReferenceDesk) {
        self.references = references
    }

    /// The notices to the caller's member, the newest first.
    public func notices(for session: Session) async throws -> [Told] {
        try session.reader.checkBusiness(evenSuspended: false)
        guard !session.principal.roles.isDisjoint(with: [.publisher, .approver, .officer, .auditor]) else {
            throw AdvisoryFault.forbidden("this needs the role publisher, approver, officer or auditor")
        }
        let now = references.surroundings.clock()
        return try await references.database.read { connection in
            try JudgementRows.notices(to: session.member.number, connection).compactMap { row in
                // A colleague who may not see the advisory is told nothing of it.
                guard let known = try AdvisoryRows.advisory(row.advisory, connection)?.advisory,
                    AccessPolicy.shows(known, to: session.reader, at: now)
                else { return nil }
                return Told(
                    advisory: row.advisory,
                    reference: known.reference,
                    day: Timestamp(microseconds: Int64(row.day) * Self.dayMicroseconds)
                )
            }
        }
    }

    /// Whether it is a day of telling on which nobody looked yet, as far as this node knows.
    public func isAnythingDue() -> Bool {
        let today = today
        return today % Notice.cycleDays == 0 && lastDay.withLock { $0 ?? .min } < today
    }

    /// Tells whoever is to be told today; on whichever node and however often it is called, once.
    /// - Returns: how many were told.
    public func elapse() async throws -> Int {
        let day = today
        guard day % Notice.cycleDays == 0 else { return 0 }
        let (told, last) = try await references.database.read { connection in
            (try JudgementRows.notices(connection), try JudgementRows.lastNoticeDay(connection))
        }
        var count = 0
        if last ?? .min < day {
            let everything = try await references.everything()
            let due = everything.originators.sorted().flatMap { originator -> [(ID<Advisory>, Member)] in
                guard let member = live.directory.members[originator] else { return [] }
                let before = told.filter { $0.member == member.number }.map { Notice.Told($0.advisory, on: $0.day) }
                let found = everything.notices(to: originator, told: before, on: day, seeing: sight(of: member))
                return found.map { ($0.advisory, member) }
            }
            let isKept = try await references.commits.write { transaction in
                try transaction.tell(due.map { (advisory: $0.0, member: $0.1) }, on: day)
            }
            count = isKept ? due.count : 0
        }
        lastDay.withLock { $0 = day }
        return count
    }

    private static let dayMicroseconds: Int64 = 86_400_000_000

    private var today: Int { Int(references.surroundings.clock().microseconds / Self.dayMicroseconds) }

    /// Whether anybody who reads for a member may see what bears a label, for whatever purpose.
    private func sight(of member: Member) -> (Int) -> Bool {
        let (directory, labels, places) = live.state.withLock { ($0.directory, $0.labels, $0.labelIndex) }
        let now = references.surroundings.clock()
        let readers = directory.principals.values.filter { $0.member == member.id && $0.roles.contains(.reader) }
            .flatMap { principal in
                Purpose.allCases.map { directory.reader(as: principal, of: member, until: nil, for: $0) }
            }
        return { number in
            guard let place = places[Int64(number)] else { return false }
            return readers.contains { AccessPolicy.decide($0, labels[place].label, at: now).isPermitted }
        }
    }
}
