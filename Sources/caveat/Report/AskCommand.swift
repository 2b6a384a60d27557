import ArgumentParser
import Exchange

/// Puts a question to a member, or to all that read a pool.
struct AskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Ask a member, or all that read a pool, whether they know who or what a file is about.",
        discussion: """
            The file is like that of a report; caveat report example prints one to begin from. It is checked before \
            anything is sent. Answers are due after 8 hours (severity 4), 3, 7 or 14 days. Nobody is told who else \
            was asked, you neither. Your group owes for each answer in time, by the weight: caveat lines shows what.

            Examples:
              caveat ask question.json --to first-harbour-bank
              caveat ask question.json --to first-harbour-bank --weight deep
              caveat ask question.json --to deepwater --purpose P08
            """
    )

    @Argument(help: "The JSON file, or - for standard input.", completion: .file(extensions: ["json"]))
    var file: String
    @Option(name: .customLong("to"), help: ArgumentHelp("The member's or the pool's name.", valueName: "name"))
    var receiver: String
    @Option(help: "How much you ask of those who answer: 1, 3 or 8 units on the line between you.")
    var weight = RequestWeight.simple
    @Option(
        help: ArgumentHelp(
            "What you ask for; otherwise your credential's first purpose.",
            discussion: "Your credential must be bound to it."
        )
    )
    var purpose: Purpose?
    @OptionGroup var exchange: ExchangeOptions

    func validate() throws { try checkName(receiver) }

    func run() async throws {
        let body = RequestBody(to: receiver, content: try ReportFile.content(file), weight: weight)
        let answer = try await exchange.posted("requests", body, for: purpose)
        try exchange.show(request: answer)
        if !exchange.json {
            Output.note("see the answers with: caveat requests show \(answer["id"]?.string?.printable ?? "ID")")
        }
    }
}

/// A request as it is sent.
private struct RequestBody: Encodable, Sendable {
    let to: String
    let content: ReportContent
    let weight: RequestWeight
}

extension ExchangeOptions {
    /// Prints what became of a request.
    func show(request: JSON.Value) throws(CommandFault) {
        try json ? Output.line(request.compact()) : Output.line(RequestSummary(request).text)
    }
}
