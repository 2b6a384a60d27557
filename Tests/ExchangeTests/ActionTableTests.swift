import Foundation
import Testing

/// Who may do what to an advisory, a report and a request, in which state: compared with the file under review.
@Suite("Action table")
struct ActionTableTests {
    static func printed() throws -> String {
        try "\n# Advisories\n" + AdvisoryActions.beginning().printed + AdvisoryActions.grids().printed
            + "\n# Reports, requests and feedback\n" + ReportActions.beginning().printed
            + ReportActions.grids().printed + ReportActions.outcomes().printed + ReportActions.requests().printed
    }

    @Test("is the one under review, cell by cell")
    func table() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "ActionTable.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let reviewed = try #require(text.range(of: "\n# Advisories")).lowerBound
        let printed = try Self.printed()
        let isReviewed = printed.split(separator: "\n") == text[reviewed...].split(separator: "\n")
        #expect(isReviewed, "it is now:\n\(printed)")
    }
}
