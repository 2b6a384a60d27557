import ArgumentParser
import Exchange

/// Has the exchange bring one's own feed to a system or a mailbox of one's own.
struct SubscribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscribe",
        abstract: "Have all that you may read brought to you, from now on: by webhook, TAXII, mail or SFTP.",
        discussion: """
            What comes for you is brought in order. The URL says how:
              https://HOST/PATH                     a webhook, signed as Standard Webhooks has it; the secret is \
            printed once
              https://HOST/ROOT/collections/ID/     a TAXII 2.1 collection, where a credential for it is given
              mailto:LOCAL@DOMAIN                   mail, once you entered the code that is mailed there: content \
            only of TLP:CLEAR and TLP:GREEN
              sftp://USER@HOST[:PORT]/FOLDER        a file for each message; authorise the key that is printed

            It reads with the credential and for the purpose of this command. See how it goes with destinations.

            Examples:
              caveat subscribe https://hooks.example.org/caveat --purpose P03
              caveat subscribe https://taxii.example.org/api/collections/ID/ --taxii-token-file taxii.token
              caveat subscribe mailto:desk@example.org
              ssh-keyscan -t ed25519 drop.example.org | cut -d' ' -f2- > drop.key
              caveat subscribe sftp://caveat@drop.example.org/in --host-key drop.key
            """
    )

    @Argument(help: "Where to: https, mailto or sftp, or http to 127.0.0.1 on the exchange's own host.")
    var url: String
    @Option(help: ArgumentHelp("What for; otherwise what your credential is first bound to.", valueName: "code"))
    var purpose: Purpose?
    @Option(
        help: ArgumentHelp("A file with the token that the TAXII server asks for.", valueName: "file"),
        completion: .file()
    )
    var taxiiTokenFile: String?
    @Option(help: ArgumentHelp("The user that the TAXII server asks for.", valueName: "user"))
    var taxiiUser: String?
    @Option(
        help: ArgumentHelp("A file with the password of that user.", valueName: "file"),
        completion: .file()
    )
    var taxiiPasswordFile: String?
    @Option(
        help: ArgumentHelp("A file with the host's public keys, one a line.", valueName: "file"),
        completion: .file()
    )
    var hostKey: String?
    @OptionGroup var exchange: ExchangeOptions

    func validate() throws {
        let isTAXII = taxiiTokenFile != nil || taxiiUser != nil || taxiiPasswordFile != nil
        if taxiiTokenFile != nil, taxiiUser != nil || taxiiPasswordFile != nil {
            throw ValidationError("give --taxii-token-file, or --taxii-user with --taxii-password-file, not both")
        }
        if (taxiiUser == nil) != (taxiiPasswordFile == nil) {
            throw ValidationError("--taxii-user and --taxii-password-file go together")
        }
        // What is in the files is read, and judged, when it is sent.
        do throws(PlaceFault) {
            _ = try Destination.Wanted(url: url, token: isTAXII ? "unread" : nil)
        } catch {
            if error.field == "host_key", hostKey != nil { return }
            throw ValidationError("\(url.printable): the \(error.field == "url" ? "URL" : error.field) \(error.rule)")
        }
        if hostKey != nil { throw ValidationError("--host-key is for sftp:// alone") }
    }

    func run() async throws {
        var body = ["url": url]
        if let taxiiTokenFile { body["token"] = try ConnectionOptions.secret(inFile: taxiiTokenFile) }
        body["user"] = taxiiUser
        if let taxiiPasswordFile { body["password"] = try ConnectionOptions.secret(inFile: taxiiPasswordFile) }
        if let hostKey { body["host_key"] = String(decoding: try InputFile.bytes(hostKey), as: UTF8.self) }
        guard let made = try await exchange.post("destinations", body, for: purpose) else {
            throw CommandFault.answer(to: "/v1/destinations", rule: "is empty and should be a destination")
        }
        try DestinationsCommand.show(made, exchange)
        if made["kind"]?.string == "mail", !exchange.json {
            let mailed = made["mailed"]
            let id = made["id"]?.string ?? "ID"
            Output.note(
                mailed?["accepted"]?.boolean == true
                    ? "a code was mailed there: caveat destinations confirm \(id) CODE begins it"
                    : "the code could not be mailed: caveat destinations test \(id) tries again"
            )
        }
        if made["key"] != nil, !exchange.json {
            Output.note("add the key to authorized_keys of the user there, for sftp alone")
        }
    }
}

/// One's own destinations: how they go, and what can be done with them.
struct DestinationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "destinations",
        abstract: "Show where your feed is brought to and how that goes; pause, resume, test, confirm, replay.",
        discussion: """
            Examples:
              caveat destinations
              caveat destinations test 0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
              caveat destinations resume 0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
              caveat destinations dead-letters 0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
            """,
        subcommands: [
            List.self, Show.self, Pause.self, Resume.self, Rotate.self, Test.self, Confirm.self, DeadLetters.self,
            Replay.self, Remove.self,
        ],
        defaultSubcommand: List.self
    )

    /// The destination that a command is about.
    struct Target: ParsableArguments {
        @Argument(help: "The destination's id, as destinations prints it.") var id: String

        func validate() throws {
            guard ID<Destination>(parsing: id) != nil else {
                throw ValidationError(
                    "\(id.printable) is no id of a destination: give one that caveat destinations prints"
                )
            }
        }

        /// Where it is below `/v1/`.
        var path: String { "destinations/\(id.percentEncoded)" }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List your destinations (the default).",
            discussion: """
                Examples:
                  caveat destinations
                  caveat destinations list --json
                """
        )

        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let found = try await exchange.get("destinations")["destinations"]?.elements ?? []
            if exchange.json {
                for destination in found { try Output.line(destination.compact()) }
                return
            }
            if found.isEmpty { return Output.note("nothing is pushed for you; caveat subscribe URL has it done") }
            let columns = [
                ("ID", "id"), ("KIND", "kind"), ("URL", "url"), ("STATE", "state"), ("CIRCUIT", "circuit"),
                ("DELIVERED", "delivered"), ("DEAD", "dead_letters"), ("FAULT", "fault"),
            ]
            try Output.line(Table.rows(found, columns))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one destination, and how far it has got.",
            discussion: """
                Examples:
                  caveat destinations show 0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
                """
        )

        @OptionGroup var target: Target
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws { try DestinationsCommand.show(try await exchange.get(target.path), exchange) }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Push nothing until it is resumed; nothing is lost.",
            discussion: """
                Examples:
                  caveat destinations pause 0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
                """
        )

        @OptionGroup var target: Target
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws { try await DestinationsCommand.change("pause", target, exchange) }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go on where it stopped, with the credential of this command.",
            discussion: """
                Examples:
                  caveat destinations resume 0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
                """
        )

        @OptionGroup var target: Target
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws { try await DestinationsCommand.change("resume", target, exchange) }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a new secret of a webhook and print it; for a day the one before signs, too.",
            discussion: """
                Examples:
                  caveat destinations rotate 0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
                """
        )

        @OptionGroup var target: Target
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws { try await DestinationsCommand.change("rotate", target, exchange) }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a message that says nothing, and tell what was answered.",
            discussion: """
                A TAXII collection is asked whether it may be written to; a mailbox that nobody confirmed is mailed \
                its code again. Ends with 1 where the message was not taken.

                Examples:
                  caveat destinations test 0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
                """
        )

        @OptionGroup var target: Target
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            try DestinationsCommand.tell(try await exchange.post("\(target.path)/ping", [String: String]()), exchange)
        }
    }

    struct Confirm: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Begin to send mail: enter the code that was mailed there.",
            discussion: """
                Examples:
                  caveat destinations confirm 0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11 7K2M9QXT4D
                """
        )

        @OptionGroup var target: Target
        @Argument(help: "The code, within a day.") var code: String
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            if let answer = try await exchange.post("\(target.path)/confirm", ["code": code]) {
                try DestinationsCommand.show(answer, exchange)
            }
        }
    }

    struct DeadLetters: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "dead-letters",
            abstract: "List the messages that it would not have.",
            discussion: """
                Examples:
                  caveat destinations dead-letters 0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
                """
        )

        @OptionGroup var target: Target
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let letters = try await exchange.all("dead_letters", at: "\(target.path)/dead-letters", from: "after")
            if exchange.json {
                for letter in letters { try Output.line(letter.compact()) }
                return
            }
            if letters.isEmpty { return Output.note("nothing was put aside") }
            let columns = [("ID", "id"), ("PUT ASIDE", "put_aside"), ("THROUGH", "through"), ("FAULT", "fault")]
            try Output.line(Table.rows(letters, columns))
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a dead letter again; once it is taken it is no more.",
            discussion: """
                What you may no longer see is not in it.

                Examples:
                  caveat destinations replay 0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11 1790000000000000
                """
        )

        @OptionGroup var target: Target
        @Argument(help: "The dead letter's id, as dead-letters prints it.") var letter: String
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            try DestinationsCommand.tell(
                try await exchange.post("\(target.path)/replay", ["dead_letter": letter]),
                exchange
            )
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Push nothing more to it, and forget it.",
            discussion: """
                Examples:
                  caveat destinations remove 0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11
                """
        )

        @OptionGroup var target: Target
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            try await exchange.delete(target.path)
            if !exchange.json { try Output.line("removed \(target.id)") }
        }
    }

    fileprivate static func change(_ what: String, _ target: Target, _ exchange: ExchangeOptions) async throws {
        let answer = try await exchange.post("\(target.path)/\(what)", [String: String]())
        if let answer { try show(answer, exchange) }
    }

    fileprivate static func show(_ destination: JSON.Value, _ exchange: ExchangeOptions) throws {
        if exchange.json { return try Output.line(destination.compact()) }
        try Output.line(Table.fields(destination))
        if destination["secret"] != nil { Output.note("keep the secret now: it is not shown again") }
        if destination["authorised"]?.boolean == false {
            Output.note("its credential is no longer valid: resume it with one that is")
        }
    }

    /// Says what a receiver answered; what was not taken is a failure.
    fileprivate static func tell(_ answer: JSON.Value?, _ exchange: ExchangeOptions) throws {
        let isTaken = answer?["accepted"]?.boolean == true
        if exchange.json {
            if let answer { try Output.line(answer.compact()) }
        } else {
            try Output.line(isTaken ? "taken" : "not taken: it \((answer?["fault"]?.string ?? "-").printable)")
        }
        if !isTaken { throw ExitCode.failure }
    }
}
