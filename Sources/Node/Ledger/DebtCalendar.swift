import Exchange
import Store

/// What time makes of reports that authorities said nothing of: their word is overdue, and silence accepts them.
struct DebtCalendar: Sendable {
    /// How many reports one transaction looks at.
    static let reportsMax = 100

    private let live: LiveState
    private let database: any Database
    private let commits: GroupCommit

    init(_ live: LiveState, _ database: any Database, _ commits: GroupCommit) {
        self.live = live
        self.database = database
        self.commits = commits
    }

    /// Enters all that is due by now, some reports in one transaction: what was entered is entered once.
    func elapse() async throws {
        while try await pass() == Self.reportsMax {}
    }

    /// - Returns: how many were due.
    private func pass() async throws -> Int {
        try await commits.write(weight: Self.reportsMax) { [live] transaction in
            let connection = transaction.connection
            let rows = try DebtRows.due(by: transaction.now, upTo: Self.reportsMax, connection)
            guard !rows.isEmpty else { return 0 }
            let ledger = ReportLedger(transaction: transaction, directory: try live.directory(in: transaction))
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
}
