import Exchange
import Foundation

/// A question to one gateway, with the answer that the author of its file expects.
struct GatewayCase: Hashable, Sendable {
    let about: String
    let origin: GatewayParty
    let reader: GatewayParty
    let mode: Mode
    let purpose: Purpose
    let date: Timestamp
    let expect: Bool
}

/// A file of a gateway: the gateway, and the cases that test it.
///
/// `config/gateways/us-314b-like.yaml` has every key, each with what it means.
struct GatewayFile: Hashable, Sendable {
    /// The file's name within its folder.
    let file: String
    let gateway: Gateway
    let cases: [GatewayCase]

    /// The cases that the gateway answers otherwise than its author expects: none in a file that is right.
    var surprises: [GatewayCase] {
        cases.filter {
            let covers = gateway.covers(
                origin: $0.origin,
                reader: $0.reader,
                mode: $0.mode,
                purpose: $0.purpose,
                at: $0.date
            )
            return covers != $0.expect
        }
    }

    /// Reads every file of a folder, and refuses one whose own cases its gateway answers otherwise than they expect.
    static func checked(folder: URL) throws(GatewayFault) -> [GatewayFile] {
        let files = try read(folder: folder)
        for file in files {
            guard let surprise = file.surprises.first else { continue }
            throw GatewayFault(
                file: file.file,
                key: "tests",
                rule:
                    "\"\(surprise.about)\" expects \(surprise.expect), and the gateway says otherwise; mend one of them"
            )
        }
        return files
    }

    /// Reads every file of a folder whose name ends in `.yaml`, in the order of the names.
    ///
    /// What is wrong with a file is thrown with the file, the key and the rule; two gateways never have one name.
    static func read(folder: URL) throws(GatewayFault) -> [GatewayFile] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw GatewayFault(file: folder.path, key: "folder", rule: "cannot be read: \(error)")
        }
        if let stray = names.filter({ $0.hasSuffix(".yml") }).min() {
            throw GatewayFault(file: stray, key: "file", rule: "would not be read; let its name end in .yaml")
        }
        var files: [GatewayFile] = []
        for name in names.sorted() where name.hasSuffix(".yaml") && !name.hasPrefix(".") {
            let text: String
            do {
                text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            } catch {
                throw GatewayFault(file: name, key: "file", rule: "cannot be read as UTF-8: \(error)")
            }
            let new = try read(text, file: name)
            if let old = files.first(where: { $0.gateway.name == new.gateway.name }) {
                throw GatewayFault(
                    file: name,
                    key: "name",
                    rule: "is that of \(old.file) too; give each gateway a name of its own"
                )
            }
            files.append(new)
        }
        return files
    }

    /// Reads one file's text.
    static func read(_ text: String, file: String) throws(GatewayFault) -> GatewayFile {
        var keys = try GatewayKeys(text, file: file)
        let gateway = try gateway(&keys)
        var cases: [GatewayCase] = []
        for var group in try keys.groups("tests") { cases.append(try test(&group)) }
        try keys.finish()
        return GatewayFile(file: file, gateway: gateway, cases: cases)
    }

    private static func gateway(_ keys: inout GatewayKeys) throws(GatewayFault) -> Gateway {
        let name = try keys.value("name", "of a to z, 0 to 9 and -, of at most \(Name.charactersMax)", Name.init)
        let title = try keys.text("title", charactersMax: 100)
        let about = try keys.text("about", charactersMax: 2_000)
        let origin = try party(&keys, "origin")
        let reader = try party(&keys, "reader")
        let relation: Gateway.Relation = try keys.word("relation")
        let shared = try keys.list("shared", "a kind of fact, such as mou", Name.init)
        let modes: Set<Mode> = try keys.words("modes")
        let purposes: Set<Purpose> = try keys.words("purposes")
        guard !purposes.contains(.strategic) else {
            throw keys.fault("purposes", "has P09, but strategic use needs no names; take it out")
        }
        let from = try keys.day("from")
        let until = try keys.day("until")
        if let from, let until, from >= until {
            throw keys.fault("until", "must be a day after from; it is the first day without the gateway")
        }
        return Gateway(
            name: name,
            title: title,
            about: about,
            origin: origin,
            reader: reader,
            relation: relation,
            shared: shared ?? [],
            modes: modes,
            purposes: purposes,
            from: from,
            until: until
        )
    }

    private static func party(_ keys: inout GatewayKeys, _ key: String) throws(GatewayFault) -> Party {
        var group = try keys.group(key)
        let party = Party(
            kinds: try group.words("kinds"),
            jurisdictions: try group.list("jurisdictions", countryRule, country),
            preconditions: try group.list("holds", GatewayKeys.factRule, Precondition.init) ?? []
        )
        try group.finish()
        return party
    }

    private static func test(_ keys: inout GatewayKeys) throws(GatewayFault) -> GatewayCase {
        let about = try keys.text("about", charactersMax: 200)
        let origin = try testParty(&keys, "origin")
        let reader = try testParty(&keys, "reader")
        let mode: Mode = try keys.word("mode")
        let purpose: Purpose = try keys.word("purpose")
        guard let date = try keys.day("date") else { throw keys.fault("date", "is missing; add it") }
        let expect = try keys.value("expect", "true or false") { Bool($0) }
        try keys.finish()
        return GatewayCase(
            about: about,
            origin: origin,
            reader: reader,
            mode: mode,
            purpose: purpose,
            date: date,
            expect: expect
        )
    }

    private static func testParty(_ keys: inout GatewayKeys, _ key: String) throws(GatewayFault) -> GatewayParty {
        var group = try keys.group(key)
        let party = GatewayParty(
            kind: try group.word("kind"),
            jurisdiction: try group.value("jurisdiction", countryRule, country),
            holds: try group.holdings("holds")
        )
        try group.finish()
        return party
    }

    private static let countryRule =
        "two capital letters of ISO 3166-1, such as DE; write GB, not UK, and each country, not EU"

    private static func country(_ text: String) -> String? {
        // These two are often taken for codes of countries, and would never match a member.
        guard text.utf8.count == 2, text.utf8.allSatisfy({ (65...90).contains($0) }), text != "UK", text != "EU"
        else { return nil }
        return text
    }
}
