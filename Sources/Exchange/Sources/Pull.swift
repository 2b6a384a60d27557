/// How far the pulling of one source has got, and when it goes on.
public struct Pull: Hashable, Sendable, Codable {
    /// Whether it goes on by itself.
    public enum Phase: Hashable, Sendable, Codable {
        /// At its time.
        case scheduled
        /// When somebody resumes it.
        case paused
        /// When somebody confirms that so many subjects are gone from the list.
        case asking(gone: Int)
    }

    /// What one pull did.
    public struct Counts: Hashable, Sendable, Codable {
        /// Objects that came and are stored now, whether they were before or not.
        public var taken = 0
        /// Objects that were revoked.
        public var revoked = 0
        /// Records that were there already.
        public var unchanged = 0
        /// Records that were passed over: what is no subject by itself, or has no form in STIX.
        public var skipped = 0
        /// Records that were put into quarantine.
        public var quarantined = 0

        /// Nothing yet.
        public init() {}
    }

    /// What a server said of a file when it was last read whole (RFC 9110 §8.8).
    public struct Validator: Hashable, Sendable, Codable {
        /// Its `ETag`.
        public var etag: String?
        /// Its `Last-Modified`.
        public var modified: String?
        /// SHA-256 of its content, where no server says anything of it.
        public var digest: [UInt8]?

        /// Puts it together from its parts.
        public init(etag: String? = nil, modified: String? = nil, digest: [UInt8]? = nil) {
            self.etag = etag
            self.modified = modified
            self.digest = digest
        }
    }

    /// The longest wait after the first failure; each further one doubles it.
    public static let firstWaitMax = Duration.seconds(60)
    /// The longest wait that follows from failures alone, unless the schedule is slower.
    public static let waitMax = Duration.seconds(3_600)
    /// The longest wait that a server may ask for.
    public static let askedWaitMax = Duration.seconds(86_400)

    /// Whether it goes on by itself.
    public private(set) var phase = Phase.scheduled
    /// When it goes on.
    public private(set) var due: Timestamp
    /// How often in a row it failed.
    public private(set) var failures = 0
    /// Why it failed last, never what a server wrote; nil since it did not.
    public private(set) var fault: String?
    /// When it was last done.
    public private(set) var done: Timestamp?
    /// What the last one did that was done.
    public private(set) var counts: Counts?
    /// How many subjects may be gone from the list, by an operator's word, at the next pull.
    public private(set) var confirmed = 0
    /// Whether everything is read again, whatever the server says of what changed.
    public private(set) var isAfresh = false
    /// Of each file, what was said when it was last read.
    public var validators: [String: Validator] = [:]
    /// Of a TAXII collection, how far it was read.
    public var cursor = TAXIICursor()

    /// Begins at once.
    public init(due: Timestamp) {
        self.due = due
    }

    /// Whether it goes on now.
    public func isDue(at now: Timestamp) -> Bool { phase == .scheduled && due <= now }

    /// Done: the next comes after the schedule's time, give or take a tenth.
    /// - Parameter chance: at random from 0 to 1, anew each time: so that many sources do not all come at once.
    public mutating func finish(_ counts: Counts, every seconds: Int64, at now: Timestamp, chance: Double) {
        (failures, fault, confirmed, isAfresh) = (0, nil, 0, false)
        (done, self.counts) = (now, counts)
        due = now.advanced(by: .seconds(seconds) * (0.9 + 0.2 * Self.clamped(chance)))
    }

    /// Failed: it goes on where it was after a wait at random, which grows with each failure in a row.
    /// - Parameter asked: how long the server asks to wait at the least.
    public mutating func fail(
        _ fault: String,
        asked: Duration?,
        every seconds: Int64,
        at now: Timestamp,
        chance: Double
    ) {
        failures += 1
        self.fault = fault
        let longest = min(Self.firstWaitMax * (1 << min(failures - 1, 20)), max(Self.waitMax, .seconds(seconds)))
        let wait = max(longest * Self.clamped(chance), min(max(asked ?? .zero, .zero), Self.askedWaitMax))
        due = now.advanced(by: wait)
    }

    /// So much is gone from the list that it may be a broken copy: an operator must say that it is right.
    public mutating func ask(gone: Int) {
        if phase == .scheduled { phase = .asking(gone: gone) }
    }

    /// An operator says that what is gone is gone: it goes on at once.
    ///
    /// One that asks nothing stays as it is.
    public mutating func confirm(at now: Timestamp) {
        guard case .asking(let gone) = phase else { return }
        (phase, due, confirmed, isAfresh) = (.scheduled, now, gone, true)
    }

    /// Nothing happens until it is resumed.
    public mutating func pause() { phase = .paused }

    /// It goes on at once.
    public mutating func resume(at now: Timestamp) {
        guard phase == .paused else { return }
        (phase, due) = (.scheduled, now)
    }

    /// It is pulled at once, or once it is resumed where it is paused; `afresh` reads everything again, whatever the
    /// server says of what changed.
    public mutating func run(afresh: Bool, at now: Timestamp) {
        if afresh { (isAfresh, cursor) = (true, TAXIICursor()) }
        if phase != .paused { phase = .scheduled }
        due = now
    }

    private static func clamped(_ chance: Double) -> Double { min(max(chance, 0), 1) }
}
