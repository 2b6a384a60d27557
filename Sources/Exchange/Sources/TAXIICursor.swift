/// How far a collection of a TAXII 2.1 server was read.
///
/// By the server's own dates alone: its clock may be hours off, or coarse, so that many objects have one date.
///
/// Where it was set back, what was added since is read again; that it was set back and forth between two pages cannot
/// be seen.
public struct TAXIICursor: Hashable, Sendable, Codable {
    /// Why a collection cannot be read on.
    public enum Fault: Error, Hashable, Sendable {
        /// More objects have one date than a page holds, and the server gives no `next` to tell them apart.
        case tied(limit: Int)
        /// The server says that more follows, and gives the same page again.
        case standing

        /// What to do about it.
        public var rule: String {
            switch self {
            case .tied(let limit): "more than \(limit) objects have one date added, and the server gives no next"
            case .standing: "the server gives the same page again and again"
            }
        }
    }

    /// What a page says of itself (TAXII 2.1 §3.7, §5.4).
    public struct Page: Hashable, Sendable {
        /// How many objects it has.
        public let count: Int
        /// Whether more follow.
        public let more: Bool
        /// What the next page is asked with; nil where the server gives nothing.
        public let next: String?
        /// The `X-TAXII-Date-Added-Last`; nil where the server says none.
        public let last: Timestamp?
        /// The server's own time; nil where it says none.
        public let clock: Timestamp?

        /// Puts it together from its parts.
        public init(count: Int, more: Bool, next: String?, last: Timestamp?, clock: Timestamp?) {
            self.count = count
            self.more = more
            self.next = next
            self.last = last
            self.clock = clock
        }
    }

    /// How many objects a page is asked for.
    public static let limit = 1_000
    /// The most, where a date has more objects than a page.
    public static let limitMax = 16_000

    /// By so much less than ours may a server's clock have gone on: it tells whole seconds, and answers take time.
    public static let clockTolerance = Duration.seconds(2)

    /// A walk from page to page.
    private struct Walk: Hashable, Sendable, Codable {
        var after: Timestamp?
        var next: String?
        var limit = TAXIICursor.limit
        var newest: Timestamp?
        /// The server's time when it began: what was added since may lie before where the walk had come to.
        var began: Timestamp?
        /// From when on dates were given again, where the clock was set back.
        var back: Timestamp?
    }

    /// A server's time, and ours when it was seen.
    private struct Clock: Hashable, Sendable, Codable {
        let time: Timestamp
        let seen: Timestamp
    }

    /// All that was added until here, by the server's dates, was read; nil for nothing yet.
    public private(set) var through: Timestamp?
    /// The server's clock, as it was last seen.
    private var clock: Clock?
    /// The walk that is under way; nil between two.
    private var walk: Walk?

    /// Nothing was read yet.
    public init() {}

    /// Whether a pull stopped in the middle: the next goes on there.
    public var isUnderWay: Bool { walk != nil }

    /// What the next page is asked with.
    /// - Parameters:
    ///   - since: where a first pull begins; nil for the beginning.
    ///   - overlap: how far before what was read a pull begins, in seconds.
    public func query(since: Timestamp?, overlap: Int64) -> [(name: String, value: String)] {
        let walk = walk ?? Walk(after: start(since, overlap))
        var query = [(name: "limit", value: String(walk.limit))]
        if let after = walk.after { query.append(("added_after", after.text)) }
        if let next = walk.next { query.append(("next", next)) }
        return query
    }

    /// Takes in a page whose objects were taken.
    /// - Parameter now: by our own clock.
    /// - Returns: whether more follows.
    public mutating func take(
        _ page: Page,
        since: Timestamp?,
        overlap: Int64,
        at now: Timestamp
    ) throws(Fault) -> Bool {
        var walk = walk ?? Walk(after: start(since, overlap))
        see(page.clock, in: &walk, at: now)
        let before = walk.newest
        walk.newest = [walk.newest, page.last].compactMap { $0 }.max()
        guard page.more else {
            let newest = [walk.newest, through].compactMap { $0 }.max()
            through = newest.flatMap { [$0, walk.began, walk.back].compactMap { $0 }.min() }
            self.walk = nil
            return false
        }
        if let next = page.next {
            guard next != walk.next || page.count > 0 else { throw .standing }
            walk.next = next
        } else {
            walk.next = nil
            guard let last = page.last else { throw .standing }
            // Others with the same date may not have been on the page: it is read again from just before.
            if before.map({ last <= $0 }) ?? false {
                guard walk.limit < Self.limitMax else { throw .tied(limit: walk.limit) }
                walk.limit *= 2
            } else {
                walk.limit = Self.limit
            }
            walk.after = last.advanced(by: .microseconds(-1))
        }
        self.walk = walk
        return true
    }

    /// Begins the walk anew from what was read of it: the server no longer knows its `next`.
    /// - Returns: false where there was none.
    public mutating func restart(overlap: Int64) -> Bool {
        guard let walk, walk.next != nil else { return false }
        let after = walk.newest.map { $0.advanced(by: .seconds(-overlap)) }
        self.walk = Walk(after: after ?? walk.after, newest: walk.newest, began: walk.began, back: walk.back)
        return true
    }

    /// Looks at the server's clock: where it was set back since it was last seen, whatever was added since has a date
    /// from then on.
    private mutating func see(_ present: Timestamp?, in walk: inout Walk, at now: Timestamp) {
        guard let present else { return }
        if let clock {
            let elapsed = Duration.nanoseconds(now.nanoseconds - clock.seen.nanoseconds)
            if present < clock.time.advanced(by: elapsed - Self.clockTolerance) {
                let from = present.advanced(by: .zero - elapsed)
                walk.back = walk.back.map { min($0, from) } ?? from
            }
        }
        clock = Clock(time: present, seen: now)
        walk.began = walk.began ?? present
    }

    private func start(_ since: Timestamp?, _ overlap: Int64) -> Timestamp? {
        guard let through else { return since }
        let start = through.advanced(by: .seconds(-overlap))
        return since.map { max($0, start) } ?? start
    }
}
