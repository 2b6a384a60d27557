import ArgumentParser
import Exchange

/// What one's own ownership group and others owe each other for answers.
struct LinesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lines",
        abstract: "Show what your group and others owe each other for answers to requests.",
        discussion: """
            Who asks owes for each answer in time, a nil one too: 1 unit for a simple request, 3 for a moderate and 8 \
            for a deep one. What is refused, closed or not answered in time is owed for by nobody, and neither is \
            anything between a member and an authority. Beyond the limit nothing more is asked: answer requests of \
            those that you owe. At the end of each month debts in a circle are cancelled.

            Nobody is told whom a request to a pool was put to: what is asked of pools has a line of its own. Those of \
            a pool to whom you owe all that your line holds are passed over.

            Examples:
              caveat lines
              caveat lines --json
            """
    )

    @OptionGroup var exchange: ExchangeOptions

    func run() async throws {
        let answer = try await exchange.get("lines")
        if exchange.json { return try Output.line(answer.compact()) }
        let lines = answer["lines"]?.elements ?? []
        func number(_ value: JSON.Value?) -> String { "\(value?.integer ?? 0)" }
        if lines.isEmpty {
            Output.note("nobody owes your group anything for answers, nor your group anybody")
        } else {
            let rows = lines.map { line in
                let posted = line["posted"]?.integer ?? 0
                return [
                    line["other"]?.string ?? "", "\(max(posted, 0))", "\(max(-posted, 0))", number(line["asked"]),
                    number(line["asking"]),
                ]
            }
            try Output.line(Lines.table(["GROUP", "OWES YOU", "YOU OWE", "YOU ASK", "ASKS YOU"], rows))
        }
        let nets = answer["nets"]?.string?.prefix(10) ?? "?"
        Output.note(
            "a line holds \(number(answer["limit"])) units; you ask \(number(answer["asked_of_pools"])) of pools; "
                + "debts in a circle are cancelled on \(String(nets).printable)"
        )
    }
}
