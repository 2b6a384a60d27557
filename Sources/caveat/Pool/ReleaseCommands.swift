import ArgumentParser
import Exchange
import Foundation

/// Shows how far the exchange is with what was published.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how far the exchange is with what you published.",
        discussion: """
            Examples:
              caveat status 2d086da7-4bdc-4f91-900e-d77486753710
            """
    )

    @Argument(help: "The id that publish printed, with --json or where something waits.")
    var id: String

    @Flag(help: "Print the status resource as served.")
    var json = false

    @OptionGroup(title: "Connection")
    var connection: ConnectionOptions

    func run() async throws {
        let status = try await APIRoot.discover(try connection.open()).status(id)
        if json { try Output.line(status.bytes) } else { try status.show() }
    }
}

/// Lists what waits for a second person.
struct PendingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pending",
        abstract: "List what waits for a second person's approval.",
        discussion: """
            Examples:
              caveat pending
              caveat pending --json
            """
    )

    @Flag(help: "Print what waits as served, one a line.")
    var json = false

    @OptionGroup(title: "Connection")
    var connection: ConnectionOptions

    func run() async throws {
        let connection = try connection.open()
        var place: String? = "/v1/pending"
        while let page = place {
            let answer = try await connection.resource(page, mediaType: "application/json")
            for waiting in answer["pending"]?.elements ?? [] { try show(waiting) }
            place = answer["next"]?.string.map { "/v1/pending?after=\($0.percentEncoded)" }
        }
    }

    private func show(_ waiting: JSON.Value) throws(CommandFault) {
        if json { return try Output.line(waiting.compact()) }
        func text(_ key: String) -> String { waiting[key]?.string?.printable ?? "-" }
        try Output.line("\(text("id"))  \(text("submitted"))  \(text("author")) for \(text("pool"))")
        for object in waiting["objects"]?.elements ?? [] {
            let version = object["version"]?.string ?? ""
            try Output.line("  \(object["id"]?.string ?? "?") \(version)".printable)
        }
    }
}

/// Releases what waits.
struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Release what a colleague published to a pool that needs a second person.",
        discussion: """
            Examples:
              caveat approve 2d086da7-4bdc-4f91-900e-d77486753710
            """
    )

    @Argument(help: "The id that pending printed.")
    var id: String

    @Flag(help: "Print the status resource as served.")
    var json = false

    @OptionGroup(title: "Connection")
    var connection: ConnectionOptions

    func run() async throws {
        try await Decision(decision: "approve", reason: nil).send(for: id, try connection.open(), json: json)
    }
}

/// Refuses what waits.
struct RefuseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refuse",
        abstract: "Refuse what a colleague published to a pool that needs a second person.",
        discussion: """
            Examples:
              caveat refuse 2d086da7-4bdc-4f91-900e-d77486753710 --reason "the birth date is not the one on file"
            """
    )

    @Argument(help: "The id that pending printed.")
    var id: String

    @Option(help: "Why; the author reads it.")
    var reason: String

    @Flag(help: "Print the status resource as served.")
    var json = false

    @OptionGroup(title: "Connection")
    var connection: ConnectionOptions

    func validate() throws {
        if reason.allSatisfy(\.isWhitespace) { throw ValidationError("--reason must say why") }
    }

    func run() async throws {
        try await Decision(decision: "refuse", reason: reason).send(for: id, try connection.open(), json: json)
    }
}

/// What a second person says.
private struct Decision: Encodable {
    let decision: String
    let reason: String?

    func send(for id: String, _ connection: Connection, json: Bool) async throws {
        let path = "/v1/pending/\(id.percentEncoded)"
        let body = Array(try JSONEncoder().encode(self))
        let response = try await connection.send(.post, path, body: body, mediaType: "application/json")
        let status = try PublishStatus(try Connection.read(response, from: path), path: path)
        if json { try Output.line(status.bytes) } else { try status.show() }
    }
}
