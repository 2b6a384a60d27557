import ArgumentParser
import Exchange

extension ReportCommand {
    /// Says something on a report, as either side.
    struct Say: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say something on a report to the other side.",
            discussion: """
                Examples:
                  caveat report say 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --text "The driver came back at noon."
                """
        )

        @OptionGroup var report: ReportTarget
        @Option(help: "What is said.") var text: String
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws { try checkSaid(text, "--text", "something") }

        func run() async throws { try await exchange.act("say", on: report, ["text": text]) }
    }

    /// Takes a report, as the authority.
    struct Accept: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Accept a report that your authority got.",
            discussion: """
                The grade says how far it is relied on: the member is shown it, and it counts for what the report earns
                (caveat statement).

                Examples:
                  caveat report accept 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --grade B3
                """
        )

        @OptionGroup var report: ReportTarget
        @Option(help: "Letter and digit, such as B3; without it nothing is said.", transform: readGrade) var grade:
            Grade?
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            try await exchange.act("accept", on: report, ["grade": grade?.code].compactMapValues(\.self))
        }
    }

    /// Asks the member for more, as the authority.
    struct WantMore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask the member for more before you accept its report.",
            discussion: """
                Examples:
                  caveat report want-more 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --text "Who booked it, and how?"
                """
        )

        @OptionGroup var report: ReportTarget
        @Option(help: "What is wanted.") var text: String
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws { try checkSaid(text, "--text", "what is wanted") }

        func run() async throws { try await exchange.act("want-more", on: report, ["text": text]) }
    }

    /// Does not take a report, as the authority.
    struct Refuse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuse a report that your authority got; this is final.",
            discussion: """
                Examples:
                  caveat report refuse 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --reason not-competent \\
                    --text "Tell the police: nothing crossed a border."
                """
        )

        @OptionGroup var report: ReportTarget
        @Option(help: ArgumentHelp("Why.", valueName: "code")) var reason: Report.ReportRefusal
        @Option(help: "More on why; the member reads it.") var text: String?
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws {
            if let text { try checkSaid(text, "--text", "why; or leave it out") }
        }

        func run() async throws {
            let body = ["reason": reason.rawValue, "text": text].compactMapValues(\.self)
            try await exchange.act("refuse", on: report, body)
        }
    }

    /// Says what came of a report, as the authority.
    struct Conclude: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "outcome",
            abstract: "Tell what came of a report that you accepted; there may be more than one outcome.",
            discussion: """
                Examples:
                  caveat report outcome 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 OA-SEI --quantity "40 kg" --value "1200000 EUR"
                  caveat report outcome 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 OA-ARR --embargo 2027-03-01T00:00:00Z
                """
        )

        @OptionGroup var report: ReportTarget
        @Argument(help: ArgumentHelp("What came of it.", valueName: "code")) var code: AuthorityOutcome
        @OptionGroup var seizure: SeizureOptions
        @Option(help: ArgumentHelp("More on it.", valueName: "text")) var note: String?
        @Option(
            help: ArgumentHelp("Until when only your authority sees it (RFC 3339).", valueName: "time"),
            transform: readTime
        )
        var embargo: Timestamp?
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws {
            if let note { try checkSaid(note, "--note", "more on the outcome; or leave it out") }
        }

        func run() async throws {
            let said = SaidOutcome(code.outcome, try seizure.seized, note, embargo: embargo?.text)
            try await exchange.act("outcome", on: report, said)
        }
    }
}
