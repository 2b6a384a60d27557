import ArgumentParser
import Exchange

/// Administers the keys that sign what goes between exchanges.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Administer the keys that sign what goes between exchanges.",
        discussion: """
            The exchange signs with a key of its own (Ed25519), which follows from its store's; other exchanges are \
            given its public half by hand. A key that is rotated out stays good for what it signed.

            Examples:
              caveat admin key show
              caveat admin key export > keys.json        for caveat verify --keys
              caveat admin key rotate --from 2027-01-01T00:00:00Z
            """,
        subcommands: [Show.self, List.self, Export.self, Add.self, Rotate.self, Revoke.self]
    )

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the key that this exchange signs with: what its peers need.",
            discussion: """
                Examples:
                  caveat admin key show
                """
        )

        @OptionGroup var admin: AdminOptions

        func run() async throws { try await admin.send(.get, "keys/own") }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the keys that are trusted, of this exchange, its peers and their members.",
            discussion: """
                Examples:
                  caveat admin key list
                """
        )

        @OptionGroup var admin: AdminOptions

        func run() async throws {
            guard let answer = try await admin.connection.send(.get, "keys") else { return }
            if admin.json { return try Output.line(answer.compact()) }
            let columns: [(heading: String, key: String)] = [
                ("KEY", "key"), ("NAME", "name"), ("EXCHANGE", "exchange"), ("MEMBER", "member"), ("FROM", "from"),
                ("UNTIL", "until"), ("REVOKED", "revoked"),
            ]
            try Output.line(Table.rows(answer["keys"]?.elements ?? [], columns))
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print all trusted keys as the file that caveat verify reads.",
            discussion: """
                Examples:
                  caveat admin key export > keys.json
                """
        )

        @OptionGroup var admin: AdminOptions

        func run() async throws {
            guard let answer = try await admin.connection.send(.get, "keys/file") else { return }
            try Output.line(answer.compact())
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Trust a public key of another exchange, or of a member of one.",
            discussion: """
                The key that the holder had before ends where this one begins: what is signed with a key before it \
                counts is refused. Where one was used before it was told of, add it again, from when it was used first.

                Examples:
                  caveat admin key add --exchange 5f0c… --public 9d61… --name harbour --from 2027-01-01T00:00:00Z
                  caveat admin key add --exchange 5f0c… --member 77a1… --public 4ccd… --name "Harbour customs"
                """
        )

        @Option(help: "The id of the exchange, as caveat admin exchange prints it there.") var exchange: String
        @Option(help: "The id of the member of it that signs; none for the exchange itself.") var member: String?
        @Option(name: .customLong("public"), help: "The public key, 64 hexadecimal digits.") var publicKey: String
        @Option(help: "What the holder is called.") var name: String
        @Option(
            help: ArgumentHelp(
                "From when its holder signs with it; unless said, now, and of the first since ever.",
                valueName: "time"
            ),
            transform: readTime
        )
        var from: Timestamp?
        @OptionGroup var admin: AdminOptions

        func run() async throws {
            var body = ["exchange": exchange, "public": publicKey, "name": name]
            body["member"] = member
            body["from"] = from?.text
            try await admin.send(.post, "keys", body)
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have this exchange sign with a new key.",
            discussion: """
                Name a time by which its peers know the new key: what is signed with one that they do not know is
                refused there.

                Examples:
                  caveat admin key rotate --from 2027-01-01T00:00:00Z
                """
        )

        @Option(help: ArgumentHelp("From when; now unless said.", valueName: "time"), transform: readTime)
        var from: Timestamp?
        @OptionGroup var admin: AdminOptions

        func run() async throws { try await admin.send(.post, "keys/own/rotate", ["from": from?.text]) }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that others may have had the private half of a key.",
            discussion: """
                What it signed counts only where another exchange is known to have had it before. Of this exchange's \
                own key a new one takes the place at once.

                Examples:
                  caveat admin key revoke 0f3a… --from 2026-11-01T00:00:00Z
                """
        )

        @Argument(help: "The key, as list prints it.") var key: String
        @Option(help: ArgumentHelp("From when; now unless said.", valueName: "time"), transform: readTime)
        var from: Timestamp?
        @OptionGroup var admin: AdminOptions

        func run() async throws {
            try await admin.send(.post, "keys/\(key.percentEncoded)/revoke", ["from": from?.text])
        }
    }
}
