/// The forms of public lists that the exchange reads.
public enum ListFormat: Hashable, Sendable {
    /// The US Treasury's Specially Designated Nationals.
    case ofacSDN
    /// Its consolidated list of others.
    case ofacConsolidated
    /// Entities of FollowTheMoney, one JSON object a line.
    case ftm
    /// Rows of a CSV file, read by a mapping.
    case csv(CSVMapping)

    /// A list as it was read.
    public struct Content: Sendable {
        /// Its subjects, in its order.
        public var subjects: [ListSubject] = []
        /// How many records are no subject by themselves, by what they are.
        public var skipped: [String: Int] = [:]
        /// What could not be read.
        public var faults: [ListFault] = []

        /// How many records are no subject by themselves.
        public var skippedCount: Int { skipped.values.reduce(0, +) }
    }

    /// Why a file cannot be read at all.
    public struct Fault: Error, Hashable, Sendable {
        /// The file; empty where the list is one file.
        public let file: String
        /// What must hold.
        public let rule: String
    }

    /// The files of a list that is a folder of several; none where the list is one file.
    public var files: [String] {
        switch self {
        case .ofacSDN: ["sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"]
        case .ofacConsolidated: ["cons_prim.csv", "cons_alt.csv", "cons_add.csv", "cons_comments.csv"]
        case .ftm, .csv: []
        }
    }

    /// Reads a list.
    /// - Parameter contents: of its `files`, in their order, or of its one file.
    public func read(_ contents: [[UInt8]]) throws(Fault) -> Content {
        switch self {
        case .ofacSDN, .ofacConsolidated:
            var tables: [[[String]]] = []
            for (file, bytes) in zip(files, contents) { tables.append(try Self.rows(bytes, of: file)) }
            let list = OFACList(primary: tables[0], aliases: tables[1], addresses: tables[2], comments: tables[3])
            return Content(subjects: list.subjects, faults: list.faults)
        case .ftm:
            let list = FollowTheMoneyList(contents[0])
            return Content(subjects: list.subjects, skipped: list.skipped, faults: list.faults)
        case .csv(let mapping):
            let rows = try Self.rows(contents[0], of: "", delimiter: mapping.delimiter)
            do throws(CSVMapping.Fault) {
                return try mapping.content(of: rows)
            } catch {
                throw Fault(file: "", rule: error.description)
            }
        }
    }

    private static func rows(
        _ bytes: [UInt8],
        of file: String,
        delimiter: Character = ","
    ) throws(Fault) -> [[String]] {
        do throws(CSVText.Fault) {
            return try CSVText(bytes, delimiter: delimiter).rows
        } catch {
            throw Fault(file: file, rule: error.description)
        }
    }
}
