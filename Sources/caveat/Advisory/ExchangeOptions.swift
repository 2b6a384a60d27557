import ArgumentParser
import Exchange
import Foundation

/// The way to the exchange's REST interface, and how its answers are printed.
struct ExchangeOptions: ParsableArguments {
    @Flag(help: "Print the answer as served; what is listed, one a line.")
    var json = false

    @OptionGroup(title: "Connection")
    var connection: ConnectionOptions

    /// Reads a resource below `/v1/`.
    func get(_ path: String, for purpose: Purpose? = nil) async throws -> JSON.Value {
        try await connection.open(for: purpose).resource("/v1/\(path)", mediaType: Self.mediaType)
    }

    /// Posts to a resource below `/v1/`; the answer is nil where there is none.
    func post(
        _ path: String,
        _ body: some Encodable & Sendable,
        for purpose: Purpose? = nil
    ) async throws -> JSON.Value? {
        let place = "/v1/\(path)"
        let response = try await connection.open(for: purpose).send(
            .post,
            place,
            body: try body.json(),
            mediaType: Self.mediaType
        )
        return response.body.isEmpty ? nil : try Connection.read(response, from: place)
    }

    /// Deletes a resource below `/v1/`.
    func delete(_ path: String) async throws {
        _ = try await connection.open().send(.delete, "/v1/\(path)", mediaType: Self.mediaType)
    }

    /// Posts to a resource that answers with an advisory.
    func advisory(_ path: String, _ body: some Encodable & Sendable) async throws -> JSON.Value {
        guard let advisory = try await post(path, body) else {
            throw CommandFault.answer(to: "/v1/\(path)", rule: "is empty and should be an advisory")
        }
        return advisory
    }

    /// Does something to an advisory, and prints what became of it.
    func act(
        _ action: String,
        on target: AdvisoryTarget,
        _ body: some Encodable & Sendable = [String: String]()
    ) async throws {
        try show(try await advisory("\(target.path)/\(action)", body))
    }

    /// Prints what became of an advisory, and says what comes next.
    func show(_ advisory: JSON.Value) throws(CommandFault) {
        if json { return try Output.line(advisory.compact()) }
        let summary = AdvisorySummary(advisory)
        try Output.line(summary.text)
        if let next = summary.next { Output.note(next) }
    }

    /// Prints what a request answered that people need no more than a word about.
    func show(_ answer: JSON.Value?, orSay text: String) throws(CommandFault) {
        if !json { return try Output.line(text) }
        if let answer { try Output.line(answer.compact()) }
    }

    private static let mediaType = "application/json"
}

/// What it is for that a command asks.
struct PurposeOption: ParsableArguments {
    @Option(help: "What it is for, of the purposes of your credential; its first, unless you say.")
    var purpose: Purpose?
}

/// The advisory that a command is about.
struct AdvisoryTarget: ParsableArguments {
    @Argument(help: "The advisory's id, its reference such as CVT-2026-00417, or the STIX id of a report of it.")
    var id: String

    func validate() throws { try checkAdvisory(id) }

    /// Where it is below `/v1/`.
    var path: String { "advisories/\(id.percentEncoded)" }
}

/// Refuses what names no advisory.
func checkAdvisory(_ text: String) throws {
    let isReport = (try? STIXID(parsing: text))?.type == "report"  // Any other text is none.
    guard isReport || AdvisoryReference(text) != nil || ID<Advisory>(parsing: text) != nil else {
        throw ValidationError(
            "\(text.printable) is no advisory: give an id, a reference such as CVT-2026-00417, as "
                + "caveat advisory list prints them, or the STIX id of a report that you were given"
        )
    }
}
