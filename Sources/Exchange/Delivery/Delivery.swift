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
        /// Sends nothing until somebody resumes it.
        case paused(Pause, since: Timestamp)
    }

    /// Why nothing is sent.
    public enum Pause: String, CaseIterable, Sendable {
        /// Somebody paused it.
        case asked
        /// The receiver answered that it is gone for good (410).
        case gone
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

    /// Whether a message may be sent.
    public func isDue(at now: Timestamp) -> Bool {
        switch phase {
        case .flowing: true
        case .retrying(_, _, let until, _): until <= now
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
        case .accepted:
            return Step(delivery: past(message), deadLetter: nil)
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

    /// Sends nothing from now on, until it is resumed.
    public func paused(at now: Timestamp) -> Delivery {
        if case .paused = phase { return self }
        return with(.paused(.asked, since: now))
    }

    /// Goes on where it stopped, at once.
    public func resumed() -> Delivery { with(.flowing) }

    private var counts: (failures: Int, refusals: Int) {
        guard case .retrying(let failures, let refusals, _, _) = phase else { return (0, 0) }
        return (failures, refusals)
    }

    private func past(_ message: PushMessage.Reach) -> Delivery {
        var next: Phase = .flowing
        if case .paused = phase { next = phase }
        switch message {
        case .feed(let through):
            return Delivery(cursor: max(cursor, through), recalls: max(recalls, through), phase: next)
        case .recalls(let through):
            return Delivery(cursor: cursor, recalls: max(recalls, through), phase: next)
        }
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
        if case .paused = phase { return self }
        // Full jitter: anything between nothing and the whole wait.
        let wait = Self.wait(afterFailures: failures + 1) * min(max(chance, 0), 1)
        let longest = max(wait, min(max(asked ?? .zero, .zero), Self.askedWaitMax))
        let until = now.advanced(by: longest)
        return with(.retrying(failures: failures + 1, refusals: refusals, until: until, fault: fault))
    }

    /// The longest wait after so many failures in a row.
    static func wait(afterFailures failures: Int) -> Duration {
        min(firstWaitMax * (1 << min(max(failures - 1, 0), 20)), waitMax)
    }
}

/// Why a message was not taken, in a closed set of words and a number: never what the receiver wrote.
public struct PushFault: Hashable, Sendable, CustomStringConvertible {
    /// The kind of fault.
    public enum Kind: String, CaseIterable, Sendable {
        /// The receiver answered with a status that is no success.
        case status
        /// No connection, or it broke.
        case unreachable
        /// No answer in time.
        case slow
        /// No trusted connection.
        case tls
        /// The address may not be connected to, or the request cannot be made.
        case forbidden
    }

    /// What it was.
    public let kind: Kind
    /// The status, where there was one; otherwise 0.
    public let status: Int

    /// Puts it together from its parts.
    public init(_ kind: Kind, status: Int = 0) {
        self.kind = kind
        self.status = status
    }

    /// For people to read.
    public var description: String {
        switch kind {
        case .status: "answered with status \(status)"
        case .unreachable: "could not be reached, or broke the connection off"
        case .slow: "did not answer in time"
        case .tls: "could not be trusted: check its certificate and its name"
        case .forbidden: "has an address that this exchange does not connect to; ask its operator"
        }
    }
}

/// What a receiver's answer to a message means.
public enum PushAnswer: Hashable, Sendable {
    /// It has it.
    case accepted
    /// It is gone for good.
    case gone
    /// It will not have this message; it may have others.
    case refused(PushFault)
    /// It may have the same message later; it may have said after how long at the least.
    case failed(PushFault, wait: Duration?)

    /// Reads a status and the header field `Retry-After` in seconds (RFC 9110 §10.2.3, §15).
    public init(status: Int, retryAfter: String?) {
        let fault = PushFault(.status, status: status)
        switch status {
        case 200..<300: self = .accepted
        case 410: self = .gone
        case 400, 406, 409, 411, 413, 414, 415, 422, 431: self = .refused(fault)
        default:
            let seconds = retryAfter.flatMap { UInt32($0.trimming(" ")) }
            self = .failed(fault, wait: seconds.map { .seconds(Int64($0)) })
        }
    }

    /// Reads why there was no answer.
    public init(_ fault: TransportFault) {
        self =
            switch fault {
            case .timedOut, .stalled: .failed(PushFault(.slow), wait: nil)
            case .tls: .failed(PushFault(.tls), wait: nil)
            // The last six are of mail and files, which no webhook is.
            case .nameUnknown, .unreachable, .interrupted, .tooLarge, .notKept, .cancelled, .closed, .loginRefused,
                .recipientRefused, .mailRefused, .hostKeyUnknown, .hostKeyChanged, .fileRefused:
                .failed(PushFault(.unreachable), wait: nil)
            case .malformed, .schemeRefused, .addressRefused: .failed(PushFault(.forbidden), wait: nil)
            }
    }
}

extension String {
    fileprivate func trimming(_ character: Character) -> Substring {
        let start = drop { $0 == character }
        let end = start.lastIndex { $0 != character }
        return end.map { start[...$0] } ?? start.prefix(0)
    }
}
