internal import Foundation

/// A CSV file of a list as rows of cells, its first row among them; what is no row costs no other.
struct CSVText: Sendable {
    /// One row.
    struct Row: Sendable {
        /// Its first line in the file, counted from 1.
        let line: Int
        var cells: [String]
        /// As it came.
        let text: String

        /// Why it cannot be used.
        func fault(_ rule: String) -> ListFault { ListFault("line \(line)", rule, record: Array(text.utf8)) }
    }

    private(set) var rows: [Row] = []
    /// The lines that are none.
    private(set) var faults: [ListFault] = []

    /// Reads a file in UTF-8 or, as lists of old come, in Latin 1; a lone Ctrl-Z may end it.
    /// - Parameter delimiter: what stands between cells.
    init(_ bytes: [UInt8], delimiter: Character = ",") {
        var records = CSVRecords(text(of: bytes), delimiter: delimiter)
        var isAfterFault = false
        while let record = records.next() {
            let row = Row(line: record.line, cells: record.cells ?? [], text: record.text)
            if record.cells == nil {
                faults.append(row.fault(CSVRecords.rule))
                isAfterFault = true
            } else if isAfterFault, !record.isAsWide {
                // What is left of a record whose first line was lost.
                faults.append(row.fault("follows a line that cannot be read, and has not as many cells as the first"))
            } else {
                rows.append(row)
                isAfterFault = false
            }
        }
        faults.sort { $0.place.localizedStandardCompare($1.place) == .orderedAscending }
    }

    /// The text, with nothing in the place of lines that are not in the file's encoding, which are faults.
    ///
    /// That is UTF-8 unless more of the lines that are not ASCII are no UTF-8 than are.
    private mutating func text(of bytes: [UInt8]) -> String {
        let clean = bytes.filter { $0 != 0x1a }
        if let text = String(validating: clean, as: UTF8.self) { return text }
        let lines = clean.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let strange = lines.filter { $0.contains { $0 > 0x7f } }
        let broken = strange.count { String(validating: $0, as: UTF8.self) == nil }
        if broken * 2 > strange.count { return String(bytes: clean, encoding: .isoLatin1) ?? "" }
        var texts: [String] = []
        for (place, line) in lines.enumerated() {
            let text = String(validating: line, as: UTF8.self)
            if text == nil {
                let rule = "is no UTF-8, as the rest of the file is"
                faults.append(ListFault("line \(place + 1)", rule, record: Array(line)))
            }
            texts.append(text ?? "")
        }
        return texts.joined(separator: "\n")
    }
}
