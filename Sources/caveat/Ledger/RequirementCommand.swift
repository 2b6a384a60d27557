import ArgumentParser
import Exchange

/// What authorities want to be told of.
struct RequirementCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requirement",
        abstract: "Show what authorities want to know; and publish that, as an authority.",
        discussion: """
            A report that meets one when it is submitted counts for more in the authority's ledger: its relevance is \
            1000 and not 300 thousandths, and the statement says which it met.

            Examples:
              caveat requirement list
              caveat requirement add heavy-boxes --about "Containers that weigh more than is declared" \\
                --category TBM-QTY --kind CTR --until 2027-06-30T00:00:00Z
              caveat requirement withdraw heavy-boxes
            """,
        subcommands: [List.self, Add.self, Withdraw.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what authorities want to know now, the newest first (the default).",
            discussion: """
                Examples:
                  caveat requirement list
                  caveat requirement list --json
                """
        )

        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let all = try await exchange.all("requirements")
            if exchange.json {
                for one in all { try Output.line(one.compact()) }
                return
            }
            if all.isEmpty { return Output.note("no authority says what it wants to know") }
            let rows = all.map { one in
                let text = { (key: String) in one[key]?.string ?? "" }
                let list = { (key: String) in
                    let codes = one[key]?.elements.compactMap(\.string) ?? []
                    return codes.isEmpty ? "any" : codes.joined(separator: " ")
                }
                return [
                    text("authority"), text("name"), list("categories"), list("kinds"), text("until"), text("about"),
                ]
            }
            try Output.line(Lines.table(["AUTHORITY", "NAME", "CATEGORIES", "KINDS", "UNTIL", "ABOUT"], rows))
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Publish what your authority wants to know.",
            discussion: """
                All members see it. A report meets it by one of its categories and by one subject of its kinds.

                Examples:
                  caveat requirement add heavy-boxes --about "Containers that weigh more than is declared" \\
                    --category TBM-QTY --kind CTR --until 2027-06-30T00:00:00Z
                """
        )

        @Argument(help: "What it is called: a name that none of yours had.") var name: String
        @Option(help: "What is wanted, in words.") var about: String
        @Option(
            name: .customLong("category"),
            help: ArgumentHelp("Of which category; may be given more than once.", valueName: "code")
        )
        var categories: [String] = []
        @Option(
            name: .customLong("kind"),
            help: ArgumentHelp(
                "Of which kind of subject, as PER, ORG, CTR; may be given more than once.",
                valueName: "code"
            )
        )
        var kinds: [String] = []
        @Option(help: ArgumentHelp("When it ends by itself, within 366 days.", valueName: "time")) var until: String
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws {
            try checkName(name)
            if categories.isEmpty, kinds.isEmpty { throw ValidationError("name a --category or a --kind") }
        }

        private struct Body: Encodable {
            let name, about, until: String
            let categories, kinds: [String]
        }

        func run() async throws {
            let body = Body(name: name, about: about, until: until, categories: categories, kinds: kinds)
            let made = try await exchange.post("requirements", body)
            try exchange.show(made, orSay: "published \(name)")
        }
    }

    struct Withdraw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Withdraw what your authority wanted to know; reports that were submitted before meet it all the same.",
            discussion: """
                Examples:
                  caveat requirement withdraw heavy-boxes
                """
        )

        @Argument(help: "The name.") var name: String
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws { try checkName(name) }

        func run() async throws {
            try await exchange.delete("requirements/\(name)")
            try exchange.show(nil, orSay: "withdrawn")
        }
    }
}
