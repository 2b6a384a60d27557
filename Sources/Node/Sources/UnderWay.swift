import Synchronization

/// The sources that are being pulled, by their numbers.
final class UnderWay: Sendable {
    private let numbers = Mutex<Set<Int64>>([])

    /// Whether one may begin, too: not where it has, or where there is no room.
    func begin(_ number: Int64) -> Bool {
        numbers.withLock { $0.count < Pulling.underWayMax && $0.insert(number).inserted }
    }

    func end(_ number: Int64) {
        _ = numbers.withLock { $0.remove(number) }
    }
}
