import ArgumentParser
import Exchange

/// What an originator does with its advisories.
struct AdvisoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advisory",
        abstract: "Draft, approve, publish, amend and recall your member's advisories.",
        discussion: """
            One person drafts, another approves: for exactly the version that it has read, named by its digest. ID is \
            an advisory's id, or its reference once it is published.

            Examples:
              caveat advisory example ADV-SUB > advisory.json
              caveat advisory draft advisory.json --pool warnings --kind ADV-SUB
              caveat advisory grade 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 B2
              caveat advisory show 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52
              caveat advisory publish 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52
              caveat advisory recall CVT-2026-00417 --reason mistaken-identity
            """,
        groupedSubcommands: [
            CommandGroup(
                name: "Drafting",
                subcommands: [Example.self, Draft.self, Edit.self, Grade.self, ConfirmGrade.self]
            ),
            CommandGroup(name: "Reading", subcommands: [List.self, Show.self]),
            CommandGroup(name: "Releasing", subcommands: [Approve.self, Ratify.self, Publish.self]),
            CommandGroup(name: "Changing", subcommands: [Amend.self, PublishAmendment.self, Review.self]),
            CommandGroup(name: "Taking back", subcommands: [Withdraw.self, Recall.self, Erase.self]),
            CommandGroup(name: "Disputing", subcommands: [Dispute.self, Settle.self]),
            CommandGroup(name: "Consenting", subcommands: [Consents.self, Consent.self, RefuseConsent.self]),
        ]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List your member's advisories.",
            discussion: """
                Examples:
                  caveat advisory list
                  caveat advisory list --state published --json
                """
        )

        @Option(help: "Only those in this state.") var state: ListedState?
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let listed = try await exchange.all("advisories").filter { advisory in
                state.map { advisory["state"]?.string == $0.rawValue } ?? true
            }
            if exchange.json {
                for advisory in listed { try Output.line(advisory.compact()) }
                return
            }
            let columns: [(heading: String, key: String)] = [
                ("REFERENCE", "reference"), ("STATE", "state"), ("KIND", "kind"), ("POOL", "pool"),
                ("VERSION", "version"), ("DUE", "due"), ("ID", "id"), ("TITLE", "title"),
            ]
            try Output.line(Table.rows(listed, columns))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show all of an advisory, with the digest that an approval is for.",
            discussion: """
                Examples:
                  caveat advisory show CVT-2026-00417
                  caveat advisory show 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --json
                """
        )

        @OptionGroup var advisory: AdvisoryTarget
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let answer = try await exchange.get(advisory.path)
            if exchange.json { return try Output.line(answer.compact()) }
            let summary = AdvisorySummary(answer)
            try Output.line("\(summary.text)\n\n\(Outline.text(answer))")
            if let next = summary.next { Output.note(next) }
        }
    }
}
