import ArgumentParser
import Exchange

/// What one's own member asked, and was asked.
struct RequestsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests",
        abstract: "Show what your member was asked and asks, and answer it.",
        discussion: """
            Examples:
              caveat requests
              caveat requests show 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52
              caveat requests answer 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --nil
            """,
        subcommands: [List.self, Show.self, Answer.self, Close.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List them, what is overdue first (the default).",
            discussion: """
                Examples:
                  caveat requests
                  caveat requests list --json
                """
        )

        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let requests = try await exchange.all("requests")
            if exchange.json {
                for request in requests { try Output.line(request.compact()) }
                return
            }
            if requests.isEmpty { return Output.note("your member was asked nothing and asks nothing") }
            try Output.line(RequestsCommand.table(requests))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show all of a request: the question, and the answers that you may see.",
            discussion: """
                Examples:
                  caveat requests show 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52
                  caveat requests show 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --json
                """
        )

        @OptionGroup var request: RequestTarget
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let answer = try await exchange.get(request.path)
            if exchange.json { return try Output.line(answer.compact()) }
            try Output.line("\(RequestSummary(answer).text)\n\n\(Outline.text(answer))")
        }
    }

    struct Answer: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Answer a request, once: what you know, that you know nothing, or why you do not answer.",
            discussion: """
                The asker sees your answer, and nobody else. That you know nothing is an answer, too.

                Examples:
                  caveat requests answer 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --positive "A customer until May."
                  caveat requests answer 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --nil
                  caveat requests answer 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --refused no-consent
                """
        )

        @OptionGroup var request: RequestTarget
        @Option(help: ArgumentHelp("What you know.", valueName: "text")) var positive: String?
        @Flag(name: .customLong("nil"), help: "You know nothing.") var isNil = false
        @Option(help: ArgumentHelp("Why you do not answer.", valueName: "reason"))
        var refused: InformationRequest.Refusal?
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws {
            guard [positive != nil, isNil, refused != nil].count(where: \.self) == 1 else {
                throw ValidationError("give one of --positive TEXT, --nil and --refused REASON")
            }
            if let positive { try checkSaid(positive, "--positive", "what you know") }
        }

        func run() async throws {
            let word = positive != nil ? "positive" : isNil ? "nil" : "refused"
            let body = ["answer": word, "text": positive, "reason": refused?.rawValue].compactMapValues(\.self)
            try exchange.show(request: try await exchange.posted("\(request.path)/answer", body))
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close a request of yours: nobody answers it any more.",
            discussion: """
                Examples:
                  caveat requests close 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52
                """
        )

        @OptionGroup var request: RequestTarget
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            try exchange.show(request: try await exchange.posted("\(request.path)/close", [String: String]()))
        }
    }

    /// A request a row, what is overdue first and what is closed last; ends without a line break.
    static func table(_ requests: [JSON.Value]) -> String {
        let all = requests.map { (request: $0, summary: RequestSummary($0)) }
        let ranked = RequestSummary.State.allCases.flatMap { state in all.filter { $0.summary.state == state } }
        return Lines.table(
            ["STATE", "ASKER", "TO", "DUE", "ANSWERS", "ID", "FACTS"],
            ranked.map { request, summary in
                func field(_ key: String) -> String { request[key]?.string ?? "" }
                return [
                    summary.state.name, field("member"), field("to"), field("due"), summary.answers, field("id"),
                    Lines.beginning(of: request["content"]?["facts"]?.string),
                ]
            }
        )
    }
}
