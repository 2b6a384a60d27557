import ArgumentParser
import Exchange
import Foundation

/// Asks whether somebody or something is known.
struct ScreenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "screen",
        abstract: "Ask whether a counterparty, shipper, vessel, container or account is known.",
        discussion: """
            Asks the advisories and lists that you may see, ranks who is like the one you name, and says why. What you \
            asked is kept as a keyed digest alone. A hit is a receipt: you are told when what it is of is recalled.

            A file is CSV, whose first line names the columns, or entities of FollowTheMoney, one JSON object a line. \
            Columns are properties of FollowTheMoney: name, alias, birthDate, nationality, country, address, \
            registrationNumber, leiCode, imoNumber and so on, in any case and order; key tells the rows apart and \
            schema their kinds, of which a file's rows are LegalEntity unless --schema says otherwise. Columns called \
            shipper, consignee, notify party, carrier and vessel are about those, each by itself. Others are passed \
            over and named. Cells are parted by commas, semicolons, tabs or bars.

            A report is CSV, JSON or a page to open in a browser, by the ending of its name. Where the work is cut \
            off, the same command goes on with the rows that are left.

            Examples:
              caveat screen "Ivan Petrov" --born 1961-04-12 --country ru
              caveat screen "Ocean Star" --schema Vessel --property imoNumber=9074729
              caveat screen "CSQU 305438 3"
              caveat screen --file customers.csv --report customers.html
              caveat screen --file customers.ftm.jsonl --threshold 0.8 --report hits.csv --purpose P02
            """
    )

    @OptionGroup(title: "Who or what")
    var subject: SubjectArguments

    @Option(help: ArgumentHelp("Many at once: CSV or FollowTheMoney.", valueName: "file"), completion: .file())
    var file: String?

    @Option(help: "What it is for: P01 onboarding, P02 monitoring, P03 a transaction and so on (docs/ACCESS.md).")
    var purpose: String?

    @Option(help: "How many are told of, each time.")
    var limit = 5

    @Option(help: "From what score on one is a match.")
    var threshold = 0.7

    @Option(help: "From what score on one is told of.")
    var cutoff = 0.5

    @Option(
        help: ArgumentHelp("Where the report goes: NAME.csv, NAME.json or NAME.html.", valueName: "file"),
        completion: .file()
    )
    var report: String?

    @Flag(help: "Print the answers as served, one a line.")
    var json = false

    @OptionGroup(title: "Connection")
    var connection: ConnectionOptions

    func validate() throws {
        guard subject.isGiven != (file != nil) else {
            throw ValidationError("give a name, or --file FILE for many; not both")
        }
        if report != nil, file == nil { throw ValidationError("--report goes with --file") }
        if let report, ScreeningReport.Form(path: report) == nil {
            throw ValidationError("\(report.printable): a report's name ends in .csv, .json or .html")
        }
        if let report, let file, URL(filePath: report).standardizedFileURL == URL(filePath: file).standardizedFileURL {
            throw ValidationError("\(report.printable) is the file itself: give the report a name of its own")
        }
        if let purpose, Purpose(rawValue: purpose) == nil {
            let codes = Purpose.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--purpose must be one of \(codes)")
        }
    }

    func run() async throws {
        let desk = ScreeningCalls(
            connection: try connection.open(for: purpose.flatMap(Purpose.init)),
            // Beyond the quota official lists are asked all the same: here it is said where they alone were.
            parameters: "limit=\(limit)&threshold=\(threshold)&cutoff=\(cutoff)&over_quota=official"
        )
        guard let file else { return try await screenOne(over: desk) }
        let rows = try ScreeningFile(
            try InputFile.bytes(file),
            schema: subject.schema.map { ScreeningFile.schema($0) } ?? "LegalEntity",
            path: file
        )
        for note in rows.notes { Output.note(note) }
        try await ScreeningRun(rows, path: file, report: report, isJSON: json, desk).screen()
    }

    private func screenOne(over desk: ScreeningCalls) async throws {
        let answer = try await desk.ask(["1": subject.query])
        guard let results = answer["responses"]?["1"] else {
            throw CommandFault.answer(to: "/v1/match", rule: "has no response")
        }
        let quota = ScreeningQuota(answer)
        if json {
            try Output.line(results.compact())
        } else {
            let hits = (results["results"]?.elements ?? []).map(ScreeningHitText.init)
            if hits.isEmpty {
                try Output.line("nobody like that is \(quota.isOfficial ? "on the official lists" : "known to you")")
            }
            for hit in hits { try Output.line(hit.text) }
        }
        if quota.isOfficial { throw CommandFault.failed("official lists alone were asked: \(quota.text)") }
        if let text = quota.left { Output.note(text) }
    }
}

/// One that is asked about, as it is named on the command line.
struct SubjectArguments: ParsableArguments {
    @Argument(help: "The name; or a number of a vessel, container, account or document.")
    var name: String?

    @Option(help: "What they are, where nothing else is said: Person, Company, Vessel, LegalEntity and so on.")
    var schema: String?

    @Option(help: "The date of birth: 1961, 1961-04 or 1961-04-12.")
    var born: String?

    @Option(help: "A country, as two letters; may be given more than once.")
    var country: [String] = []

    @Option(
        help: ArgumentHelp(
            "Another property, such as imoNumber=9074729; may be given more than once.",
            valueName: "name=value"
        )
    )
    var property: [String] = []

    func validate() throws {
        if let stray = property.first(where: { !$0.contains("=") || $0.hasPrefix("=") }) {
            throw ValidationError("--property \(stray.printable): write NAME=VALUE, such as imoNumber=9074729")
        }
    }

    /// Whether somebody is named by it.
    var isGiven: Bool { name != nil || born != nil || !country.isEmpty || !property.isEmpty }

    var query: ScreeningQuery {
        var properties: [String: [String]] = [:]
        if let name {
            properties["name"] = [name]
            // It may be a number as well.
            if Self.isNumber(name) { (properties["imoNumber"], properties["idNumber"]) = ([name], [name]) }
        }
        if let born { properties["birthDate"] = [born] }
        if !country.isEmpty { properties["country"] = country }
        for text in property {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            properties[parts[0], default: []].append(parts.count == 2 ? parts[1] : "")
        }
        let schema = schema.map { ScreeningFile.schema($0) }
        return ScreeningQuery(schema: schema ?? (born == nil ? "Thing" : "Person"), properties: properties)
    }

    /// Whether a name may be the number of a vessel, a container, an account or a document: it has three digits at
    /// least, and no word without one that is longer than the letters before numbers are.
    private static func isNumber(_ name: String) -> Bool {
        name.count(where: \.isNumber) >= 3
            && name.split(whereSeparator: \.isWhitespace).allSatisfy { $0.count <= 4 || $0.contains(where: \.isNumber) }
    }
}

/// One that is asked about, as it is sent.
struct ScreeningQuery: Encodable, Sendable {
    let schema: String
    let properties: [String: [String]]

    /// What a reviewer knows it by: its name, or else the first that is said of it.
    var title: String {
        if let name = properties["name"]?.first { return name }
        let parts = ["firstName", "lastName"].compactMap { properties[$0]?.first }
        guard parts.isEmpty else { return parts.joined(separator: " ") }
        return properties.min { $0.key < $1.key }?.value.first ?? ""
    }
}

/// The calls of `/v1/match` over one connection.
struct ScreeningCalls: Sendable {
    let connection: Connection
    let parameters: String

    private struct Body: Encodable {
        let queries: [String: ScreeningQuery]
    }

    /// What is known of some.
    func ask(_ queries: [String: ScreeningQuery]) async throws -> JSON.Value {
        let path = "/v1/match"
        let response = try await connection.send(
            .post,
            "\(path)?\(parameters)",
            body: try Body(queries: queries).json(),
            mediaType: "application/json"
        )
        return try Connection.read(response, from: path)
    }
}

/// What an answer tells of the quota.
struct ScreeningQuota {
    private let quota: JSON.Value?
    private let since: String?
    /// Whether official lists alone were asked, since the quota is used up.
    let isOfficial: Bool

    init(_ answer: JSON.Value) {
        quota = answer["quota"]
        isOfficial = answer["scope"]?["pools"]?.string == "official-lists"
        since = answer["scope"]?["since"]?.string
    }

    /// How much there is, and when.
    var text: String {
        let (left, limit) = (quota?["left"]?.integer ?? 0, quota?["limit"]?.integer ?? 0)
        let (tier, renews) = (quota?["tier"]?.string?.printable ?? "?", quota?["renews"]?.string?.printable ?? "?")
        return "\(left) of \(limit) screenings are left to your ownership group (tier \(tier)); all are there again at "
            + renews
    }

    /// The same where the call was counted, with how far back advisories were told of.
    var left: String? {
        guard quota != nil else { return nil }
        return text
            + (since.map { "; advisories from before \($0.prefix(10).description.printable) are not told of" } ?? "")
    }
}

/// A hit, for people.
struct ScreeningHitText {
    let hit: JSON.Value

    init(_ hit: JSON.Value) { self.hit = hit }

    var isMatch: Bool { hit["match"]?.boolean ?? false }
    var isProtected: Bool { hit["protect"] != nil }
    /// Whether somebody disputes the advisory that tells of it.
    var isDisputed: Bool { hit["advisory"]?["disputed"]?.boolean ?? false }
    /// What the advisory says that they are in it, where that is no suspect.
    var standing: String? {
        switch hit["advisory"]?["standing"]?.string.flatMap(DataSubject.init) {
        case .witness: "witness"
        case .associate: "associate"
        case .convicted: "convicted"
        case .suspect, .victim, .innocent, .unknown, nil: nil
        }
    }
    /// Who found that they are two, and why; nil where nobody did.
    var cleared: String? {
        hit["cleared"].map { pair in
            let by = pair["by"]?.string ?? "?"
            return "cleared by \(by) on \(pair["time"]?.string?.prefix(10) ?? "?"): \(pair["reason"]?.string ?? "")"
                .printable
        }
    }
    /// What a reviewer reads first.
    var verdict: String { isProtected ? "protect" : isMatch ? "match" : cleared == nil ? "maybe" : "cleared" }
    var score: String { Self.share(hit["score"]?.double ?? 0) }
    var caption: String { hit["caption"]?.string?.printable ?? "?" }
    var pool: String { hit["datasets"]?.elements.first?.string?.printable ?? "?" }
    /// What tells of it: an advisory's number, a report's id, or the list's own id.
    var origin: String {
        let advisory = hit["advisory"]
        return (advisory?["reference"]?.string ?? advisory?["id"]?.string ?? hit["id"]?.string ?? "?").printable
    }
    /// Why, in a sentence; of somebody to be protected what is to be done.
    var reason: String {
        (cleared ?? hit["protect"]?.string ?? hit["explanations"]?["sentence"]?.string ?? "").printable
    }

    /// On two lines.
    var text: String {
        "\(score)  \(verdict)\(standing.map { ", \($0)" } ?? "")\(isDisputed ? ", disputed" : "")  \(caption)  (\(hit["schema"]?.string?.printable ?? "?"), \(pool), \(origin))"
            + (reason.isEmpty ? "" : "\n      \(reason)")
    }

    /// A share of 1 with two places, cut off: nothing below a threshold is shown to have reached it.
    static func share(_ share: Double) -> String {
        let hundredths = Int(share * 100 + 0.000_1)
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }
}
