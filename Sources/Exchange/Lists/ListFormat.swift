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
        /// Where the subject of a key is, by what carries it.
        private var places: [String: (subject: Int, place: String)] = [:]

        /// Takes a subject in, unless another has its key: that is a fault where it says something else.
        mutating func take(_ subject: ListSubject, at place: String, record: [UInt8]) {
            let mark = "\(ListSubject.carrier(of: subject.schema)?.type ?? "")\n\(subject.key)"
            guard let first = places[mark] else {
                places[mark] = (subjects.count, place)
                return subjects.append(subject)
            }
            if subjects[first.subject] == subject {
                skipped["told twice", default: 0] += 1
            } else {
                let rule =
                    "has the key \(subject.key), which \(first.place) has, and says something else; give each its own"
                faults.append(ListFault(place, rule, record: record))
            }
        }

        /// How many records are no subject by themselves.
        public var skippedCount: Int { skipped.values.reduce(0, +) }
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
    /// - Throws: where a mapping names a column that the file does not have.
    public func read(_ contents: [[UInt8]]) throws(CSVMapping.Fault) -> Content {
        switch self {
        case .ofacSDN, .ofacConsolidated:
            let tables = contents.map { CSVText($0) }
            var content = OFACList(
                primary: tables[0].rows,
                aliases: tables[1].rows.map(\.cells),
                addresses: tables[2].rows.map(\.cells),
                comments: tables[3].rows.map(\.cells)
            ).content
            content.faults = content.faults.map { $0.inside(files[0]) }
            for (file, table) in zip(files, tables) { content.faults += table.faults.map { $0.inside(file) } }
            return content
        case .ftm:
            return FollowTheMoneyList(contents[0]).content
        case .csv(let mapping):
            let text = CSVText(contents[0], delimiter: mapping.delimiter)
            var content = try mapping.content(of: text.rows)
            content.faults += text.faults
            return content
        }
    }
}
