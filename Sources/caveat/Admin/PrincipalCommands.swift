import ArgumentParser
import Exchange
import TransportCurl

/// Administers principals.
struct PrincipalCommand: AsyncParsableCommand, Administered {
    static let noun = "principal"
    static let columns: [(heading: String, key: String)] = [
        ("NAME", "name"), ("MEMBER", "member"), ("STATE", "state"), ("ROLES", "roles"),
    ]
    static let configuration = CommandConfiguration(
        commandName: noun,
        abstract: "Administer the persons and machines that act for members.",
        discussion: """
            Examples:
              caveat admin principal add blue-anchor-desk --member blue-anchor --role reader --role reporter
              caveat admin principal suspend blue-anchor-desk
            """,
        subcommands: [
            Add.self, ListCommand<Self>.self, ShowCommand<Self>.self, Change.self, SuspendCommand<Self>.self,
            ResumeCommand<Self>.self,
        ]
    )

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a principal; its credentials are added apart.",
            discussion: """
                Examples:
                  caveat admin principal add blue-anchor-desk --member blue-anchor --role reader --role reporter
                """
        )

        @Argument(help: "Its login: a-z, 0-9 and -, at most 64.") var name: String
        @Option(help: "The member it acts for.") var member: String
        @Option(name: .customLong("role"), help: "What it may do; give the option once for each role.")
        var roles: [Role]
        @OptionGroup var admin: AdminOptions

        func validate() throws {
            try checkName(name)
            if roles.isEmpty { throw ValidationError("a new principal needs at least one --role") }
        }

        func run() async throws {
            let body = PrincipalBody(name: name, member: member, roles: roles)
            try await admin.send(.post, PrincipalCommand.plural, body)
        }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replace the roles of a principal.",
            discussion: """
                Examples:
                  caveat admin principal change blue-anchor-desk --role reader --role publisher --role approver
                """
        )

        @Argument(help: "Its login.") var name: String
        @Option(name: .customLong("role"), help: "What it may do from now on; give the option once for each role.")
        var roles: [Role]
        @OptionGroup var admin: AdminOptions

        func validate() throws {
            if roles.isEmpty { throw ValidationError("nothing to change: give --role") }
        }

        func run() async throws {
            try await admin.send(.patch, PrincipalCommand.path(name), PrincipalBody(roles: roles))
        }
    }
}

private struct PrincipalBody: Encodable {
    var name: String?
    var member: String?
    var roles: [Role]
}
