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
}
