import ArgumentParser
import Exchange
import Foundation

/// Watch lists: to be told when somebody of one's own is known.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Name counterparties that you want to be told of the moment somebody like them is known.",
        discussion: """
            A list is sealed with a key of your organisation's own; nobody else is shown anything of it. Who reads for \
            you is told through its destinations (caveat subscribe), once for each row, object and state of the facts, \
            and reads why with `caveat watch hits`. What you cleared (caveat clear) is not told again.

            Examples:
              caveat watch add customers customers.csv
              caveat watch add customers customers.csv --replace --wait
              caveat watch list
              caveat watch hits customers
              caveat watch remove customers --row C-1017
            """,
        subcommands: [Add.self, List.self, Hits.self, Remove.self],
        defaultSubcommand: List.self
    )

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take the rows of a file into a list; the same again changes nothing and tells nobody again.",
            discussion: """
                A file is CSV, whose first line names the columns, or entities of FollowTheMoney, one JSON object a \
                line, as for caveat screen --file. A column named id, key, reference, number or customer id tells rows \
                apart, and names them in what you are told: it should be no name. A row that does not fit is named and \
                costs no other.

                Examples:
                  caveat watch add customers customers.csv
                  caveat watch add vessels fleet.csv --schema Vessel
                  caveat watch add customers customers.ftm.jsonl --replace --wait
                """
        )

        @Argument(help: "The list: a name of your own, of a-z, 0-9 and -.") var name: String
        @Argument(help: ArgumentHelp("CSV or FollowTheMoney.", valueName: "file"), completion: .file()) var file: String
        @Option(help: "What they are, where nothing else is said: Person, Company, Vessel, LegalEntity and so on.")
        var schema = "LegalEntity"
        @Flag(help: "Take away the rows that the file has not.") var replace = false
        @Flag(help: "Wait until all rows were compared with whoever is known.") var wait = false
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws { try checkName(name) }

        func run() async throws {
            let rows = try ScreeningFile(try InputFile.bytes(file), schema: ScreeningFile.schema(schema), path: file)
            for note in rows.notes { Output.note(note) }
            if rows.rows.allSatisfy({ !$0.isNamed }) {
                let rule = "has no ids: a column named id, key, reference, number or customer id tells rows apart"
                throw CommandFault.file(path: file, rule: rule)
            }
            try await WatchUpload(rows, path: file, to: name, exchange).send(replacing: replace)
            if wait { try await compared() }
        }

        /// Waits until all rows were compared.
        private func compared() async throws {
            while true {
                let list = try await exchange.get("watch-lists/\(name)")
                let (rows, matched) = (list["rows"]?.integer ?? 0, list["matched"]?.integer ?? 0)
                guard matched < rows else { break }
                Output.progress("\(matched) of \(rows) compared")
                try await Task.sleep(for: .milliseconds(500))
            }
            Output.progress("")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show your organisation's lists, and how far each was compared (the default).",
            discussion: """
                Examples:
                  caveat watch list
                  caveat watch list --json
                """
        )

        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let lists = try await exchange.get("watch-lists")["watch_lists"]?.elements ?? []
            if exchange.json { return try lists.forEach { try Output.line($0.compact()) } }
            if lists.isEmpty { return Output.note("you have no watch list: caveat watch add NAME FILE makes one") }
            let columns = [("NAME", "name"), ("ROWS", "rows"), ("COMPARED", "matched"), ("CHANGED", "changed")]
            try Output.line(Table.rows(lists, columns))
        }
    }

    struct Hits: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show who is like a row of a list, the newest first, and why.",
            discussion: """
                A hit is a receipt: what it is of is told to you when it is recalled, and is shown as recalled here.

                Examples:
                  caveat watch hits customers
                  caveat watch hits customers --json
                """
        )

        @Argument(help: "The list.") var name: String
        @OptionGroup var use: PurposeOption
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws { try checkName(name) }

        func run() async throws {
            let path = "watch-lists/\(name)/hits"
            let hits = try await exchange.all(path, of: "hits", by: "before", for: use.purpose)
            if exchange.json { return try hits.forEach { try Output.line($0.compact()) } }
            if hits.isEmpty {
                return try Output.line("no row of \(name) is like anybody known to you for that purpose")
            }
            for one in hits {
                let properties = one["query"]?["properties"]
                let asked = properties?["name"]?.elements.first?.string.map { " (\($0))" } ?? ""
                let row = "\(one["id"]?.string ?? "?")\(asked)".printable
                if let recalled = one["recalled"] {
                    let (report, time) = (recalled["report"]?.string ?? "?", recalled["time"]?.string ?? "?")
                    try Output.line("\(row): recalled on \(time.printable), \(report.printable)")
                } else if let hit = one["hit"] {
                    try Output.line("\(row): \(ScreeningHitText(hit).text)")
                }
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a list, or one row of it, with its hits.",
            discussion: """
                Examples:
                  caveat watch remove customers --row C-1017
                  caveat watch remove customers
                """
        )

        @Argument(help: "The list.") var name: String
        @Option(help: ArgumentHelp("What you call the row; all rows without it.", valueName: "id")) var row: String?
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws { try checkName(name) }

        func run() async throws {
            if let row {
                try await exchange.delete("watch-lists/\(name)/rows?id=\(row.percentEncoded)")
            } else {
                try await exchange.delete("watch-lists/\(name)")
            }
            try exchange.show(nil, orSay: "removed")
        }
    }
}

/// The rows of a file on their way to a list, call by call.
private struct WatchUpload {
    /// Rows and bytes of one call.
    private static let rowsMax = 500, bytesMax = 2 << 20

    private let file: ScreeningFile
    private let path: String
    private let name: String
    private let exchange: ExchangeOptions
    private let upload = UUID().uuidString

    init(_ file: ScreeningFile, path: String, to name: String, _ exchange: ExchangeOptions) {
        (self.file, self.path, self.name, self.exchange) = (file, path, name, exchange)
    }

    private struct Row: Encodable {
        let id, schema: String
        let properties: [String: [String]]
    }

    private struct Body: Encodable {
        let rows: [Row]
        let upload: String
        let replace: Bool
    }

    /// Sends all; rows go that the file has not where that is wanted, and every line of it could be read.
    func send(replacing: Bool) async throws {
        var counts = ["added": Int64(0), "changed": 0, "same": 0, "removed": 0]
        for stray in file.rows where !stray.isNamed { Output.note("\(path), line \(stray.line): has no id".printable) }
        let named = file.rows.filter(\.isNamed)
        let passedOver = file.passedOver.count + file.rows.count - named.count
        var refused = passedOver
        var rest = named[...]
        while !rest.isEmpty {
            let some = try next(rest)
            rest = rest.dropFirst(some.count)
            Output.progress("\(named.count - rest.count) of \(named.count) sent")
            let rows = some.map { Row(id: $0.key, schema: $0.query.schema, properties: $0.query.properties) }
            let body = Body(rows: rows, upload: upload, replace: replacing && passedOver == 0 && rest.isEmpty)
            guard let answer = try await exchange.post("watch-lists/\(name)", body) else {
                throw CommandFault.answer(to: "/v1/watch-lists/\(name)", rule: "is empty")
            }
            for key in counts.keys { counts[key, default: 0] += answer[key]?.integer ?? 0 }
            for one in answer["refused"]?.elements ?? [] {
                let place = some.startIndex + Int(one["place"]?.integer ?? 0)
                guard some.indices.contains(place) else { continue }
                let said = "\(one["field"]?.string ?? "?"): \(one["rule"]?.string ?? "is refused")"
                Output.note("\(path), line \(some[place].line), \(some[place].key): \(said)".printable)
                refused += 1
            }
        }
        Output.progress("")
        let said = ["added", "changed", "same", "removed"].map { "\(counts[$0] ?? 0) \($0)" }.joined(separator: ", ")
        if exchange.json {
            let fields = counts.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
            try Output.line("{" + (fields + ["\"refused\":\(refused)"]).joined(separator: ",") + "}")
        } else {
            try Output.line("\(name): \(said)" + (refused > 0 ? ", \(refused) refused" : ""))
        }
        if refused > 0 {
            if replacing, passedOver > 0 { Output.note("nothing was removed, as not every line could be read") }
            let those = refused == 1 ? "1 row was" : "\(refused) rows were"
            throw CommandFault.failed("\(those) not taken: correct what is named above, and add the file again")
        }
    }

    /// As many as one call may have.
    private func next(_ rows: ArraySlice<ScreeningFile.Row>) throws -> ArraySlice<ScreeningFile.Row> {
        var bytes = 0
        var count = 0
        for row in rows.prefix(Self.rowsMax) {
            bytes += try row.query.json().count + row.key.utf8.count + 64
            guard count == 0 || bytes <= Self.bytesMax else { break }
            count += 1
        }
        return rows.prefix(count)
    }
}
