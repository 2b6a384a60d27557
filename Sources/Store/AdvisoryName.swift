public import Exchange

/// How an advisory is named: by its id, by the reference that people know, or by a report that one holds.
public enum AdvisoryName: Hashable, Sendable {
    case id(ID<Advisory>)
    case reference(AdvisoryReference)
    /// By the report of one of its renditions, which is all that some readers know.
    case report(STIXID)

    /// Reads any of them; nil for any other text.
    public init?(_ text: String) {
        if text.hasPrefix("report--"), let report = try? STIXID(parsing: text) {
            self = .report(report)
        } else if let reference = AdvisoryReference(text) {
            self = .reference(reference)
        } else if let id = ID<Advisory>(parsing: text) {
            self = .id(id)
        } else {
            return nil
        }
    }

    /// The one that is named, where it is a member's own, or the member was given something of what is named.
    ///
    /// Of one that is hidden from the member as much is read as of one that there is not.
    public func row(for member: Member, _ connection: any SQLConnection) throws -> AdvisoryRow? {
        let found = try connection.first("select number, member from advisory where \(condition)", value) {
            (number: $0.integer(0), member: $0.integer(1))
        }
        var isHeld = false
        try connection.run(
            "select advisory from holding where advisory = $1 and member = $2 and rendition in (\(telling))",
            [.integer(found?.number ?? 0), .integer(member.number)] + tellingValues
        ) { _ in isHeld = true }
        guard let found, isHeld || found.member == member.number else { return nil }
        return try AdvisoryRows.advisory(numbered: found.number, connection)
    }

    private var condition: String {
        switch self {
        case .id: "id = $1"
        case .reference: "reference = $1"
        case .report: "number in (select advisory from rendition where object = $1)"
        }
    }

    private var value: SQLValue {
        switch self {
        case .id(let id): .text(id.text)
        case .reference(let reference): .text(reference.text)
        case .report(let report): .text(report.text)
        }
    }

    /// The renditions that tell this name to whoever is given them.
    private var telling: String {
        switch self {
        // The others do not tell it: whoever holds no more must not find it out by trying.
        case .id, .reference: "'full', 'tearline'"
        case .report: "select rendition from rendition where object = $3"
        }
    }

    private var tellingValues: [SQLValue] {
        switch self {
        case .id, .reference: []
        case .report: [value]
        }
    }
}
