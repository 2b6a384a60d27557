import Exchange
import Store

extension AdvisoryDesk {
    /// Erases what an advisory said, whatever its state: the exchange does it by a rule, and asks nobody.
    ///
    /// Its renditions are taken from everybody, and who holds one is told that it is withdrawn.
    func erase(
        _ row: AdvisoryRow,
        for reason: ErasureReason,
        in transaction: Transaction,
        _ directory: Directory
    ) throws {
        var row = row
        let before = row.advisory
        row.advisory = before.erased(for: reason, by: nil, at: transaction.now)
        try press.release(&row, since: before, in: transaction, directory)
        try transaction.change(row, by: nil)
    }
}
