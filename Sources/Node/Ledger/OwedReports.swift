public import Exchange
import Store

/// A report that the caller's member owes a word on.
public struct OwedReport: Sendable {
    /// Its place in the listing.
    public let number: Int64
    /// From when on the word is overdue.
    public let due: Timestamp
    /// The report.
    public let report: Report
}

extension ReportDesk {
    /// The reports that the caller's member owes a word on, the oldest first, after one of them.
    public func owed(
        for session: Session,
        after number: Int64 = 0,
        upTo count: Int
    ) async throws -> [OwedReport] {
        try session.reader.checkBusiness(evenSuspended: false)
        let authority = session.member.name
        return try await database.read { connection in
            try DebtRows.debts(of: authority, after: number, upTo: count, connection).map { row in
                guard let report = try DossierRows.dossier(numbered: row.number, Report.self, connection) else {
                    throw DatabaseFault.statement("a report that is awaited is not there")
                }
                return OwedReport(number: row.number, due: row.awaited.due, report: report.content)
            }
        }
    }
}
