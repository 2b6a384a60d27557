import Exchange
import Store

extension Transaction {
    /// Issues what a close owes a group, once: the ids follow from what they are issued for.
    func issue(
        _ issues: [VoucherIssue],
        to group: Name,
        in ledger: LedgerRow,
        _ ids: KeyedIDs,
        _ terms: ReciprocityTerms
    ) throws {
        for issue in issues {
            let name = "\(ledger.pool)/\(group)/\(issue.office)/\(issue.epoch)"
            let (entitlements, entry) = Entitlement.issued(
                issue,
                to: group,
                ids: (1...issue.count).map { ID(ids.uuid(for: "\(name)/\($0)")) },
                terms
            )
            try self.issue(entitlements, entry, in: ledger.pool, terms)
        }
    }

    /// Withdraws vouchers of a group that are available, for those that what was taken back since no longer stands for.
    ///
    /// Those may be used by now, so that it is any of the same office that goes, and where none is left one that is
    /// issued later. What ended unused brought nothing.
    /// - Parameter unearned: of each issue so many, by all closes until now.
    func withdraw(
        _ unearned: [VoucherIssue],
        of group: Name,
        in ledger: LedgerRow,
        _ terms: ReciprocityTerms
    ) throws {
        let today = ledger.days.day(of: now)
        for (office, issues) in Dictionary(grouping: unearned, by: \.office).sorted(by: { $0.key < $1.key }) {
            let rows = try EntitlementRows.all(of: group, at: office, in: ledger.pool, connection)
            let ended = rows.map { ($0, $0.entitlement.lapsed(by: today).0) }
            let due = issues.reduce(0) { sum, issue in
                let unused = ended.count { $0.1.issued == issue.day && [.expired, .void].contains($0.1.state) }
                return sum + max(0, issue.count - unused)
            }
            let count = due - ended.count { $0.1.state == .withdrawn }
            for (row, _) in ended.filter({ $0.1.state == .available }).prefix(max(0, count)) {
                var row = row
                let (next, entries) = try row.entitlement.withdrawn(on: today)
                row.entitlement = next
                try change(row, entries, by: nil, terms)
            }
        }
    }
}
