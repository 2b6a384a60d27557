import ArgumentParser
import Exchange

/// Administers pools.
struct PoolCommand: AsyncParsableCommand, Administered {
    static let noun = "pool"
    static let columns: [(heading: String, key: String)] = [
        ("NAME", "name"), ("KIND", "kind"), ("READING", "reading"), ("WRITING", "writing"),
        ("CEILING", "ceiling"), ("SECOND", "second_person"), ("STATE", "state"), ("TITLE", "title"),
    ]
    static let configuration = CommandConfiguration(
        commandName: noun,
        abstract: "Administer the pools and who is enrolled in them.",
        discussion: """
            Examples:
              caveat admin pool add deepwater --title "Deep water due diligence" --reading enrolled --writing enrolled
              caveat admin pool enrol deepwater north-oil --reads --writes
            """,
        subcommands: [
            Add.self, ListCommand<Self>.self, ShowCommand<Self>.self, Change.self, SuspendCommand<Self>.self,
            ResumeCommand<Self>.self, Enrol.self, Remove.self,
        ]
    )

    /// What is said about a pool; what is left out stays as it is.
    struct Terms: ParsableArguments {
        @Option(help: "The pool's title as people read it.") var title: String?
        @Option(help: "What the pool is for.") var description: String?
        @Option(help: "What it is.") var kind: PoolKind?
        @Option(help: "Who reads it.") var reading: Audience?
        @Option(help: "Who writes to it.") var writing: Audience?
        @Flag(inversion: .prefixedNo, help: "Whether a second person must approve what is published.")
        var secondPerson: Bool?
        @Option(help: "The strictest TLP it takes.") var ceiling: TLP?
        @Option(help: "The TLP of objects that bear none.") var defaultMarking: TLP?
        @Option(
            help: ArgumentHelp("When it ends by itself, as a task force does (RFC 3339).", valueName: "time"),
            transform: readTime
        )
        var ends: Timestamp?
        @Option(help: ArgumentHelp("What makes it a task force: the member that leads it.", valueName: "member"))
        var lead: String?
        @Option(help: "What becomes, once a task force has ended, of what its owner chose nothing for.")
        var closing: Disposal?

        func validate() throws {
            if let lead { try checkName(lead) }
            if reading == .nobody { throw ValidationError("--reading nobody makes no pool; suspend the pool instead") }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a pool.",
            discussion: """
                Examples:
                  caveat admin pool add warnings --title Warnings --reading everyone --writing authorities
                  caveat admin pool add sdn --title SDN --kind official-list --reading everyone --writing enrolled
                  caveat admin pool add inbox --title Inbox --kind inbox --reading enrolled --writing everyone
                  caveat admin pool add heron --title Heron --lead harbour-customs --closing destroy \\
                    --ends 2027-03-01T00:00:00Z
                """
        )

        @Argument(help: "Its name: a-z, 0-9 and -, at most 64.") var name: String
        @OptionGroup var terms: Terms
        @OptionGroup var admin: AdminOptions

        func validate() throws {
            try checkName(name)
            if terms.title == nil { throw ValidationError("a new pool needs --title") }
            if terms.lead != nil {
                if terms.ends == nil { throw ValidationError("a task force needs --ends") }
            } else if terms.reading == nil || terms.writing == nil {
                throw ValidationError("a new pool needs --reading and --writing")
            }
        }

        func run() async throws {
            var body = PoolBody(name: name, terms)
            // What most pools are; said here and not left to chance.
            body.kind = body.kind ?? .sharing
            if body.lead != nil {
                body.reading = body.reading ?? .enrolled
                body.writing = body.writing ?? .enrolled
                body.closing = body.closing ?? .giveBack
            }
            body.secondPerson = body.secondPerson ?? false
            body.ceiling = body.ceiling ?? TLP.red.code
            body.defaultMarking = body.defaultMarking ?? min(.amber, terms.ceiling ?? .red).code
            try await admin.send(.post, PoolCommand.plural, body)
        }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a pool's terms.",
            discussion: """
                Examples:
                  caveat admin pool change warnings --second-person --ceiling green
                  caveat admin pool change heron --no-end
                """
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var terms: Terms
        @Flag(help: "It does not end by itself any more.") var noEnd = false
        @OptionGroup var admin: AdminOptions

        private var body: PoolBody {
            var body = PoolBody(name: nil, terms)
            if noEnd { body.ends = .gone }
            return body
        }

        func validate() throws {
            if noEnd && terms.ends != nil { throw ValidationError("give --ends or --no-end, not both") }
            if body == PoolBody() { throw ValidationError("nothing to change: give an option") }
        }

        func run() async throws { try await admin.send(.patch, PoolCommand.path(name), body) }
    }

    struct Enrol: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Enrol a member in a pool, or change what it may do there.",
            discussion: """
                Examples:
                  caveat admin pool enrol deepwater north-oil --reads --writes
                """
        )

        @Argument(help: "The pool's name.") var pool: String
        @Argument(help: "The member's name.") var member: String
        @Flag(help: "The member reads the pool.") var reads = false
        @Flag(help: "The member writes to the pool.") var writes = false
        @OptionGroup var admin: AdminOptions

        func validate() throws {
            if !reads && !writes { throw ValidationError("give --reads, --writes or both; to end it use pool remove") }
        }

        func run() async throws {
            let path = "\(PoolCommand.path(pool))/members/\(member.percentEncoded)"
            try await admin.send(.put, path, ["reads": reads, "writes": writes])
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a member from a pool.",
            discussion: """
                Examples:
                  caveat admin pool remove deepwater north-oil
                """
        )

        @Argument(help: "The pool's name.") var pool: String
        @Argument(help: "The member's name.") var member: String
        @OptionGroup var admin: AdminOptions

        func run() async throws {
            try await admin.send(.delete, "\(PoolCommand.path(pool))/members/\(member.percentEncoded)")
        }
    }
}

private struct PoolBody: Encodable, Equatable {
    var name: String?
    var title: String?
    var description: String?
    var kind: PoolKind?
    var reading: Audience?
    var writing: Audience?
    var secondPerson: Bool?
    var ceiling: String?
    var defaultMarking: String?
    var ends: Removable?
    var lead: String?
    var closing: Disposal?

    init() {}

    init(name: String?, _ terms: PoolCommand.Terms) {
        self.name = name
        title = terms.title
        description = terms.description
        kind = terms.kind
        reading = terms.reading
        writing = terms.writing
        secondPerson = terms.secondPerson
        ceiling = terms.ceiling?.code
        defaultMarking = terms.defaultMarking?.code
        ends = terms.ends.map { .to($0.text) }
        lead = terms.lead
        closing = terms.closing
    }
}
