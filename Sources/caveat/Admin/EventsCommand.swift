import ArgumentParser
import Exchange

/// Lists what happened that operators should know of.
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "List the security events, newest first.",
        discussion: """
            conflict: an advisory that is out is about somebody whom a member, or another of its owner, declared as \
            itself or as linked to it (caveat admin member link). It does not exist for that member, which is told \
            nothing. No event names a subject, or says what an advisory says.

            Examples:
              caveat admin events
              caveat admin events --json
            """
    )

    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let connection = admin.connection
        guard var page = try await connection.send(.get, "events") else { return }
        var pages = [page]
        while let next = page["next"]?.string,
            let more = try await connection.send(.get, "events?before=\(next.percentEncoded)")
        {
            page = more
            pages.append(page)
        }
        guard !admin.json else {
            for page in pages { try Output.line(page.compact()) }
            return
        }
        let columns: [(heading: String, key: String)] = [
            ("TIME", "time"), ("KIND", "kind"), ("MEMBER", "member"), ("ADVISORY", "advisory"),
        ]
        try Output.line(Table.rows(pages.flatMap { $0["events"]?.elements ?? [] }, columns))
    }
}
