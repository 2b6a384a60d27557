import Exchange
import Foundation
import Testing

@testable import caveatd

@Suite("Files of gateways")
struct GatewayFileTests {
    private static var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "config/gateways")
    }

    private static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    @Test("of the repository answer their own cases, of which one at least is covered and one is not")
    func cases() throws {
        let files = try GatewayFile.read(folder: Self.folder)
        #expect(files.map(\.file) == (try Self.names()) && files.count == 9)
        for file in files {
            for surprise in file.surprises { Issue.record("\(file.file): \(surprise.about)") }
            #expect(Set(file.cases.map(\.expect)) == [true, false], "\(file.file)")
            #expect(file.file == "\(file.gateway.name).yaml" && file.gateway.about.hasSuffix("Not legal advice."))
        }
        #expect(Gateways(files.map(\.gateway)) != nil)
    }

    @Test("of the repository document every key")
    func documented() throws {
        let keys = [
            "name", "title", "about", "origin", "reader", "kinds", "jurisdictions", "holds", "relation", "shared",
            "modes", "purposes", "from", "until", "tests",
        ]
        for name in try Self.names() {
            let text = try Self.text(name)
            #expect(text.hasPrefix("# "), "\(name) does not begin with a comment")
            for key in keys { #expect(text.contains("\n\(key):") || text.contains(" \(key):"), "\(name) lacks \(key)") }
            // A comment stands above each key, the reader's aside, which are the origin's.
            let lines = text.prefix(upTo: text.firstRange(of: "\nreader:")?.lowerBound ?? text.endIndex)
                .split(separator: "\n", omittingEmptySubsequences: false)
            for (before, line) in zip(lines, lines.dropFirst()) where line.firstMatch(of: /^ *[a-z]+:/) != nil {
                #expect(before.trimmingCharacters(in: .whitespaces).hasPrefix("# "), "\(name): \(line)")
            }
        }
    }

    @Test("hold what the first of them says")
    func whole() throws {
        let file = try GatewayFile.read(Self.sample, file: "a.yaml")
        let bank = Party(
            kinds: [.bank],
            jurisdictions: ["US", "NO"],
            preconditions: Set(["notice", "mou:x"].compactMap(Precondition.init))
        )
        let from = try Timestamp(parsing: "2026-01-01T00:00:00Z")
        #expect(file.gateway.origin == bank && file.gateway.reader == Party(kinds: [.bank, .fiu]))
        #expect(file.gateway.relation == .different && file.gateway.shared == Set([Name("mou")].compactMap { $0 }))
        #expect(file.gateway.modes == [.published, .report] && file.gateway.purposes == [.onboarding, .sanctions])
        #expect(file.gateway.from == from && file.gateway.until == from.advanced(by: .seconds(86_400)))
        let first = try #require(file.cases.first)
        let notice = try #require(Precondition("notice"))
        let pact = try #require(Precondition("mou:x"))
        #expect(first.origin.holds == [notice: from.advanced(by: .seconds(86_400)), pact: nil])
        #expect(first.origin.holds.count == 2 && first.reader.holds.isEmpty && first.date == from && !first.expect)
        #expect(file.surprises.isEmpty)
        let wrong = Self.sample.replacing("expect: false", with: "expect: true")
        #expect(try GatewayFile.read(wrong, file: "a.yaml").surprises.count == 1)
    }

    @Test(
        "name the key that is wrong, and how to mend it",
        arguments: [
            ("relation: different", "relations: different", "relation", "is missing"),
            ("relation: different", "relation: same\nrelated: 1", "related", "the keys here are"),
            ("relation: different", "relation: near", "relation", "one of same, different, any"),
            ("name: a", "name: A", "name", "of a to z"), ("name: a", "name: [a]", "name", "must be a text"),
            ("title: T", "title: \(String(repeating: "t", count: 101))", "title", "100 or fewer"),
            ("kinds: [bank]", "kinds: [banks]", "origin.kinds", "has banks"),
            ("kinds: [bank]", "kinds: []", "origin.kinds", "at least one"),
            ("kinds: [bank]", "kinds: bank", "origin.kinds", "must be a list"),
            ("kinds: [bank, fiu]", "kinds: [bank, bank]", "reader.kinds", "twice"),
            ("kinds: [bank, fiu]", "kin: [bank]", "reader.kinds", "is missing"),
            ("[US, NO]", "[UK]", "origin.jurisdictions", "GB, not UK"),
            ("[US, NO]", "[]", "origin.jurisdictions", "at least one"),
            ("[notice, \"mou:x\"]", "[Notice]", "origin.holds", "has Notice"),
            ("shared: [mou]", "shared: [\"mou:x\"]", "shared", "a kind of fact"),
            ("modes: [published, report]", "modes: [mail]", "modes", "published, request, report"),
            ("purposes: [P01, P11]", "purposes: [P09]", "purposes", "take it out"),
            ("purposes: [P01, P11]", "purposes: [P12]", "purposes", "P11"),
            ("from: 2026-01-01", "from: 2026-02-30", "from", "a day such as"),
            ("until: 2026-01-02", "until: 2026-01-01", "until", "after from"),
            ("tests:", "tests: []\nx:", "tests", "at least one mapping"),
            ("kind: bank,", "kind: banks,", "tests[1].origin.kind", "one of"),
            ("notice: 2026-01-02", "notice: soon", "tests[1].origin.holds.notice", "always, or a day"),
            ("notice: 2026-01-02", "No: always", "tests[1].origin.holds.No", "must be a fact"),
            ("expect: false", "expect: no", "tests[1].expect", "true or false"),
            ("mode: report", "mode: report\n    x: 1", "tests[1].x", "is no key"),
            ("date: 2026-01-01", "date: 2026", "tests[1].date", "a day such as"),
            ("    date: 2026-01-01\n", "", "tests[1].date", "is missing"),
            ("name: a", "name: a\nname: b", "file", "is not YAML"), ("name: a", "- a", "file", "is not YAML"),
        ]
    )
    func wrong(old: String, new: String, key: String, rule: String) throws {
        let range = try #require(Self.sample.firstRange(of: old))
        let text = Self.sample.replacingCharacters(in: range, with: new)
        let fault = #expect(throws: GatewayFault.self) { try GatewayFile.read(text, file: "a.yaml") }
        #expect(fault?.file == "a.yaml" && fault?.key == key, "\(String(describing: fault))")
        #expect(fault?.rule.contains(rule) == true, "\(String(describing: fault))")
    }

    @Test("must be mappings", arguments: ["", "# nothing", "- a", "a", "[a]: b"])
    func shape(text: String) {
        let fault = #expect(throws: GatewayFault.self) { try GatewayFile.read(text, file: "a.yaml") }
        #expect(fault?.key == "file", "\(String(describing: fault))")
    }

    @Test("are read by name from a folder; no two have one name, and none is left out unseen")
    func folder() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "caveat-gateways-\(UUID().uuidString)")
        #expect(throws: GatewayFault.self) { try GatewayFile.read(folder: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // What is left is in the temporary folder.
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        #expect(try GatewayFile.read(folder: folder).isEmpty)
        try write(Self.sample.replacing("name: a", with: "name: z"), "1.yaml")
        try write(Self.sample, "2.yaml")
        try write("ignored", "README.md")
        try write("ignored", ".#2.yaml")
        #expect(try GatewayFile.read(folder: folder).map(\.gateway.name.text) == ["z", "a"])
        try write(Self.sample, "3.yaml")
        let fault = #expect(throws: GatewayFault.self) { try GatewayFile.read(folder: folder) }
        #expect(fault?.file == "3.yaml" && fault?.key == "name" && fault?.rule.contains("2.yaml") == true)
        try write("", "4.yml")
        #expect(throws: GatewayFault(file: "4.yml", key: "file", rule: "would not be read; let its name end in .yaml"))
        {
            try GatewayFile.read(folder: folder)
        }
    }

    private static let sample = """
        name: a
        title: T
        about: A
        origin:
          kinds: [bank]
          jurisdictions: [US, NO]
          holds: [notice, "mou:x"]
        reader:
          kinds: [bank, fiu]
        relation: different
        shared: [mou]
        modes: [published, report]
        purposes: [P01, P11]
        from: 2026-01-01
        until: 2026-01-02
        tests:
          - about: it does not
            origin: { kind: bank, jurisdiction: US, holds: { notice: 2026-01-02, "mou:x": always } }
            reader: { kind: fiu, jurisdiction: US }
            mode: report
            purpose: P11
            date: 2026-01-01
            expect: false

        """
}
