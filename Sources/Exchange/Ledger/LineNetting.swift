/// Cancels what groups owe each other in a circle.
///
/// Everybody's net position stays as it is, and what is owed in all only falls.
public enum LineNetting {
    /// The entries that take the circles out, found in the order of the names: one a line at the most.
    /// - Parameters:
    ///   - balances: of all lines of a pool.
    ///   - epoch: at whose close it is done: once for each.
    public static func entries(
        _ balances: [LineAccount: LedgerBalance],
        at epoch: Epoch,
        _ terms: ReciprocityTerms
    ) -> [LedgerEntry<LineAccount>] {
        // What each owes which others; of an account with much to come, so much as has room on its line.
        var owed: [Name: [Name: Int64]] = [:]
        for (account, balance) in balances where balance.posted < 0 {
            let room = account.bounds(terms).upperBound - balance.posted - balance.coming
            let amount = min(-balance.posted, room)
            if amount > 0 { owed[account.group, default: [:]][account.other] = amount }
        }
        let before = owed
        while let circle = circle(in: owed) {
            let edges = zip(circle, circle.dropFirst() + circle.prefix(1))
            let least = edges.compactMap { owed[$0]?[$1] }.min() ?? 0
            for (debtor, creditor) in edges {
                let left = (owed[debtor]?[creditor] ?? 0) - least
                owed[debtor]?[creditor] = left > 0 ? left : nil
            }
        }
        // One entry a line, however many circles it was in.
        return before.sorted { $0.key < $1.key }.flatMap { debtor, debts in
            debts.sorted { $0.key < $1.key }.compactMap { creditor, amount in
                let cancelled = amount - (owed[debtor]?[creditor] ?? 0)
                guard cancelled > 0 else { return nil }
                return LedgerEntry(
                    EntryKey("rq/netting/\(epoch.number)/\(debtor)/\(creditor)"),
                    .netting,
                    item: nil,
                    debit: LineAccount(of: creditor, towards: debtor),
                    credit: LineAccount(of: debtor, towards: creditor),
                    Amount(cancelled),
                    day: epoch.closes
                )
            }
        }
    }

    /// Groups of which each owes the next, and the last the first; nil where there are none.
    private static func circle(in owed: [Name: [Name: Int64]]) -> [Name]? {
        var done: Set<Name> = []
        for start in owed.keys.sorted() where !done.contains(start) {
            // Depth first, with the way to where it stands and what is still to be looked at from each place on it.
            var way = [start]
            var left = [owed[start, default: [:]].keys.sorted()]
            while let next = left[left.count - 1].popLast() ?? nil {
                if let place = way.firstIndex(of: next) { return Array(way[place...]) }
                if !done.contains(next) {
                    way.append(next)
                    left.append(owed[next, default: [:]].keys.sorted())
                }
                while let last = left.last, last.isEmpty, way.count > 1 {
                    done.insert(way.removeLast())
                    left.removeLast()
                }
            }
            done.insert(start)
        }
        return nil
    }
}
