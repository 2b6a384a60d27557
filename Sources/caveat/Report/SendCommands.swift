import ArgumentParser
import Crypto
import Exchange

extension ReportCommand {
    /// Prints a file to begin from.
    struct Example: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a valid file to begin a report or a request from; everything in it is invented.",
            discussion: """
                Examples:
                  caveat report example > report.json
                """
        )

        func run() throws { try Output.line(ReportFile.example) }
    }

    /// Brings reports to an authority.
    struct Send: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Report to an authority: one report from a JSON file, or many from a CSV file or from STIX.",
            discussion: """
                Everything is checked before anything is sent, and an error names the field, the rule and the fix.

                A JSON file may be STIX 2.1 too, a bundle or an envelope: each grouping of suspicious activity, with \
                what its object_refs name, is a report of its own. One that arrived is not sent twice.

                A CSV file is UTF-8 with commas, and its first line names its columns, in any order: categories (with \
                spaces between them), severity and facts, which are needed, and \
                \(ReportRows.Column.optional.map(\.rawValue).joined(separator: ", ")). Each row is a report of its \
                own, about at least one thing. All that is wrong with a row is told, cell by cell, with its line and \
                column, up to \(ReportBatch.faultsMax) faults of a file; it does not stop the other rows. \
                Send the file again once it is corrected: a row that arrived is not sent twice.

                Examples:
                  caveat report send report.json --to harbour-customs
                  caveat report example | caveat report send - --to harbour-customs
                  caveat report send bundle.json --to harbour-customs
                  caveat report send --csv bookings.csv --to harbour-customs
                """
        )

        @Argument(help: "The JSON file, or - for standard input.", completion: .file(extensions: ["json"]))
        var file: String?
        @Option(
            help: ArgumentHelp("A CSV file instead, or - for standard input.", valueName: "file"),
            completion: .file(extensions: ["csv"])
        )
        var csv: String?
        @Option(name: .customLong("to"), help: ArgumentHelp("The authority's name.", valueName: "authority"))
        var authority: String
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws {
            try checkName(authority)
            guard (file == nil) != (csv == nil) else {
                throw ValidationError("give the FILE of one report, or --csv FILE with many")
            }
        }

        func run() async throws {
            if let csv { return try await ReportBatch(csv, to: authority, exchange).send() }
            switch try ReportFile.said(file ?? "-") {
            case .content(let content):
                let body = ReportBody(authority: authority, content: content)
                try exchange.show(report: try await exchange.posted("reports", body))
            case .groupings(let contents):
                let connection = try exchange.connection.open()
                for content in contents {
                    let body = ReportBody(authority: authority, content: content)
                    try exchange.show(report: try await body.sendOnce(over: connection))
                }
            }
        }
    }

    /// Says it again, with more.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replace what a report says, with more in it; for one that nobody has accepted yet.",
            discussion: """
                Examples:
                  caveat report add 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 report.json
                """
        )

        @OptionGroup var report: ReportTarget
        @Argument(help: "The JSON file, or - for standard input.", completion: .file(extensions: ["json"]))
        var file: String
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            try await exchange.act("add", on: report, ["content": try ReportFile.content(file)])
        }
    }

    /// Takes a report back.
    struct Retract: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a report back; this is final.",
            discussion: """
                Examples:
                  caveat report retract 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52
                """
        )

        @OptionGroup var report: ReportTarget
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws { try await exchange.act("retract", on: report) }
    }
}

/// A report as it is sent.
struct ReportBody: Encodable, Sendable {
    let authority: String
    let content: ReportContent

    /// Sends it: the same sent again is the same report, since a file may be sent again after whatever happened.
    func sendOnce(over connection: Connection) async throws(CommandFault) -> JSON.Value {
        let place = "/v1/reports"
        let body = try json()
        let response = try await connection.send(
            .post,
            place,
            body: body,
            mediaType: "application/json",
            headers: [("Idempotency-Key", SHA256.hash(data: body).hexadecimal)]
        )
        return try Connection.read(response, from: place)
    }
}
