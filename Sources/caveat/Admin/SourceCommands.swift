import ArgumentParser
import Exchange
import Foundation

/// Administers what the exchange pulls from.
struct SourceCommand: AsyncParsableCommand, Administered {
    static let noun = "source"
    static let columns: [(heading: String, key: String)] = [
        ("NAME", "name"), ("KIND", "kind"), ("POOL", "pool"), ("STATE", "state"), ("DONE", "done"), ("DUE", "due"),
        ("QUARANTINE", "quarantined"), ("FAULT", "fault"),
    ]
    static let configuration = CommandConfiguration(
        commandName: noun,
        abstract: "Administer what the exchange pulls from: TAXII servers, public lists, MISP feeds.",
        discussion: """
            A source is pulled by the daemon on its schedule, as a principal of the exchange that may write to the \
            pool (and, for lists and MISP, read it). What cannot be taken is put into quarantine and costs nothing \
            else. A list that shrank much is taken for a broken copy until somebody confirms it (state asking).

            Examples:
              caveat admin source add sdn --kind ofac-sdn --url https://lists.example.org/sdn/ --pool sdn --as importer
              caveat admin source add cert --kind taxii --url https://taxii.example.org/api/collections/5b2e…/ \\
                --pool intel --as importer --token-file /etc/caveat/cert.token --every 5m --ceiling amber
              caveat admin source list
              caveat admin source run sdn
            """,
        subcommands: [
            Add.self, ListCommand<Self>.self, ShowCommand<Self>.self, Change.self, Pause.self, Resume.self, Run.self,
            Confirm.self, Quarantine.self, Retry.self, Dismiss.self, Remove.self,
        ]
    )

    /// What is said about a source; what is left out stays as it is.
    struct Terms: ParsableArguments {
        @Option(help: "Where it is: https://…, file:///… or sftp://user@host/…; of several files, their folder.")
        var url: String?
        @Option(help: "The pool that it fills: for lists one of kind official-list.") var pool: String?
        @Option(name: .customLong("as"), help: "The principal as which it is stored.") var principal: String?
        @Option(
            help: ArgumentHelp("How often, give or take a tenth: 1m to 30d; 1h unless said.", valueName: "duration"),
            transform: readSchedule
        )
        var every: Int64?
        @Option(help: "The strictest TLP that is taken from it, below the pool's own.") var ceiling: TLP?
        @Option(
            help: ArgumentHelp(
                "The legal gateway that it is passed on by: who is not covered does not get it.",
                valueName: "name"
            )
        )
        var gateway: String?
        @Option(
            help: ArgumentHelp("The grade of all that a list says, as B2.", valueName: "grade"),
            transform: readGrade
        )
        var grade: Exchange.Grade?
        @Option(help: "Of csv: a file that says how its columns are read (caveat import --help).", completion: .file())
        var mapping: String?
        @Option(
            name: .customLong("network"),
            help: ArgumentHelp("A network that is not public and that it may be in; repeatable.", valueName: "network")
        )
        var networks: [String] = []
        @Option(
            help: ArgumentHelp(
                "Of taxii: how far before its cursor a pull begins, for servers that add late; 1m unless said.",
                valueName: "duration"
            ),
            transform: readSchedule
        )
        var overlap: Int64?
        @Option(
            help: ArgumentHelp("Of taxii: what was added before is left (RFC 3339).", valueName: "time"),
            transform: readTime
        )
        var since: Timestamp?
        @Option(help: "A file on the exchange's host with a bearer token.", completion: .file()) var tokenFile: String?
        @Option(help: "A user's name, for HTTP Basic.") var user: String?
        @Option(help: "A file on the exchange's host with the user's password.", completion: .file())
        var passwordFile: String?
        @Option(help: "A file on the exchange's host with a client certificate (PEM).", completion: .file())
        var certificate: String?
        @Option(help: "A file on the exchange's host with its private key, or the one for SFTP.", completion: .file())
        var key: String?
        @Option(name: .customLong("ca"), help: "A file of the authorities that alone are trusted.", completion: .file())
        var authorities: String?
        @Option(help: "A file on the exchange's host of known host keys, for SFTP.", completion: .file())
        var knownHosts: String?

        /// What is sent.
        var body: SourceBody {
            get throws(CommandFault) {
                var body = SourceBody()
                (body.url, body.pool, body.principal, body.every) = (url, pool, principal, every)
                (body.ceiling, body.grade, body.overlap, body.since) = (
                    ceiling?.code, grade?.code, overlap, since?.text
                )
                body.gateway = gateway
                if let mapping { body.mapping = try MappingFile.read(mapping) }
                if !networks.isEmpty { body.networks = networks }
                (body.tokenFile, body.user, body.passwordFile) = (tokenFile, user, passwordFile)
                (body.certificate, body.key, body.authorities) = (certificate, key, authorities)
                body.knownHosts = knownHosts
                return body
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a source; it is pulled at once.",
            discussion: """
                Examples:
                  caveat admin source add sdn --kind ofac-sdn --url file:///srv/lists/sdn/ --pool sdn --as importer
                  caveat admin source add peps --kind ftm --url https://data.example.org/peps.ftm.jsonl --pool peps \\
                    --as importer --every 24h --grade B2
                  caveat admin source add feed --kind misp --url https://misp.example.org/feed/ --pool intel \\
                    --as importer
                """
        )

        @Argument(help: "Its name: a-z, 0-9 and -, at most 64. Objects made of it name it as their source.")
        var name: String
        @Option(help: "What it is.") var kind: Source.Kind
        @OptionGroup var terms: Terms
        @OptionGroup var admin: AdminOptions

        func validate() throws {
            try checkName(name)
            guard terms.url != nil, terms.pool != nil, terms.principal != nil else {
                throw ValidationError("a new source needs --url, --pool and --as")
            }
        }

        func run() async throws {
            var body = try terms.body
            (body.name, body.kind) = (name, kind.rawValue)
            try await admin.send(.post, SourceCommand.plural, body)
        }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a source's terms.",
            discussion: """
                Another URL or mapping is read from its beginning.

                Examples:
                  caveat admin source change sdn --every 6h
                """
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var terms: Terms
        @OptionGroup var admin: AdminOptions

        func run() async throws {
            let body = try terms.body
            guard body != SourceBody() else { throw ValidationError("nothing to change: give an option") }
            try await admin.send(.patch, SourceCommand.path(name), body)
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Pull nothing of a source until it is resumed.",
            discussion: """
                Examples:
                  caveat admin source pause sdn
                """
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var admin: AdminOptions

        func run() async throws { try await admin.send(.patch, SourceCommand.path(name), ["state": "paused"]) }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go on with a source that was paused, at once.",
            discussion: """
                Examples:
                  caveat admin source resume sdn
                """
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var admin: AdminOptions

        func run() async throws { try await admin.send(.patch, SourceCommand.path(name), ["state": "active"]) }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Pull a source now, whatever its schedule, and show what that did.",
            discussion: """
                It ends when the pull does, with exit code 1 where that failed or asks something. Interrupted, or with
                --no-wait, the daemon goes on by itself.

                Examples:
                  caveat admin source run sdn
                  caveat admin source run sdn --afresh --no-wait
                """
        )
        /// How often it looks whether the pull is done.
        private static let pace = Duration.milliseconds(200)

        @Argument(help: "Its name.") var name: String
        @Flag(help: "Read everything again, whatever the server says of what changed.") var afresh = false
        @Flag(inversion: .prefixedNo, help: "Whether to wait until the pull is done.") var wait = true
        @OptionGroup var admin: AdminOptions

        func run() async throws {
            let (connection, path) = (admin.connection, SourceCommand.path(name))
            let asked = try await connection.send(.post, path + "/run", ["afresh": afresh])
            guard wait, let asked else { return try admin.show(asked) }
            var now: JSON.Value? = asked
            while let waiting = now, waiting["state"]?.string == "scheduled", Self.isSame(waiting, asked) {
                Output.progress("\(name) is being pulled")
                try await Task.sleep(for: Self.pace)
                now = try await connection.send(.get, path)
            }
            Output.progress("")
            try admin.show(now)
            if now?["fault"] != nil { throw ExitCode.failure }
        }

        /// Whether no pull ended in between.
        private static func isSame(_ now: JSON.Value, _ before: JSON.Value) -> Bool {
            now["done"]?.string == before["done"]?.string
                && now["failures"]?.integer == before["failures"]?.integer
        }
    }

    struct Confirm: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that what is gone from a list is gone: it is revoked at once.",
            discussion: """
                Holds for as many subjects as the source asks about; where more are gone by then, it asks again.

                Examples:
                  caveat admin source confirm sdn
                """
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var admin: AdminOptions

        func run() async throws { try await admin.send(.post, SourceCommand.path(name) + "/confirm") }
    }

    struct Quarantine: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the records of a source that could not be taken, and why.",
            discussion: """
                Examples:
                  caveat admin source quarantine sdn
                  caveat admin source quarantine sdn --json
                """
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var admin: AdminOptions

        func run() async throws {
            let columns: [(heading: String, key: String)] = [
                ("RECORD", "record"), ("DISMISSED", "dismissed"), ("PLACE", "place"), ("REASON", "reason"),
            ]
            try await admin.list(SourceCommand.path(name) + "/quarantine", "records", columns, by: "after")
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take what of a source is in quarantine again.",
            discussion: """
                Objects are taken by themselves; of other records the whole source is read again.

                Examples:
                  caveat admin source retry sdn
                """
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var admin: AdminOptions

        func run() async throws { try await admin.send(.post, SourceCommand.path(name) + "/quarantine/retry") }
    }

    struct Dismiss: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that a record in quarantine does not matter.",
            discussion: """
                A list with records that cannot be read revokes nothing, since what cannot be read is not gone; with \
                one that is dismissed it does.

                Examples:
                  caveat admin source dismiss sdn 1790000000000000
                """
        )

        @Argument(help: "The source's name.") var name: String
        @Argument(help: "The record, as quarantine prints it.") var record: String
        @OptionGroup var admin: AdminOptions

        func run() async throws {
            let path = SourceCommand.path(name) + "/quarantine/\(record.percentEncoded)/dismiss"
            try await admin.send(.post, path)
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a source and its quarantine; what it brought stays.",
            discussion: """
                Examples:
                  caveat admin source remove sdn
                """
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var admin: AdminOptions

        func run() async throws { try await admin.send(.delete, SourceCommand.path(name)) }
    }
}

/// What is sent to make or change a source.
struct SourceBody: Encodable, Equatable {
    var name, kind, url, pool, principal: String?
    var every, overlap: Int64?
    var ceiling, gateway, grade, since: String?
    var mapping: CSVMapping?
    var networks: [String]?
    var tokenFile, user, passwordFile, certificate, key, authorities, knownHosts: String?
}
