import ArgumentParser
import Exchange
import Foundation

extension EntitlementCommand {
    /// Verifies a token without asking anybody.
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify a token that you are shown, without asking anybody.",
            discussion: """
                It is good where the exchange signed it, for your office and the consignment on the papers, and its \
                reservation lasts. That it was not redeemed before, your office knows itself; redeem says so, too. \
                The file of keys is what caveat entitlement key printed; of several exchanges in one, name the one. \
                It exits with 1 unless it is good, and says why.

                Examples:
                  caveat entitlement verify token.txt --office harbour-customs --consignment 180-12345675 \\
                    --keys keys.json
                  zbarimg -q --raw shown.png | caveat entitlement verify - --office harbour-customs \\
                    --consignment 180-12345675 --keys keys.json
                """
        )

        @OptionGroup var shown: ShownToken
        @Option(help: ArgumentHelp("Your office.", valueName: "authority")) var office: String
        @Option(help: ArgumentHelp("The number on the papers.", valueName: "number")) var consignment: String
        @OptionGroup var ring: ExchangeKeys
        @Flag(help: "Print what is found as JSON.") var json = false

        func validate() throws {
            try checkName(office)
        }

        func run() throws {
            let text = try shown.text()
            let ring = try ring.read()
            guard let name = Name(office) else { preconditionFailure("the name was checked") }
            let token: EntitlementToken
            do throws(EntitlementToken.Refusal) {
                token = try EntitlementToken(
                    verifying: text,
                    keys: ring,
                    office: name,
                    consignment: consignment,
                    at: Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
                )
            } catch {
                if json { try Output.line(try Found(refusal: error).json()) }
                throw CommandFault.failed("not good: \(error)")
            }
            if json { return try Output.line(try Found(token).json()) }
            try Output.line(
                Lines.text([
                    ("token", "good"), ("id", token.id.text), ("office", token.office.text),
                    ("holder", token.group.text),
                    ("kind", token.kind.rawValue), ("consignment", token.consignment.printable),
                    ("signed", token.issued.text), ("until", token.expires.text),
                ])
            )
        }
    }

    /// What is found of a token, for machines.
    private struct Found: Encodable {
        let verdict: String
        var code, rule, id, office, group, kind, consignment, issued, expires: String?

        init(_ token: EntitlementToken) {
            verdict = "good"
            (id, office, group) = (token.id.text, token.office.text, token.group.text)
            (kind, consignment) = (token.kind.rawValue, token.consignment)
            (issued, expires) = (token.issued.text, token.expires.text)
        }

        init(refusal: EntitlementToken.Refusal) {
            verdict = "wrong"
            (code, rule) = (refusal.code, refusal.description)
        }
    }

    /// Redeems one, as the office.
    struct Redeem: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Redeem an entitlement at your office, for the consignment that it is reserved for.",
            discussion: """
                With the token the exchange checks that it signed it. Name the parties and containers of the papers: a \
                consignment that is linked to a report of its holder, or to a subject that your office knows of, is \
                refused, and the holder is not told why.

                Examples:
                  caveat entitlement redeem token.txt --consignment 180-12345675 --party "Tidewater Freight BV"
                  caveat entitlement redeem 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --consignment 180-12345675
                """
        )

        @OptionGroup var shown: ShownToken
        @OptionGroup var papers: PapersOptions
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let (id, token) = try shown.named()
            var body = papers.body
            if let token { body["token"] = .text(token) }
            try exchange.show(entitlement: try await exchange.postOnce("entitlements/\(id.text)/redeem", body))
        }
    }

    /// Ends a reservation, as the office.
    struct End: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "void",
            abstract: "End a reservation at your office: it is its holder's again while its days last.",
            discussion: """
                The reason is kept for your office; the holder is not told it.

                Examples:
                  caveat entitlement void token.txt --reason "The papers name another consignee."
                """
        )

        @OptionGroup var shown: ShownToken
        @Option(help: "Why, for your office alone.") var reason: String
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws {
            do throws(ContentFault) {
                _ = try VoidReason(reason)
            } catch {
                throw ValidationError("--reason \(ContentFault("", error.rule))")
            }
        }

        func run() async throws {
            let path = "entitlements/\(try shown.named().id.text)/void"
            try exchange.show(entitlement: try await exchange.postOnce(path, ["reason": .text(reason)]))
        }
    }

    /// Fetches what tokens are verified by.
    struct Key: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the exchange's public keys: the file by which tokens are verified off line.",
            discussion: """
                Fetch it over a connection that you trust, and anew when the exchange says that it changed its key.

                Examples:
                  caveat entitlement key > keys.json
                """
        )

        @OptionGroup(title: "Connection") var connection: ConnectionOptions

        func run() async throws {
            let file = try await connection.open().resource("/v1/keys", mediaType: "application/json")
            try Output.line(file.compact())
        }
    }
}

/// The token that an officer was shown, or the id of its entitlement.
struct ShownToken: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The token, a file that holds it, or - for standard input; to redeem or void, the id does, too.",
            valueName: "token"
        ),
        completion: .file()
    )
    var token: String

    /// The token.
    func text() throws(CommandFault) -> String {
        // What has the form of one is one: no file is called so.
        if token.hasPrefix("eyJ"), token.split(separator: ".").count == 3 { return token }
        let text = String(decoding: try InputFile.bytes(token), as: UTF8.self)
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The id of the entitlement, with the token where that was given.
    func named() throws(CommandFault) -> (id: ID<Entitlement>, token: String?) {
        if let id = ID<Entitlement>(parsing: token) { return (id, nil) }
        let text = try text()
        guard let id = EntitlementToken.id(claimedBy: text) else {
            throw .failed("what was given is no token; scan or copy all of it again, or give the entitlement's id")
        }
        return (id, text)
    }
}
