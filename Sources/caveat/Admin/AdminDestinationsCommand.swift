import ArgumentParser
import Exchange

/// Lists all members' destinations, and stops those that should be.
struct AdminDestinationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "destinations",
        abstract: "Show where members have their feeds brought to and how that goes; pause, resume, remove.",
        discussion: """
            Examples:
              caveat admin destinations
              caveat admin destinations pause 0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
            """,
        subcommands: [List.self, Pause.self, Resume.self, Remove.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all destinations (the default).",
            discussion: """
                Examples:
                  caveat admin destinations list --json
                """
        )

        @OptionGroup var admin: AdminOptions

        func run() async throws {
            var found: [JSON.Value] = []
            var path = "destinations"
            while let page = try await admin.connection.send(.get, path) {
                found += page["destinations"]?.elements ?? []
                guard let next = page["next"]?.string else { break }
                path = "destinations?after=\(next.percentEncoded)"
            }
            if admin.json {
                for destination in found { try Output.line(destination.compact()) }
                return
            }
            let columns: [(heading: String, key: String)] = [
                ("ID", "id"), ("MEMBER", "member"), ("KIND", "kind"), ("URL", "url"), ("STATE", "state"),
                ("CIRCUIT", "circuit"), ("DELIVERED", "delivered"), ("DEAD", "dead_letters"), ("FAULT", "fault"),
            ]
            try Output.line(Table.rows(found, columns))
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send nothing more to one, until you resume it: its owner cannot.",
            discussion: """
                Examples:
                  caveat admin destinations pause 0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
                """
        )

        @OptionGroup var target: DestinationsCommand.Target
        @OptionGroup var admin: AdminOptions

        func run() async throws { try await admin.send(.patch, target.path, ["state": "paused"]) }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go on where it stopped.",
            discussion: """
                Examples:
                  caveat admin destinations resume 0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
                """
        )

        @OptionGroup var target: DestinationsCommand.Target
        @OptionGroup var admin: AdminOptions

        func run() async throws { try await admin.send(.patch, target.path, ["state": "flowing"]) }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take one away, with its dead letters.",
            discussion: """
                Examples:
                  caveat admin destinations remove 0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
                """
        )

        @OptionGroup var target: DestinationsCommand.Target
        @OptionGroup var admin: AdminOptions

        func run() async throws { try await admin.send(.delete, target.path) }
    }
}
