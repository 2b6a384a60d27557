import Exchange
import Synchronization

/// Which destinations are to be pushed to: kept in memory, so that a look costs nothing for those without news.
///
/// It only says when; how far each has got stands in the store, where whoever pushes reads it again.
final class DestinationIndex: Sendable {
    /// How often all are looked at whether there is news or not: time alone may give a reader something.
    static let sweepInterval = Duration.seconds(60)

    /// What came of pushing to one.
    enum Outcome: Hashable, Sendable {
        /// It has everything as of the news up to a tick.
        case emptied(asOf: Tick)
        /// Nothing can be sent before a time, whatever comes.
        case later(Timestamp)
        /// Nothing but recalls is sent before a time; there was none as of the news up to a tick.
        case resting(asOf: Tick, until: Timestamp)
        /// There is more, and others have their turn.
        case more
        /// Nothing is sent until somebody changes it.
        case stopped
    }

    fileprivate struct State {
        var isLoaded = false
        var known: [Int64: Destination] = [:]
        var owners: [Int64: Set<Int64>] = [:]
        /// To be pushed to, in this order.
        var ready: [Int64] = []
        /// Without news; they are ready as soon as there is any.
        var idle: Set<Int64> = []
        /// Ready at a time.
        var timed: [Int64: Timestamp] = [:]
        /// Mailboxes that are sent nothing but recalls until a time.
        var resting: [Int64: Timestamp] = [:]
        var underWay: Set<Int64> = []
        /// Those under way that somebody changed meanwhile.
        var changed: Set<Int64> = []
        /// How often somebody's destinations had changed when they were read last.
        var changes = 0
        /// Whether it was told, since the last look, that there is room for one that is ready.
        var isRoomTold = false
        var news = Tick.zero
        var swept = Timestamp(microseconds: 0)
    }

    private let state = Mutex(State())

    /// Whether it was ever filled.
    var isLoaded: Bool { state.withLock { $0.isLoaded } }

    /// Fills it.
    /// - Parameter changes: how often somebody's destinations had changed before they were read.
    func load(_ all: [(owner: Int64, destination: Destination)], asOf changes: Int) {
        let owned = Dictionary(grouping: all, by: \.owner).mapValues { $0.map(\.destination) }
        state.withLock { state in
            (state.isLoaded, state.changes) = (true, changes)
            for (owner, destinations) in owned { state.take(destinations, of: owner) }
        }
    }

    /// Has it filled again, with whatever there is by then.
    func unload() { state.withLock { $0.isLoaded = false } }

    /// Sends a mailbox nothing but recalls until a time.
    func rest(_ destination: Destination, until time: Timestamp) {
        state.withLock { $0.resting[destination.number] = time }
    }

    /// Until when a mailbox is sent nothing but recalls; nil where it does not rest.
    func rest(of destination: Destination, at now: Timestamp) -> Timestamp? {
        state.withLock { state in state.resting[destination.number].flatMap { $0 > now ? $0 : nil } }
    }

    /// Takes in what some principals have now: what it was, nobody knows, so each is looked at.
    /// - Parameter changes: how often somebody's destinations had changed before they were read.
    func take(_ changed: [(owner: Int64, destinations: [Destination])], asOf changes: Int) {
        state.withLock { state in
            state.changes = changes
            for (owner, destinations) in changed { state.take(destinations, of: owner) }
        }
    }

    /// Whether one under way is as its owner left it, where somebody's destinations changed as often as is said.
    func isCurrent(_ destination: Destination, asOf changes: Int) -> Bool {
        state.withLock { $0.changes == changes && !$0.changed.contains(destination.number) }
    }

    /// Whether any waits for room.
    var hasReady: Bool { state.withLock { !$0.ready.isEmpty } }

    /// Those to be pushed to now, as many as there is room for; each is under way until it is ended.
    func begin(news: Tick, at now: Timestamp, underWayMax: Int) -> [[Destination]] {
        let begun = state.withLock { state -> [Destination] in
            if news > state.news || now >= state.swept.advanced(by: Self.sweepInterval) {
                (state.news, state.swept) = (max(news, state.news), now)
                for number in state.idle.sorted() { state.ready(number) }
            }
            for number in state.timed.filter({ $0.value <= now }).keys.sorted() { state.ready(number) }
            let begun = state.ready.prefix(max(underWayMax - state.underWay.count, 0))
            state.ready.removeFirst(begun.count)
            state.underWay.formUnion(begun)
            state.isRoomTold = false
            return begun.compactMap { state.known[$0] }
        }
        return Self.waves(of: begun)
    }

    /// Where a webhook stands: those of one reader that stand at the same place are sent the same.
    private struct Place: Hashable {
        let credential: ID<Credential>
        let purpose: Purpose
        let delivery: Delivery
    }

    /// Webhooks that are sent the same together, and each other destination by itself.
    private static func waves(of begun: [Destination]) -> [[Destination]] {
        var (waves, known): ([[Destination]], [Place: Int]) = ([], [:])
        for destination in begun {
            let (delivery, kind) = (destination.delivery, destination.address.kind)
            guard kind == .webhook, delivery.phase == .flowing else {
                waves.append([destination])
                continue
            }
            let place = Place(
                credential: destination.credential,
                purpose: destination.purpose,
                delivery: delivery
            )
            if let wave = known[place] {
                waves[wave].append(destination)
            } else {
                known[place] = waves.count
                waves.append([destination])
            }
        }
        return waves
    }

    /// Takes in what came of pushing to one.
    /// - Returns: whether there is room, for the first time since the last look, for one that is ready.
    func end(_ destination: Destination, _ outcome: Outcome) -> Bool {
        state.withLock { state in
            state.end(destination, outcome)
            guard !state.ready.isEmpty, !state.isRoomTold else { return false }
            state.isRoomTold = true
            return true
        }
    }
}

extension DestinationIndex.State {
    fileprivate mutating func take(_ destinations: [Destination], of owner: Int64) {
        let numbers = Set(destinations.map(\.number))
        for gone in owners[owner, default: []].subtracting(numbers) {
            (known[gone], resting[gone]) = (nil, nil)
            forget(gone)
        }
        owners[owner] = numbers.isEmpty ? nil : numbers
        for destination in destinations {
            let isNew = known.updateValue(destination, forKey: destination.number) == nil
            if underWay.contains(destination.number) {
                changed.insert(destination.number)
            } else {
                if !isNew { forget(destination.number) }
                ready(destination.number)
            }
        }
    }

    fileprivate mutating func end(_ destination: Destination, _ outcome: DestinationIndex.Outcome) {
        let number = destination.number
        underWay.remove(number)
        guard known[number] != nil else { return }
        if changed.remove(number) != nil { return ready(number) }
        known[number] = destination
        switch outcome {
        case .emptied(let seen): wait(number, asOf: seen)
        case .later(let time): timed[number] = time
        case .resting(let seen, let time):
            wait(number, asOf: seen)
            if idle.contains(number) { timed[number] = time }
        case .more: ready(number)
        case .stopped: break
        }
    }

    fileprivate mutating func ready(_ number: Int64) {
        idle.remove(number)
        timed[number] = nil
        ready.append(number)
    }

    /// Waits for news, unless there was some since.
    private mutating func wait(_ number: Int64, asOf seen: Tick) {
        if seen < news { ready(number) } else { idle.insert(number) }
    }

    private mutating func forget(_ number: Int64) {
        idle.remove(number)
        timed[number] = nil
        changed.remove(number)
        ready.removeAll { $0 == number }
    }
}
