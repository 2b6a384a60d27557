import ArgumentParser
import Exchange

/// Says that a hit is somebody else.
struct ClearCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear",
        abstract: "Say that somebody whom you screened is not the one who is known.",
        discussion: """
            Name them exactly as when you screened. The pair is no match any more, for anybody of your organisation, \
            until something changes of what you say of them or of what is known of the other.

            Examples:
              caveat clear "Ivan Petrov" --born 1961-04-12 --hit identity--… --reason "another place of birth"
              caveat cleared
            """
    )

    @OptionGroup(title: "Who or what")
    var subject: SubjectArguments

    @Option(help: "The object of the hit; `caveat screen --json` prints it.")
    var hit: String

    @Option(help: "Why they are two.")
    var reason: String

    @OptionGroup
    var exchange: ExchangeOptions

    func validate() throws {
        guard subject.isGiven else { throw ValidationError("name whom you screened, as you did then") }
    }

    private struct Body: Encodable {
        let query: ScreeningQuery
        let object, reason: String
    }

    func run() async throws {
        let answer = try await exchange.post("cleared-pairs", Body(query: subject.query, object: hit, reason: reason))
        try exchange.show(answer, orSay: "cleared \(answer?["id"]?.string?.printable ?? "?")")
    }
}

/// Lists cleared pairs, or takes one back.
struct ClearedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cleared",
        abstract: "List the pairs that your organisation cleared, or take one back.",
        discussion: """
            Examples:
              caveat cleared
              caveat cleared --reopen 5f0c7f3e-3c1e-4a6e-9d0b-0a4a8f2f1c11
            """
    )

    @Option(help: "The id of one that is to be told of again.")
    var reopen: String?

    @OptionGroup
    var exchange: ExchangeOptions

    func run() async throws {
        if let reopen {
            try await exchange.delete("cleared-pairs/\(reopen.percentEncoded)")
            return try exchange.show(nil, orSay: "reopened")
        }
        let all = try await exchange.all("cleared-pairs", of: "cleared_pairs", by: "before")
        if exchange.json { return try all.forEach { try Output.line($0.compact()) } }
        if all.isEmpty { return try Output.line("nobody was cleared") }
        let columns = [("ID", "id"), ("TIME", "time"), ("BY", "by"), ("OBJECT", "object"), ("REASON", "reason")]
        try Output.line(Table.rows(all, columns))
    }
}
