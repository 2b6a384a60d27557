import ArgumentParser
import Exchange
import Foundation

/// Commits what one saw, before one reads or tells.
struct ObserveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "observe",
        abstract: "Commit what you saw by a digest, so that you can show later that you knew it without reading.",
        discussion: """
            The file is like that of a report; caveat report example prints one to begin from. The exchange gets a \
            digest of it and nothing else. Keep what is printed: it is needed to confirm, and there is no other copy.

            Examples:
              caveat observe seen.json > seen.observation
            """
    )

    @Argument(help: "The JSON file, or - for standard input.", completion: .file(extensions: ["json"]))
    var file: String
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let bytes = try InputFile.bytes(file)
        // Read as it will be when it is told: what nobody can tell later is not committed.
        _ = try ReportFile.content(bytes, at: file)
        let text = String(decoding: bytes, as: UTF8.self)
        let salt = (0..<Self.saltBytes).map { _ in UInt8.random(in: .min ... .max) }
        let digest = Observation.digest(of: text, salt: salt).hexadecimal
        var exchange = ExchangeOptions()
        exchange.connection = connection
        let answer = try await exchange.posted("observations", ["digest": digest])
        let id = answer["observation"]?.string ?? ""
        try Output.line(try ConfirmCommand.Kept(observation: id, salt: salt.hexadecimal, text: text).json())
    }

    private static let saltBytes = 32
}

/// Confirms an advisory by telling what was committed.
struct ConfirmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm",
        abstract: "Confirm a report that you were given by telling what you committed with observe.",
        discussion: """
            OS-COR says that it corroborates, because it is independent; OS-SIG that it is a sighting, and why where \
            you hold the full rendition. The originator sees which, and what you saw where a legal gateway lets it.

            Examples:
              caveat confirm report--0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11 seen.observation
            """
    )

    /// What `observe` printed.
    struct Kept: Codable {
        let observation, salt, text: String

        init(observation: String, salt: String, text: String) {
            (self.observation, self.salt, self.text) = (observation, salt, text)
        }

        init(_ file: String) throws(CommandFault) {
            guard let kept = try? JSONDecoder().decode(Self.self, from: Data(try InputFile.bytes(file))) else {
                throw .file(path: file, rule: "is not what caveat observe printed; give that file, unchanged")
            }
            self = kept
        }
    }

    private struct Body: Encodable {
        let report, observation, salt, text: String
    }

    @Argument(help: "The report's id, as poll prints it.", transform: readReport) var report: String
    @Argument(help: "The file that observe printed, or - for standard input.", completion: .file()) var file: String
    @OptionGroup var exchange: ExchangeOptions

    func run() async throws {
        let kept = try Kept(file)
        let body = Body(report: report, observation: kept.observation, salt: kept.salt, text: kept.text)
        let answer = try await exchange.posted("confirmations", body)
        let why = answer["note"]?.string.map { ": \($0.printable)" } ?? ""
        try exchange.show(answer, orSay: "\(answer["outcome"]?.string?.printable ?? "?")\(why)")
        if answer["content"] == nil {
            Output.note(
                "what you saw names somebody, and no legal gateway lets the originator have it: it was told the outcome alone"
            )
        }
    }
}
