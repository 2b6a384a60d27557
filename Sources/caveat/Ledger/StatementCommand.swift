import ArgumentParser
import Exchange

/// Statements: one's own, and those that one is shown.
struct StatementCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statement",
        abstract: "Show what your reports earned, and by what terms, or verify a statement that you are shown.",
        discussion: """
            Examples:
              caveat statement northport-customs
              caveat statement terms northport-customs
              caveat statement verify statement.json --keys keys.json
            """,
        subcommands: [Show.self, Terms.self, Verify.self],
        defaultSubcommand: Show.self
    )
}

extension StatementCommand {
    /// Tells what one's own ownership group gave, and what that came to.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Show what your reports to an authority, or answers in a pool, earned, what time took, and your tier.",
            discussion: """
                Credits are posted when an epoch closes, every 30 days unless the ledger's terms say otherwise: what \
                an authority accepted, what came of it, and requests that were answered in time. An outcome under an \
                embargo is in a later total and is never told by itself. Members of one ownership group have one \
                account. It tells, too, which authorities owe you a word on a report, and since when, what is owed \
                for answers, and what is left of your quotas.

                Examples:
                  caveat statement northport-customs
                  caveat statement northport-customs --epochs 12 --form csv > year.csv
                  caveat statement deepwater
                """
        )

        /// The forms in which a statement is printed.
        enum Form: String, CaseIterable, ExpressibleByArgument {
            case text, csv, json
        }

        @Argument(
            help: ArgumentHelp(
                "The authority's name, or that of a pool that you read.",
                discussion: "`caveat members` and `caveat pools` list them.",
                valueName: "authority"
            )
        )
        var place: String
        @Option(help: "Of how many epochs, the last that was closed among them.") var epochs = 1
        @Option(help: "How it is printed.") var form = Form.text
        @OptionGroup(title: "Connection") var connection: ConnectionOptions

        func run() async throws {
            let query = "authority=\(place.percentEncoded)&epochs=\(epochs)&form=\(form.rawValue)"
            let over = try connection.open()
            let response = try await over.send(.get, "/v1/statement?\(query)", mediaType: "*/*")
            try Output.write(response.body)
            guard form == .text else { return }
            // As of now, and so no part of the statement.
            let quotas = try await over.resource("/v1/quotas", mediaType: "application/json")
            for quota in quotas["quotas"]?.elements ?? [] {
                let (left, limit) = (quota["left"]?.integer ?? 0, quota["limit"]?.integer ?? 0)
                let (name, tier) = (quota["quota"]?.string?.printable ?? "?", quota["tier"]?.string?.printable ?? "?")
                Output.note(
                    "\(left) of \(limit) \(name) are left (tier \(tier) in the exchange); all are there again at "
                        + (quota["renews"]?.string?.printable ?? "?")
                )
            }
            if let until = quotas["until"]?.string?.printable {
                Output.note("what was released until \(until) is given to you; what came later is put off by your tier")
            }
        }
    }

    /// Tells by what terms is counted.
    struct Terms: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show by what terms an authority's or a pool's ledger counts, and by what it is to.",
            discussion: """
                What is announced counts from the opening of the epoch on that is named; until then the operator may \
                withdraw it. What is not told differs from no default: caveat's docs/RECIPROCITY.md has those. Dates \
                are told once an epoch has closed.

                Examples:
                  caveat statement terms northport-customs
                  caveat statement terms northport-customs --json
                """
        )

        @Argument(help: ArgumentHelp("The authority's name, or that of a pool that you read.", valueName: "authority"))
        var place: String
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let answer = try await exchange.get("terms?authority=\(place.percentEncoded)")
            if exchange.json { return try Output.line(answer.compact()) }
            try Output.line(TermsTable.text(answer))
        }
    }

    /// Verifies a statement without asking anybody.
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify a statement that you are shown, without asking anybody.",
            discussion: """
                It is good where it is as the exchange signed it: a statement in JSON (--form json). The file of keys \
                is what caveat entitlement key printed; of several exchanges in one, name the one. It exits with 1 \
                unless it is good, and says why.

                Examples:
                  caveat statement northport-customs --form json > statement.json
                  caveat statement verify statement.json --keys keys.json
                """
        )

        @Argument(help: "The statement, or - for standard input.", completion: .file(extensions: ["json"]))
        var file: String
        @OptionGroup var ring: ExchangeKeys

        func run() throws {
            let statement: SignedStatement
            let bytes = try InputFile.bytes(file)
            let keys = try ring.read()
            do throws(SignedStatement.Refusal) {
                statement = try SignedStatement(verifying: bytes, keys: keys)
            } catch {
                throw CommandFault.failed("not good: \(error)")
            }
            try Output.line(
                Lines.text([
                    ("statement", "good"), ("group", statement.group.text), ("ledger", statement.pool.text),
                    ("dates", statement.dates.joined(separator: " to ").printable), ("closing", statement.earned.text),
                    ("tier", statement.tier.printable), ("key", statement.key.text),
                ])
            )
        }
    }
}
