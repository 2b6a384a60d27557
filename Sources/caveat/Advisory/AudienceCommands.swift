import ArgumentParser
import Exchange

/// Shows who was given an advisory, and who owes an acknowledgement of its recall.
struct WhoSawCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "who-saw",
        abstract: "Show who was given an advisory, and who has yet to acknowledge its recall.",
        discussion: """
            Examples:
              caveat who-saw CVT-2026-00417
              caveat who-saw CVT-2026-00417 --json
            """
    )

    @OptionGroup var advisory: AdvisoryTarget
    @OptionGroup var exchange: ExchangeOptions

    func run() async throws {
        var pages = [try await exchange.get("\(advisory.path)/receipts")]
        while let next = pages.last?["next"]?.string {
            pages.append(try await exchange.get("\(advisory.path)/receipts?after=\(next.percentEncoded)"))
        }
        guard exchange.json else { return try Output.line(Self.text(pages)) }
        for page in pages { try Output.line(page.compact()) }
    }

    /// What is overdue first, under a heading of its own; ends without a line break.
    static func text(_ pages: [JSON.Value]) -> String {
        let owed = pages.flatMap { $0["owed"]?.elements ?? [] }
        let groups: [(heading: String, members: [JSON.Value])] = [
            ("OVERDUE: have not acknowledged the recall in time", owed.filter { isOpen($0) && isOverdue($0) }),
            ("Owe an acknowledgement of the recall", owed.filter { isOpen($0) && !isOverdue($0) }),
            ("Have acknowledged the recall", owed.filter { !isOpen($0) }),
        ]
        var blocks = groups.filter { !$0.members.isEmpty }.map { group in
            let columns: [(heading: String, key: String)] = [
                ("MEMBER", "member"), ("DUE", "due"), ("ACKNOWLEDGED", "acknowledged"), ("NOTE", "note"),
            ]
            return "\(group.heading) (\(group.members.count))\n\(Table.rows(group.members, columns))"
        }
        if let elsewhere = pages.first?["elsewhere"], let holders = elsewhere["holders"]?.integer,
            let acknowledged = elsewhere["acknowledged"]?.integer, let awaited = elsewhere["awaited"]?.integer
        {
            let open = awaited == 0 ? "" : "; not answered yet: \(awaited)"
            blocks.append("At other exchanges: \(acknowledged) of \(holders) have acknowledged the recall\(open)")
        }
        let receipts = pages.flatMap { $0["receipts"]?.elements ?? [] }
        let columns: [(heading: String, key: String)] = [
            ("MEMBER", "member"), ("PRINCIPAL", "principal"), ("TIME", "time"), ("CHANNEL", "channel"),
            ("PURPOSE", "purpose"), ("RENDITIONS", "renditions"), ("VERSIONS", "versions"),
        ]
        if receipts.isEmpty {
            blocks.append("Nobody was given it.")
        } else {
            blocks += [sums(receipts), "Receipts, one a page\n\(Table.rows(receipts, columns))"]
        }
        return blocks.joined(separator: "\n\n")
    }

    /// How many members were given it, and each rendition, and in how many receipts.
    private static func sums(_ receipts: [JSON.Value]) -> String {
        func memberCount(_ receipts: [JSON.Value]) -> Int { Set(receipts.compactMap { $0["member"]?.string }).count }
        func counted(_ count: Int, _ word: String) -> String { count == 1 ? "1 \(word)" : "\(count) \(word)s" }
        let rows = Rendition.allCases.compactMap { rendition -> [String]? in
            let held = receipts.filter { receipt in
                receipt["renditions"]?.elements.contains { $0.string == rendition.rawValue } ?? false
            }
            return held.isEmpty ? nil : [rendition.rawValue, String(memberCount(held)), String(held.count)]
        }
        let all = "\(counted(memberCount(receipts), "member")), in \(counted(receipts.count, "receipt"))"
        return "Was given to \(all)\n\(Lines.table(["RENDITION", "MEMBERS", "RECEIPTS"], rows))"
    }

    private static func isOpen(_ owed: JSON.Value) -> Bool { owed["acknowledged"]?.string == nil }

    private static func isOverdue(_ owed: JSON.Value) -> Bool { owed["overdue"]?.boolean == true }
}

/// Shows what the policy gives one reader, and why; or what the caller may have itself.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show which renditions of an advisory you, or with --as a member, may have.",
        discussion: """
            Without --as, of what your member was given: which rendition is yours to read now, and what goes with it:
            acknowledge (it was recalled), may-ask-consent (there is more: caveat consents ask), disputed.

            With --as, for the originator's auditors, of what was published: the version that is out, and an amendment
            that waits for the end of its embargo, with the row of docs/ACCESS.md that decided. Readers are never told
            why. As the member of another exchange: whether it was given there, and what kept it, the policy or what
            was agreed on; without a purpose.

            Examples:
              caveat explain report--0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
              caveat explain CVT-2026-00417 --as north-oil
              caveat explain CVT-2026-00417 --as first-harbour-bank --purpose P08 --principal bank-desk
            """
    )

    @OptionGroup var advisory: AdvisoryTarget
    @Option(name: .customLong("as"), help: ArgumentHelp("The member who would read it.", valueName: "member"))
    var member: String?
    @Option(help: "What it would be wanted for.") var purpose: Purpose?
    @Option(help: ArgumentHelp("Which of the member's principals.", valueName: "login")) var principal: String?
    @OptionGroup var exchange: ExchangeOptions

    func validate() throws {
        if let member { try checkName(member) }
        if let principal { try checkName(principal) }
        if member == nil, principal != nil {
            throw ValidationError("--principal goes with --as, the member whose it is")
        }
    }

    func run() async throws {
        guard let member else { return try await showOwn() }
        let query = [("member", member), ("purpose", purpose?.rawValue), ("principal", principal)]
            .compactMap { name, value in value.map { "\(name)=\($0.percentEncoded)" } }.joined(separator: "&")
        let answer = try await exchange.get("\(advisory.path)/explain?\(query)")
        let decisions = answer["decisions"]?.elements ?? []
        if exchange.json {
            for decision in decisions { try Output.line(decision.compact()) }
            return
        }
        let isPeer = decisions.contains { $0["given"] != nil }
        let columns: [(heading: String, key: String)] =
            [("VERSION", "version"), ("RENDITION", "rendition"), ("DECISION", "decision"), ("ROW", "row")]
            + (isPeer ? [("GIVEN", "given")] : []) + [("OBLIGATIONS", "obligations"), ("REASON", "reason")]
        try Output.line(Table.rows(decisions, columns))
    }

    private func showOwn() async throws {
        let answer = try await exchange.get("\(advisory.path)/explain", for: purpose)
        let decisions = answer["decisions"]?.elements ?? []
        if exchange.json {
            for decision in decisions { try Output.line(decision.compact()) }
            return
        }
        try Output.line(Table.rows(decisions, [("RENDITION", "rendition"), ("OBLIGATIONS", "obligations")]))
    }
}
