import ArgumentParser
import Exchange

/// Administers the exchange from the machine it runs on.
struct AdminCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin",
        abstract: "Administer the exchange over its local socket.",
        discussion: """
            Works on the machine where caveatd runs, as root or as the user it runs as; no password is needed.

            Examples:
              caveat admin exchange
              caveat admin member add blue-anchor --title "Blue Anchor" --kind freight-forwarder --jurisdiction DE
              caveat admin principal add blue-anchor --member blue-anchor --role reader --role reporter
              caveat admin credential add --principal blue-anchor --type token > blue-anchor.token
              caveat admin source list
              caveat admin key show
              caveat admin peer show harbour-exchange
              caveat admin destinations
              caveat admin watch-lists
              caveat admin reciprocity
              caveat admin terms show northport-customs
              caveat admin events
            """,
        subcommands: [
            ExchangeCommand.self, MemberCommand.self, PrincipalCommand.self, CredentialCommand.self, PoolCommand.self,
            SourceCommand.self, PeerCommand.self, KeyCommand.self, AdminDestinationsCommand.self,
            AdminWatchListsCommand.self, ReciprocityCommand.self, TermsCommand.self, EventsCommand.self,
        ]
    )
}

/// Shows the exchange as a whole.
struct ExchangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange",
        abstract: "Show the exchange: its title, version, store and sizes.",
        discussion: """
            Examples:
              caveat admin exchange --json
            """
    )

    @OptionGroup var admin: AdminOptions

    func run() async throws { try await admin.send(.get, "exchange") }
}

/// What is administered by name: members, principals, pools.
protocol Administered: Sendable {
    /// The noun in commands, as `member`.
    static var noun: String { get }
    /// The columns of its list.
    static var columns: [(heading: String, key: String)] { get }
}

extension Administered {
    /// The noun in paths and lists, as `members`.
    static var plural: String { noun + "s" }

    static func path(_ name: String) -> String { "\(plural)/\(name.percentEncoded)" }
}

/// Lists all of a kind.
struct ListCommand<Subject: Administered>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "list",
            abstract: "List the \(Subject.plural).",
            discussion: """
                Examples:
                  caveat admin \(Subject.noun) list
                """
        )
    }

    @OptionGroup var admin: AdminOptions

    func run() async throws {
        guard let answer = try await admin.connection.send(.get, Subject.plural) else { return }
        if admin.json { return try Output.line(answer.compact()) }
        try Output.line(Table.rows(answer[Subject.plural]?.elements ?? [], Subject.columns))
    }
}

/// Shows one.
struct ShowCommand<Subject: Administered>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "show",
            abstract: "Show one \(Subject.noun).",
            discussion: """
                Examples:
                  caveat admin \(Subject.noun) show NAME
                """
        )
    }

    @Argument(help: "Its name.") var name: String
    @OptionGroup var admin: AdminOptions

    func run() async throws { try await admin.send(.get, Subject.path(name)) }
}

/// Suspends one.
struct SuspendCommand<Subject: Administered>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "suspend",
            abstract: "Suspend a \(Subject.noun), at once and until resumed.",
            discussion: """
                Examples:
                  caveat admin \(Subject.noun) suspend NAME
                """
        )
    }

    @Argument(help: "Its name.") var name: String
    @OptionGroup var admin: AdminOptions

    func run() async throws { try await admin.send(.patch, Subject.path(name), ["state": "suspended"]) }
}

/// Ends a suspension.
struct ResumeCommand<Subject: Administered>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "resume",
            abstract: "End the suspension of a \(Subject.noun).",
            discussion: """
                Examples:
                  caveat admin \(Subject.noun) resume NAME
                """
        )
    }

    @Argument(help: "Its name.") var name: String
    @OptionGroup var admin: AdminOptions

    func run() async throws { try await admin.send(.patch, Subject.path(name), ["state": "active"]) }
}
