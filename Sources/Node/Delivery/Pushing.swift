public import Exchange
import Store

/// Brings destinations what follows their cursors: the journal is the only queue.
///
/// At the least once: what an answer was lost of is sent again, under the same id and with the same ticks.
public struct Pushing: Sendable {
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

    private let live: LiveState
    private let feed: Feed
    private let database: any Database
    private let commits: GroupCommit
    private let surroundings: Surroundings
    private let networks: AllowedNetworks
    private let exchangeKey: [UInt8]
    /// Tells this process from others over the same store.
    private let holder: String

    init(
        _ live: LiveState,
        _ feed: Feed,
        _ database: any Database,
        _ commits: GroupCommit,
        _ surroundings: Surroundings,
        networks: AllowedNetworks,
        exchangeKey: [UInt8]
    ) {
        self.live = live
        self.feed = feed
        self.database = database
        self.commits = commits
        self.surroundings = surroundings
        self.networks = networks
        self.exchangeKey = exchangeKey
        holder =
            switch database.engine {
            // No other process has the file: what one that is no more had is this one's at once.
            case .sqlite: "the only node"
            case .postgresql: surroundings.uuid().text
            }
    }

    /// The destinations that may be sent something now, in the order of their making.
    /// - Parameter failed: only those that failed and waited long enough.
    public func due(failed: Bool) async throws -> [Destination] {
        let now = surroundings.clock()
        return try await database.read { try DestinationRows.due(at: now, failed: failed, $0) }
    }

    /// Sends a destination what follows its cursor, until it has all of it, fails, or others should have their turn.
    /// - Returns: how many messages were sent.
    @discardableResult
    public func push(to destination: Destination) async throws -> Int {
        var current = destination
        var (isClaimed, sent) = (false, 0)
        while sent < Self.messagesMax {
            let now = surroundings.clock()
            guard current.delivery.isDue(at: now), let session = live.session(of: current, at: now),
                let message = try await message(for: current, session)
            else { return sent }
            if !isClaimed {
                guard let claimed = try await claim(current) else { return sent }
                isClaimed = true
                // Another node may have sent some of it.
                if claimed != current {
                    current = claimed
                    continue
                }
            }
            let answer = await send(message.body(at: now), id: message.id(for: current.id), to: current, at: now)
            if Task.isCancelled { return sent }
            sent += 1
            guard let kept = try await keep(answer, to: message, for: current) else { return sent }
            current = kept
        }
        return sent
    }

    /// The message that is next for a destination; nil when it has everything.
    private func message(for destination: Destination, _ session: Session) async throws -> PushMessage? {
        let delivery = destination.delivery
        let events = try await feed.events(after: delivery.cursor, for: session, over: .webhook)
        let items = events.map(PushMessage.Item.init)
        let message = PushMessage(items, isUrgent: false)
        // Where much is to come, or nothing goes through, recalls do not wait for their turn.
        guard
            items.count >= PushMessage.itemsMax || (message?.items.count ?? 0) < items.count
                || delivery.phase != .flowing
        else { return message }
        let recalls = try await feed.recalls(after: delivery.recalls, for: session, over: .webhook)
        return PushMessage(recalls.map(PushMessage.Item.init), isUrgent: true) ?? message
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
        to message: PushMessage,
        for destination: Destination
    ) async throws -> Destination? {
        let chance = surroundings.chance()
        return try await commits.write { [holder] transaction in
            // As it is by now: its owner may have paused it.
            let until = transaction.now.advanced(by: Self.claim)
            guard var current = try transaction.claim(destination, for: holder, until: until) else { return nil }
            let step = current.delivery.after(answer, to: message.reach, at: transaction.now, chance: chance)
            if let fault = step.deadLetter {
                let after = message.reach.isUrgent ? current.delivery.recalls : current.delivery.cursor
                try transaction.putAside(message.reach, after: after, fault, of: current)
            }
            current.delivery = step.delivery
            try transaction.keep(current)
            return current
        }
    }

    // MARK: One message

    /// Sends a message that says nothing.
    func ping(_ destination: Destination) async -> PushAnswer {
        let now = surroundings.clock()
        let body = #"{"type":"ping","timestamp":"\#(now.text)","data":{}}"#
        return await send(Array(body.utf8), id: "msg_\(surroundings.uuid().text)", to: destination, at: now)
    }

    /// Sends a dead letter again, with what its reader may see of it by now.
    func replay(_ letter: DeadLetter, to destination: Destination) async throws -> PushAnswer {
        let now = surroundings.clock()
        guard let session = live.session(of: destination, at: now) else { throw AdvisoryFault.ended }
        let events =
            letter.isUrgent
            ? try await feed.recalls(after: letter.after, for: session, over: .webhook)
            : try await feed.events(after: letter.after, for: session, over: .webhook)
        let items = events.map(PushMessage.Item.init).filter { $0.tick <= letter.through }
        // Nothing of it is left that the reader may see: so there is nothing to be sent.
        guard let message = PushMessage(items, isUrgent: letter.isUrgent) else { return .accepted }
        return await send(message.body(at: now), id: message.id(for: destination.id), to: destination, at: now)
    }

    /// The secrets that sign for a destination, the newest first.
    func secrets(of destination: Destination, at now: Timestamp) -> [WebhookSecret] {
        destination.secrets(at: now, exchangeKey: exchangeKey)
    }

    private func send(
        _ body: [UInt8],
        id: String,
        to destination: Destination,
        at now: Timestamp
    ) async -> PushAnswer {
        let signatures = secrets(of: destination, at: now).map { $0.signature(of: body, id: id, at: now) }
        var request = WebRequest(.post, destination.url.text)
        request.headers = [
            ("Content-Type", "application/json"), ("webhook-id", id),
            ("webhook-timestamp", String(WebhookSecret.seconds(now))),
            ("webhook-signature", signatures.joined(separator: " ")),
        ]
        request.body = body
        request.schemes = destination.url.isPlain ? [.http] : [.https]
        request.networks = networks
        request.totalMax = Self.messageMax
        request.connectMax = Self.connectMax
        request.bodyBytesMax = Self.answerBytesMax
        do throws(TransportFault) {
            let response = try await surroundings.carrier.perform(request)
            return PushAnswer(status: response.status, retryAfter: response.header("retry-after"))
        } catch {
            return PushAnswer(error)
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

extension PushMessage.Reach {
    fileprivate var isUrgent: Bool {
        switch self {
        case .feed: false
        case .recalls: true
        }
    }
}
