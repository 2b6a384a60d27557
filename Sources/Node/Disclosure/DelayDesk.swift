import Exchange
import Store

/// Gives members what the tiers of their groups put off, once it is due (row 14 of docs/ACCESS.md).
///
/// Up to when a member is given what was released stands with it in the directory, and moves here alone, in the
/// transaction that gives what falls due by that at ticks of its own. So nobody misses anything, whatever becomes of
/// tiers, terms, nodes and clocks meanwhile; and who may see it is decided as of then.
public final class DelayDesk: Sendable {
    private let live: LiveState
    private let database: any Database
    private let commits: GroupCommit
    private let delays: Delays
    private let quotas: QuotaBook
    private let clock: @Sendable () -> Timestamp

    init(
        _ live: LiveState,
        _ database: any Database,
        _ commits: GroupCommit,
        _ delays: Delays,
        _ quotas: QuotaBook,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.live = live
        self.database = database
        self.commits = commits
        self.delays = delays
        self.quotas = quotas
        self.clock = clock
    }

    /// Whether anybody is to be given more, or is put off from now on: a look that writes nothing, and in memory alone
    /// where nobody is or was put off.
    public func isAnythingDue() async throws -> Bool {
        let (directory, now) = (live.directory, clock())
        guard directory.members.values.contains(where: { isConcerned($0) }) else { return false }
        return try await database.read { [self] in try !changes(in: directory, at: now, $0).isEmpty }
    }

    /// Gives what is due.
    /// - Returns: to how many members.
    @discardableResult
    public func elapse() async throws -> Int {
        try await commits.write { [self] transaction in
            let directory = try live.directory(in: transaction)
            let changes = try changes(in: directory, at: transaction.now, transaction.connection)
            if !changes.isEmpty { try Gains.give(releasedUntil: changes, in: transaction) }
            return changes.count
        }
    }

    private func isConcerned(_ member: Member) -> Bool {
        member.given != nil
            || (delays.areAny && delays.delay(to: member, of: quotas.tier(of: member.group)) > .zero)
    }

    /// Up to when what was released is to be given to members, by their numbers, where that is another instant.
    private func changes(
        in directory: Directory,
        at now: Timestamp,
        _ connection: any SQLConnection
    ) throws -> [Int64: Timestamp?] {
        let peers = try PeerRows.all(connection).compactMap { directory.principal(numbered: $0.principal)?.member }
        var changes: [Int64: Timestamp?] = [:]
        for member in directory.members.values where isConcerned(member) {
            let tier = quotas.tier(of: member.group)
            // Who joined longer ago than it is put off is given the same either way.
            let isLate = Timestamp(microseconds: member.number).advanced(by: delays.delay(to: member, of: tier)) < now
            let one = Delays.Case(
                member: member,
                tier: tier,
                isPeer: peers.contains(member.id),
                isNew: try member.given == nil && !isLate && !ReceiptRows.isAny(givenTo: member, connection)
            )
            let given = delays.given(to: one, at: now)
            if given != member.given { changes[member.number] = .some(given) }
        }
        return changes
    }
}

extension AdvisoryRow {
    /// Says from when delays by tier count: from the first release, so that who has that is given each amendment at
    /// once.
    ///
    /// What warns somebody of a danger, or was disputed, is put off no more.
    mutating func count(by delays: Delays, at now: Timestamp, _ directory: Directory) {
        if released == 0, let pool = directory.pools[advisory.pool] { counted = delays.count(from: now, in: pool.kind) }
        if advisory.terms.affected != nil { counted = nil }
        if case .restricted = advisory.stage { counted = nil }
    }
}
