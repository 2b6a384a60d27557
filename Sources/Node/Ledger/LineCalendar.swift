import Exchange
import Store

/// What time makes of request lines: what nobody answered is taken off, and each month debts in a circle are cancelled.
struct LineCalendar: Sendable {
    /// How many requests one transaction looks at.
    static let requestsMax = 100

    private let live: LiveState
    private let commits: GroupCommit

    init(_ live: LiveState, _ commits: GroupCommit) {
        self.live = live
        self.commits = commits
    }

    /// Whether anything is due: a look that writes nothing.
    static func isDue(at now: Timestamp, _ connection: any SQLConnection) throws -> Bool {
        try isNetting(at: now, connection) || !LineRows.due(by: now, upTo: 1, connection).isEmpty
    }

    private static func isNetting(at now: Timestamp, _ connection: any SQLConnection) throws -> Bool {
        try LineRows.netted(connection).map { $0 < LineMonth(at: now).previous } ?? false
    }

    /// Enters all that is due by now: what was entered is entered once, on whatever node.
    func elapse() async throws {
        while try await lapse() == Self.requestsMax {}
        try await net()
    }

    /// - Returns: how many were due.
    private func lapse() async throws -> Int {
        try await commits.write(weight: Self.requestsMax) { [live] transaction in
            let rows = try LineRows.due(by: transaction.now, upTo: Self.requestsMax, transaction.connection)
            guard !rows.isEmpty else { return 0 }
            let ledger = RequestLedger(transaction: transaction, directory: try live.directory(in: transaction))
            for row in rows { try ledger.lapse(row) }
            try transaction.enter(.ledger, at: transaction.nextTick(), principal: nil)
            return rows.count
        }
    }

    /// Nets the month that ended last; those before it, where nobody was there to do it, with it.
    private func net() async throws {
        try await commits.write(weight: GroupCommit.groupWeightMax) { transaction in
            let connection = transaction.connection
            guard try Self.isNetting(at: transaction.now, connection) else { return }
            let month = LineMonth(at: transaction.now).previous
            let terms = RequestLedger.terms
            let balances = try LineRows.balances(connection)
            for entry in LineNetting.entries(balances, at: month.epoch, terms) {
                try transaction.post(entry, terms)
            }
            try transaction.keep(netted: month)
            try transaction.enter(.ledger, at: transaction.nextTick(), principal: nil)
        }
    }
}
