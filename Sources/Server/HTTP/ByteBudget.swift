import Synchronization

/// How many bytes of bodies and answers are in memory at once, over all connections.
final class ByteBudget: Sendable {
    /// An answer of no more bytes is not counted: `connections_max` bounds those.
    static let smallBytesMax = 65_536

    private let most: Int
    private let taken = Mutex(0)

    /// - Parameter most: the bytes in all.
    init(most: Int) {
        self.most = most
    }

    /// Bytes that are taken until nobody holds this any more.
    final class Lease: Sendable {
        private let budget: ByteBudget
        private let bytes: Int

        fileprivate init(_ budget: ByteBudget, _ bytes: Int) {
            self.budget = budget
            self.bytes = bytes
        }

        deinit {
            budget.taken.withLock { $0 -= bytes }
        }
    }

    /// - Throws: `HTTPFault` 503 when there are not so many left; the same request may be sent again.
    func lease(_ bytes: Int) throws(HTTPFault) -> Lease {
        let isTaken = taken.withLock { taken in
            guard taken + bytes <= most else { return false }
            taken += bytes
            return true
        }
        guard isTaken else { throw .busy }
        return Lease(self, bytes)
    }
}
