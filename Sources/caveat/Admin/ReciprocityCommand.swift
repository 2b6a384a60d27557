import ArgumentParser
import Exchange

/// Shows how members give and take.
struct ReciprocityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reciprocity",
        abstract: "Show how members give and take: tiers, inequality and what they owe each other.",
        discussion: """
            As of the last closes of epochs, for the exchange and for each ledger that told of anybody. It names no \
            member, and of fewer than five groups, or pairs of groups, it tells nothing: that is written as "few". \
            Authorities are not counted.

            Examples:
              caveat admin reciprocity
              caveat admin reciprocity --json
            """
    )

    @OptionGroup var admin: AdminOptions

    func run() async throws {
        guard let answer = try await admin.connection.send(.get, "reciprocity") else { return }
        if admin.json { return try Output.line(answer.compact()) }
        var blocks = [Self.block("the exchange, by each group's best tier", answer["exchange"], hasLines: true)]
        for ledger in answer["ledgers"]?.elements ?? [] {
            let name = ledger["pool"]?.string?.printable ?? "?"
            let closed = ledger["closed"]?.string?.prefix(10).description.printable ?? "?"
            let title = "\(name), after \(ledger["closes"]?.integer ?? 0) epochs, the last of which closed on \(closed)"
            blocks.append(Self.block(title, ledger, hasLines: false))
        }
        try Output.line(blocks.joined(separator: "\n\n"))
    }

    private static func block(_ title: String, _ told: JSON.Value?, hasLines: Bool) -> String {
        let tiers = Tier.allCases.map { "\($0.code) \(number(told?["tiers"]?[$0.code]))" }.joined(separator: ", ")
        let quarters = told?["standing_quarters"]?.elements.compactMap { $0.integer.map { "\($0 / 1_000)" } }
        var lines = [
            ("groups", number(told?["groups"])), ("tiers", tiers), ("share of T0", share(told?["restricted_share"])),
            ("Gini", share(told?["gini"])),
            ("standing, by quarters", quarters.map { $0.joined(separator: " | ") + " credits" } ?? "few"),
        ]
        if hasLines {
            lines.append(("owed for answers", number(told?["owed"])))
            lines.append(("by one group to another", "at most \(number(told?["owed_most"]))"))
        }
        return "\(title)\n" + Lines.text(lines.map { ("  " + $0.0, $0.1) })
    }

    private static func number(_ value: JSON.Value?) -> String { value?.integer.map { "\($0)" } ?? "few" }

    private static func share(_ value: JSON.Value?) -> String {
        value?.integer.map { ScreeningHitText.share(Double($0) / 1_000) } ?? "few"
    }
}
