import ArgumentParser
import Exchange
import Testing

@testable import caveat

@Suite("Arguments about reports and requests")
struct ReportArgumentTests {
    private static let connection = ["--url", "https://exchange.example.org", "--token-file", "/token"]
    private static let id = "5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52"
    private static let report = "report--0b0a4f0c-6d3d-4c8e-9a6f-3a1e0a6c2b11"

    @Test(
        "that make sense are taken",
        arguments: [
            ["report", "send", "a.json", "--to", "customs"],
            ["report", "send", "-", "--to", "customs", "--json"],
            ["report", "send", "--csv", "a.csv", "--to", "customs"],
            ["report", "list", "--json"],
            ["report", "show", id],
            ["report", "accept", id],
            ["report", "want-more", id, "--text", "a"],
            ["report", "refuse", id, "--reason", "too-little"],
            ["report", "refuse", id, "--reason", "no-suspicion", "--text", "a"],
            ["report", "add", id, "a.json"],
            ["report", "say", id, "--text", "a"],
            ["report", "retract", id, "--json"],
            ["report", "outcome", id, "OA-SEI"],
            ["report", "outcome", id, "OA-MIS", "--note", "a", "--embargo", "2027-03-01T00:00:00Z"],
            ["ask", "a.json", "--to", "deepwater"],
            ["ask", "-", "--to", "bank-1", "--purpose", "P08", "--json"],
            ["requests"],
            ["requests", "list", "--json"],
            ["requests", "show", id],
            ["requests", "answer", id, "--positive", "a"],
            ["requests", "answer", id, "--nil"],
            ["requests", "answer", id, "--refused", "no-consent"],
            ["requests", "close", id],
            ["feedback", report, "OM-FPM"],
            ["feedback", report, "OM-RPT", "--note", "a", "--json"],
            ["feedback", "--of", "CVT-2026-00417"],
            ["feedback", "--of", id, "--json"],
        ]
    )
    func taken(arguments: [String]) throws {
        _ = try Main.parseAsRoot(arguments + Self.connection)
    }

    @Test(
        "that do not are misuse, with exit code 64",
        arguments: [
            ["report", "send", "a.json"],
            ["report", "send", "--to", "customs"],
            ["report", "send", "a.json", "--csv", "a.csv", "--to", "customs"],
            ["report", "send", "a.json", "--to", "A b"],
            ["report", "show"],
            ["report", "show", "417"],
            ["report", "show", report],
            ["report", "want-more", id],
            ["report", "want-more", id, "--text", " "],
            ["report", "refuse", id],
            ["report", "refuse", id, "--reason", "legal"],
            ["report", "refuse", id, "--reason", "duplicate", "--text", ""],
            ["report", "add", id],
            ["report", "say", id, "--text", "\n"],
            ["report", "outcome", id],
            ["report", "outcome", id, "OM-FPM"],
            ["report", "outcome", id, "OS-COR"],
            ["report", "outcome", id, "OA-SEI", "--embargo", "soon"],
            ["report", "outcome", id, "OA-SEI", "--note", " "],
            ["ask", "a.json"],
            ["ask", "a.json", "--to", "a/b"],
            ["ask", "a.json", "--to", "a", "--purpose", "P12"],
            ["requests", "show", "a"],
            ["requests", "answer", id],
            ["requests", "answer", id, "--nil", "--positive", "a"],
            ["requests", "answer", id, "--positive", " "],
            ["requests", "answer", id, "--refused", "duplicate"],
            ["requests", "close"],
            ["feedback"],
            ["feedback", report],
            ["feedback", report, "OS-COR"],
            ["feedback", report, "OA-SEI", "--quantity", "40"],
            ["report", "outcome", id, "OA-SEI", "--value", "-1 EUR"],
            ["feedback", id, "OM-FPM"],
            ["feedback", report, "OM-FPM", "--of", id],
            ["feedback", "--of", "417"],
            ["feedback", "--of", id, "--note", "a"],
        ]
    )
    func misused(arguments: [String]) {
        let fault = #expect(throws: (any Error).self) { try Main.parseAsRoot(arguments + Self.connection) }
        #expect(fault.map { Main.exitCode(for: $0).rawValue } == 64)
    }

    @Test("an example needs no exchange, and is valid")
    func example() throws {
        _ = try Main.parseAsRoot(["report", "example"])
        let content = try ReportFile.content(in: Array(ReportFile.example.utf8))
        #expect(content.isNominal && content.subjects.count == 4 && content.relations.count == 3)
    }

    @Test(
        "a file that is wrong is told by field",
        arguments: [
            (#""NLRTM","#, #""Rotterdam","#, "place"),
            (#""severity": 3"#, #""severity": 9"#, "severity"),
            ("CSQU3054383", "CSQU3054384", "subjects[1].properties.containerNumber[0]"),
            (#""to": "c1""#, #""to": "c9""#, "relations[0].to"),
            (#""facts""#, #""title""#, "title"),
        ]
    )
    func fields(part: String, other: String, field: String) throws {
        try #require(ReportFile.example.contains(part))
        let fault = #expect(throws: AdvisoryFileFault.self) {
            try ReportFile.content(in: Array(ReportFile.example.replacing(part, with: other, maxReplacements: 1).utf8))
        }
        guard case .content(let content) = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect(content.field == field)
    }

    @Test("a file that is something else is refused", arguments: ["", "7", "[]", "{}", #"{"content": {}}"#, "{\"a\""])
    func others(text: String) {
        #expect(throws: AdvisoryFileFault.self) { try ReportFile.content(in: Array(text.utf8)) }
    }
}

@Suite("ReportRows")
struct ReportRowsTests {
    private static let header = """
        categories,severity,facts,suspicion,seen,seen_last,place,container,air_waybill,bill_of_lading,hs_declared,\
        hs_suspected,consignor,consignee,origin,destination,advisory
        """

    private func rows(_ text: String) throws -> ReportRows { try ReportRows(Array(text.utf8)) }

    @Test("map every column to what it says")
    func mapping() throws {
        let text = """
            \u{FEFF}\(Self.header)\r
            TRF-PRE TBM-MIS,3,"Two seals, one ""new""\nand one not.",Precursors.,2026-11-20T08:00:00Z,\
            2026-11-21T08:00:00Z,NLRTM,CSQU3054383,,BL-77,851762,293941,Tidewater BV,Lantern AG,CNSHA,NLRTM,\
            CVT-2026-00417\r

            """
        let found = try rows(text)
        #expect(found.faults.isEmpty)
        let content = try #require(found.rows.first?.content)
        #expect(found.rows.map(\.line) == [2])
        #expect(content.categories.map(\.rawValue) == ["TBM-MIS", "TRF-PRE"] && content.severity == .serious)
        #expect(content.facts == "Two seals, one \"new\"\nand one not." && content.suspicion == "Precursors.")
        #expect(content.place == "NLRTM" && content.advisory?.text == "CVT-2026-00417")
        #expect(content.seen?.text.hasPrefix("2026-11-20") == true)
        #expect(content.seenLast?.text.hasPrefix("2026-11-21") == true)
        #expect(
            content.subjects.map { "\($0.kind.rawValue) \($0.key) \($0.roles.map(\.rawValue))" } == [
                "CNS consignment []", "CTR container []", "RTE route []", "ORG consignor [\"CZ\"]",
                "ORG consignee [\"CN\"]",
            ]
        )
        #expect(
            content.subjects[0].properties == [
                "billOfLading": ["BL-77"], "hsDeclared": ["851762"], "hsSuspected": ["293941"],
            ]
        )
        #expect(content.subjects[2].properties == ["origin": ["CNSHA"], "destination": ["NLRTM"]])
        #expect(content.subjects[3].properties == ["name": ["Tidewater BV"]])
        #expect(
            content.relations == [
                SubjectRelation("consignment", .carried, "container"),
                SubjectRelation("consignment", .travelled, "route"),
                SubjectRelation("consignor", .consignor, "consignment"),
                SubjectRelation("consignee", .consignee, "consignment"),
            ]
        )
    }

    @Test("need no column but three and something that they are about")
    func fewColumns() throws {
        let found = try rows("facts,consignee,severity,categories\nSeen.,Lantern AG,1,SAN\n")
        #expect(found.faults.isEmpty && found.rows.first?.content.subjects.map(\.key) == ["consignee"])
        #expect(found.rows.first?.content.relations == [])
    }

    @Test("that are wrong are told by line and column, and stop no other")
    func faults() throws {
        let found = try rows(
            """
            categories,severity,facts,place,container,consignor,seen
            TBM-MIS,3,"Two
            lines.",NLRTM,CSQU3054383,,
            TBM-XXX,3,Seen.,NLRTM,CSQU3054383,,
            TBM-MIS,high,Seen.,NLRTM,CSQU3054383,,

            TBM-MIS,3,,NLRTM,CSQU3054383,,
            TBM-MIS,3,Seen.,Rotterdam,CSQU3054383,,
            TBM-MIS,3,Seen.,NLRTM,CSQU3054384,,
            TBM-MIS,3,Seen.,NLRTM,,,
            TBM-MIS,3,Seen, too.,NLRTM,CSQU3054383,,
            TBM-MIS,3,A 5" pipe.,NLRTM,CSQU3054383,,
            TBM-MIS,3,Seen.,NLRTM,CSQU3054383,,yesterday
            ,,,,,,
            TBM-MIS,4,Last.,,,Tidewater BV,2026-11-20T08:00:00Z
            """
        )
        #expect(found.rows.map(\.line) == [2, 15])
        #expect(found.rows.map(\.content.facts) == ["Two\nlines.", "Last."])
        #expect(
            found.faults.map { "\($0.line) \($0.column ?? "-")" } == [
                "4 categories", "5 severity", "7 facts", "8 place", "9 container", "10 -", "11 -", "12 -", "13 seen",
            ]
        )
        let told = found.faults.map(\.description)
        #expect(told[0].hasPrefix("line 4, column categories: must be a code of VOCABULARY"))
        #expect(told[1].contains("must be one of 1, 2, 3, 4"))
        #expect(told[2].contains("must be there; add it"))
        #expect(told[4].contains("check digit must be 3"))
        #expect(told[5].contains("fill container, air_waybill"))
        #expect(told[6].contains("8 cells") && told[7].contains("quotation marks"))
    }

    @Test("that are wrong in several cells are told of each, in the order of the columns")
    func manyFaults() throws {
        let wrong = "TBM-XXX,high,,,yesterday,today,Rotterdam,CSQU3054384,1,,1,2,,,NL,NL,417"
        let found = try rows("\(Self.header)\n\(wrong)\nSAN,1,Seen.,,,,,CSQU3054383,,,,,,,,,\n,,,,,,NL,,,,,,,,,,\n")
        #expect(found.rows.map(\.line) == [3] && found.faultyCount == 2 && found.count == 3)
        let needed = ["categories", "severity", "facts"]
        let columns = [
            "seen", "seen_last", "place", "container", "air_waybill", "hs_declared", "hs_suspected", "origin",
            "destination", "advisory",
        ]
        let told = found.faults.map { "\($0.line) \($0.column ?? "-")" }
        #expect(told == (needed + columns).map { "2 \($0)" } + (["-"] + needed + ["place"]).map { "4 \($0)" })
        // A time that is told wrong does not make the other one wrong.
        let late = try rows(
            "categories,severity,facts,seen,seen_last,container\nSAN,1,Seen.,x,2026-11-20T08:00:00Z,1\n"
        )
        #expect(late.faults.map(\.column) == ["seen", "container"])
    }

    @Test(
        "of a file whose header is wrong are not read",
        arguments: [
            ("", "empty"),
            ("categories severity facts\n", "between commas"),
            ("categories,severity,facts,colour\n", "colour"),
            ("categories,severity,facts,place,place\n", "twice"),
            ("categories,facts\n", "severity"),
        ]
    )
    func headers(text: String, words: String) {
        let fault = #expect(throws: ReportRows.Fault.self) { try rows(text) }
        #expect(fault?.line == 1 && fault?.description.contains(words) == true)
    }

    @Test("of a file that is not UTF-8 are not read")
    func encoding() {
        let fault = #expect(throws: ReportRows.Fault.self) { try ReportRows([0x66, 0xE9]) }
        #expect(fault?.rule.contains("UTF-8") == true)
    }

    @Test("survive marks that stay open until the end")
    func openMark() throws {
        let found = try rows("categories,severity,facts,place,container\nSAN,1,\"Open,,\nSAN,1,Seen.,,CSQU3054383")
        #expect(found.faults.map(\.line) == [2] && found.rows.map(\.line) == [3])
    }
}

@Suite("What reports and requests look like to people")
struct ReportTextTests {
    private func value(_ text: String) throws -> JSON.Value { try JSON(parsing: Array(text.utf8)).root }

    @Test("what is overdue comes first and stands out; who answered is told")
    func requests() throws {
        let text = RequestsCommand.table(
            try value(
                """
                [{"id":"1","member":"a","due":"t","closed":"t","answers":[]},
                 {"id":"2","member":"b","due":"t","overdue":false,"answers":[]},
                 {"id":"3","member":"c","due":"t","answers":[{"member":"d","answer":"RSP-NIL","late":true}]},
                 {"id":"4","member":"e","due":"t","overdue":true,"answers":[],"content":{"facts":"x\\ny"}}]
                """
            ).elements
        )
        let lines = text.split(separator: "\n")
        #expect(lines.map { $0.prefix { $0 != " " } } == ["STATE", "OVERDUE", "open", "answered", "closed"])
        #expect(lines[1].contains("e ") && lines[1].hasSuffix("x y") && lines[3].contains("d RSP-NIL late"))
    }

    @Test(
        "a report says whose turn it is",
        arguments: [
            (#"{"id":"1","state":"submitted","authority":"customs"}"#, "customs takes it"),
            (#"{"id":"1","state":"more-wanted","member":"bank"}"#, "bank says more: caveat report add 1 FILE"),
            (#"{"id":"1","state":"accepted","outcomes":[]}"#, "caveat report outcome 1"),
            (#"{"id":"1","state":"accepted","outcomes":[{"outcome":"OA-SEI"}]}"#, nil),
            (#"{"id":"1","state":"refused","reason":"duplicate"}"#, nil),
            (#"{"id":"1","state":"retracted"}"#, nil),
        ] as [(String, String?)]
    )
    func next(report: String, words: String?) throws {
        let next = ReportSummary(try value(report)).next
        if let words { #expect(next?.contains(words) == true) } else { #expect(next == nil) }
    }
}
