import Exchange

/// Many reports for one authority, a row of a CSV file each.
struct ReportBatch {
    /// How many faults of a file are told.
    static let faultsMax = 1_000

    private let path: String
    private let authority: String
    private let exchange: ExchangeOptions

    init(_ path: String, to authority: String, _ exchange: ExchangeOptions) {
        self.path = path
        self.authority = authority
        self.exchange = exchange
    }

    /// Checks all rows, then sends those that are right and prints what became of each.
    /// - Throws: `CommandFault` where not all of them were sent.
    func send() async throws {
        let found = try read()
        for fault in found.faults.prefix(Self.faultsMax) { Output.note("\(name), \(fault)") }
        if found.faults.count > Self.faultsMax {
            Output.note("… and \(found.faults.count - Self.faultsMax) more; correct these and send the file again")
        }
        let rowCount = found.count
        guard rowCount > 0 else {
            throw CommandFault.file(path: name, rule: "holds no row; each is a report of its own")
        }
        let connection = try exchange.connection.open()
        var sentCount = 0
        var refusedCount = 0
        for (place, row) in found.rows.enumerated() {
            Output.progress("\(place) of \(found.rows.count) sent")
            switch await answer(to: row, over: connection) {
            case .success(let report):
                sentCount += 1
                Output.progress("")
                try show(report, of: row)
            case .failure(let fault):
                refusedCount += 1
                Output.progress("")
                Output.note("\(name), line \(row.line): \(fault)")
                guard Self.isOfOneRow(fault) else {
                    let sent = "\(sentCount) of \(rowCount) reports were sent"
                    throw CommandFault.failed("\(sent); \(Self.advice(after: fault, in: row.line))")
                }
            }
        }
        let summary = "\(sentCount) of \(rowCount) reports sent to \(authority)"
        if exchange.json { Output.note(summary) } else { try Output.line(summary) }
        let failedCount = found.faultyCount + refusedCount
        if failedCount > 0 {
            let rows = failedCount == 1 ? "1 row was" : "\(failedCount) rows were"
            throw CommandFault.failed(
                "\(rows) not sent; correct what is named above and send the file again: what arrived is not sent twice"
            )
        }
    }

    private var name: String { path == "-" ? "standard input" : path }

    private func read() throws(CommandFault) -> ReportRows {
        let bytes = try InputFile.bytes(path)
        do throws(ReportRows.Fault) {
            return try ReportRows(bytes)
        } catch {
            throw .file(path: name, rule: "at \(error)")
        }
    }

    private func answer(to row: ReportRows.Row, over connection: Connection) async -> Result<JSON.Value, CommandFault> {
        do throws(CommandFault) {
            return .success(try await ReportBody(authority: authority, content: row.content).sendOnce(over: connection))
        } catch {
            return .failure(error)
        }
    }

    private func show(_ report: JSON.Value, of row: ReportRows.Row) throws(CommandFault) {
        if exchange.json { return try Output.line(report.compact()) }
        try Output.line("line \(row.line)  \(report["id"]?.string?.printable ?? "?")")
    }

    /// Whether the next row may fare better: not where it is about who asks or whom, or about the exchange.
    private static func isOfOneRow(_ fault: CommandFault) -> Bool {
        guard case .refused(let refusal) = fault, refusal.field != "authority" else { return false }
        return (400..<500).contains(refusal.status) && ![401, 408, 429].contains(refusal.status)
    }

    /// How to go on after a fault that is not of one row.
    private static func advice(after fault: CommandFault, in line: Int) -> String {
        if case .refused = fault { return "mend this, then send the file again from line \(line) on" }
        return "line \(line) may have arrived; send the file again: what arrived is not sent twice"
    }
}
