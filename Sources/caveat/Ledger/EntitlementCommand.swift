import ArgumentParser
import Exchange
import Foundation

/// Vouchers that an office gives for reports.
struct EntitlementCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "entitlement",
        abstract: "Have a consignment handled faster for what your reports earned; and redeem that, as the office.",
        discussion: """
            An entitlement speeds what happens after a consignment was selected, and never exempts it. It is issued \
            when an epoch closes, for reports that the office accepted, lasts 90 days, and is your ownership group's \
            alone. What it is reserved for the office learns from the token that you show.

            Examples:
              caveat entitlement list
              caveat entitlement reserve --office harbour-customs --consignment 180-12345675 --kind PRI
              caveat entitlement show 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --qr
              caveat entitlement key > keys.json
              caveat entitlement verify token.txt --office harbour-customs --consignment 180-12345675 --keys keys.json
              caveat entitlement redeem token.txt --consignment 180-12345675
            """,
        groupedSubcommands: [
            CommandGroup(name: "As the holder", subcommands: [List.self, Reserve.self, Show.self, Release.self]),
            CommandGroup(name: "As the office", subcommands: [Verify.self, Redeem.self, End.self, Key.self]),
        ]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List your group's entitlements, and those that your office redeemed or ended, the newest first.",
            discussion: """
                Examples:
                  caveat entitlement list
                  caveat entitlement list --json
                """
        )

        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let all = try await exchange.all("entitlements")
            if exchange.json {
                for one in all { try Output.line(one.compact()) }
                return
            }
            if all.isEmpty { return Output.note("there is none; they are issued when an epoch closes, for reports") }
            let rows = all.map { one in
                func field(_ key: String) -> String { one[key]?.string ?? "" }
                let used = one["reservation"]
                return [
                    field("state"), field("office"), field("group"), field("expires"),
                    used?["kind"]?.string ?? "", used?["consignment"]?.string ?? "", field("id"),
                ]
            }
            try Output.line(
                Lines.table(["STATE", "OFFICE", "GROUP", "EXPIRES", "KIND", "CONSIGNMENT", "ID"], rows)
            )
        }
    }

    struct Reserve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set your oldest entitlement of an office aside for a consignment.",
            discussion: """
                The kind is DOC (its documents are checked first), PRI (front of the queue, once selected), OFF \
                (examined at your own premises) or AMD (a window in which amendments cost no penalty). It is refused \
                where the number, a party or a container is in a report of your own group, or in an advisory that you \
                may read. Name the parties and containers that the papers name: the office compares them, too.

                Examples:
                  caveat entitlement reserve --office harbour-customs --consignment 180-12345675 --kind PRI
                  caveat entitlement reserve --office harbour-customs --consignment BL-4711 --kind OFF \\
                    --party "Tidewater Freight BV" --party "Grey Heron Ltd" --container MSKU0383250
                """
        )

        @Option(help: ArgumentHelp("Whose it is; caveat members lists them.", valueName: "authority")) var office:
            String
        @OptionGroup var papers: PapersOptions
        @Option(help: ArgumentHelp("What for: DOC, PRI, OFF or AMD.", valueName: "code")) var kind: Entitlement.Kind
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws { try checkName(office) }

        func run() async throws {
            var body = papers.body
            body["office"] = .text(office)
            body["kind"] = .text(kind.rawValue)
            let held = try await exchange.postOnce("entitlements", body)
            try exchange.show(entitlement: held)
            if !exchange.json, let id = held["id"]?.string?.printable {
                Output.note("next, show it at \(office): caveat entitlement show \(id) --qr")
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show an entitlement, with the signed token that an officer is shown while it is reserved.",
            discussion: """
                Examples:
                  caveat entitlement show 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52
                  caveat entitlement show 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --token > token.txt
                  caveat entitlement show 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --qr
                  caveat entitlement show 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --svg token.svg
                """
        )

        @OptionGroup var target: EntitlementTarget
        @Flag(help: "Print the token alone, in a line.") var token = false
        @Flag(help: "Print the token as a QR code; most fit in 80 columns.") var qr = false
        @Option(
            help: ArgumentHelp("Write the token as a QR code, a picture for paper, to this file.", valueName: "file"),
            completion: .file(extensions: ["svg"])
        )
        var svg: String?
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let held = try await exchange.get(target.path)
            guard token || qr || svg != nil else { return try exchange.show(entitlement: held) }
            guard let text = held["token"]?.string else {
                let state = held["state"]?.string?.printable ?? "not reserved"
                throw CommandFault.failed(
                    "there is no token of one that is \(state): its holder reserves it for a consignment first"
                )
            }
            if token { try Output.line(text) }
            guard qr || svg != nil else { return }
            guard let code = QRCode(text) else {
                throw CommandFault.failed("the token is too long for a QR code; print it with --token")
            }
            if qr { try Output.line(code.terminal) }
            if let svg {
                do {
                    try Data(code.svg.utf8).write(to: URL(filePath: svg), options: .atomic)
                } catch {
                    throw CommandFault.file(path: svg, rule: "cannot be written (\(error.localizedDescription))")
                }
            }
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a reservation back: it is available again while its days last, and void after them.",
            discussion: """
                Examples:
                  caveat entitlement release 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52
                """
        )

        @OptionGroup var target: EntitlementTarget
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            try exchange.show(entitlement: try await exchange.postOnce("\(target.path)/release", [:]))
        }
    }
}

/// The entitlement that a command is about.
struct EntitlementTarget: ParsableArguments {
    @Argument(help: "Its id, as list prints it.") var id: String

    func validate() throws {
        guard ID<Entitlement>(parsing: id) != nil else {
            throw ValidationError("\(id.printable) is no id of an entitlement: caveat entitlement list prints them")
        }
    }

    /// Where it is below `/v1/`.
    var path: String { "entitlements/\(id.percentEncoded)" }
}

/// What a consignment's papers say.
struct PapersOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The number of its air waybill or bill of lading.", valueName: "number"))
    var consignment: String
    @Option(help: ArgumentHelp("A party that its papers name; may be given again.", valueName: "name"))
    var party: [String] = []
    @Option(help: ArgumentHelp("A container of it; may be given again.", valueName: "number"))
    var container: [String] = []

    func validate() throws {
        do throws(ContentFault) {
            _ = try read()
        } catch {
            throw ValidationError("\(Self.option(error.field)) \(ContentFault("", error.rule))")
        }
    }

    func read() throws(ContentFault) -> Consignment {
        try Consignment(consignment, parties: party, containers: container)
    }

    private static func option(_ field: String) -> String {
        if field.hasPrefix("parties") { return "--party" }
        return field.hasPrefix("containers") ? "--container" : "--consignment"
    }

    /// As the API takes it.
    var body: [String: EntitlementField] {
        ["consignment": .text(consignment), "parties": .texts(party), "containers": .texts(container)]
    }
}

/// A field of what is asked for an entitlement.
enum EntitlementField: Encodable, Sendable {
    case text(String)
    case texts([String])

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .texts(let texts): try container.encode(texts)
        }
    }
}

extension ExchangeOptions {
    /// Posts what must be done once, however often it is sent before an answer comes.
    func postOnce(_ path: String, _ body: [String: EntitlementField]) async throws -> JSON.Value {
        let place = "/v1/\(path)"
        let response = try await connection.open().send(
            .post,
            place,
            body: try body.json(),
            mediaType: "application/json",
            headers: [("Idempotency-Key", UUID().uuidString)]
        )
        return try Connection.read(response, from: place)
    }

    /// Prints what became of an entitlement.
    func show(entitlement held: JSON.Value) throws(CommandFault) {
        if json { return try Output.line(held.compact()) }
        func field(_ key: String) -> String? { held[key]?.string?.printable }
        let used = held["reservation"]
        try Output.line(
            Lines.text([
                ("id", field("id")), ("state", field("state")), ("office", field("office")), ("group", field("group")),
                ("issued", field("issued")), ("expires", field("expires")),
                ("consignment", used?["consignment"]?.string?.printable), ("kind", used?["kind"]?.string?.printable),
                ("until", used?["until"]?.string?.printable), ("redeemed", field("redeemed")),
                ("reason", field("reason")), ("token", field("token")),
            ])
        )
    }
}
