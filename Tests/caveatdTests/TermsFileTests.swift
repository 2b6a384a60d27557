import Exchange
import Foundation
import Testing

@testable import caveatd

@Suite("Files of terms")
struct TermsFileTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "config/terms")

    private static func text() throws -> String {
        try String(contentsOf: folder.appending(path: "default.yaml"), encoding: .utf8)
    }

    @Test("config/terms/default.yaml has every figure with its default, unit and range")
    func defaults() throws {
        let text = try Self.text()
        #expect(try TermsFile.read(text, file: "default.yaml") == .standard)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var path: [String] = []
        var found: [String: String] = [:]
        for (line, next) in zip(lines, lines.dropFirst()) {
            let indent = next.prefix { $0 == " " }.count / 2
            let parts = next.split(separator: ":").map { $0.trimmingCharacters(in: .whitespaces) }
            guard let key = parts.first, !next.contains("#"), !next.isEmpty else { continue }
            path = path.prefix(indent) + [key]
            if parts.count == 2 { found[path.joined(separator: ".")] = "\(line) = \(parts[1])" }
        }
        #expect(Set(found.keys) == Set(Term.allCases.map(\.rawValue)))
        for term in Term.allCases {
            let unit = term.unit.rawValue.prefix(1).uppercased() + term.unit.rawValue.dropFirst()
            let range = "\(unit): \(term.range.lowerBound) to \(term.range.upperBound). = \(term.standard)"
            #expect(found[term.rawValue]?.hasSuffix(range) == true, "\(term.rawValue) should end with \(range)")
        }
    }

    @Test("a file may change some figures and leave out the rest")
    func some() throws {
        let terms = try TermsFile.read("epoch:\n  days: 14\n", file: "x.yaml")
        #expect(terms.changes == ["epoch.days": 14])
        #expect(try TermsFile.read("", file: "x.yaml") == .standard)
    }

    @Test("what is wrong is told with the key and the rule")
    func faults() {
        let cases = [
            ("epoch: 30", "epoch: is no figure of this version; take it out"),
            ("epoch: {days: soon}", "epoch.days: is soon, but must be a whole number, such as 30"),
            ("epoch: {days: 5}", "epoch.days: is 5, but must be 7 to 90 days; the default is 30"),
            (
                "epoch: {days: [30]}",
                "epoch.days: must be a mapping of keys to whole numbers; config/terms/default.yaml has them all"
            ),
            (
                "30", "x.yaml: must be a mapping of keys to whole numbers; config/terms/default.yaml has them all"
            ),
        ]
        for (text, message) in cases {
            #expect {
                try TermsFile.read(text, file: "x.yaml")
            } throws: {
                "\($0)" == message
            }
        }
    }
}
