import ArgumentParser
import Exchange

/// Lists the members that one may address.
struct MembersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "members",
        abstract: "List the authorities to report to and your own member; or who reads a pool that you publish to.",
        discussion: """
            IDENTITY is what an advisory's terms.addressees take, ID what its terms.affected.members take. Of your own
            member each login's identity is shown: who sends you what is TLP:RED needs it.

            Examples:
              caveat members
              caveat members --pool warnings
            """
    )

    @Option(help: ArgumentHelp("A pool that you publish to: its name or id.", valueName: "name")) var pool: String?
    @OptionGroup var exchange: ExchangeOptions

    func run() async throws {
        let query = pool.map { "?pool=\($0.percentEncoded)" } ?? ""
        let members = try await exchange.get("members\(query)")["members"]?.elements ?? []
        if exchange.json {
            for member in members { try Output.line(member.compact()) }
            return
        }
        if members.isEmpty { return Output.note("nobody reads it") }
        let columns: [(heading: String, key: String)] = [
            ("MEMBER", "name"), ("KIND", "kind"), ("COUNTRY", "jurisdiction"), ("IDENTITY", "identity"), ("ID", "id"),
        ]
        try Output.line(Table.rows(members, columns))
        for own in members.compactMap({ $0["principals"]?.elements }) {
            let columns: [(heading: String, key: String)] = [("YOUR LOGIN", "login"), ("IDENTITY", "identity")]
            try Output.line("\n\(Table.rows(own, columns))")
        }
    }
}
