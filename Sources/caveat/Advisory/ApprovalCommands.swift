import ArgumentParser
import Exchange

extension AdvisoryCommand {
    /// Grades what is being drafted.
    struct Grade: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Grade what is being drafted: how reliable its source is, how credible what it says.",
            discussion: """
                A to F is the source, from completely reliable to unknown; 1 to 6 the information, from confirmed to \
                unknown (Admiralty code). Your own work counts as 3 at best until a second person has reviewed it.

                Examples:
                  caveat advisory grade 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 B2
                  caveat advisory grade CVT-2026-00417 B2 --original 4x4:B2
                """
        )

        @OptionGroup var advisory: AdvisoryTarget
        @Argument(help: "Letter and digit, such as B2.", transform: readGrade) var grade: Exchange.Grade
        @Option(help: ArgumentHelp("The scheme and value that it was converted from.", valueName: "scheme:value"))
        var original: String?
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws {
            if let original { try checkSaid(original, "--original", "the scheme and value, such as 4x4:B2") }
        }

        func run() async throws {
            try await exchange.act(
                "grade",
                on: advisory,
                ["grade": grade.code, "original": original].compactMapValues(\.self)
            )
        }
    }

    /// Stands by a grade as a second person.
    struct ConfirmGrade: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stand by the grade that a colleague gave.",
            discussion: """
                Examples:
                  caveat advisory confirm-grade 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52
                """
        )

        @OptionGroup var advisory: AdvisoryTarget
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws { try await exchange.act("confirm-grade", on: advisory) }
    }

    /// The version that a second person has read.
    struct ReadVersion: ParsableArguments {
        @Option(
            help: ArgumentHelp("The digest of the version you read, as show prints it.", valueName: "hex"),
            transform: readDigest
        )
        var digest: String

        var body: [String: String] { ["digest": digest] }
    }

    /// Approves exactly the version that was read.
    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Approve a colleague's version: exactly the one that you have read.",
            discussion: """
                Read it first with caveat advisory show; its digest names what you approve, and an edit after that is \
                not approved with it. What names a person or lets readers act needs an approver of another unit.

                Examples:
                  caveat advisory show 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52
                  caveat advisory approve 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --digest \\
                    9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
                """
        )

        @OptionGroup var advisory: AdvisoryTarget
        @OptionGroup var version: ReadVersion
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws { try await exchange.act("approve", on: advisory, version.body) }
    }

    /// Approves a safety advisory that is out already.
    struct Ratify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Approve a safety advisory that was published on one pair of eyes.",
            discussion: """
                Without it, the advisory is recalled after 24 hours.

                Examples:
                  caveat advisory ratify CVT-2026-00417 --digest \\
                    9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
                """
        )

        @OptionGroup var advisory: AdvisoryTarget
        @OptionGroup var version: ReadVersion
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws { try await exchange.act("ratify", on: advisory, version.body) }
    }
}
