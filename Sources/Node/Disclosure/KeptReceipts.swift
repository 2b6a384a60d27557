import Exchange
import Store
import Synchronization

/// The receipts that this node has seen kept, so that the same page given to the same principal again is not written
/// again: who holds what is known from the first.
final class KeptReceipts: Sendable {
    /// How many pages are remembered at least, and at most twice as many.
    static let countMax = 32_768

    /// A receipt in few bytes.
    ///
    /// Two that differ between their ends differ in a hash of 64 bits, whose key is random in each process.
    private struct Key: Hashable {
        let principal, pool: Int64
        let channel: Receipt.Channel
        let purpose: Purpose
        let first, last: Tick?
        let count, hash: Int

        init(_ receipt: Receipt) {
            (principal, pool) = (receipt.principal, receipt.pool)
            (channel, purpose) = (receipt.channel, receipt.purpose)
            (first, last, count) = (receipt.versions.first, receipt.versions.last, receipt.versions.count)
            hash = receipt.versions.hashValue
        }
    }

    private struct Generations {
        var young: Set<Key> = []
        var old: Set<Key> = []
    }

    private let kept = Mutex(Generations())

    func holds(_ receipt: Receipt) -> Bool {
        let key = Key(receipt)
        return kept.withLock { $0.young.contains(key) || $0.old.contains(key) }
    }

    func keep(_ receipt: Receipt) {
        let key = Key(receipt)
        kept.withLock { kept in
            kept.young.insert(key)
            if kept.young.count >= Self.countMax { (kept.old, kept.young) = (kept.young, []) }
        }
    }
}
