import Exchange
import Foundation
import NIOCore
import Synchronization

/// How many connections each source address has open.
final class SourceCounts: Sendable {
    private let most: Int
    private let counts = Mutex<[String: Int]>([:])

    init(most: Int) {
        self.most = most
    }

    /// Takes one more for `source`; false when it has as many as it may.
    func take(_ source: String) -> Bool {
        counts.withLock { counts in
            let count = counts[source, default: 0]
            guard count < most else { return false }
            counts[source] = count + 1
            return true
        }
    }

    func give(_ source: String) {
        counts.withLock { counts in
            let count = counts[source, default: 1]
            counts[source] = count > 1 ? count - 1 : nil
        }
    }
}

/// Cuts a connection whose request has begun and is not answered in time (a client that sends a byte a minute), or
/// that has none for too long.
///
/// Stands before the HTTP decoder, where the first byte of a request can be seen.
final class Deadline: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: TimeAmount
    private let idle: TimeAmount
    private var isAnswered = true
    private var since = NIODeadline.now()
    private var check: Scheduled<Void>?

    /// - Parameters:
    ///   - request: from the first byte of a request to the first of its answer.
    ///   - idle: from there to the next request.
    init(request: TimeAmount, idle: TimeAmount) {
        self.request = request
        self.idle = idle
    }

    private var end: NIODeadline { since + (isAnswered ? idle : request) }

    func handlerAdded(context: ChannelHandlerContext) {
        watch(context)
    }

    /// Looks again at the earliest time at which anything can be due: nothing is scheduled or cancelled for a request.
    private func watch(_ context: ChannelHandlerContext) {
        let next = min(end, .now() + request)
        check = context.eventLoop.assumeIsolated().scheduleTask(deadline: next) {
            if NIODeadline.now() >= self.end { context.close(promise: nil) } else { self.watch(context) }
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isAnswered {
            isAnswered = false
            since = .now()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if !isAnswered {
            isAnswered = true
            since = .now()
        }
        context.write(data, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        check?.cancel()
    }
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
