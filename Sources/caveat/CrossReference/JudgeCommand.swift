import ArgumentParser
import Exchange

/// Says that two subjects are one, or that they are two.
struct JudgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge",
        abstract: "Say that two subjects of advisories are one, or that they are two.",
        discussion: """
            Both must be of advisories that you may see. Whoever sees both is told so; by whom and why, your own \
            organisation alone. Links, clusters and networks go by it. What contradicts an earlier judgement is refused.

            Examples:
              caveat judge one identity--… identity--… --reason "one passport, seen at the counter"
              caveat judge two identity--… identity--… --reason "father and son"
              caveat judgements
            """
    )

    /// What is judged.
    enum Verdict: String, CaseIterable, ExpressibleByArgument {
        case one, two
    }

    @Argument(help: "Whether they are one or two.") var verdict: Verdict
    @Argument(help: "The STIX object of a subject; `caveat links` prints it.") var first: String
    @Argument(help: "That of the other.") var second: String
    @Option(help: "Why.") var reason: String
    @OptionGroup var use: PurposeOption

    @OptionGroup
    var exchange: ExchangeOptions

    private struct Body: Encodable {
        let verdict: String
        let objects: [String]
        let reason: String
    }

    func run() async throws {
        let body = Body(verdict: verdict.rawValue, objects: [first, second], reason: reason)
        let answer = try await exchange.post("judgements", body, for: use.purpose)
        try exchange.show(answer, orSay: "judged \(answer?["id"]?.string?.printable ?? "?")")
    }
}

/// Lists judgements, or takes one back.
struct JudgementsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judgements",
        abstract: "List what people judged of subjects that you may see, or take back what your member judged.",
        discussion: """
            Examples:
              caveat judgements
              caveat judgements --withdraw 5f0c7f3e-3c1e-4a6e-9d0b-0a4a8f2f1c11
            """
    )

    @Option(help: "The id of one that is to count no more.")
    var withdraw: String?

    @OptionGroup var use: PurposeOption

    @OptionGroup
    var exchange: ExchangeOptions

    func run() async throws {
        if let withdraw {
            let path = "judgements/\(withdraw.percentEncoded)/withdraw"
            _ = try await exchange.post(path, [String: String](), for: use.purpose)
            return try exchange.show(nil, orSay: "withdrawn")
        }
        let all = try await exchange.all("judgements", of: "judgements", by: "before", for: use.purpose)
        if exchange.json { return try all.forEach { try Output.line($0.compact()) } }
        if all.isEmpty { return try Output.line("nothing was judged") }
        for judgement in all {
            let objects = (judgement["objects"]?.elements ?? []).compactMap(\.string).joined(separator: " ")
            let conflict =
                judgement["conflict"]?.boolean == true ? " (contradicts an earlier one, and does not count)" : ""
            let words = ["id", "time", "verdict"].map { judgement[$0]?.string ?? "?" }.joined(separator: "  ")
            try Output.line("\(words)  \(objects)\(conflict)".printable)
            try Output.line("  \(judgement["reason"]?.string ?? "")".printable)
        }
    }
}
