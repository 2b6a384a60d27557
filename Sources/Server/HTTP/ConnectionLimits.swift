import Exchange
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// How many connections each source has open.
final class SourceCounts: Sendable {
    /// How many more than it may have a source is told about; those beyond are closed without a word.
    static let toldMax = 16
    /// How long such a connection may take to ask and be told.
    static let told = TimeAmount.seconds(5)

    /// What a new connection gets.
    enum Place {
        case granted, told, refused
    }

    private let most: Int
    private let counts = Mutex<[String: Int]>([:])

    init(most: Int) {
        self.most = most
    }

    /// Takes one more for `source`, unless it is refused.
    func take(_ source: String) -> Place {
        counts.withLock { counts in
            let count = counts[source, default: 0]
            guard count < most + Self.toldMax else { return .refused }
            counts[source] = count + 1
            return count < most ? .granted : .told
        }
    }

    /// Gives back what `take` took.
    func give(_ source: String) {
        counts.withLock { counts in
            let count = counts[source, default: 1]
            counts[source] = count > 1 ? count - 1 : nil
        }
    }
}

/// Cuts a connection whose request has begun and is not answered in time (a client that sends a byte a minute, which
/// is told with a 408), that takes nothing of its answer, or that has no request for too long.
///
/// Stands before the HTTP decoder, where the first byte of a request can be seen.
final class Deadline: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A large answer is written in parts of this size, and each that is taken shows that the client goes on.
    private static let partBytes = 65_536

    private let request: TimeAmount
    private let idle: TimeAmount
    private let dates: DateHeader
    private var isAnswered = true
    /// What comes in belongs to a request that was answered already.
    private var isLeftover = false
    private var since = NIODeadline.now()
    private var check: Scheduled<Void>?

    /// - Parameters:
    ///   - request: from the first byte of a request to the first of its answer.
    ///   - idle: from there to the next request, or to the next part of the answer that is taken.
    init(request: TimeAmount, idle: TimeAmount, dates: DateHeader) {
        self.request = request
        self.idle = idle
        self.dates = dates
    }

    private var end: NIODeadline { since + (isAnswered ? idle : request) }

    func handlerAdded(context: ChannelHandlerContext) {
        watch(context)
    }

    /// Looks again at the earliest time at which anything can be due: nothing is scheduled or cancelled for a request.
    private func watch(_ context: ChannelHandlerContext) {
        let next = min(end, .now() + request)
        check = context.eventLoop.assumeIsolated().scheduleTask(deadline: next) {
            if NIODeadline.now() >= self.end { self.cut(context) } else { self.watch(context) }
        }
    }

    private func cut(_ context: ChannelHandlerContext) {
        if !isAnswered, !isLeftover {
            let response = HTTPFault(
                .requestTimeout,
                "Request timed out",
                "A request must be sent, and its answer begun, within request_seconds."
            ).response(MediaType.taxii)
            var bytes = response.head(date: dates.text, connection: "close", spare: response.body.readableBytes)
            bytes.writeImmutableBuffer(response.body)
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        }
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isAnswered {
            isAnswered = false
            since = .now()
        }
        context.fireChannelRead(data)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let event = event as? Leftover else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        (isLeftover, isAnswered, since) = (event == .begins, true, .now())  // `taken` and `ends` count alike.
        promise?.succeed()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if !isAnswered {
            isAnswered = true
            since = .now()
        }
        var bytes = unwrapOutboundIn(data)
        guard bytes.readableBytes > Self.partBytes else { return context.write(data, promise: promise) }
        while let part = bytes.readSlice(length: min(Self.partBytes, bytes.readableBytes)), part.readableBytes > 0 {
            let taken = context.eventLoop.makePromise(of: Void.self)
            taken.futureResult.assumeIsolated().whenSuccess { self.since = .now() }
            if bytes.readableBytes == 0 { taken.futureResult.cascade(to: promise) }
            context.write(wrapOutboundOut(part), promise: taken)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        check?.cancel()
    }
}

/// Told to `Deadline`: the rest of a body comes that belongs to a request which was answered, or it is over; or a part
/// of an answer without end was taken.
enum Leftover: Hashable, Sendable {
    case begins, ends, taken
}

/// The Date header (RFC 9110 §6.6.1), made once a second.
final class DateHeader: Sendable {
    private let made = Mutex<(second: Int, text: String)>((0, ""))

    var text: String {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        let second = time.tv_sec
        return made.withLock { made in
            if made.second != second { made = (second, Self.text(second)) }
            return made.text
        }
    }

    static func text(_ second: Int) -> String {
        let (days, rest) = (second / 86_400, second % 86_400)
        // The date is the first ten characters of the time as TAXII writes it.
        let date = Timestamp(microseconds: Int64(second) * 1_000_000).text.prefix(10).split(separator: "-")
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days % 7]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let month = months[(Int(date[1]) ?? 1) - 1]
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = "\(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
        return "\(weekday), \(date[2]) \(month) \(date[0]) \(time) GMT"
    }
}
