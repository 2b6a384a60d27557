public import Exchange

/// What reports are about, by marks.
public enum ReportMarkRows {
    /// How many reports that share a mark with something are looked at, the newest of them.
    public static let comparedMax = 1_000
    /// How many reports of before there were marks one transaction reads.
    private static let filledMax = 500

    /// The reports that a member wrote or got and that are about something of these marks, by their numbers, the newest
    /// first.
    public static func reports(
        sharing marks: Set<SubjectMark>,
        of member: Int64,
        _ connection: any SQLConnection
    ) throws -> [Int64] {
        var found: Set<Int64> = []
        for mark in marks.sorted() {
            found.formUnion(
                try connection.rows(
                    """
                    select r.report from report_mark r join dossier_party p on p.dossier = r.report and p.member = $2
                    where r.mark = $1 order by r.report desc limit $3
                    """,
                    .text(mark.text),
                    .integer(member),
                    .integer(Int64(comparedMax))
                ) { $0.integer(0) }
            )
        }
        return found.sorted(by: >)
    }

    /// Fills in the marks of reports that were brought before there were any; what was stopped goes on where it was.
    static func fill(_ database: any Database) async throws {
        let isDone = try await database.read { try unmarked($0) == 0 }
        if isDone { return }
        while try await database.write({ try fillSome($0) }) {}
    }

    private static func unmarked(_ connection: any SQLConnection) throws -> Int64 {
        try connection.first("select number from report_unmarked") { $0.integer(0) } ?? 0
    }

    /// - Returns: whether there is more.
    private static func fillSome(_ connection: any SQLConnection) throws -> Bool {
        let last = try unmarked(connection)
        guard last > 0 else { return false }
        let numbers = try connection.rows(
            "select number from dossier where kind = $1 and number <= $2 order by number desc limit $3",
            .text(Report.dossierKind),
            .integer(last),
            .integer(Int64(filledMax))
        ) { $0.integer(0) }
        for number in numbers {
            guard let row = try DossierRows.dossier(numbered: number, Report.self, connection) else { continue }
            try mark(row, connection)
        }
        let next = numbers.count == filledMax ? numbers[numbers.count - 1] - 1 : 0
        try connection.run("update report_unmarked set number = $1", .integer(next))
        return next > 0
    }

    static func mark(_ row: DossierRow<Report>, _ connection: any SQLConnection) throws {
        try connection.run("delete from report_mark where report = $1", .integer(row.number))
        for mark in row.content.content.subjectMarks.sorted() {
            try connection.run(
                "insert into report_mark (mark, report) values ($1, $2)",
                .text(mark.text),
                .integer(row.number)
            )
        }
    }
}

extension Transaction {
    /// Keeps what a report is about, as it is now.
    public func mark(_ row: DossierRow<Report>) throws { try ReportMarkRows.mark(row, connection) }
}
