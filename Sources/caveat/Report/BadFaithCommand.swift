import ArgumentParser
import Exchange

/// Two officers of an authority find that a report was in bad faith.
struct BadFaithCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bad-faith",
        abstract: "Find, as two officers of the authority, that a report was false and its member knew it.",
        discussion: """
            One proposes it and another seconds it, each with reasons, and neither is the one who accepted the report. \
            Then all that the report earned is taken back, its owner is fined twice that, and corroborates nothing for \
            90 days. That is final. The member reads the decision and both reasons, and no names; before that, nothing.

            Examples:
              caveat report bad-faith propose 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --reason "The photographs are of 2019."
              caveat report bad-faith second 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --reason "It was told that by the carrier."
            """,
        subcommands: [Propose.self, Second.self]
    )

    struct Propose: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Propose it; until another seconds it you may say it anew.",
            discussion: """
                Examples:
                  caveat report bad-faith propose 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --reason "The photographs are of 2019."
                """
        )

        @OptionGroup var said: SaidReason

        func run() async throws { try await said.say("propose-bad-faith") }
    }

    struct Second: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Decide what another officer proposed; this is final.",
            discussion: """
                Examples:
                  caveat report bad-faith second 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --reason "The carrier had told it so."
                """
        )

        @OptionGroup var said: SaidReason

        func run() async throws { try await said.say("second-bad-faith") }
    }

    /// Of which report, and why.
    struct SaidReason: ParsableArguments {
        @OptionGroup var report: ReportTarget
        @Option(help: "Why it was in bad faith; the member reads it.") var reason: String
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws { try checkSaid(reason, "--reason", "why it was in bad faith") }

        func say(_ action: String) async throws { try await exchange.act(action, on: report, ["reason": reason]) }
    }
}
