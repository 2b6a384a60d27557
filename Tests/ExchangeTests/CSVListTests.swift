import Exchange
import Foundation
import Testing

/// Lists in CSV with something wrong in them: what is wrong is told by its line, and costs no other.
@Suite("Lists in CSV")
struct CSVListTests {
    private static let header = "ID,Name,CC,Note\n"

    private func read(_ bytes: [UInt8]) throws -> ListFormat.Content {
        let mapping =
            #"{"key":"ID","schema":"Company","properties":{"name":["Name"],"country":["CC"],"notes":["Note"]}}"#
        return try ListFormat.csv(JSONDecoder().decode(CSVMapping.self, from: Data(mapping.utf8))).read([bytes])
    }

    private func read(_ rows: [String]) throws -> ListFormat.Content {
        try read(Array((Self.header + rows.joined(separator: "\n")).utf8))
    }

    private func names(_ content: ListFormat.Content) -> [String] {
        content.subjects.compactMap { $0.properties["name"]?.first }
    }

    @Test("a line that is not in the encoding of the others changes none of them")
    func encodings() throws {
        let rows = (1...9).map { "\($0),Müller \($0),nl," }
        var bytes = Array(Self.header.utf8)
        for (place, row) in rows.enumerated() {
            bytes += place == 4 ? (row.data(using: .isoLatin1).map(Array.init) ?? []) : Array(row.utf8)
            bytes.append(UInt8(ascii: "\n"))
        }
        let content = try read(bytes)
        #expect(names(content) == (1...9).filter { $0 != 5 }.map { "Müller \($0)" })
        #expect(content.faults.map(\.description) == ["line 6: is no UTF-8, as the rest of the file is"])
        #expect(content.faults[0].record == rows[4].data(using: .isoLatin1).map(Array.init))
        // A list of old is in Latin 1 all through.
        let old = (Self.header + rows.joined(separator: "\n")).data(using: .isoLatin1).map(Array.init) ?? []
        #expect(names(try read(old)) == (1...9).map { "Müller \($0)" })
    }

    @Test(
        "a quotation mark that does not fit costs its line alone",
        arguments: [
            #"5,"Firm "5,nl,"#, #"5,"Firm 5,nl,"#, #"5,Firm "5",nl,"#, #"5,Firm 5",nl,"#, #"5,"Firm 5,nl,"still"#,
        ]
    )
    func quotation(bad: String) throws {
        for others in [
            (1...9).map { "\($0),Firm \($0),nl," }, (1...9).map { #"\#($0),"Firm, \#($0)",nl,"a ""b"" c""# },
        ] {
            var rows = others
            rows[4] = bad
            let content = try read(rows)
            #expect(content.subjects.map(\.key) == ["1", "2", "3", "4", "6", "7", "8", "9"], "\(rows)")
            #expect(content.faults.map(\.place) == ["line 6"])
            #expect(content.faults[0].record == Array(bad.utf8))
        }
    }

    @Test("a cell may go over lines, and what is left of one that is broken is nobody")
    func lines() throws {
        let content = try read([
            "1,\"Firm\nOne\",nl,x", "2,Firm 2,nl,", "3,\"Firm \"3,nl,\"a", "9,Nobody\"", "4,\"Firm\n4\",nl,,,",
        ])
        #expect(content.subjects.map(\.key) == ["1", "2", "4"])
        #expect(content.subjects[0].properties["name"] == ["Firm\nOne"])
        #expect(content.faults.map(\.place) == ["line 5", "line 6"])
    }

    @Test("a key that comes twice is told, unless it says the same")
    func keys() throws {
        let content = try read(["1,First,nl,", "1,Second,nl,", "2,Third,nl,", "2,Third,nl,", "x,,nl,", ",None,nl,"])
        #expect(names(content) == ["First", "Third"] && content.skipped == ["told twice": 1])
        #expect(
            content.faults.map(\.description) == [
                "line 3: has the key 1, which line 2 has, and says something else; give each its own",
                "line 6: must have a name", "line 7: has no ID",
            ]
        )
        let entities =
            [#"{"id":"a","schema":"Person","properties":{"name":["Ada"]}}"#]
            + [#"{"id":"a","schema":"Person","properties":{"name":["Bea"]}}"#]
        let list = try ListFormat.ftm.read([Array(entities.joined(separator: "\n").utf8)])
        #expect(list.subjects.count == 1 && list.faults.map(\.place) == ["line 2"])
    }
}
