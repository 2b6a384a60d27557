import ArgumentParser
import Exchange
import Foundation

/// Brings a pool up to date with a public list.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Bring an official-list pool up to date with a public list.",
        discussion: """
            Adds what is new, versions what changed and revokes what is gone. The same file again adds nothing; an \
            import that was stopped goes on where it was when it is started again. Lists:
              ofac-sdn DIR   the US Treasury's SDN list: sdn.csv, alt.csv, add.csv, sdn_comments.csv
              ofac-cons DIR  its consolidated list: cons_prim.csv, cons_alt.csv, cons_add.csv, cons_comments.csv
              ftm FILE       entities of FollowTheMoney, one JSON object a line; --source names the list
              csv FILE       rows of a CSV file with a header, read by --mapping; --source names the list

            The pool is one that only you write to; an operator makes it with:
              caveat admin pool add ofac-sdn --title SDN --kind official-list --reading everyone --writing enrolled
              caveat admin pool enrol ofac-sdn MEMBER --reads --writes

            Examples:
              caveat import ofac-sdn ./sdn --pool ofac-sdn
              caveat import ftm eu.ftm.jsonl --source eu-journal --pool eu-journal --dry-run
              caveat import csv dpl.csv --mapping dpl.json --source dpl --pool dpl

            A mapping is JSON; properties are those of FollowTheMoney, each with its columns:
              {"key": "ID", "schema": "LegalEntity", "properties": {"name": ["Name"], "country": ["Country"]}}
            schema_column and schemas tell it by a column: "schema_column": "Type", "schemas": {"I": "Person"}; \
            delimiter is a comma unless it says ;, | or a tab; separator parts the values of one cell.
            """
    )

    /// The lists that can be read.
    enum List: String, CaseIterable, ExpressibleByArgument {
        case ofacSDN = "ofac-sdn"
        case ofacConsolidated = "ofac-cons"
        case ftm, csv
    }

    @Argument(help: "Which list: ofac-sdn, ofac-cons, ftm or csv.")
    var list: List

    @Argument(help: "The list's folder, or for ftm and csv its file.", completion: .file())
    var path: String

    @Option(help: "The pool's name or id.")
    var pool: String

    @Option(help: "The list's name in external references; needed for ftm and csv.")
    var source: String?

    @Option(help: "A file that says how the columns of a csv file are read.", completion: .file())
    var mapping: String?

    @Flag(help: "Import although much of the list is gone.")
    var allowShrink = false

    @Flag(help: "Only say what would be done, and of each record what would be flagged.")
    var dryRun = false

    @Flag(help: "Print the sums as JSON.")
    var json = false

    @OptionGroup(title: "Connection")
    var connection: ConnectionOptions

    func validate() throws {
        if list == .ftm || list == .csv, source == nil {
            throw ValidationError("\(list.rawValue) needs --source, the list's name")
        }
        if (list == .csv) != (mapping != nil) {
            throw ValidationError(
                list == .csv ? "csv needs --mapping FILE" : "--mapping is for csv alone; leave it out"
            )
        }
    }

    func run() async throws {
        let start = ContinuousClock.now
        let source = source ?? list.rawValue
        let found = try read()
        for fault in found.faults.prefix(Self.faultsMax) { Output.note("\(path): \(fault)") }
        if found.faults.count > Self.faultsMax { Output.note("… and \(found.faults.count - Self.faultsMax) more") }
        if !found.skipped.isEmpty { Output.note(Self.text(skipped: found.skipped)) }
        guard !found.subjects.isEmpty else {
            throw CommandFault.file(path: path, rule: "holds no subject that can be read; is it the right list?")
        }
        Output.progress("\(found.subjects.count) subjects read")
        let root = try await APIRoot.discover(try connection.open())
        try await checkKind(root)
        let sync = ListSync(
            found.subjects,
            from: source,
            isWhole: found.faults.isEmpty,
            held: try await held(root),
            at: Self.now
        )
        Output.progress("")
        var summary = Summary(source, found, sync)
        if sync.spared > 0 {
            Output.note("what could not be read may be among \(sync.spared) subjects that are held: none is revoked")
        }
        if sync.isSuspect, !allowShrink {
            let gone =
                "\(sync.revoked.count) subjects are gone from the list, which may be a broken copy; look at the file, "
            let fault = CommandFault.failed(gone + "and say --allow-shrink if it is right")
            guard dryRun else { throw fault }
            Output.note("would be refused: \(fault)")
        }
        if dryRun {
            let flags = try (sync.added + sync.changed).compactMap { try Self.flag(on: $0) }
            for flag in flags { Output.note(flag) }
            summary.flagged = flags.count
        } else {
            let objects = sync.added + sync.changed + sync.revoked
            var publication = Publication(
                root: root,
                pool: pool,
                objects: objects.isEmpty ? [] : ListExtension.definitions + objects
            )
            try await publication.send()
            summary.failed += publication.failedCount
            for failure in publication.statuses.flatMap(\.failures) + publication.oversized {
                Output.note(failure.description)
            }
            let flags = publication.statuses.flatMap(\.notes)
            for flag in flags.prefix(Self.faultsMax) { Output.note(flag) }
            if flags.count > Self.faultsMax { Output.note("… and \(flags.count - Self.faultsMax) more") }
            summary.flagged = flags.count
        }
        let elapsed = (ContinuousClock.now - start).components
        summary.seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
        try Output.line(json ? summary.json : summary.text(dryRun: dryRun))
        if summary.failed > 0 { throw CommandFault.failed("\(summary.failed) records were not imported") }
    }

    /// What the exchange would say of an object that it took: the list's own key of it, and what is to be checked.
    static func flag(on object: [UInt8]) throws -> String? {
        let value = try JSON(parsing: object).root
        let faults = try STIXObject(value).subjectFaults
        let key = value["external_references"]?.elements.first?["external_id"]?.string ?? "?"
        return faults.isEmpty
            ? nil : "note   \(key.printable): to be checked: \(faults.joined(separator: "; ").printable)"
    }

    /// What is said of records that are no subject by themselves: the most frequent first.
    static func text(skipped: [String: Int]) -> String {
        let ranked = skipped.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let shown = ranked.prefix(faultsMax).map { "\($0.value) \($0.key.printable)" }
        let rest = ranked.count > faultsMax ? " and others" : ""
        return "skipped, since they are no subjects by themselves: \(shown.joined(separator: ", "))\(rest)"
    }

    /// How many faults of a file, and flags of an import, are told.
    private static let faultsMax = 10

    /// A list goes into a pool that is one: never among advisories.
    private func checkKind(_ root: APIRoot) async throws(CommandFault) {
        guard try await root.kind(of: pool) != "official-list" else { return }
        throw .failed(
            "the pool \(pool) is no official list; an operator makes one with: "
                + "caveat admin pool add NAME --title TITLE --kind official-list --reading everyone --writing enrolled"
        )
    }

    private var format: ListFormat {
        get throws(CommandFault) {
            switch list {
            case .ofacSDN: return .ofacSDN
            case .ofacConsolidated: return .ofacConsolidated
            case .ftm: return .ftm
            case .csv: return .csv(try MappingFile.read(mapping ?? ""))
            }
        }
    }

    private func read() throws(CommandFault) -> ListFormat.Content {
        let format = try format
        var files: [[UInt8]] = []
        for file in format.files { files.append(Array(try data("\(path)/\(file)"))) }
        if format.files.isEmpty { files = [Array(try data(path))] }
        do throws(CSVMapping.Fault) {
            return try format.read(files)
        } catch {
            throw .file(path: path, rule: error.description)
        }
    }

    private func data(_ file: String) throws(CommandFault) -> Data {
        guard let data = FileManager.default.contents(atPath: file) else {
            let hint = list == .ftm || list == .csv ? "" : " (give the folder that holds the list's files)"
            throw .file(path: file, rule: "cannot be read; check the path and that you may read it\(hint)")
        }
        return data
    }

    /// The last version of everything in the pool.
    private func held(_ root: APIRoot) async throws(CommandFault) -> [JSON.Value] {
        var held: [JSON.Value] = []
        var next: String?
        while true {
            let page = try await root.page(of: pool, [("limit", "1000")] + (next.map { [("next", $0)] } ?? []))
            held += page.objects
            Output.progress("\(held.count) objects held")
            guard page.hasMore, let following = page.next else { return held }
            next = following
        }
    }

    private static var now: Timestamp { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000) * 1_000) }

    /// What came of it.
    private struct Summary: Encodable {
        let source: String
        let records, added, changed, revoked, unchanged, skipped: Int
        var failed: Int
        /// Taken over, with an identifier that breaks its own rule.
        var flagged = 0
        var seconds = 0.0

        init(_ source: String, _ found: ListFormat.Content, _ sync: ListSync) {
            self.source = source
            records = found.subjects.count
            added = sync.added.count
            changed = sync.changed.count
            revoked = sync.revoked.count
            unchanged = sync.unchanged
            skipped = found.skippedCount
            failed = found.faults.count
        }

        var json: String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            // Plain values always have a JSON form.
            return String(decoding: (try? encoder.encode(self)) ?? Data(), as: UTF8.self)
        }

        func text(dryRun: Bool) -> String {
            let sums = "\(added) added, \(changed) changed, \(revoked) revoked, \(unchanged) unchanged"
            let rest =
                "\(skipped) skipped, \(failed) failed, \(flagged) flagged, \(Int(seconds * 10) / 10).\(Int(seconds * 10) % 10) s"
            let read = "\(records) \(records == 1 ? "record" : "records")"
            return "\(dryRun ? "would be: " : "")\(source): \(read): \(sums), \(rest)"
        }
    }
}
