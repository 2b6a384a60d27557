import SwiftCSV

/// The records of a CSV text with the lines on which they begin, read one by one so that a broken one costs no other.
struct CSVRecords: IteratorProtocol {
    struct Record {
        /// Counted from 1.
        let line: Int
        /// Nil where it is no CSV.
        let cells: [String]?
    }

    /// What a record without cells breaks, and the fix.
    static let rule =
        "has quotation marks that do not fit: put them around the whole cell, and double those inside of it"

    /// What parts cells, beside a comma: spreadsheets write a semicolon where a comma is in numbers.
    private static let delimiters: [Character] = [";", "\t", "|"]

    private let lines: [Substring]
    private let delimiter: Character
    private var place = 0

    init(_ text: String) {
        lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        // The first line names the columns, and tells by what they are parted.
        let header = lines.first { !$0.allSatisfy(\.isWhitespace) } ?? ""
        let found = Self.delimiters.map { mark in (mark, header.count { $0 == mark }) }.max { $0.1 < $1.1 }
        delimiter = found.flatMap { $0.1 > header.count { $0 == "," } ? $0.0 : nil } ?? ","
    }

    /// The next record that holds anything.
    mutating func next() -> Record? {
        while place < lines.count {
            let start = place
            // A record goes on over the end of a line while a quotation mark is open.
            var end = start
            var isOpen = Self.turns(lines[start])
            while isOpen, end + 1 < lines.count {
                end += 1
                if Self.turns(lines[end]) { isOpen = false }
            }
            guard !isOpen, let cells = cells(lines[start...end].joined(separator: "\n")) else {
                // Only the first line is lost: the mark that was taken for the end may begin another record.
                place = start + 1
                return Record(line: start + 1, cells: nil)
            }
            place = end + 1
            if cells.contains(where: { !$0.allSatisfy(\.isWhitespace) }) {
                return Record(line: start + 1, cells: cells)
            }
        }
        return nil
    }

    private static func turns(_ line: Substring) -> Bool { line.count { $0 == "\"" } % 2 == 1 }

    private func cells(_ record: String) -> [String]? {
        let delimiter = CSVDelimiter(unicodeScalarLiteral: delimiter)
        // Without the line break a last cell that is empty would be lost; what is no CSV is told by nil.
        return try? EnumeratedCSV(string: record + "\n", delimiter: delimiter, loadColumns: false).header
    }
}
