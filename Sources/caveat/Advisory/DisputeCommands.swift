import ArgumentParser
import Exchange

extension AdvisoryCommand {
    /// Disputes another member's advisory.
    struct Dispute: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Dispute an advisory that your member was given: readers see a banner until it is settled.",
            discussion: """
                Examples:
                  caveat advisory dispute CVT-2026-00417 --reason "The director left the company in 2021."
                """
        )

        @OptionGroup var advisory: AdvisoryTarget
        @Option(help: ArgumentHelp("What is wrong.", valueName: "text")) var reason: String
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws { try checkSaid(reason, "--reason", "what is wrong") }

        func run() async throws {
            let answer = try await exchange.post("\(advisory.path)/dispute", ["reason": reason])
            try exchange.show(answer, orSay: "disputed \(advisory.id)")
        }
    }

    /// Ends a dispute in the advisory's favour.
    struct Settle: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a dispute: the advisory stands.",
            discussion: """
                One that does not stand is amended or recalled instead. Who disputes it and why is among what was \
                said of it.

                Examples:
                  caveat feedback --of CVT-2026-00417
                  caveat advisory settle CVT-2026-00417
                """
        )

        @OptionGroup var advisory: AdvisoryTarget
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws { try await exchange.act("settle", on: advisory) }
    }
}
