public import Exchange
import Store

/// Brings destinations what follows their cursors: the journal is the only queue.
///
/// At the least once: what an answer was lost of is sent again, under the same id and with the same ticks.
public final class Pushing: Sendable {
    /// The longest that one message may take; connecting is part of it.
    public static let messageMax = Duration.seconds(15)
    /// The longest that connecting may take.
    public static let connectMax = Duration.seconds(5)
    /// What a receiver answers is not read beyond this.
    public static let answerBytesMax = 65_536
    /// How long a node has a destination to itself without a sign of life: another may then go on with it.
    ///
    /// Longer than a message may take.
    public static let claim = Duration.seconds(60)
    /// How many destinations a node sends to at once; others wait for the next look.
    public static let underWayMax = 1_024
    /// How many messages one destination is sent in a row before others have their turn.
    public static let messagesMax = 100
    /// What a TAXII server answers is not read beyond this.
    public static let statusBytesMax = 1 << 20
    /// How long a destination waits that could not be pushed to for a reason of the exchange's own.
    public static let faultWait = Duration.seconds(5)

    private let live: LiveState
    private let feed: Feed
    let database: any Database
    let commits: GroupCommit
    let federation: Federation
    private let surroundings: Surroundings
    let couriers: Couriers
    private let answers: Answers
    private let index = DestinationIndex()
    /// Sends once room is made for one that waits for it; what comes while nobody looks is one.
    let freed: AsyncStream<Void>
    private let room: AsyncStream<Void>.Continuation
    /// Tells this process from others over the same store.
    let holder: String
    /// Whether no other process can have the store: what is in memory is what is in it.
    private let isOnlyNode: Bool

    init(
        _ live: LiveState,
        _ feed: Feed,
        _ database: any Database,
        _ commits: GroupCommit,
        _ surroundings: Surroundings,
        _ federation: Federation,
        _ couriers: Couriers
    ) {
        self.live = live
        self.feed = feed
        self.database = database
        self.commits = commits
        self.surroundings = surroundings
        self.federation = federation
        self.couriers = couriers
        (freed, room) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (holder, isOnlyNode) =
            switch database.engine {
            // No other process has the file: what one that is no more had is this one's at once.
            case .sqlite: ("the only node", true)
            case .postgresql: (surroundings.uuid().text, false)
            }
        answers = Answers(commits, holder)
    }

    /// The destinations that may be sent something now, as many as there is room for: each is to be pushed to, together
    /// with those that are sent the same.
    public func due() async throws -> [[Destination]] {
        let (owners, changes) = live.changedDestinationOwners()
        do {
            if !index.isLoaded {
                index.load(try await database.read { try DestinationRows.all($0) }, asOf: changes)
            } else if !owners.isEmpty {
                let changed = try await database.read { connection in
                    try owners.map { ($0, try DestinationRows.destinations(of: $0, connection)) }
                }
                index.take(changed, asOf: changes)
            }
        } catch {
            // What changed is not known any more: the next look reads all.
            index.unload()
            throw error
        }
        return index.begin(news: live.news, at: surroundings.clock(), underWayMax: Self.underWayMax)
    }

    /// Whether any is to be pushed to once there is room.
    var hasReady: Bool { index.hasReady }

    /// Sends each of some destinations what follows its cursor, until it has all of it, fails, or others should have
    /// their turn; none waits for another.
    /// - Parameters:
    ///   - wave: as they came from `due`.
    ///   - tell: is told which could not be pushed to for a reason of the exchange's own, and why.
    /// - Returns: how many messages were sent.
    @discardableResult
    public func push(
        to wave: [Destination],
        telling tell: @escaping @Sendable (Destination, any Error) -> Void
    ) async -> Int {
        // Where that fails each looks by itself, and tells why.
        let found = wave.count > 1 ? try? await found(for: wave[0]) : nil
        return await withTaskGroup(of: Int.self) { group in
            for destination in wave.dropFirst() {
                group.addTask { await self.push(to: destination, found, telling: tell) }
            }
            var sent = 0
            if let first = wave.first { sent = await push(to: first, found, telling: tell) }
            for await more in group { sent += more }
            return sent
        }
    }

    /// What is next for a destination, nil for nothing, and the news as of which it is.
    private struct Found {
        let errand: Errand?
        let news: Tick
    }

    private func push(
        to destination: Destination,
        _ found: Found?,
        telling tell: @Sendable (Destination, any Error) -> Void
    ) async -> Int {
        var (current, sent) = (destination, 0)
        do {
            let outcome = try await send(to: &current, found, &sent)
            if index.end(current, outcome) { room.yield() }
        } catch {
            _ = index.end(current, .later(surroundings.clock().advanced(by: Self.faultWait)))
            tell(destination, error)
        }
        return sent
    }

    private func send(
        to current: inout Destination,
        _ found: Found?,
        _ sent: inout Int
    ) async throws -> DestinationIndex.Outcome {
        var (isClaimed, known) = (isOnlyNode, found)
        var countMax = PushMessage.itemsMax
        let route = try await route(of: current)
        while sent < Self.messagesMax {
            let now = surroundings.clock()
            switch current.delivery.phase {
            case .paused: return .stopped
            case .retrying(_, _, let until, _) where !current.delivery.isDue(at: now): return .later(until)
            case .flowing, .retrying, .awaiting: break
            }
            let next: Found
            if let route {
                let news = live.news
                guard let claimed = try await claimed(current, route, countMax) else {
                    return .later(now.advanced(by: Self.claim))
                }
                (current, isClaimed) = (claimed.destination, true)
                next = Found(errand: claimed.errand, news: news)
            } else if let first = known {
                (next, known) = (first, nil)
            } else {
                next = try await self.found(for: current, countMax)
            }
            let news = next.news
            guard let errand = next.errand else {
                // Paused or put off since: looked at anew.
                if route != nil, !current.delivery.isDue(at: now), !current.delivery.isAwaiting { continue }
                guard let rest = rest(of: current, at: now) else { return .emptied(asOf: news) }
                return .resting(asOf: news, until: rest)
            }
            if route == nil, !isClaimed || !index.isCurrent(current, asOf: live.destinationChanges) {
                guard let claimed = try await claim(current) else { return .later(now.advanced(by: Self.claim)) }
                isClaimed = true
                // Another node may have sent some of it.
                if claimed != current {
                    current = claimed
                    continue
                }
            }
            let answer = await errand.carried(by: couriers, to: current, route?.peer.terms)
            if Task.isCancelled { return .more }
            sent += 1
            if answer.isTooLarge, let fewer = errand.half, current.address.kind == .taxii {
                (countMax, isClaimed) = (fewer, false)
                continue
            }
            guard let kept = try await keep(answer, to: errand, for: current) else {
                return .later(now.advanced(by: Self.claim))
            }
            current = kept
            // Another look would find nothing, unless there was news since.
            if errand.isLast(for: kept), rest(of: kept, at: now) == nil { return .emptied(asOf: news) }
        }
        return .more
    }

    private func found(for destination: Destination, _ countMax: Int = PushMessage.itemsMax) async throws -> Found {
        let news = live.news
        guard let session = live.session(of: destination, at: surroundings.clock()) else {
            return Found(errand: nil, news: news)
        }
        return Found(errand: try await errand(for: destination, session, countMax), news: news)
    }

    /// What is next for a destination; nil when it has everything.
    private func errand(for destination: Destination, _ session: Session, _ countMax: Int) async throws -> Errand? {
        let (delivery, channel) = (destination.delivery, destination.address.kind.channel)
        func recalls() async throws -> Errand? {
            let events = try await feed.recalls(after: delivery.recalls, for: session, over: channel)
            let items = events.map(PushMessage.Item.init)
            return PushMessage(items, isUrgent: true, countMax: countMax).map { .message($0) }
        }
        if rest(of: destination, at: surroundings.clock()) != nil { return try await recalls() }
        let look = try await feed.look(after: delivery.cursor, for: session, over: channel)
        let (items, isWhole) = (look.items, look.isWhole)
        if case .awaiting(let awaited) = delivery.phase {
            if let urgent = try await recalls() { return urgent }
            return .look(awaited, items.filter { $0.tick <= awaited.through })
        }
        let message = PushMessage(items, isUrgent: false, countMax: countMax)
        // Where much is to come, or nothing goes through, recalls do not wait for their turn.
        guard
            items.count >= PushMessage.itemsMax || (message?.items.count ?? 0) < items.count
                || delivery.phase != .flowing
        else { return message.map { .message($0, isLast: isWhole && $0.items.count == items.count) } }
        return try await recalls() ?? message.map { .message($0) }
    }

    /// Until when one is sent nothing but recalls; nil where it is sent whatever there is.
    private func rest(of destination: Destination, at now: Timestamp) -> Timestamp? {
        if case .awaiting(let awaited) = destination.delivery.phase, !destination.delivery.isDue(at: now) {
            return awaited.until
        }
        return index.rest(of: destination, at: now)
    }

    private func claim(_ destination: Destination) async throws -> Destination? {
        try await commits.write { [holder] transaction in
            try transaction.claim(destination, for: holder, until: transaction.now.advanced(by: Self.claim))
        }
    }

    /// Keeps what follows from an answer.
    /// - Returns: the destination as it is; nil where it is gone, or another node's.
    private func keep(
        _ answer: PushAnswer,
        to errand: Errand,
        for destination: Destination
    ) async throws -> Destination? {
        if case .mail = destination.address, answer == .accepted {
            index.rest(destination, until: surroundings.clock().advanced(by: MailDigest.interval))
        }
        return try await answers.keep(answer, to: errand, for: destination, chance: surroundings.chance())
    }

    /// Sends a dead letter again, with what its reader may see of it by now.
    func replay(_ letter: DeadLetter, to destination: Destination) async throws -> PushAnswer {
        if let route = try await route(of: destination) { return try await replay(letter, to: destination, route) }
        let (now, channel) = (surroundings.clock(), destination.address.kind.channel)
        guard let session = live.session(of: destination, at: now) else { throw AdvisoryFault.ended }
        let all =
            letter.isUrgent
            ? try await feed.recalls(after: letter.after, for: session, over: channel).map(PushMessage.Item.init)
            : try await feed.look(after: letter.after, for: session, over: channel).items
        let items = all.filter { $0.tick <= letter.through }
        // Nothing of it is left that the reader may see: so there is nothing to be sent.
        guard let message = PushMessage(items, isUrgent: letter.isUrgent) else { return .accepted }
        return await couriers.send(message, to: destination)
    }
}

extension Destination.Kind {
    /// Over what its receipts say that something was given.
    var channel: Receipt.Channel {
        switch self {
        case .webhook: .webhook
        case .taxii: .taxiiPush
        case .mail: .mail
        case .sftp: .sftp
        }
    }
}

extension PushMessage.Item {
    fileprivate init(_ event: Feed.Event) {
        let recall = event.recall.map {
            PushMessage.Recall(report: $0.report, recalled: $0.owed.recalled, due: $0.owed.ends)
        }
        self.init(tick: event.version.tick, pool: event.pool.name, recall: recall, bytes: event.version.bytes)
    }
}

extension Feed.Look {
    /// All of it as it is sent, in order.
    fileprivate var items: [PushMessage.Item] {
        let all = events.map(PushMessage.Item.init) + notices.map { PushMessage.Item(tick: $0.tick, watch: $0.notice) }
        return notices.isEmpty ? all : all.sorted { $0.tick < $1.tick }
    }
}
