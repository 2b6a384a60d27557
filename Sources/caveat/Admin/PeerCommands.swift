import ArgumentParser
import Exchange

/// Administers the exchanges that this one gives to and takes from.
struct PeerCommand: AsyncParsableCommand, Administered {
    static let noun = "peer"
    static let columns: [(heading: String, key: String)] = [
        ("NAME", "name"), ("EXCHANGE", "exchange"), ("PRINCIPAL", "principal"), ("KEY", "key"),
        ("CEILING", "ceiling"), ("FLOOR", "floor"), ("ONWARD", "onward"), ("STATE", "state"),
        ("DEAD LETTERS", "dead_letters"), ("FAULT", "fault"),
    ]
    static let configuration = CommandConfiguration(
        commandName: noun,
        abstract: "Administer the exchanges that this one gives to and takes from.",
        discussion: """
            A peer is let in here as a principal with the role reporter alone, of a member of kind exchange; what was
            agreed on is pushed to it the moment it is released. One that is only given a key is trusted for what
            others bring of it.

            Examples:
              caveat admin member add harbour --title Harbour --kind exchange --jurisdiction NL
              caveat admin principal add harbour-link --member harbour --role reporter
              caveat admin credential add --principal harbour-link --type token > harbour-link.token
              caveat admin peer add harbour --exchange 5f0c… --public 9d61… --as harbour-link \\
                --url https://harbour.example.org/api/ --token-file /etc/caveat/harbour.token \\
                --pool warnings=warnings --ceiling amber --onward
              caveat admin peer show harbour
            """,
        subcommands: [
            Add.self, ListCommand<Self>.self, ShowCommand<Self>.self, Change.self, Pause.self, Resume.self,
            Replay.self, Remove.self,
        ]
    )

    /// What is said about a peer; what is left out stays as it is.
    struct Terms: ParsableArguments {
        @Option(
            name: .customLong("pool"),
            help: ArgumentHelp(
                """
                A pool here and the one there that stands for it; repeatable, for all that are shared. Direction: gives,
                takes or both.
                """,
                valueName: "ours=theirs[:direction]"
            ),
            transform: readSharedPool
        )
        var pools: [PeerBody.Shared] = []
        @Option(help: "What has a stricter TLP is neither given nor taken: clear, green or amber.") var ceiling: TLP?
        @Option(help: "What is given is given under this TLP at the least.") var floor: TLP?
        @Flag(inversion: .prefixedNo, help: "Whether it may pass on what it is given; not unless said.")
        var onward: Bool?
        @Option(
            name: .customLong("network"),
            help: ArgumentHelp("A network that is not public and that it may be in; repeatable.", valueName: "network")
        )
        var networks: [String] = []
        @Option(help: "A file on the exchange's host with a client certificate (PEM).", completion: .file())
        var certificate: String?
        @Option(help: "A file on the exchange's host with its private key.", completion: .file()) var key: String?
        @Option(name: .customLong("ca"), help: "A file of the authorities that alone are trusted.", completion: .file())
        var authorities: String?

        var body: PeerBody {
            var body = PeerBody()
            if !pools.isEmpty { body.pools = pools }
            (body.ceiling, body.floor, body.onward) = (ceiling?.code, floor?.code, onward)
            if !networks.isEmpty { body.networks = networks }
            (body.certificate, body.key, body.authorities) = (certificate, key, authorities)
            return body
        }
    }

    /// What lets this exchange in there, where no certificate does.
    struct Login: ParsableArguments {
        @Option(help: "A file with the bearer token that lets this exchange in there.", completion: .file())
        var tokenFile: String?
        @Option(help: "A user's name there, for HTTP Basic.") var user: String?
        @Option(help: "A file with the user's password.", completion: .file()) var passwordFile: String?

        func fill(_ body: inout PeerBody) throws(CommandFault) {
            body.user = user
            body.token = try Self.secret(tokenFile)
            body.password = try Self.secret(passwordFile)
        }

        private static func secret(_ path: String?) throws(CommandFault) -> String? {
            guard let path else { return nil }
            let text = String(decoding: try InputFile.bytes(path), as: UTF8.self)
            return String(text.prefix { !$0.isNewline })
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a peer; what was released before is not given to it.",
            discussion: """
                Without --exchange it is an ordinary TAXII 2.1 server: show says what that lacks.

                Examples:
                  caveat admin peer add origin --exchange 5f0c… --public 9d61… --as origin-link
                  caveat admin peer add harbour --exchange 5f0c… --public 9d61… --as harbour-link \\
                    --url https://harbour.example.org/caveat/ --pool warnings=alerts:both \\
                    --certificate /etc/caveat/for-harbour.pem --key /etc/caveat/for-harbour.key --ca /etc/caveat/ca.pem
                  caveat admin peer add cert --as cert-link --url https://taxii.example.org/api/ \\
                    --token-file cert.token --pool intel=5b2e0a1c-…:gives
                """
        )

        @Argument(help: "Its name: a-z, 0-9 and -, at most 64.") var name: String
        @Option(help: "The id of the exchange, as caveat admin exchange prints it there.") var exchange: String?
        @Option(name: .customLong("public"), help: "Its public key, as caveat admin key show prints it there.")
        var publicKey: String?
        @Option(name: .customLong("as"), help: "The principal as which it is let in here.") var principal: String
        @Option(help: "The URL of its API root: https://HOST/ROOT/.") var url: String?
        @OptionGroup var login: Login
        @OptionGroup var terms: Terms
        @OptionGroup var admin: AdminOptions

        func validate() throws { try checkName(name) }

        func run() async throws {
            var body = terms.body
            (body.name, body.exchange, body.public, body.principal) = (name, exchange, publicKey, principal)
            body.url = url
            try login.fill(&body)
            try await admin.send(.post, PeerCommand.plural, body)
        }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change what was agreed on with a peer, or how it is reached.",
            discussion: """
                What it was given before is corrected and recalled all the same.

                Examples:
                  caveat admin peer change harbour --ceiling green --no-onward
                  caveat admin peer change harbour --certificate /etc/caveat/new.pem --key /etc/caveat/new.key
                  caveat admin peer change harbour --token-file new.token
                """
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var login: Login
        @OptionGroup var terms: Terms
        @OptionGroup var admin: AdminOptions

        func run() async throws {
            var body = terms.body
            try login.fill(&body)
            guard body != PeerBody() else { throw ValidationError("nothing to change: give an option") }
            try await admin.send(.patch, PeerCommand.path(name), body)
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a peer nothing until it is resumed; to take nothing either, suspend its principal.",
            discussion: """
                Examples:
                  caveat admin peer pause harbour
                """
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var admin: AdminOptions

        func run() async throws { try await admin.send(.patch, PeerCommand.path(name), ["state": "paused"]) }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go on with a peer that was paused, where that stopped.",
            discussion: """
                Examples:
                  caveat admin peer resume harbour
                """
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var admin: AdminOptions

        func run() async throws { try await admin.send(.patch, PeerCommand.path(name), ["state": "active"]) }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a peer again what it refused, once the reason is mended.",
            discussion: """
                What was taken back or corrected meanwhile goes no more.

                Examples:
                  caveat admin peer replay harbour
                """
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var admin: AdminOptions

        func run() async throws { try await admin.send(.post, PeerCommand.path(name) + "/replay") }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a peer; it hears nothing more, recalls neither. What it brought stays, as its keys do.",
            discussion: """
                Examples:
                  caveat admin peer remove harbour
                """
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var admin: AdminOptions

        func run() async throws { try await admin.send(.delete, PeerCommand.path(name)) }
    }
}

/// Reads `ours=theirs` or `ours=theirs:direction`.
func readSharedPool(_ text: String) throws -> PeerBody.Shared {
    let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
    let there = sides.count == 2 ? sides[1].split(separator: ":", maxSplits: 1).map(String.init) : []
    let direction = there.count == 2 ? there[1] : Agreement.Direction.both.rawValue
    guard let ours = sides.first, let theirs = there.first, Agreement.Direction(rawValue: direction) != nil else {
        let words = Agreement.Direction.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("must be OURS=THEIRS or OURS=THEIRS:DIRECTION, the direction one of \(words)")
    }
    return PeerBody.Shared(ours: ours, theirs: theirs, direction: direction)
}

/// What is sent to make or change a peer.
struct PeerBody: Encodable, Equatable {
    struct Shared: Encodable, Equatable {
        var ours, theirs, direction: String
    }

    var name, exchange, `public`, principal, url, token, user, password: String?
    var pools: [Shared]?
    var ceiling, floor: String?
    var onward: Bool?
    var networks: [String]?
    var certificate, key, authorities: String?
}
