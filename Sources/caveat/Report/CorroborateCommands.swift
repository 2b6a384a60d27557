import ArgumentParser
import Exchange

extension ReportCommand {
    /// Shows that a report says what was committed before.
    struct Observed: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show that a report of yours says what you committed with observe, so that it can corroborate.",
            discussion: """
                Whoever commits what it saw before it is told of such a subject, and reports that, may be found to \
                corroborate an earlier report of somebody else's, which counts for both (caveat statement).

                Examples:
                  caveat observe seen.json > seen.observation
                  caveat report send seen.json --to harbour-customs
                  caveat report observed 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 seen.observation
                """
        )

        @OptionGroup var report: ReportTarget
        @Argument(help: "The file that observe printed, or - for standard input.", completion: .file()) var file: String
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws { try await exchange.act("observed", on: report, try ConfirmCommand.Kept(file)) }
    }

    /// Has it found whether a report corroborates an earlier one, as the authority.
    struct Corroborate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find whether a later report corroborates one: both were accepted, and are about one matter.",
            discussion: """
                It does where its owner is another, it shows that it committed what it saw before it was told of such \
                a subject, asked nobody about it, and tells something new of it. Else it is a sighting, with the \
                reason. Neither reporter is told of it but by its statement, which does not name the other.

                Examples:
                  caveat report corroborate 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 \\
                    --by 0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
                """
        )

        @OptionGroup var report: ReportTarget
        @Option(help: ArgumentHelp("The later report's id.", valueName: "report")) var by: String
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let answer = try await exchange.posted("\(report.path)/corroborate", ["by": by])
            let why = answer["reason"]?.string.map { ": \($0.printable)" } ?? ""
            try exchange.show(answer, orSay: "\(answer["finding"]?.string?.printable ?? "?")\(why)")
        }
    }
}
