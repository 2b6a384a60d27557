internal import Crypto
internal import Foundation

/// What is sent to a destination at once: some of its feed, in order.
public struct PushMessage: Hashable, Sendable {
    /// Up to where a message brings its destination.
    public enum Reach: Hashable, Sendable {
        /// Everything up to here.
        case feed(through: Tick)
        /// The recalls up to here, ahead of their turn.
        case recalls(through: Tick)
    }

    /// One version of an object in it.
    public struct Item: Hashable, Sendable {
        /// Its date added for the reader, by which the receiver knows it when it comes again.
        public let tick: Tick
        /// The pool; nil of a notice.
        public let pool: Name?
        /// What names the recall that it begins, and when it must be acknowledged; nil where it begins none.
        public let recall: Recall?
        /// The object, as it came; none of a notice.
        public let bytes: [UInt8]
        /// A hit on a watch list that it is a notice of; nil of an object.
        public let watch: WatchNotice?

        /// Puts it together from its parts.
        public init(tick: Tick, pool: Name, recall: Recall?, bytes: [UInt8]) {
            self.tick = tick
            self.pool = pool
            self.recall = recall
            self.bytes = bytes
            watch = nil
        }

        /// A notice of a hit on a watch list.
        public init(tick: Tick, watch: WatchNotice) {
            self.tick = tick
            (pool, recall, bytes) = (nil, nil, [])
            self.watch = watch
        }
    }

    /// A recall, for whoever must acknowledge it.
    public struct Recall: Hashable, Sendable {
        /// The STIX id by which the receiver's member knows what was recalled.
        public let report: String
        /// When it was recalled.
        public let recalled: Timestamp
        /// Until when it must be acknowledged.
        public let due: Timestamp

        /// Puts it together from its parts.
        public init(report: String, recalled: Timestamp, due: Timestamp) {
            self.report = report
            self.recalled = recalled
            self.due = due
        }
    }

    /// How many objects one message has at most.
    public static let itemsMax = 100
    /// How many bytes of content one message has at most, unless one object alone has more.
    public static let bytesMax = 1 << 20

    /// What it has, in order; never empty.
    public let items: [Item]
    /// Up to where it brings its destination.
    public let reach: Reach

    /// Takes as many of `items` as one message may have; nil for none.
    /// - Parameters:
    ///   - isUrgent: these are recalls, ahead of their turn.
    ///   - countMax: fewer than usual, for a receiver that would not have as many.
    public init?(_ items: [Item], isUrgent: Bool, countMax: Int = Self.itemsMax) {
        var bytes = 0
        let taken = items.prefix(min(countMax, Self.itemsMax)).prefix { item in
            defer { bytes += item.bytes.count }
            return bytes == 0 || bytes + item.bytes.count <= Self.bytesMax
        }
        guard let last = taken.last else { return nil }
        self.items = Array(taken)
        reach = isUrgent ? .recalls(through: last.tick) : .feed(through: last.tick)
    }

    /// Takes all of `items`, which belong together or follow upon one another; nil for none.
    public init?(together items: [Item], reach: Reach) {
        guard !items.isEmpty else { return nil }
        self.items = items
        self.reach = reach
    }

    /// Whether it cannot be cut in two: it is of one tick.
    public var isOne: Bool { items.allSatisfy { $0.tick == items.first?.tick } }

    /// The body: JSON as Standard Webhooks has it, with `type`, `timestamp` and `data`.
    public func body(at now: Timestamp) -> [UInt8] {
        let type =
            switch reach {
            case .feed: "feed.objects"
            case .recalls: "feed.recalls"
            }
        var body = Array(#"{"type":"\#(type)","timestamp":"\#(now.text)","data":{"items":["#.utf8)
        body.reserveCapacity(items.reduce(body.count) { $0 + $1.bytes.count + 256 })
        for (place, item) in items.enumerated() {
            let pool = item.pool.map { #""pool":"\#($0)","# } ?? ""
            let head = #"{"tick":"\#(item.tick.microseconds)",\#(pool)"date_added":"\#(item.tick.text)","#
            body += Array((place == 0 ? head : ",\(head)").utf8)
            if let watch = item.watch {
                body += Array(#""watch":\#(watch.json)}"#.utf8)
                continue
            }
            if let recall = item.recall {
                let text =
                    #""report":"\#(recall.report)","recalled":"\#(recall.recalled.text)","due":"\#(recall.due.text)""#
                body += Array(#""recall":{\#(text)},"#.utf8)
            }
            body += Array(#""object":"#.utf8)
            body += item.bytes
            body.append(UInt8(ascii: "}"))
        }
        return body + Array("]}}".utf8)
    }

    /// The name of a file that holds it: the same whenever the same is sent again.
    public var fileName: String {
        let first = items.first?.tick.microseconds ?? 0
        let last = items.last?.tick.microseconds ?? 0
        return
            switch reach
        {
        case .feed: "caveat-\(first)-\(last).json"
        case .recalls: "caveat-recalls-\(first)-\(last).json"
        }
    }

    /// The id of the message: the same whenever the same is sent again, and another for anything else.
    public func id(for destination: ID<Destination>) -> String {
        let first = items.first?.tick.microseconds ?? 0
        let last = items.last?.tick.microseconds ?? 0
        let kind =
            switch reach {
            case .feed: "feed"
            case .recalls: "recalls"
            }
        return "msg_\(destination.text)_\(kind)_\(first)_\(last)"
    }
}

/// Signs messages as Standard Webhooks has it: HMAC-SHA256 over id, time and body.
public struct WebhookSecret: Sendable {
    /// How long the secret before one that was rotated in goes on to sign, too.
    public static let overlap = Duration.seconds(24 * 3_600)
    /// How far a message's time may be from the receiver's clock: what is older, a receiver should refuse.
    public static let replayWindow = Duration.seconds(300)
    private static let prefix = "whsec_"

    private let key: [UInt8]

    /// The secret of a destination: it follows from the exchange's own key, so that it is stored nowhere.
    /// - Parameter generation: counts how often it was rotated.
    public init(of destination: ID<Destination>, generation: Int, exchangeKey: [UInt8]) {
        let name = Array("webhook/\(destination.text)/\(generation)".utf8)
        key = Array(HMAC<SHA256>.authenticationCode(for: name, using: SymmetricKey(data: exchangeKey)))
    }

    /// What its owner is shown, once.
    public var text: String { Self.prefix + Data(key).base64EncodedString() }

    /// `v1,` and the signature in base64.
    public func signature(of body: [UInt8], id: String, at now: Timestamp) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: key))
        code.update(data: Array("\(id).\(Self.seconds(now)).".utf8))
        code.update(data: body)
        return "v1," + Data(code.finalize()).base64EncodedString()
    }

    /// The value of `webhook-timestamp`: whole seconds since 1970.
    public static func seconds(_ now: Timestamp) -> Int64 { now.microseconds / 1_000_000 }
}
