public import Exchange
import Store

/// What an ownership group and others owe each other for answers, as of now, as far as the group may know.
public struct LinesView: Hashable, Sendable {
    /// Towards one other group.
    public struct Line: Hashable, Sendable {
        /// Which.
        public let other: Name
        /// What it owes the group, and below zero what the group owes it, in request units.
        public let posted: Int64
        /// What the group has asked of it by a member's name, and may yet owe.
        public let asked: Int64
        /// What it has asked of the group, and may yet owe.
        public let asking: Int64
    }

    /// Whose they are.
    public let group: Name
    /// How much one group may owe another.
    public let limit: Int64
    /// Those on which there is anything, by the others' names.
    public let lines: [Line]
    /// What the group has asked of pools and may yet owe; nobody is told whom of a pool it was put to.
    public let askedOfPools: Int64
    /// When debts in a circle are cancelled next.
    public let nets: Timestamp
}

extension LedgerDesk {
    /// What the caller's ownership group and others owe each other for answers.
    public func lines(for session: Session) async throws -> LinesView {
        try session.reader.checkBusiness(evenSuspended: false)
        let (group, now, terms) = (session.member.group, clock(), RequestLedger.terms)
        return try await database.read { connection in
            let asked = try LineRows.asked(by: group, at: now, connection)
            let balances = try LineRows.balances(of: group, connection)
            let others = Set(balances.keys.map(\.other)).union(asked.open.compactMap(\.responder))
            let lines = others.sorted().map { other in
                let balance = balances[LineAccount(of: group, towards: other)] ?? LedgerBalance()
                return LinesView.Line(
                    other: other,
                    posted: balance.posted,
                    asked: asked.openByName(to: other, terms),
                    asking: balance.coming
                )
            }
            return LinesView(
                group: group,
                limit: Int64(terms[.line]),
                lines: lines.filter { $0.posted != 0 || $0.asked != 0 || $0.asking != 0 },
                askedOfPools: asked.openToPools(terms),
                nets: LineMonth(at: now).end
            )
        }
    }
}
