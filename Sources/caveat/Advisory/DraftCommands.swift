import ArgumentParser
import Exchange

extension AdvisoryCommand {
    /// Prints a file to begin from.
    struct Example: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a valid file to begin an advisory from; everything in it is invented.",
            discussion: """
                Examples:
                  caveat advisory example ADV-SUB > advisory.json
                """
        )

        @Argument(help: "What the advisory is about.") var kind: AdvisoryKind

        func run() throws { try Output.line(kind.example) }
    }

    /// Begins an advisory.
    struct Draft: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Begin an advisory from a file.",
            discussion: """
                The file is {"content": {…}, "terms": {…}}; caveat advisory example prints one. It is checked before \
                anything is sent. Nobody but your member sees a draft.

                Examples:
                  caveat advisory draft advisory.json --pool warnings --kind ADV-SUB
                  caveat advisory example ADV-MO | caveat advisory draft - --pool warnings --kind ADV-MO
                """
        )

        @Argument(help: "The file, or - for standard input.", completion: .file(extensions: ["json"])) var file: String
        @Option(help: "The pool's name.") var pool: String
        @Option(help: "What the advisory is about.") var kind: AdvisoryKind
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let written = try AdvisoryFile(path: file)
            try written.check(as: kind, in: file)
            let body = DraftBody(pool: pool, kind: kind, content: written.content, terms: written.terms)
            try exchange.show(try await exchange.advisory("advisories", body))
        }
    }

    /// Replaces what is being drafted.
    struct Edit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replace what is being drafted; it must be graded and approved again.",
            discussion: """
                Examples:
                  caveat advisory edit 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 advisory.json
                """
        )

        @OptionGroup var advisory: AdvisoryTarget
        @Argument(help: "The file, or - for standard input.", completion: .file(extensions: ["json"])) var file: String
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws { try await exchange.act("edit", on: advisory, try AdvisoryFile(path: file)) }
    }

    /// Begins a version that is to take the published one's place.
    struct Amend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Begin a version that is to take the published one's place.",
            discussion: """
                It is graded, approved and then published with publish-amendment; until then readers keep the version \
                that they have. Readers of the whole are told what changed, and why.

                Examples:
                  caveat advisory amend CVT-2026-00417 advisory.json --what "A second vessel" --why "A new sighting"
                """
        )

        @OptionGroup var advisory: AdvisoryTarget
        @Argument(help: "The file, or - for standard input.", completion: .file(extensions: ["json"])) var file: String
        @Option(help: ArgumentHelp("What changed.", valueName: "text")) var what: String
        @Option(help: ArgumentHelp("Why.", valueName: "text")) var why: String
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws {
            try checkSaid(what, "--what", "what changed")
            try checkSaid(why, "--why", "why it changed")
        }

        func run() async throws {
            let written = try AdvisoryFile(path: file)
            let body = AmendmentBody(content: written.content, terms: written.terms, what: what, why: why)
            try await exchange.act("amend", on: advisory, body)
        }
    }
}

private struct DraftBody: Encodable, Sendable {
    let pool: String
    let kind: AdvisoryKind
    let content: AdvisoryContent
    let terms: AdvisoryTerms
}

private struct AmendmentBody: Encodable, Sendable {
    let content: AdvisoryContent
    let terms: AdvisoryTerms
    let what: String
    let why: String
}
