import ArgumentParser
import Exchange

/// Prints one object.
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Print one object of a pool, or its versions.",
        discussion: """
            Examples:
              caveat get commons report--0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
              caveat get commons report--0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11 --version all --json
            """
    )

    @Argument(help: "The pool's name or id.")
    var pool: String

    @Argument(help: "The object's STIX id.")
    var id: String

    @Option(
        help: ArgumentHelp("Which versions: last, first, all, or a time (RFC 3339).", valueName: "version"),
        completion: .list(["last", "first", "all"])
    )
    var version = "last"

    @Option(help: "What it is for, of the purposes of your credential; its first, unless you say.") var purpose:
        Purpose?

    @Flag(help: "Print the object as served, one version a line.")
    var json = false

    @OptionGroup(title: "Connection")
    var connection: ConnectionOptions

    func validate() throws {
        if ["last", "first", "all"].contains(version) { return }
        guard (try? Timestamp(parsing: version)) != nil else {  // Whether it is a time is all that is asked.
            throw ValidationError("--version must be last, first, all, or a time such as 2026-01-01T00:00:00.000Z")
        }
    }

    func run() async throws {
        let root = try await APIRoot.discover(try connection.open(for: purpose))
        var query = [("match[version]", version)]
        var count = 0
        while true {
            let page = try await root.page(of: pool, object: id, query)
            for object in page.objects {
                if json { try Output.line(object.compact()) } else { try show(object, isFirst: count == 0) }
                count += 1
            }
            guard page.hasMore, let next = page.next else { break }
            query = [("match[version]", version), ("next", next)]
        }
        if count == 0 { throw CommandFault.failed("\(pool) has no such version of \(id)") }
    }

    private func show(_ object: JSON.Value, isFirst: Bool) throws(CommandFault) {
        if !isFirst { try Output.line("") }
        if let marking = ObjectLine.marking(of: object) { try Output.line(marking.label) }
        try Output.line(Table.fields(Self.members(of: object)))
    }

    /// The properties of an object: those in its extensions beside them, each by its own name.
    static func members(of object: JSON.Value) -> [(key: String, value: JSON.Value)] {
        object.members.flatMap { member -> [(key: String, value: JSON.Value)] in
            guard member.key == "extensions" else { return [member] }
            return member.value.members.flatMap { id, body in
                // Which kind of extension it is says nothing of the object.
                let said = body.members.filter { $0.key != "extension_type" }
                return said.flatMap { flat($0.key, $0.value) }.map { ("\(name(ofExtension: id)).\($0.key)", $0.value) }
            }
        }
    }

    private static func flat(_ key: String, _ value: JSON.Value) -> [(key: String, value: JSON.Value)] {
        guard value.kind == .object else { return [(key, value)] }
        return value.members.map { ("\(key).\($0.key)", $0.value) }
    }

    /// What an extension of the exchange's own carries; the id of another's.
    private static func name(ofExtension id: String) -> String {
        switch id {
        case AdvisoryExtension.id: "advisory"
        case ReportExtension.id: "report"
        case ListExtension.subject: "subject"
        case STIXObject.addressing: "addressing"
        default: id
        }
    }
}
