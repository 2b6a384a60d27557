import ArgumentParser
import Exchange

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

    /// What is said about a principal beside its roles; what is left out stays as it is.
    struct Terms: ParsableArguments {
        @Option(help: "The part of its member that it belongs to: a-z, 0-9 and -, at most 64.") var unit: String?
        @Option(
            name: .customLong("clear"),
            help: ArgumentHelp("Clear it for a compartment; give the option once for each.", valueName: "compartment")
        )
        var cleared: [String] = []
        @Option(
            help: ArgumentHelp("When the clearances that are given end (RFC 3339).", valueName: "time"),
            transform: readTime
        )
        var until: Timestamp?

        var clearances: [PrincipalBody.Clearance] {
            cleared.map { PrincipalBody.Clearance(compartment: $0, until: until?.text) }
        }

        func validate() throws {
            if cleared.isEmpty && until != nil { throw ValidationError("--until is the end of what --clear gives") }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a principal; its credentials are added apart.",
            discussion: """
                Examples:
                  caveat admin principal add blue-anchor-desk --member blue-anchor --role reader --role reporter
                  caveat admin principal add watch --member harbour-customs --role reader --unit coast --clear heron
                """
        )

        @Argument(help: "Its login: a-z, 0-9 and -, at most 64.") var name: String
        @Option(help: "The member it acts for.") var member: String
        @Option(name: .customLong("role"), help: "What it may do; give the option once for each role.")
        var roles: [Role]
        @OptionGroup var terms: Terms
        @OptionGroup var admin: AdminOptions

        func validate() throws {
            try checkName(name)
            if roles.isEmpty { throw ValidationError("a new principal needs at least one --role") }
        }

        func run() async throws {
            var body = PrincipalBody(name: name, member: member, roles: roles)
            (body.unit, body.clearances) = (terms.unit.map { .to($0) }, terms.clearances)
            try await admin.send(.post, PrincipalCommand.plural, body)
        }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a principal: replace its roles, move it to another unit, clear it for compartments.",
            discussion: """
                Clearing it for a compartment that it is cleared for already sets the end anew.

                Examples:
                  caveat admin principal change blue-anchor-desk --role reader --role publisher --role approver
                  caveat admin principal change watch --clear heron --until 2027-03-01T00:00:00Z --unclear gull
                """
        )

        @Argument(help: "Its login.") var name: String
        @Option(name: .customLong("role"), help: "What it may do from now on; give the option once for each role.")
        var roles: [Role] = []
        @OptionGroup var terms: Terms
        @Flag(help: "It belongs to no unit any more.") var noUnit = false
        @Option(
            name: .customLong("unclear"),
            help: ArgumentHelp("Take a clearance away; give the option once for each.", valueName: "compartment")
        )
        var uncleared: [String] = []
        @OptionGroup var admin: AdminOptions

        private var body: PrincipalBody {
            PrincipalBody(
                roles: roles.isEmpty ? nil : roles,
                unit: noUnit ? .gone : terms.unit.map { .to($0) },
                addClearances: terms.cleared.isEmpty ? nil : terms.clearances,
                removeClearances: uncleared.isEmpty ? nil : uncleared
            )
        }

        func validate() throws {
            if noUnit && terms.unit != nil { throw ValidationError("give --unit or --no-unit, not both") }
            if body == PrincipalBody() { throw ValidationError("nothing to change: give an option") }
        }

        func run() async throws { try await admin.send(.patch, PrincipalCommand.path(name), body) }
    }
}

struct PrincipalBody: Encodable, Equatable {
    struct Clearance: Encodable, Equatable {
        let compartment: String
        let until: String?
    }

    var name: String?
    var member: String?
    var roles: [Role]?
    var unit: Removable?
    var clearances: [Clearance]?
    var addClearances: [Clearance]?
    var removeClearances: [String]?
}
