internal import CLibcurl
internal import Glibc

/// What libcurl waits for: its sockets, and a time.
///
/// Only what happened is told to libcurl, so that a turn costs nothing for what merely waits.
@safe
final class SocketWatch {
    /// The multi handle that it waits for.
    let multi: UnsafeMutableRawPointer
    private let bell: Int32
    private let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    /// When libcurl wants to be called whatever happens; nil where it does not.
    private var due: ContinuousClock.Instant?
    private var ready = [cc_ready](repeating: cc_ready(), count: Int(cc_ready_max))

    private static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// - Parameter bell: what wakes it, beside what libcurl waits for.
    init(bell: Int32) {
        precondition(Self.isReady, "libcurl could not be initialised")
        guard let multi = unsafe curl_multi_init() else { preconditionFailure("no memory for a libcurl handle") }
        unsafe self.multi = multi
        self.bell = bell
        precondition(
            cc_watch(epoll, bell, CURL_POLL_IN) == 0,
            "no descriptor to wait with; raise the limit of open files"
        )
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        let watching = unsafe cc_multi_watching(
            multi,
            { _, descriptor, what, context, _ in
                guard let context = unsafe context else { return -1 }
                // What cannot be watched ends by its time limit.
                _ = unsafe cc_watch(SocketWatch.at(context).epoll, descriptor, what)
                return 0
            },
            context
        )
        let timing = unsafe cc_multi_timing(
            multi,
            { _, milliseconds, context in
                guard let context = unsafe context else { return -1 }
                unsafe SocketWatch.at(context).due = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
                return 0
            },
            context
        )
        precondition(watching == CURLM_OK && timing == CURLM_OK, "libcurl does not tell what it waits for")
    }

    /// Closes every connection; the watch is of no use any more.
    func end() {
        unsafe curl_multi_cleanup(multi)
        close(epoll)
    }

    /// Waits until something happens, a time passes or the bell rings, and has libcurl deal with it.
    /// - Parameter limit: the longest that it waits; nil for as long as it takes.
    func turn(within limit: Duration?) -> CURLMcode {
        let wait = [limit, due.map { max($0 - .now, .zero) }].compactMap(\.self).min()
        // Rounded up: to be called too early is to be called twice.
        let milliseconds = wait.map { $0 == .zero ? 0 : Int32(clamping: ($0 + .microseconds(999)).milliseconds) } ?? -1
        let count = unsafe ready.withUnsafeMutableBufferPointer {
            unsafe cc_await(epoll, $0.baseAddress, milliseconds)
        }
        var running: Int32 = 0
        for place in 0..<max(Int(count), 0) {
            let (descriptor, what) = (ready[place].descriptor, ready[place].what)
            if descriptor == bell {
                cc_still(bell)
                continue
            }
            let code = unsafe curl_multi_socket_action(multi, descriptor, what, &running)
            if code != CURLM_OK { return code }
        }
        guard let due, due <= .now else { return CURLM_OK }
        self.due = nil
        return unsafe curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running)
    }

    private static func at(_ context: UnsafeMutableRawPointer) -> SocketWatch {
        unsafe Unmanaged<SocketWatch>.fromOpaque(context).takeUnretainedValue()
    }
}
