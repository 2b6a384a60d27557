internal import SwiftCSV

/// The records of a CSV text with the lines on which they begin, read one by one so that a broken one costs no other.
public struct CSVRecords: IteratorProtocol {
    /// One of them.
    public struct Record: Hashable, Sendable {
        /// Its first line, counted from 1.
        public let line: Int
        /// Nil where it is no CSV.
        public let cells: [String]?
        /// As it came.
        public let text: String
        /// Whether it has as many cells as the first; empty ones behind them aside, which spreadsheets leave.
        let isAsWide: Bool
    }

    /// What a record without cells breaks, and the fix.
    public static let rule =
        "has quotation marks that do not fit: put them around the whole cell, and double those inside of it"
    /// Over how many lines a record may go: a quotation mark that is open for longer is a mistake.
    public static let linesMax = 200

    /// What parts cells, beside a comma: spreadsheets write a semicolon where a comma is in numbers.
    private static let delimiters: [Character] = [";", "\t", "|"]

    private let lines: [Substring]
    private let delimiter: Character
    private var place = 0
    /// How many cells the first record has.
    private var width: Int?

    /// - Parameter delimiter: what parts cells; nil where the first line is to tell.
    public init(_ text: String, delimiter: Character? = nil) {
        lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        self.delimiter = delimiter ?? Self.delimiter(of: lines.first { !$0.allSatisfy(\.isWhitespace) } ?? "")
    }

    /// The first line names the columns, and tells by what they are parted.
    private static func delimiter(of header: Substring) -> Character {
        let found = delimiters.map { mark in (mark, header.count { $0 == mark }) }.max { $0.1 < $1.1 }
        return found.flatMap { $0.1 > header.count { $0 == "," } ? $0.0 : nil } ?? ","
    }

    /// The next record that holds anything.
    public mutating func next() -> Record? {
        while place < lines.count {
            let start = place
            // A record goes on over the end of a line while a quotation mark is open.
            var end = start
            var isOpen = Self.turns(lines[start])
            while isOpen, end + 1 < min(lines.count, start + Self.linesMax) {
                end += 1
                if Self.turns(lines[end]) { isOpen = false }
            }
            let text = lines[start...end].joined(separator: "\n")
            // One over several lines that has not as many cells as the first swallowed others.
            guard !isOpen, let cells = cells(text), end == start || isAsWide(cells) else {
                // Only the first line is lost: the mark that was taken for the end may begin another record.
                place = start + 1
                return Record(line: start + 1, cells: nil, text: String(lines[start]), isAsWide: false)
            }
            place = end + 1
            if cells.contains(where: { !$0.allSatisfy(\.isWhitespace) }) {
                width = width ?? cells.count
                return Record(line: start + 1, cells: cells, text: text, isAsWide: isAsWide(cells))
            }
        }
        return nil
    }

    private static func turns(_ line: Substring) -> Bool { line.utf8.count { $0 == UInt8(ascii: "\"") } % 2 == 1 }

    private func isAsWide(_ cells: [String]) -> Bool {
        guard let width else { return true }
        return cells.count >= width && cells[width...].allSatisfy { $0.allSatisfy(\.isWhitespace) }
    }

    private func cells(_ record: String) -> [String]? {
        guard record.utf8.contains(UInt8(ascii: "\"")) else {
            return record.split(separator: delimiter, omittingEmptySubsequences: false).map(String.init)
        }
        let delimiter = CSVDelimiter(unicodeScalarLiteral: delimiter)
        // Without the line break a last cell that is empty would be lost; what is no CSV is told by nil.
        return try? EnumeratedCSV(string: record + "\n", delimiter: delimiter, loadColumns: false).header
    }
}
