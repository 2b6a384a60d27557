import ArgumentParser
import Exchange

/// Shows what advisories have in common.
struct LinksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "links",
        abstract: "Show what the advisories that you may see have in common, and why.",
        discussion: """
            Types: person, ties (different people who are related), route, institution, conveyance, pattern. Of your \
            own advisories it also tells of which another member, whose you may not see, holds something in common: \
            no more is told of that than that it is so.

            Examples:
              caveat links
              caveat links --advisory CVT-2026-00417 --type person
              caveat links --clusters
            """
    )

    @Option(help: "Only of this advisory: its reference, or the STIX id of a report of it.")
    var advisory: String?

    @Option(help: "Only of this type.")
    var type: String?

    @Flag(help: "Instead: the subjects that are of one, with their objects.")
    var clusters = false

    @OptionGroup var use: PurposeOption

    @OptionGroup
    var exchange: ExchangeOptions

    func validate() throws {
        if let advisory { try checkAdvisory(advisory) }
        if clusters, advisory != nil || type != nil {
            throw ValidationError("--clusters goes with neither --advisory nor --type")
        }
    }

    func run() async throws {
        guard !clusters else { return try await showClusters() }
        let asked = [("advisory", advisory), ("type", type)].compactMap { name, value in
            value.map { "\(name)=\($0.percentEncoded)" }
        }
        let links = try await exchange.all("links", asked, of: "links", for: use.purpose)
        if exchange.json { return try links.forEach { try Output.line($0.compact()) } }
        for link in links {
            let ends = (link["advisories"]?.elements ?? []).map { one in
                Self.name(one) + (one["disputed"]?.boolean == true ? " (disputed)" : "")
            }
            let score = "\(Int(((link["score"]?.double ?? 0) * 100).rounded())) %"
            try Output.line("\(link["label"]?.string ?? "?") (\(score)): \(ends.joined(separator: " and "))".printable)
            for reason in link["evidence"]?.elements ?? [] {
                let objects = (reason["objects"]?.elements ?? []).compactMap(\.string)
                try Output.line("  \(reason["sentence"]?.string ?? "")".printable)
                if !objects.isEmpty { try Output.line("    \(objects.joined(separator: " "))".printable) }
            }
        }
        if links.isEmpty { try Output.line("nothing in common") }
        if type == nil { try await showNotices() }
    }

    private func showClusters() async throws {
        let clusters = try await exchange.all("clusters", of: "clusters", for: use.purpose)
        if exchange.json { return try clusters.forEach { try Output.line($0.compact()) } }
        for (number, cluster) in clusters.enumerated() {
            if number > 0 { try Output.line("") }
            for subject in cluster["subjects"]?.elements ?? [] {
                let words = [subject["object"]?.string, subject["caption"]?.string].map { $0 ?? "?" }
                let name = subject["advisory"].map(Self.name) ?? "?"
                try Output.line("\(words.joined(separator: "  "))  \(name)".printable)
            }
        }
        if clusters.isEmpty { try Output.line("no two are of one") }
    }

    /// Whoever has no part in its member's advisories has no notices.
    private func showNotices() async throws {
        guard let notices = try? await exchange.get("notices", for: use.purpose)["notices"]?.elements else { return }
        for notice in notices {
            let name = notice["reference"]?.string ?? notice["advisory"]?.string ?? "?"
            guard advisory == nil || advisory == name else { continue }
            try Output.line("\(name) (\(notice["day"]?.string ?? "?")): \(notice["sentence"]?.string ?? "")".printable)
        }
    }

    private static func name(_ advisory: JSON.Value) -> String {
        advisory["reference"]?.string ?? advisory["id"]?.string ?? "?"
    }
}

extension ExchangeOptions {
    /// All of a listing, page by page.
    /// - Parameters:
    ///   - key: the field that has them.
    ///   - cursor: the parameter that takes the `next` of the page before.
    func all(
        _ path: String,
        _ asked: [String] = [],
        of key: String,
        by cursor: String = "after",
        for purpose: Purpose? = nil
    ) async throws -> [JSON.Value] {
        var all: [JSON.Value] = []
        var next: String?
        repeat {
            let query = (asked + (next.map { ["\(cursor)=\($0.percentEncoded)"] } ?? [])).joined(separator: "&")
            let page = try await get(query.isEmpty ? path : "\(path)?\(query)", for: purpose)
            all += page[key]?.elements ?? []
            next = page["next"]?.string
        } while next != nil
        return all
    }
}
