internal import Foundation
internal import SwiftCSV

/// A CSV file as rows of cells, its first row among them.
public struct CSVText: Sendable {
    /// Why a file is none.
    public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        /// What the reader says of it.
        public let cause: String
        /// The same, for people to read.
        public var description: String { "is no CSV (\(cause))" }
    }

    /// The rows.
    public let rows: [[String]]

    /// Reads a file in UTF-8 or, as lists of old come, in Latin 1; a lone Ctrl-Z may end it.
    /// - Parameter delimiter: what stands between cells.
    public init(_ bytes: [UInt8], delimiter: Character = ",") throws(Fault) {
        let data = Data(bytes)
        let text = String(data: data, encoding: .utf8) ?? String(data: data, encoding: .isoLatin1) ?? ""
        let clean = text.replacing("\r\n", with: "\n").replacing("\u{1a}", with: "")
        do {
            let csv = try EnumeratedCSV(string: clean, delimiter: .character(delimiter), loadColumns: false)
            rows = [csv.header] + csv.rows
        } catch {
            throw Fault(cause: "\(error)")
        }
    }
}
