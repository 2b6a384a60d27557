import Exchange
import Store

/// What time makes of reports that authorities said nothing of: their word is overdue, and silence accepts them.
struct DebtCalendar: Sendable {
    /// How many reports one transaction looks at.
    static let reportsMax = 100

    private let live: LiveState
    private let database: any Database
    private let commits: GroupCommit
    private let watch: WatchDesk
    private let clock: @Sendable () -> Timestamp

    init(
        _ live: LiveState,
        _ database: any Database,
        _ commits: GroupCommit,
        _ watch: WatchDesk,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.live = live
        self.database = database
        self.commits = commits
        self.watch = watch
        self.clock = clock
    }

    /// Enters all that is due by now, some reports in one transaction: what was entered is entered once.
    func elapse() async throws {
        while try await pass() == Self.reportsMax {}
    }

    /// - Returns: how many were due.
    private func pass() async throws -> Int {
        let exposures = try await exposures()
        return try await commits.write(weight: Self.reportsMax) { [live] transaction in
            let connection = transaction.connection
            let rows = try DebtRows.due(by: transaction.now, upTo: Self.reportsMax, connection)
            guard !rows.isEmpty else { return 0 }
            let directory = try live.directory(in: transaction)
            let ledger = ReportLedger(transaction: transaction, directory: directory, exposures: exposures)
            for row in rows {
                guard let report = try DossierRows.dossier(numbered: row.number, Report.self, connection) else {
                    throw DatabaseFault.statement("a report that is awaited is not there")
                }
                try ledger.pass(row, report.content)
            }
            for pool in Set(rows.map(\.pool)).sorted() {
                try transaction.enter(.ledger, at: transaction.nextTick(), principal: nil, pool: pool)
            }
            return rows.count
        }
    }

    /// Who is exposed to what those reports are about that silence accepts now.
    private func exposures() async throws -> Exposures {
        try await watch.follow()
        let now = clock()
        let vesting = try await database.read { connection in
            try DebtRows.due(by: now, upTo: Self.reportsMax, connection).compactMap { row -> Report? in
                var awaited = row.awaited
                guard awaited.pass(to: now) else { return nil }
                return try DossierRows.dossier(numbered: row.number, Report.self, connection)?.content
            }
        }
        return Exposures(of: vesting, by: watch)
    }
}
