import ArgumentParser
import Exchange

/// What a member does in a task force that it leads or contributes to.
struct TaskForceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task-force",
        abstract: "Lead a task force, and choose what becomes of what you brought to it.",
        discussion: """
            A task force is a pool with a lead and an end; operators make one with admin pool add --lead.

            Examples:
              caveat task-force show heron
              caveat task-force release heron north-oil --history
              caveat task-force choose heron destroy
              caveat task-force contributions
            """,
        subcommands: [Show.self, Release.self, Choose.self, Contributions.self, Received.self]
    )

    /// The task force that a command is about.
    struct Target: ParsableArguments {
        @Argument(help: "The task force: its pool's name.") var pool: String

        func validate() throws { try checkName(pool) }

        /// Where it is below `/v1/`.
        var path: String { "task-forces/\(pool.percentEncoded)" }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a task force: its lead, its end, what you chose; and to its lead, who takes part.",
            discussion: """
                Examples:
                  caveat task-force show heron
                """
        )

        @OptionGroup var target: Target
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let answer = try await exchange.get(target.path)
            try Output.line(exchange.json ? answer.compact() : Array(Outline.text(answer).utf8))
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "As the lead, let a member that joined late see what was released before.",
            discussion: """
                Examples:
                  caveat task-force release heron north-oil --history
                  caveat task-force release heron north-oil --advisory CVT-2026-00417
                """
        )

        @OptionGroup var target: Target
        @Argument(help: "The member that joined late.") var member: String
        @Flag(help: "All that was released before it joined.") var history = false
        @Option(help: ArgumentHelp("One advisory: its id or reference.", valueName: "id")) var advisory: String?
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws {
            try checkName(member)
            if history == (advisory != nil) { throw ValidationError("give either --history or --advisory") }
        }

        func run() async throws {
            let body = Body(member: member, history: history ? true : nil, advisory: advisory)
            let answer = try await exchange.post("\(target.path)/release", body)
            try exchange.show(answer, orSay: "released to \(member)")
        }

        private struct Body: Encodable {
            let member: String
            let history: Bool?
            let advisory: String?
        }
    }

    struct Choose: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Choose what becomes of what your member brought, once the task force has ended.",
            discussion: """
                return takes it out of the exchange and gives it back, keep leaves it there for you alone, destroy \
                erases it. What is chosen for one contribution counts before what is chosen for all.

                Examples:
                  caveat task-force choose heron return
                  caveat task-force choose heron destroy --of CVT-2026-00417
                  caveat task-force choose heron keep --of indicator--0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
                """
        )

        @OptionGroup var target: Target
        @Argument(help: "What becomes of it.") var disposal: Disposal
        @Option(
            name: .customLong("of"),
            help: ArgumentHelp("One contribution: an advisory's id or reference, or a STIX id.", valueName: "id")
        )
        var contribution: String?
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let body = ["disposal": disposal.rawValue, "contribution": contribution].compactMapValues(\.self)
            let answer = try await exchange.post("\(target.path)/choose", body)
            try exchange.show(answer, orSay: "chosen: \(disposal.rawValue)")
        }
    }

    struct Contributions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the objects that were returned to you or kept for you by closed task forces, one a line.",
            discussion: """
                Examples:
                  caveat task-force contributions > returned.jsonl
                """
        )

        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let contributions = try await exchange.all("contributions", from: "after")
            if contributions.isEmpty { Output.note("nothing was returned to you or is kept for you") }
            for one in contributions {
                if let object = exchange.json ? one : one["object"] { try Output.line(object.compact()) }
            }
        }
    }

    struct Received: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that you have an object that was returned: the exchange forgets it.",
            discussion: """
                Examples:
                  caveat task-force received indicator--0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
                """
        )

        @Argument(help: "The object's id.") var object: String
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let body: [String: String] = [:]
            let answer = try await exchange.post("contributions/\(object.percentEncoded)/received", body)
            try exchange.show(answer, orSay: "forgotten: \(object.printable)")
        }
    }
}
