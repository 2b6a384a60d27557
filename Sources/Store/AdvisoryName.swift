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
    /// Of one that is hidden from the member no more is read than of one that there is not.
    public func row(for member: Member, _ connection: any SQLConnection) throws -> AdvisoryRow? {
        let found = try connection.first("select number, member, pool from advisory where \(condition)", value) {
            (number: $0.integer(0), member: $0.integer(1), pool: $0.integer(2))
        }
        guard let found else { return nil }
        if found.member != member.number {
            // None of its renditions is older than its draft, whose tick is its number.
            let since = Tick(microseconds: found.number)
            let given = try ReceiptRows.versions(givenTo: member, of: found.pool, since: since, connection)
            guard !given.isEmpty, try !given.isDisjoint(with: released(found.number, connection)) else { return nil }
        }
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

    /// The versions that were released of what is named.
    private func released(_ advisory: Int64, _ connection: any SQLConnection) throws -> [Tick] {
        switch self {
        case .id, .reference:
            // The others do not tell it: whoever holds no more must not find it out by trying.
            try connection.rows(
                "select tick from rendition where advisory = $1 and rendition in ('full', 'tearline')",
                .integer(advisory),
                make: Self.tick
            )
        case .report(let report):
            try connection.rows("select tick from rendition where object = $1", .text(report.text), make: Self.tick)
        }
    }

    private static func tick(_ row: any SQLRow) -> Tick { Tick(microseconds: row.integer(0)) }
}
