import Exchange

/// What either side needs to know of a report after something was done to it.
struct ReportSummary {
    /// A property a line; ends without a line break.
    let text: String
    /// What comes next, and whose turn it is; nil where nothing need be done.
    let next: String?

    init(_ report: JSON.Value) {
        func field(_ key: String) -> String? { report[key]?.string?.printable }
        let outcomes = (report["outcomes"]?.elements ?? []).map { $0["outcome"]?.string?.printable ?? "?" }
        text = Lines.text([
            ("id", field("id")), ("state", field("state")), ("reason", field("reason")), ("grade", field("grade")),
            ("member", field("member")), ("authority", field("authority")), ("submitted", field("submitted")),
            ("outcomes", outcomes.isEmpty ? nil : outcomes.joined(separator: ", ")),
        ])
        let id = field("id") ?? "ID"
        let authority = field("authority") ?? "the authority"
        switch field("state") {
        case "submitted":
            next = "next, \(authority) takes it or not: caveat report accept, want-more or refuse \(id)"
        case "more-wanted":
            next =
                "next, \(field("member") ?? "the member") says more: caveat report add \(id) FILE; then \(authority) decides again"
        case "accepted" where outcomes.isEmpty:
            next = "next, \(authority) says what came of it: caveat report outcome \(id) OA-EXM"
        default: next = nil
        }
    }
}

/// A request as its asker, or one that was asked, sees it.
struct RequestSummary {
    /// Where it stands, what is overdue first.
    enum State: Int, CaseIterable {
        case overdue, open, answered, closed

        /// What it is called; what is overdue stands out.
        var name: String {
            switch self {
            case .overdue: "OVERDUE"
            case .open: "open"
            case .answered: "answered"
            case .closed: "closed"
            }
        }
    }

    let state: State
    /// Who answered what, late or not; empty while nobody did.
    let answers: String
    /// A property a line; ends without a line break.
    let text: String

    init(_ request: JSON.Value) {
        func field(_ key: String) -> String? { request[key]?.string?.printable }
        let given = request["answers"]?.elements ?? []
        if field("closed") != nil {
            state = .closed
        } else if !given.isEmpty {
            state = .answered
        } else {
            state = request["overdue"]?.boolean == true ? .overdue : .open
        }
        answers = given.map { answer in
            let member = answer["member"]?.string?.printable ?? "?"
            let code = answer["answer"]?.string?.printable ?? "?"
            return "\(member) \(code)\(answer["late"]?.boolean == true ? " late" : "")"
        }.joined(separator: ", ")
        text = Lines.text([
            ("id", field("id")), ("state", state.name), ("asker", field("member")), ("to", field("to")),
            ("purpose", field("purpose")), ("weight", field("weight")),
            ("asked", field("time")), ("due", field("due")), ("closed", field("closed")),
            ("answers", answers.isEmpty ? nil : answers),
        ])
    }
}

/// Properties laid out for people.
enum Lines {
    /// A property a line, those that are nil left out; ends without a line break.
    static func text(_ properties: [(name: String, value: String?)]) -> String {
        let shown = properties.compactMap { name, value in value.map { (name: name, value: $0) } }
        let width = shown.map(\.name.count).max() ?? 0
        return shown.map { "\($0.name.padded(to: width))  \($0.value)" }.joined(separator: "\n")
    }

    /// Rows under headings, columns aligned; ends without a line break.
    static func table(_ headings: [String], _ rows: [[String]]) -> String {
        let all = [headings] + rows.map { row in row.map { $0.isEmpty ? "-" : $0.printable } }
        let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = row.indices.map { $0 == row.count - 1 ? row[$0] : row[$0].padded(to: widths[$0]) }
            return cells.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// The first words of a text, for a table's last column.
    static func beginning(of text: String?) -> String {
        let line = (text ?? "").printable
        return line.count > 60 ? "\(line.prefix(59))…" : line
    }
}
