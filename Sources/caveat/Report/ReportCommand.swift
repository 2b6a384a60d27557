import ArgumentParser
import Exchange

/// What a member reports to an authority, and what becomes of it.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Report suspicions to an authority, and follow what comes of them.",
        discussion: """
            A report is seen by your member and the one authority that it is for, and by nobody else. Authorities are \
            customs, police, financial intelligence units and regulators.

            Examples:
              caveat report example > report.json
              caveat report send report.json --to harbour-customs
              caveat report send --csv bookings.csv --to harbour-customs
              caveat report list
              caveat report show 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52
            """,
        groupedSubcommands: [
            CommandGroup(
                name: "Reporting",
                subcommands: [Example.self, Send.self, Add.self, Observed.self, Retract.self]
            ),
            CommandGroup(name: "Reading", subcommands: [List.self, Show.self]),
            CommandGroup(name: "Talking about it", subcommands: [Say.self]),
            CommandGroup(
                name: "As the authority",
                subcommands: [
                    Accept.self, WantMore.self, Refuse.self, Conclude.self, Corroborate.self, BadFaithCommand.self,
                ]
            ),
        ]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the reports that your member wrote or got, the newest first.",
            discussion: """
                An authority with an inbox owes a word on each report within 90 days: that it takes it or not, that it \
                wants more, or that nothing came of it yet (caveat report say). One that it decides nothing on for 180 \
                days is accepted by its silence.

                Examples:
                  caveat report list
                  caveat report list --owed
                  caveat report list --json
                """
        )

        @Flag(help: "Only those that you owe a word on as the authority, the oldest first, and by when.") var owed =
            false
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            if owed { return try await listOwed() }
            let reports = try await exchange.all("reports")
            if exchange.json {
                for report in reports { try Output.line(report.compact()) }
                return
            }
            if reports.isEmpty { return Output.note("your member wrote no report and got none") }
            try Output.line(ReportCommand.table(reports))
        }

        private func listOwed() async throws {
            let owed = try await exchange.all("owed", from: "after")
            if exchange.json {
                for debt in owed { try Output.line(debt.compact()) }
                return
            }
            if owed.isEmpty { return Output.note("you owe a word on no report") }
            let rows = owed.map { debt in
                let report = debt["report"]
                func field(_ key: String) -> String { report?[key]?.string ?? "" }
                return [
                    debt["overdue"]?.boolean == true ? "OVERDUE" : "owed", debt["due"]?.string ?? "", field("state"),
                    field("member"), field("submitted"), field("id"),
                    Lines.beginning(of: report?["content"]?["facts"]?.string),
                ]
            }
            try Output.line(Lines.table(["WORD", "DUE", "STATE", "MEMBER", "SUBMITTED", "ID", "FACTS"], rows))
            Output.note("next, say what became of each: caveat report accept, want-more, refuse or say ID")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show all of a report: what it says, what was said about it, what came of it.",
            discussion: """
                Examples:
                  caveat report show 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52
                  caveat report show 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --json
                  caveat report show 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --stix > bundle.json
                """
        )

        @OptionGroup var report: ReportTarget
        @Flag(help: "Print what it says as a STIX 2.1 bundle, for other tools.") var stix = false
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            if stix {
                let type = "application/stix+json;version=2.1"
                let bundle = try await exchange.connection.open().resource("/v1/\(report.path)", mediaType: type)
                return try Output.line(bundle.compact())
            }
            let answer = try await exchange.get(report.path)
            if exchange.json { return try Output.line(answer.compact()) }
            let summary = ReportSummary(answer)
            try Output.line("\(summary.text)\n\n\(Outline.text(answer))")
            if let next = summary.next { Output.note(next) }
        }
    }

    /// A report a row; ends without a line break.
    static func table(_ reports: [JSON.Value]) -> String {
        let headings = ["STATE", "MEMBER", "AUTHORITY", "SUBMITTED", "OUTCOMES", "ID", "FACTS"]
        return Lines.table(
            headings,
            reports.map { report in
                func field(_ key: String) -> String { report[key]?.string ?? "" }
                let outcomes = (report["outcomes"]?.elements ?? []).compactMap { $0["outcome"]?.string }
                return [
                    field("state"), field("member"), field("authority"), field("submitted"),
                    outcomes.joined(separator: " "), field("id"),
                    Lines.beginning(of: report["content"]?["facts"]?.string),
                ]
            }
        )
    }
}

extension ExchangeOptions {
    /// All that is listed below `/v1/` under a name, page after page, until none names a next one.
    /// - Parameters:
    ///   - path: where it is listed; under its name without.
    ///   - place: the parameter that a next page is named by.
    func all(_ name: String, at path: String? = nil, from place: String = "before") async throws -> [JSON.Value] {
        var listed: [JSON.Value] = []
        let path = path ?? name
        var page = try await get(path)
        while true {
            let found = page[name]?.elements ?? []
            listed += found
            guard !found.isEmpty, let next = page["next"]?.string else { break }
            Output.progress("\(listed.count) \(name) read")
            page = try await get("\(path)\(path.contains("?") ? "&" : "?")\(place)=\(next.percentEncoded)")
        }
        Output.progress("")
        return listed
    }

    /// Posts what is answered with a report or a request.
    func posted(
        _ path: String,
        _ body: some Encodable & Sendable,
        for purpose: Purpose? = nil
    ) async throws -> JSON.Value {
        guard let answer = try await post(path, body, for: purpose) else {
            throw CommandFault.answer(to: "/v1/\(path)", rule: "is empty and should not be")
        }
        return answer
    }

    /// Does something to a report, and prints what became of it.
    func act(
        _ action: String,
        on report: ReportTarget,
        _ body: some Encodable & Sendable = [String: String]()
    ) async throws {
        try show(report: try await posted("\(report.path)/\(action)", body))
    }

    /// Prints what became of a report, and says what comes next.
    func show(report: JSON.Value) throws(CommandFault) {
        if json { return try Output.line(report.compact()) }
        let summary = ReportSummary(report)
        try Output.line(summary.text)
        if let next = summary.next { Output.note(next) }
    }
}
