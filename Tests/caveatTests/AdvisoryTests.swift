import ArgumentParser
import Exchange
import Testing

@testable import caveat

@Suite("Arguments about advisories")
struct AdvisoryArgumentTests {
    private static let connection = ["--url", "https://exchange.example.org", "--token-file", "/token"]
    private static let id = "5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52"
    private static let reference = "CVT-2026-00417"
    private static let report = "report--0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11"
    private static let digest = String(repeating: "0aF9", count: 16)

    @Test(
        "that make sense are taken",
        arguments: [
            ["advisory", "draft", "a.json", "--pool", "warnings", "--kind", "ADV-SUB", "--json"],
            ["advisory", "draft", "-", "--pool", "warnings", "--kind", "ADV-SAFE"],
            ["advisory", "list"],
            ["advisory", "list", "--state", "published", "--json"],
            ["advisory", "show", id],
            ["advisory", "show", reference, "--json"],
            ["advisory", "edit", id, "a.json"],
            ["advisory", "grade", id, "B2"],
            ["advisory", "grade", id, "f6", "--original", "4x4:X4"],
            ["advisory", "confirm-grade", id],
            ["advisory", "approve", id, "--digest", digest],
            ["advisory", "ratify", reference, "--digest", digest],
            ["advisory", "publish", id],
            ["advisory", "amend", reference, "-", "--what", "a", "--why", "b"],
            ["advisory", "publish-amendment", reference],
            ["advisory", "review", reference],
            ["advisory", "review", reference, "--until", "2027-03-01T00:00:00Z"],
            ["advisory", "withdraw", reference, "--reason", "source-withdrawn"],
            ["advisory", "recall", reference, "--reason", "mistaken-identity"],
            ["advisory", "erase", reference, "--reason", "retention"],
            ["advisory", "dispute", reference, "--reason", "wrong"],
            ["advisory", "dispute", report, "--reason", "wrong"],
            ["advisory", "settle", reference],
            [
                "advisory", "consent", reference, "--to", "a", "--purpose", "P08", "--rendition", "tearline",
                "--until", "2027-03-01T00:00:00Z",
            ],
            ["who-saw", reference, "--json"],
            ["explain", reference], ["explain", reference, "--as", "a"],
            ["explain", id, "--as", "a", "--purpose", "P02", "--principal", "b", "--json"],
            ["recalls"],
            ["recalls", "--json"],
            ["recalls", "list"],
            ["recalls", "acknowledge", report],
            ["recalls", "acknowledge", report, "--note", "a"],
            ["rely", report, "--decision", "a"],
        ]
    )
    func taken(arguments: [String]) throws {
        _ = try Main.parseAsRoot(arguments + Self.connection)
    }

    @Test("an example needs no exchange", arguments: AdvisoryKind.allCases)
    func example(kind: AdvisoryKind) throws {
        _ = try Main.parseAsRoot(["advisory", "example", kind.rawValue])
    }

    @Test(
        "that do not are misuse, with exit code 64",
        arguments: [
            ["advisory", "draft", "a.json", "--kind", "ADV-SUB"],
            ["advisory", "draft", "a.json", "--pool", "warnings"],
            ["advisory", "draft", "a.json", "--pool", "warnings", "--kind", "SUB"],
            ["advisory", "list", "--state", "new"],
            ["advisory", "show"],
            ["advisory", "show", "417"],
            ["advisory", "show", "CVT-2026-417"],
            ["advisory", "show", "report--1"],
            ["advisory", "edit", id],
            ["advisory", "grade", id],
            ["advisory", "grade", id, "G2"],
            ["advisory", "grade", id, "B7"],
            ["advisory", "grade", id, "B2", "--original", " "],
            ["advisory", "approve", id],
            ["advisory", "approve", id, "--digest", "0af9"],
            ["advisory", "approve", id, "--digest", String(repeating: "g", count: 64)],
            ["advisory", "ratify", id],
            ["advisory", "amend", id, "a.json", "--what", "a"],
            ["advisory", "amend", id, "a.json", "--what", "a", "--why", "\n"],
            ["advisory", "review", id, "--until", "soon"],
            ["advisory", "withdraw", id],
            ["advisory", "withdraw", id, "--reason", "error"],
            ["advisory", "recall", id, "--reason", "unratified"],
            ["advisory", "erase", id, "--reason", "closed"],
            ["advisory", "erase", id],
            ["advisory", "recall", id],
            ["advisory", "dispute", id, "--reason", ""],
            ["advisory", "dispute", id],
            ["advisory", "consent", id, "--to", "a", "--purpose", "P08", "--rendition", "tearline"],
            [
                "advisory", "consent", id, "--to", "a", "--purpose", "P08", "--rendition", "stub",
                "--until", "2027-03-01T00:00:00Z",
            ],
            [
                "advisory", "consent", id, "--to", "A b", "--purpose", "P08", "--rendition", "full",
                "--until", "2027-03-01T00:00:00Z",
            ],
            ["who-saw"],
            ["who-saw", "report--1"],
            ["explain", id, "--principal", "b"],
            ["explain", id, "--as", "A b"],
            ["explain", id, "--as", "a", "--purpose", "P12"],
            ["explain", id, "--as", "a", "--principal", "a&b"],
            ["recalls", "acknowledge"],
            ["recalls", "acknowledge", reference],
            ["recalls", "acknowledge", "note--1"],
            ["recalls", "acknowledge", report, "--note", " "],
            ["rely", report],
            ["rely", "report--1", "--decision", "a"],
            ["rely", report, "--decision", " "],
        ]
    )
    func misused(arguments: [String]) {
        let fault = #expect(throws: (any Error).self) { try Main.parseAsRoot(arguments + Self.connection) }
        #expect(fault.map { Main.exitCode(for: $0).rawValue } == 64)
    }

    @Test("a digest and a grade may be typed in either case")
    func cases() throws {
        let approval = try Main.parseAsRoot(
            ["advisory", "approve", Self.id, "--digest", Self.digest] + Self.connection
        )
        #expect((approval as? AdvisoryCommand.Approve)?.version.digest == Self.digest.lowercased())
        let grading = try Main.parseAsRoot(["advisory", "grade", Self.id, "c3"] + Self.connection)
        #expect((grading as? AdvisoryCommand.Grade)?.grade.code == "C3")
    }
}

@Suite("AdvisoryFile")
struct AdvisoryFileTests {
    @Test("takes the example of every kind", arguments: AdvisoryKind.allCases)
    func examples(kind: AdvisoryKind) throws {
        let file = try AdvisoryFile(Array(kind.example.utf8))
        try file.check(as: kind, in: "example")
        #expect(file.content.tearline != nil)
        #expect(file.terms.purposes.contains(.monitoring))
    }

    @Test(
        "names the field that is at fault",
        arguments: [
            (#""A2""#, #""A9""#, "content.action"),
            (#""severity": 3"#, #""severity": "high""#, "content.severity"),
            (#""severity": 3,"#, "", "content.severity"),
            (#""kind": "PER""#, #""kind": "MAN""#, "content.subjects[1].kind"),
            (#""to": "s1""#, #""to": "s9""#, "content.relations[0].to"),
            (#""marking": "amber""#, #""marking": "white""#, "terms.marking"),
            (#""caveats""#, #""caveat""#, "terms.caveat"),
            (#""terms""#, #""term""#, "term"),
        ]
    )
    func fields(part: String, other: String, field: String) throws {
        let text = AdvisoryKind.subject.example
        try #require(text.contains(part))
        let fault = #expect(throws: AdvisoryFileFault.self) {
            try AdvisoryFile(Array(text.replacing(part, with: other, maxReplacements: 1).utf8))
        }
        guard case .content(let content) = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect(content.field == field)
    }

    @Test("is refused when it is something else", arguments: ["", "7", "[]", #"{"content": {}}"#, #"{"terms": {}}"#])
    func others(text: String) {
        #expect(throws: AdvisoryFileFault.self) { try AdvisoryFile(Array(text.utf8)) }
    }

    @Test("is refused for a kind that it is not of, naming the field")
    func kind() throws {
        let file = try AdvisoryFile(Array(AdvisoryKind.subject.example.utf8))
        let method = #expect(throws: CommandFault.self) { try file.check(as: .method, in: "a.json") }
        #expect(method?.description.hasPrefix("a.json at content.subjects[1]: ") == true)
        let safety = try AdvisoryFile(Array(AdvisoryKind.safety.example.utf8))
        let asset = #expect(throws: CommandFault.self) { try safety.check(as: .asset, in: "a.json") }
        #expect(asset?.description.hasPrefix("a.json at terms.affected: ") == true)
    }
}

@Suite("What advisories look like to people")
struct AdvisoryTextTests {
    private func value(_ text: String) throws -> JSON.Value { try JSON(parsing: Array(text.utf8)).root }

    @Test("an outline leaves nothing out, and no text passes for another line of it")
    func outline() throws {
        let text = try Outline.text(
            value(
                #"{"a":{"b":[1,true],"c":["x"],"d":[]},"e":"one\naction: A0","f":[{"g":"h","i":null}],"j":"k\u001bl"}"#
            )
        )
        #expect(
            text == """
                a:
                  b:
                    - 1
                    - yes
                  c: x
                  d: none
                e:
                  | one
                  | action: A0
                f:
                  - g: h
                    i: -
                j: k l
                """
        )
    }

    @Test(
        "a summary says whose turn it is",
        arguments: [
            (#"{"id":"1","state":"draft","version":{"number":1,"progress":"draft"}}"#, "advisory grade 1"),
            (#"{"id":"1","state":"graded","version":{"progress":"graded","digest":"ab"}}"#, "approve 1 --digest ab"),
            (#"{"id":"1","state":"approved","version":{"progress":"approved"}}"#, "advisory publish 1"),
            (
                #"{"reference":"R","state":"published","version":{},"amendment":{"progress":"approved"}}"#,
                "publish-amendment R"
            ),
            (
                #"{"reference":"R","state":"published","ratified":false,"version":{"digest":"cd"}}"#,
                "ratify R --digest cd"
            ),
            (#"{"reference":"R","state":"published","ratified":true,"version":{"progress":"approved"}}"#, nil),
            (#"{"reference":"R","state":"recalled","ratified":false,"version":{"progress":"draft"}}"#, nil),
        ] as [(String, String?)]
    )
    func next(advisory: String, words: String?) throws {
        let next = AdvisorySummary(try value(advisory)).next
        if let words { #expect(next?.contains(words) == true) } else { #expect(next == nil) }
    }

    @Test("what is overdue comes first")
    func overdue() throws {
        let receipts = #"[{"member":"a","renditions":["full"]}]"#
        let owed = """
            [{"member":"on-time","due":"t","acknowledged":"s","overdue":false},{"member":"waiting","due":"t","overdue":\
            false},{"member":"late","due":"t","overdue":true}]
            """
        let seen = WhoSawCommand.text([try value("{\"receipts\":\(receipts),\"owed\":\(owed)}")])
        #expect(seen.hasPrefix("OVERDUE"))
        let order = ["late", "waiting", "on-time", "full"].compactMap { seen.firstRange(of: $0)?.lowerBound }
        #expect(order.count == 4 && order == order.sorted())
        let recalls = """
            [{"report":"r1","due":"t","overdue":false},{"report":"r2","due":"t","overdue":true,\
            "decisions":["held 4711"]}]
            """
        let text = RecallsCommand.text(try value(recalls).elements)
        #expect(text.hasPrefix("OVERDUE") && text.contains("relied on     held 4711"))
    }

    @Test("who saw it is counted by members and by receipts, for each rendition")
    func counts() throws {
        let receipts = #"""
            {"receipts":[{"member":"a","renditions":["full","stub"]},{"member":"a","renditions":["full"]},
            {"member":"b","renditions":["full"]}],"owed":[]}
            """#
        let seen = WhoSawCommand.text([try value(receipts)]).split(separator: "\n").prefix(4)
        #expect(
            seen == [
                "Was given to 2 members, in 3 receipts", "RENDITION  MEMBERS  RECEIPTS", "full       2        3",
                "stub       1        1",
            ]
        )
    }

    @Test("a decision on what was recalled is told so")
    func reliance() throws {
        let stands = RelyCommand.text(try value(#"{"report":"r1","decision":"d"}"#), "r1")
        #expect(stands == "recorded: a recall of r1 will name this decision")
        let gone = RelyCommand.text(try value(#"{"report":"r1","recalled":"t","reason":"error"}"#), "r1")
        #expect(gone.contains("recorded") && gone.contains("recalled at t (error)"))
    }
}
