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
        let columns: [(heading: String, key: String)] = [
            ("TIME", "time"), ("KIND", "kind"), ("MEMBER", "member"), ("ADVISORY", "advisory"),
        ]
        try await admin.list("events", "events", columns, by: "before")
    }
}
