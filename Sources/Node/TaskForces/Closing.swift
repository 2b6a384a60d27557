import Exchange
import Foundation
import Store

/// What time does to a task force that has ended.
extension TaskForceDesk {
    /// How many contributions one transaction returns, keeps or destroys.
    static let closedMax = 100

    /// Returns, keeps or destroys the next contributions to a task force that has ended, by their owners' choice.
    ///
    /// What was done stays done: a daemon that starts again goes on from there.
    public func elapse() async throws(AdvisoryFault) {
        try await write { [self] transaction in
            guard let due = try TaskForceRows.due(at: transaction.now, transaction.connection).first else { return }
            let directory = try DirectoryRows.directory(transaction.connection)
            guard let pool = directory.pool(numbered: due.pool), let force = pool.terms.force else {
                preconditionFailure("a task force is a pool of the directory")
            }
            let contributions = try TaskForceRows.contributions(
                to: pool.number,
                after: due.upTo,
                upTo: Self.closedMax,
                transaction.connection
            )
            let choices = try TaskForceRows.disposals(in: pool.number, transaction.connection)
            for contribution in contributions {
                let chosen = choices[contribution.member]
                let disposal = chosen?[contribution.id] ?? chosen?[""] ?? force.closing
                try carryOut(disposal, of: contribution, in: pool, transaction, directory)
            }
            var isLast = contributions.count < Self.closedMax
            if isLast { isLast = try refuseWaiting(in: pool, transaction) < StatusRows.waitingMax }
            try transaction.close(pool, upTo: isLast ? nil : contributions.last?.number ?? due.upTo)
        }
    }

    /// Whether any task force has ended and is not closed: a look that writes nothing.
    public func isAnythingDue() async throws -> Bool {
        let now = surroundings.clock()
        return try await database.read { try !TaskForceRows.due(at: now, $0).isEmpty }
    }

    private func carryOut(
        _ disposal: Disposal,
        of contribution: ContributionRow,
        in pool: Pool,
        _ transaction: Transaction,
        _ directory: Directory
    ) throws {
        switch contribution.kind {
        case .advisory:
            guard disposal != .keep,
                let row = try AdvisoryRows.advisory(numbered: contribution.number, transaction.connection)
            else { return }
            if disposal == .destroy { return try advisories.erase(row, for: .closed, in: transaction, directory) }
            try advisories.press.takeBack(of: row, transaction, directory)
        case .version(let object):
            // The exchange's own are nobody's contribution.
            guard disposal != .keep, !advisories.press.defines(contribution.id) else { return }
            if disposal == .giveBack { try transaction.giveBack(contribution) }
            let tick = Tick(microseconds: contribution.number)
            try transaction.delete([tick], of: object, from: pool, by: nil)
        }
    }

    /// What waits for a second person is never released.
    /// - Returns: how many statuses were settled by that.
    private func refuseWaiting(in pool: Pool, _ transaction: Transaction) throws -> Int {
        let waiting = try StatusRows.waiting(in: pool.number, transaction.connection)
        for row in waiting {
            let report = try JSONDecoder().decode(StatusReport.self, from: Data(row.body))
            let refused = (report.pendings ?? []).map {
                Verdict.failure(id: $0.id, version: $0.version, reason: "the collection has ended")
            }
            let tick = transaction.nextTick()
            try transaction.enter(.refused, at: tick, principal: nil, pool: pool.number)
            try transaction.complete(row, at: tick, body: report.settled(refused).encoded())
        }
        return waiting.count
    }
}
