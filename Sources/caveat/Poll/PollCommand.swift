import ArgumentParser
import Exchange
import Foundation

/// Prints what came into a pool since the last time.
struct PollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "poll",
        abstract: "Print what is new in a pool since the last poll.",
        discussion: """
            The place in the pool is kept in a file, apart for each exchange, pool, credential, purpose and filter. It \
            moves on only after the objects were written; so nothing is missed, and after a crash a page may come \
            twice. A new token begins anew: give --cursor FILE to keep the place when tokens change.

            Examples:
              caveat poll commons
              caveat poll warnings --follow --interval 2s
              caveat poll commons --json --match-type identity,report >> objects.jsonl
              caveat poll warnings --purpose P08
              caveat poll commons --since 2026-01-01T00:00:00Z --limit 20
            """
    )

    @Argument(help: "The pool's name or id.")
    var pool: String

    @Flag(help: "Go on for ever, also when the exchange is away for a while.")
    var follow = false

    @Option(
        help: ArgumentHelp("How long to wait between polls: 500ms, 5s, 2m, 1h.", valueName: "duration"),
        transform: readInterval
    )
    var interval = Duration.seconds(5)

    @Flag(help: "Print the objects as served, one a line.")
    var json = false

    @Option(
        help: ArgumentHelp("Begin after this time of arrival (RFC 3339), not at the kept place.", valueName: "time"),
        transform: readTime
    )
    var since: Timestamp?

    @Option(help: ArgumentHelp("The file to keep the place in.", valueName: "file"), completion: .file())
    var cursor: String?

    @Option(help: ArgumentHelp("Only objects of this STIX type; several with commas, or again.", valueName: "type"))
    var matchType: [String] = []

    @Option(help: "What it is for, of the purposes of your credential; its first, unless you say.") var purpose:
        Purpose?

    @Option(help: ArgumentHelp("Stop after this many objects.", valueName: "count"), transform: readCount)
    var limit: Int?

    @Option(help: ArgumentHelp("The most objects to ask for at a time.", valueName: "count"), transform: readCount)
    var pageSize = 1000

    @Flag(help: "Forget the kept place and begin with the first object.")
    var reset = false

    @OptionGroup(title: "Connection")
    var connection: ConnectionOptions

    func validate() throws {
        if since != nil && reset { throw ValidationError("give --since or --reset, not both") }
    }

    func run() async throws {
        let connection = try connection.open(for: purpose)
        let types = Set(matchType.flatMap { $0.split(separator: ",").map(String.init) }).sorted().joined(separator: ",")
        let file =
            try cursor.map { CursorFile(path: $0) }
            ?? CursorFile.standard(for: [connection.fingerprint, pool, types], ProcessInfo.processInfo.environment)
        if reset { try file.remove() }
        let poller = Poller(
            connection: connection,
            pool: pool,
            types: types,
            pageSize: pageSize,
            interval: follow ? interval : nil,
            json: json,
            file: file
        )
        let after = try since?.text ?? file.load()
        let limit = limit
        let isDone = try await Interruption.watch { try await poller.run(after: after, limit: limit) }
        // Following ends by a signal; anything else that a signal ends was not finished.
        if !isDone && !follow { throw ExitCode.failure }
    }
}
