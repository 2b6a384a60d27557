public import Exchange
public import Foundation
import Store

/// Reads the answers to POSTs, and what waits for a second person.
public final class Statuses: Sendable {
    /// How long a status is kept once it is complete (TAXII 2.1 §4.3 asks for a day).
    public static let kept = Duration.seconds(48 * 3_600)
    /// How many old ones one transaction forgets, so that nobody waits long for it.
    private static let forgottenMax = 1_000

    private let live: LiveState
    private let database: any Database
    private let commits: GroupCommit

    init(_ live: LiveState, _ database: any Database, _ commits: GroupCommit) {
        self.live = live
        self.database = database
        self.commits = commits
    }

    /// The status resource as JSON; nil when there is none or it is another principal's.
    public func status(_ id: ID<StatusReport>, for session: Session) async throws -> Data? {
        let row = try await database.read { try StatusRows.status(id.uuid, $0) }
        guard let row, row.principal == session.principal.number else { return nil }
        return Data(row.body)
    }

    /// What waits for a second person of the session's member, oldest first, after one status of it.
    ///
    /// An approver is told of all of it, any other principal of what is its own.
    public func waiting(
        for session: Session,
        after status: ID<StatusReport>? = nil,
        upTo count: Int
    ) async throws -> [Waiting] {
        let principal = session.principal.roles.contains(.approver) ? nil : session.principal.number
        let rows = try await database.read {
            try StatusRows.waiting(
                of: session.member.number,
                by: principal,
                after: status?.uuid,
                upTo: count,
                $0
            )
        }
        let directory = live.directory
        return try rows.compactMap { row in
            guard let author = directory.principal(numbered: row.principal),
                let pool = directory.pool(numbered: row.pool)
            else { return nil }
            let report = try JSONDecoder().decode(StatusReport.self, from: Data(row.body))
            return Waiting(
                id: row.id,
                pool: pool.name.text,
                author: author.name.text,
                submitted: report.requestTimestamp,
                objects: report.pendings ?? []
            )
        }
    }

    /// One status that waits.
    public struct Waiting: Codable, Sendable {
        /// The status's id.
        public let id: String
        /// The pool's name.
        public let pool: String
        /// The author's login.
        public let author: String
        /// When it was sent (TAXII 2.1 §2).
        public let submitted: String
        /// What waits.
        public let objects: [StatusReport.Detail]
    }

    /// Forgets statuses that have been complete for longer than they are kept.
    public func forgetOld(at now: Timestamp) async throws {
        let before = Tick(at: now.advanced(by: .zero - Self.kept))
        var forgotten = Self.forgottenMax
        while forgotten == Self.forgottenMax {
            forgotten = try await commits.write { try $0.forgetStatuses(before: before, upTo: Self.forgottenMax) }
        }
    }
}
