public import Exchange
public import Store

extension AdvisoryDesk {
    /// How many of other exchanges were given an advisory that was recalled, and how many of those acknowledged it;
    /// nil before it was, and where it went to no other exchange.
    ///
    /// For the originator's publishers, approvers, officers and auditors.
    public func tally(of name: AdvisoryName, for session: Session) async throws -> RecallTally? {
        try checkOversight(session)
        let now = surroundings.clock()
        return try await database.read { connection in
            let row = try name.row(ownedBy: session.reader, at: now, connection)
            let copies = try FederatedRows.copies(ofAdvisory: row.number, connection)
                .filter { $0.copy.isEnded && !$0.copy.grants.isEmpty }
            return copies.isEmpty ? nil : RecallTally(of: copies.map(\.copy.tally))
        }
    }
}
