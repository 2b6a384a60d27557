import ArgumentParser
import Exchange

/// Administers the terms of ledgers.
struct TermsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terms",
        abstract: "Propose the terms by which a pool's or an authority's ledger counts, and show them.",
        discussion: """
            Terms count from the opening of an epoch on: the next one, or the first of a ledger that has not begun. No \
            epoch is ever counted anew by later ones. Readers see what is proposed before it counts, in their \
            statements and with caveat statement terms.

            Examples:
              caveat admin terms propose northport-customs terms.yaml
              caveat admin terms show northport-customs
              caveat admin terms withdraw northport-customs
            """,
        subcommands: [Propose.self, Show.self, Withdraw.self]
    )

    /// Whose ledger is meant.
    struct Ledger: ParsableArguments {
        @Argument(help: "The pool's name, or an authority's for its first inbox.") var pool: String
        @OptionGroup var admin: AdminOptions

        func validate() throws { try checkName(pool) }

        fileprivate var path: String { "terms/\(pool.percentEncoded)" }

        fileprivate func show(_ answer: JSON.Value?) throws(CommandFault) {
            guard let answer else { return }
            if admin.json { return try Output.line(answer.compact()) }
            try Output.line(TermsTable.text(answer))
        }
    }

    struct Propose: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Propose terms: they take the place of what is proposed and does not count yet.",
            discussion: """
                A file as config/terms/default.yaml: what is left out has its default. Days of epochs and of windows \
                can change only before the ledger begins; lines of requests, quotas, history and delays are no pool's.

                Examples:
                  caveat admin terms propose northport-customs terms.yaml
                """
        )

        /// Bytes of a file: with what it takes to send it, the daemon takes so many.
        private static let bytesMax = 32_768

        @OptionGroup var ledger: Ledger
        @Argument(help: "The file, or - for standard input.", completion: .file(extensions: ["yaml"])) var file: String

        func run() async throws {
            let bytes = try InputFile.bytes(file)
            guard bytes.count <= Self.bytesMax else {
                throw CommandFault.file(
                    path: file,
                    rule: "has more than \(Self.bytesMax) bytes; leave out what has its default"
                )
            }
            let text = String(decoding: bytes, as: UTF8.self)
            try ledger.show(try await ledger.admin.connection.send(.put, ledger.path, ["file": text]))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show all terms of a ledger: what counts, what is to count, and what did.",
            discussion: """
                Examples:
                  caveat admin terms show northport-customs --json
                """
        )

        @OptionGroup var ledger: Ledger

        func run() async throws { try ledger.show(try await ledger.admin.connection.send(.get, ledger.path)) }
    }

    struct Withdraw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Withdraw what is proposed and does not count yet.",
            discussion: """
                Examples:
                  caveat admin terms withdraw northport-customs
                """
        )

        @OptionGroup var ledger: Ledger

        func run() async throws { try ledger.show(try await ledger.admin.connection.send(.delete, ledger.path)) }
    }
}
