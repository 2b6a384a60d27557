import ArgumentParser
import Exchange

/// Tells what one's own ownership group gave, and what that came to.
struct StatementCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statement",
        abstract: "Show what your reports to an authority earned, what time took of it, and the tier that it comes to.",
        discussion: """
            Credits are posted when an epoch closes, every 30 days: what an authority accepted, and what came of it. An
            outcome under an embargo is in a later total and is never told by itself. Members of one ownership group
            have one account. It tells, too, which authorities owe you a word on a report, and since when.

            Examples:
              caveat statement northport-customs
              caveat statement northport-customs --epochs 12 --form csv > year.csv
            """
    )

    /// The forms in which a statement is printed.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case text, csv, json
    }

    @Argument(help: "The authority's name; `caveat members` lists them.") var authority: String
    @Option(help: "Of how many epochs, the last that was closed among them.") var epochs = 1
    @Option(help: "How it is printed.") var form = Form.text
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let query = "authority=\(authority.percentEncoded)&epochs=\(epochs)&form=\(form.rawValue)"
        let response = try await connection.open().send(.get, "/v1/statement?\(query)", mediaType: "*/*")
        try Output.write(response.body)
    }
}
