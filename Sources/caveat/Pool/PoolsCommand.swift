import ArgumentParser
import Exchange

/// Lists the pools that the principal sees.
struct PoolsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pools",
        abstract: "List the pools that you may read or write.",
        discussion: """
            Examples:
              caveat pools
              caveat pools --json
            """
    )

    @Flag(help: "Print the collections as served, one a line.")
    var json = false

    @OptionGroup(title: "Connection")
    var connection: ConnectionOptions

    func run() async throws {
        let pools = try await APIRoot.discover(try connection.open()).pools()
        if json {
            for pool in pools { try Output.line(pool.compact()) }
            return
        }
        let columns: [(heading: String, key: String)] = [
            ("POOL", "alias"), ("READ", "can_read"), ("WRITE", "can_write"), ("ID", "id"), ("TITLE", "title"),
        ]
        try Output.line(Table.rows(pools, columns))
    }
}
