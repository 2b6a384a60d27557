import ArgumentParser
import Exchange

/// Counts members' watch lists.
struct AdminWatchListsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch-lists",
        abstract: "Show how many watch lists and rows each member has; what they hold is shown to the member alone.",
        discussion: """
            Examples:
              caveat admin watch-lists
              caveat admin watch-lists --json
            """
    )

    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let members = try await admin.connection.send(.get, "watch-lists")?["members"]?.elements ?? []
        if admin.json { return try members.forEach { try Output.line($0.compact()) } }
        if members.isEmpty { return Output.note("no member has a watch list") }
        try Output.line(Table.rows(members, [("MEMBER", "member"), ("LISTS", "lists"), ("ROWS", "rows")]))
    }
}
