import ArgumentParser
import Exchange

/// What recalls ask of one's own member.
struct RecallsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recalls",
        abstract: "Show which recalls your member has yet to acknowledge, and acknowledge them.",
        discussion: """
            Examples:
              caveat recalls
              caveat recalls acknowledge report--0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
            """,
        subcommands: [List.self, Acknowledge.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List them, with the decisions that relied on what was recalled (the default).",
            discussion: """
                Examples:
                  caveat recalls
                  caveat recalls list --json
                """
        )

        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let recalls = try await exchange.all("recalls", from: "after")
            if exchange.json {
                for recall in recalls { try Output.line(recall.compact()) }
                return
            }
            if recalls.isEmpty { return Output.note("nothing that your member was given has been recalled") }
            try Output.line(RecallsCommand.text(recalls))
        }
    }

    struct Acknowledge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Acknowledge a recall: what was recalled is gone from your systems and decisions.",
            discussion: """
                Examples:
                  caveat recalls acknowledge report--0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
                  caveat recalls acknowledge report--0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11 --note "Shipment released."
                """
        )

        @Argument(help: "The id that recalls prints.", transform: readObject) var report: String
        @Option(help: ArgumentHelp("What was done.", valueName: "text")) var note: String?
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws {
            if let note { try checkSaid(note, "--note", "what was done; or leave it out") }
        }

        func run() async throws {
            let body = ["note": note].compactMapValues(\.self)
            let answer = try await exchange.post("recalls/\(report.percentEncoded)/acknowledge", body)
            try exchange.show(answer, orSay: "acknowledged \(report)")
        }
    }

    /// A recall a block, what is overdue first and what is acknowledged last; ends without a line break.
    static func text(_ recalls: [JSON.Value]) -> String {
        let ranked = recalls.map { (rank: rank($0), recall: $0) }
        return (0...2).flatMap { rank in ranked.filter { $0.rank == rank }.map { block($0.recall, rank) } }
            .joined(separator: "\n\n")
    }

    private static func rank(_ recall: JSON.Value) -> Int {
        if recall["acknowledged"]?.string != nil { return 2 }
        return recall["overdue"]?.boolean == true ? 0 : 1
    }

    private static func block(_ recall: JSON.Value, _ rank: Int) -> String {
        func field(_ key: String) -> String { recall[key]?.string?.printable ?? "-" }
        let state = ["OVERDUE", "owed", "acknowledged"][rank]
        var lines = [
            "\(state.padded(to: 14))  \(field("report"))",
            "  reference     \(field("reference"))",
            "  reason        \(field("reason"))",
            "  recalled      \(field("recalled"))",
            rank == 2 ? "  acknowledged  \(field("acknowledged"))" : "  due           \(field("due"))",
        ]
        for decision in recall["decisions"]?.elements ?? [] {
            lines.append("  relied on     \((decision.string ?? "").printable)")
        }
        return lines.joined(separator: "\n")
    }
}

/// Records that a decision relied on a report.
struct RelyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rely",
        abstract: "Record that a decision of yours relied on a report: should it be recalled, you are told which.",
        discussion: """
            Examples:
              caveat rely report--0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11 --decision "Shipment 4711 held"
            """
    )

    @Argument(help: "The report's id, as poll prints it.", transform: readReport) var report: String
    @Option(help: ArgumentHelp("What was decided, as your own records name it.", valueName: "text"))
    var decision: String
    @OptionGroup var exchange: ExchangeOptions

    func validate() throws { try checkSaid(decision, "--decision", "what was decided") }

    func run() async throws {
        let answer = try await exchange.post("reliances", ["report": report, "decision": decision])
        try exchange.show(answer, orSay: Self.text(answer, report))
    }

    /// What is said of an answer; ends without a line break.
    static func text(_ answer: JSON.Value?, _ report: String) -> String {
        guard let time = answer?["recalled"]?.string?.printable else {
            return "recorded: a recall of \(report) will name this decision"
        }
        let reason = answer?["reason"]?.string.map { " (\($0.printable))" } ?? ""
        return "recorded, but \(report) was recalled at \(time)\(reason): look at this decision again"
    }
}
