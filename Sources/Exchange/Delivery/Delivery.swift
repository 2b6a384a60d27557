/// How far one destination has got on the journal, and how it goes on.
///
/// What it has not been given stays before its cursor, however long it is away: nothing is dropped.
public struct Delivery: Hashable, Sendable {
    /// What it does now.
    public enum Phase: Hashable, Sendable {
        /// Sends whatever there is.
        case flowing
        /// Waits until a time to send the same again.
        ///
        /// `failures` says how often in a row it failed, `refusals` how often of these the receiver would not have it.
        case retrying(failures: Int, refusals: Int, until: Timestamp, fault: PushFault)
        /// Waits for what becomes of a message that the receiver has, but has not dealt with yet.
        case awaiting(Awaited)
        /// Sends nothing until somebody resumes it.
        case paused(Pause, since: Timestamp)
    }

    /// A message that a TAXII server has and has not dealt with yet.
    public struct Awaited: Hashable, Sendable {
        /// The id of its status there.
        public let status: String
        /// Up to where it brings the destination.
        public let through: Tick
        /// Since when.
        public let since: Timestamp
        /// How often its status was looked at in vain.
        public let looks: Int
        /// Until when it is not looked at again.
        public let until: Timestamp

        /// Puts it together from its parts.
        public init(status: String, through: Tick, since: Timestamp, looks: Int, until: Timestamp) {
            self.status = status
            self.through = through
            self.since = since
            self.looks = looks
            self.until = until
        }
    }

    /// Why nothing is sent.
    public enum Pause: String, CaseIterable, Sendable {
        /// Somebody paused it.
        case asked
        /// The receiver answered that it is gone for good (410), or that there is no such mailbox.
        case gone
        /// Nobody has entered the code yet that was mailed there.
        case unconfirmed
        /// The operator of the exchange paused it, and alone resumes it.
        case byOperator = "operator"
    }

    /// Where the circuit breaker stands: `open` sends nothing for now, `halfOpen` may send one message to try.
    public enum Circuit: String, Sendable {
        case closed
        case open
        case halfOpen = "half-open"
    }

    /// What follows from an answer.
    public struct Step: Hashable, Sendable {
        /// How it goes on.
        public let delivery: Delivery
        /// Why the message was put aside as a dead letter; nil where it was not.
        public let deadLetter: PushFault?
    }

    /// From as many failures in a row on, the circuit is open.
    public static let failuresToOpen = 5
    /// As often a message is sent that the receiver refuses; then it is put aside, and the next has its turn.
    public static let refusalsMax = 3
    /// The longest wait after the first failure; each further one doubles it.
    public static let firstWaitMax = Duration.seconds(4)
    /// The longest wait of all that follows from failures alone.
    public static let waitMax = Duration.seconds(3_600)
    /// The longest wait that a receiver may ask for.
    public static let askedWaitMax = Duration.seconds(86_400)
    /// How long what a receiver has may be pending there; then it is put aside, and the next has its turn.
    public static let pendingMax = Duration.seconds(3_600)

    /// Everything up to here was delivered or put aside.
    public let cursor: Tick
    /// Every recall up to here was delivered, ahead of what comes before it.
    public let recalls: Tick
    /// What it does now.
    public let phase: Phase

    /// Puts it together from its parts; without more, it begins behind `cursor`.
    public init(cursor: Tick, recalls: Tick? = nil, phase: Phase = .flowing) {
        self.cursor = cursor
        self.recalls = recalls ?? cursor
        self.phase = phase
    }

    /// Whether a message may be sent, or a status looked at.
    public func isDue(at now: Timestamp) -> Bool {
        switch phase {
        case .flowing: true
        case .retrying(_, _, let until, _): until <= now
        case .awaiting(let awaited): awaited.until <= now
        case .paused: false
        }
    }

    /// Where the circuit breaker stands.
    public func circuit(at now: Timestamp) -> Circuit {
        guard case .retrying(let failures, _, let until, _) = phase, failures >= Self.failuresToOpen else {
            return .closed
        }
        return until <= now ? .halfOpen : .open
    }

    /// What follows from the answer to a message.
    /// - Parameter chance: at random from 0 to 1, anew each time: so that those that failed together do not all come
    ///   back together.
    public func after(_ answer: PushAnswer, to message: PushMessage.Reach, at now: Timestamp, chance: Double) -> Step {
        // What was answered after somebody paused it counts, but it stays paused.
        switch answer {
        case .accepted, .partly:
            return Step(delivery: past(message), deadLetter: nil)
        case .pending(let status):
            return Step(delivery: awaiting(status, message, now, chance), deadLetter: nil)
        case .gone:
            return Step(delivery: with(.paused(.gone, since: now)), deadLetter: nil)
        case .refused(let fault):
            let (failures, refusals) = counts
            guard refusals + 1 < Self.refusalsMax else { return Step(delivery: past(message), deadLetter: fault) }
            return Step(delivery: failed(failures, refusals + 1, fault, nil, now, chance), deadLetter: nil)
        case .failed(let fault, let asked):
            let (failures, refusals) = counts
            return Step(delivery: failed(failures, refusals, fault, asked, now, chance), deadLetter: nil)
        }
    }

    /// What follows from a look at the status of what is awaited.
    public func after(look answer: PushAnswer, at now: Timestamp, chance: Double) -> Step {
        // Paused meanwhile: the message is sent again once it is resumed.
        guard case .awaiting(let awaited) = phase else { return Step(delivery: self, deadLetter: nil) }
        let done = Delivery(cursor: max(cursor, awaited.through), recalls: max(recalls, awaited.through))
        switch answer {
        case .accepted, .partly:
            return Step(delivery: done, deadLetter: nil)
        case .gone:
            return Step(delivery: done, deadLetter: PushFault(.status, status: 410))
        case .refused(let fault):
            return Step(delivery: done, deadLetter: fault)
        case .pending, .failed:
            guard now < awaited.since.advanced(by: Self.pendingMax) else {
                return Step(delivery: done, deadLetter: PushFault(.pending))
            }
            return Step(delivery: with(.awaiting(later(awaited, nil, now, chance))), deadLetter: nil)
        }
    }

    /// Sends nothing from now on, until it is resumed.
    public func paused(_ reason: Pause = .asked, at now: Timestamp) -> Delivery {
        // What the operator paused, and what nobody confirmed, stays so.
        if case .paused(let held, _) = phase, reason == .asked || held == .unconfirmed { return self }
        return with(.paused(reason, since: now))
    }

    /// Goes on where it stopped, at once; what the receiver has is awaited all the same.
    public func resumed() -> Delivery {
        if case .awaiting = phase { return self }
        return with(.flowing)
    }

    /// The same once what a reach covers turned out to be nothing for it.
    public func passing(_ reach: PushMessage.Reach) -> Delivery {
        switch reach {
        case .feed(let through):
            Delivery(cursor: max(cursor, through), recalls: max(recalls, through), phase: phase)
        case .recalls(let through): Delivery(cursor: cursor, recalls: max(recalls, through), phase: phase)
        }
    }

    /// Whether it waits for what becomes of a message.
    public var isAwaiting: Bool {
        if case .awaiting = phase { true } else { false }
    }

    private var counts: (failures: Int, refusals: Int) {
        guard case .retrying(let failures, let refusals, _, _) = phase else { return (0, 0) }
        return (failures, refusals)
    }

    private func past(_ message: PushMessage.Reach) -> Delivery {
        switch (message, phase) {
        case (.feed(let through), .paused):
            Delivery(cursor: max(cursor, through), recalls: max(recalls, through), phase: phase)
        case (.feed(let through), .flowing), (.feed(let through), .retrying), (.feed(let through), .awaiting):
            Delivery(cursor: max(cursor, through), recalls: max(recalls, through))
        case (.recalls(let through), .paused), (.recalls(let through), .awaiting):
            Delivery(cursor: cursor, recalls: max(recalls, through), phase: phase)
        case (.recalls(let through), .flowing), (.recalls(let through), .retrying):
            Delivery(cursor: cursor, recalls: max(recalls, through))
        }
    }

    private func awaiting(
        _ status: String,
        _ message: PushMessage.Reach,
        _ now: Timestamp,
        _ chance: Double
    ) -> Delivery {
        switch (message, phase) {
        // They come again in their turn; what becomes of them is awaited then.
        case (.recalls, _): return past(message)
        case (_, .paused): return self
        case (.feed(let through), _):
            let awaited = Awaited(status: status, through: through, since: now, looks: 0, until: now)
            return with(.awaiting(later(awaited, nil, now, chance)))
        }
    }

    private func later(_ awaited: Awaited, _ asked: Duration?, _ now: Timestamp, _ chance: Double) -> Awaited {
        Awaited(
            status: awaited.status,
            through: awaited.through,
            since: awaited.since,
            looks: awaited.looks + 1,
            until: now.advanced(by: Self.wait(afterFailures: awaited.looks + 1, asked, chance))
        )
    }

    private func with(_ phase: Phase) -> Delivery { Delivery(cursor: cursor, recalls: recalls, phase: phase) }

    private func failed(
        _ failures: Int,
        _ refusals: Int,
        _ fault: PushFault,
        _ asked: Duration?,
        _ now: Timestamp,
        _ chance: Double
    ) -> Delivery {
        switch phase {
        case .paused: return self
        case .awaiting(let awaited): return with(.awaiting(later(awaited, asked, now, chance)))
        case .flowing, .retrying:
            let until = now.advanced(by: Self.wait(afterFailures: failures + 1, asked, chance))
            return with(.retrying(failures: failures + 1, refusals: refusals, until: until, fault: fault))
        }
    }

    /// Full jitter: anything between nothing and the whole wait, and as long as was asked for.
    private static func wait(afterFailures failures: Int, _ asked: Duration?, _ chance: Double) -> Duration {
        max(wait(afterFailures: failures) * min(max(chance, 0), 1), min(max(asked ?? .zero, .zero), askedWaitMax))
    }

    /// The longest wait after so many failures in a row.
    static func wait(afterFailures failures: Int) -> Duration {
        min(firstWaitMax * (1 << min(max(failures - 1, 0), 20)), waitMax)
    }
}
