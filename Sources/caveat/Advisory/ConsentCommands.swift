import ArgumentParser
import Exchange

/// What a holder asks originators for: to have more of what it was given.
struct ConsentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consents",
        abstract: "Ask an originator for more of a report that you were given, and see what became of that.",
        discussion: """
            Examples:
              caveat consents
              caveat consents ask report--0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11 --purpose P08 --reason "Our client."
            """,
        subcommands: [List.self, Ask.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what your member asked, newest first (the default).",
            discussion: """
                Examples:
                  caveat consents
                  caveat consents list --json
                """
        )

        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let requests = try await exchange.all("requests", at: "consents")
            try ConsentsCommand.show(requests, [("REPORT", "report")], exchange, orNote: "your member asked nothing")
            let idle = requests.filter { $0["effective"]?.boolean == false }.compactMap {
                $0["report"]?.string?.printable
            }
            for report in idle where !exchange.json {
                Output.note(
                    "the consent to \(report) gives you no more as it stands: another rule still keeps it from you"
                )
            }
        }
    }

    struct Ask: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask to have more of a report for one purpose.",
            discussion: """
                The originator answers; a consent gives what it covers over TAXII, and ends by itself.

                Examples:
                  caveat consents ask report--0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11 --purpose P08 --reason "Our client."
                """
        )

        @Argument(help: "The report's id, as poll prints it.", transform: readReport) var report: String
        @Option(help: "What you would use it for: one that your credential is bound to.") var purpose: Purpose
        @Option(help: ArgumentHelp("Why you need it; the originator reads that.", valueName: "text"))
        var reason: String
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws { try checkSaid(reason, "--reason", "why you need it") }

        func run() async throws {
            let body = ["report": report, "purpose": purpose.rawValue, "reason": reason]
            let answer = try await exchange.post("consents", body)
            try exchange.show(answer, orSay: "asked for \(report), for \(purpose.rawValue)")
        }
    }

    /// Prints requests, one a line as JSON or as a table that begins with `first`.
    static func show(
        _ requests: [JSON.Value],
        _ first: [(heading: String, key: String)],
        _ exchange: ExchangeOptions,
        orNote nothing: String
    ) throws {
        if exchange.json {
            for request in requests { try Output.line(request.compact()) }
            return
        }
        if requests.isEmpty { return Output.note(nothing) }
        let columns = [
            ("STATE", "state"), ("PURPOSE", "purpose"), ("ASKED", "asked"), ("RENDITION", "rendition"),
            ("UNTIL", "until"), ("REASON", "reason"),
        ]
        try Output.line(Table.rows(requests, first + columns.map { (heading: $0.0, key: $0.1) }))
    }
}

extension AdvisoryCommand {
    /// Lists what readers asked.
    struct Consents: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List which members asked for more of an advisory; what is open first.",
            discussion: """
                Examples:
                  caveat advisory consents CVT-2026-00417
                """
        )

        @OptionGroup var advisory: AdvisoryTarget
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            let answer = try await exchange.get("\(advisory.path)/consents")
            let requests = answer["requests"]?.elements ?? []
            try ConsentsCommand.show(requests, [("READER", "reader")], exchange, orNote: "nobody asked")
            guard let given = answer["given"]?.elements, !given.isEmpty, !exchange.json else { return }
            let columns: [(heading: String, key: String)] = [
                ("GIVEN TO", "reader"), ("PURPOSE", "purpose"), ("RENDITION", "rendition"), ("UNTIL", "until"),
            ]
            try Output.line(Table.rows(given, columns))
        }
    }

    /// Refuses what a reader asked.
    struct RefuseConsent: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuse what a member asked, or end the consent that it has; it is not told why.",
            discussion: """
                Examples:
                  caveat advisory refuse-consent CVT-2026-00417 --to first-harbour-bank --purpose P08
                """
        )

        @OptionGroup var advisory: AdvisoryTarget
        @Option(name: .customLong("to"), help: ArgumentHelp("The member's name.", valueName: "member"))
        var reader: String
        @Option(help: "What it asked for.") var purpose: Purpose
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws { try checkName(reader) }

        func run() async throws {
            let body = ["reader": reader, "purpose": purpose.rawValue]
            let answer = try await exchange.post("\(advisory.path)/refuse-consent", body)
            try exchange.show(answer, orSay: "\(reader) is refused")
        }
    }

    /// Lets a reader have more than the policy gives it.
    struct Consent: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a member have a rendition that it would not get otherwise, for one purpose and a time.",
            discussion: """
                It takes the place of the one that the member has for that purpose; refuse-consent ends it.

                Examples:
                  caveat advisory consent CVT-2026-00417 --to first-harbour-bank \\
                    --purpose P08 --rendition tearline --until 2027-03-01T00:00:00Z
                """
        )

        @OptionGroup var advisory: AdvisoryTarget
        @Option(name: .customLong("to"), help: ArgumentHelp("The member's name.", valueName: "member"))
        var reader: String
        @Option(help: "What it may be used for.") var purpose: Purpose
        @Option(help: "How much of it.") var rendition: Rendition
        @Option(help: ArgumentHelp("When the consent ends (RFC 3339).", valueName: "time"), transform: readTime)
        var until: Timestamp
        @OptionGroup var exchange: ExchangeOptions

        func validate() throws { try checkName(reader) }

        func run() async throws {
            let body = [
                "reader": reader, "purpose": purpose.rawValue, "rendition": rendition.rawValue,
                "until": until.text,
            ]
            let answer = try await exchange.post("\(advisory.path)/consents", body)
            let text = "\(reader) may have the \(rendition.rawValue) rendition for \(purpose.rawValue)"
            try exchange.show(answer, orSay: "\(text) until \(until.text)")
            if !exchange.json { try await warnWhereLessIsSeen() }
        }

        /// A consent lifts no other row of the policy: what the reader may have then is said where it is less.
        private func warnWhereLessIsSeen() async throws {
            let query = "member=\(reader.percentEncoded)&purpose=\(purpose.rawValue)"
            let decisions: [JSON.Value]
            do {
                decisions = try await exchange.get("\(advisory.path)/explain?\(query)")["decisions"]?.elements ?? []
            } catch is CommandFault {
                return  // Who is no auditor of the advisory is not told how it is decided.
            }
            let seen = decisions.first { $0["decision"]?.string == "permitted" }?["rendition"]?.string
            guard seen != rendition.rawValue, seen != Rendition.full.rawValue else { return }
            Output.note(
                "as it stands it gets \(seen.map { "the \($0) rendition" } ?? "nothing") all the same; see why: "
                    + "caveat explain \(advisory.id) --as \(reader) --purpose \(purpose.rawValue)"
            )
        }
    }
}
