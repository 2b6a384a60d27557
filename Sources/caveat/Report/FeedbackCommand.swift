import ArgumentParser
import Exchange

/// Says what came of an advisory, or reads what others said.
struct FeedbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feedback",
        abstract: "Tell an originator what came of a report that you were given; or list what was said of an advisory.",
        discussion: """
            The originator sees it, and nobody else; OM-RPT is seen by financial intelligence units alone. OA- is for
            customs, police, financial intelligence units and regulators.

            Examples:
              caveat feedback report--0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11 OM-FPM --note "Another birth date."
              caveat feedback --of CVT-2026-00417
            """
    )

    @Argument(help: "The report's id, as poll prints it.", transform: readReport) var report: String?
    @Argument(help: ArgumentHelp("What came of it.", valueName: "code")) var code: FeedbackOutcome?
    @OptionGroup var seizure: SeizureOptions
    @Option(help: ArgumentHelp("More on it.", valueName: "text")) var note: String?
    @Option(
        name: .customLong("of"),
        help: ArgumentHelp("List what was said of this advisory: its id or reference.", valueName: "advisory")
    )
    var advisory: String?
    @OptionGroup var exchange: ExchangeOptions

    func validate() throws {
        if let note { try checkSaid(note, "--note", "more on it; or leave it out") }
        guard let advisory else {
            guard report != nil, code != nil else {
                throw ValidationError(
                    "give a REPORT and a CODE to say something, or --of ADVISORY to list what was said"
                )
            }
            return
        }
        guard report == nil, note == nil, try seizure.seized == nil else {
            throw ValidationError("--of lists what was said: give it alone, or a REPORT and a CODE without it")
        }
        try checkAdvisory(advisory)
    }

    func run() async throws {
        if let advisory { return try await list(advisory) }
        guard let code, let report else { return }
        let answer = try await exchange.post(
            "feedback",
            SaidOutcome(code.outcome, try seizure.seized, note, of: report)
        )
        try exchange.show(answer, orSay: "said \(code.outcome.rawValue) of \(report)")
    }

    private func list(_ advisory: String) async throws {
        let said = try await exchange.all(
            "feedback",
            at: "feedback?advisory=\(advisory.percentEncoded)",
            from: "after"
        )
        if exchange.json {
            for one in said { try Output.line(one.compact()) }
            return
        }
        if said.isEmpty { return Output.note("nobody said anything of it that you may see") }
        let columns: [(heading: String, key: String)] = [
            ("MEMBER", "member"), ("OUTCOME", "outcome"), ("TIME", "time"), ("NOTE", "note"),
        ]
        try Output.line(Table.rows(said, columns))
        for one in said {
            guard let content = one["content"] else { continue }
            let heading = ["member", "outcome", "time"].map { one[$0]?.string?.printable ?? "?" }
            try Output.line("\n\(heading.joined(separator: "  ")) saw:\n\(Outline.text(content))")
        }
    }
}
