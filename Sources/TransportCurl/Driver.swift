internal import CLibcurl
internal import Exchange

/// The loop of the transport's thread: it alone touches libcurl's handles.
@safe
struct Driver {
    private let mailbox: Mailbox
    private let watch: SocketWatch
    private var live: [ObjectIdentifier: Transfer] = [:]
    /// What has not begun yet, in order.
    private var waiting: [Transfer] = []
    private var idle: [UnsafeMutableRawPointer] = unsafe []

    /// Handles kept for reuse; more are freed.
    ///
    /// Their connections live in the multi handle, not in them.
    private static let idleMax = 64
    /// How many are under way before others wait until as many have ended.
    ///
    /// Each that is under way needs a connection of its own, and where answers come quickly a few connections do.
    private static let crowd = 64
    /// How many begin at once, and again after each `pause` in which nothing ended: what hangs holds nobody up.
    private static let begunMax = 32
    private static let pause = Duration.milliseconds(5)

    init(_ mailbox: Mailbox, _ limits: Transport.Limits) {
        self.mailbox = mailbox
        watch = SocketWatch(bell: mailbox.bell)
        unsafe cc_multi_long(watch.multi, CURLMOPT_MAX_HOST_CONNECTIONS, limits.hostConnectionsMax)
        unsafe cc_multi_long(watch.multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, limits.connectionsMax)
    }

    /// Runs until the mailbox says stop, then frees everything.
    mutating func run() {
        var (ended, moved) = (0, ContinuousClock.now)
        while true {
            for letter in mailbox.collect() {
                switch letter {
                case .start(let transfer):
                    waiting.append(transfer)
                case .cancel(let id):
                    // One that waits sees it in its turn.
                    if let transfer = live[id] { end(transfer, .failure(.cancelled)) }
                case .stop:
                    return stop()
                }
            }
            if !waiting.isEmpty {
                let isStuck = ContinuousClock.now - moved >= Self.pause
                let count = live.count < Self.crowd || isStuck ? Self.begunMax : ended
                if count > 0 { moved = .now }
                begin(count)
            }
            ended = advance(within: waiting.isEmpty ? nil : live.count < Self.crowd ? .zero : Self.pause)
        }
    }

    private mutating func begin(_ count: Int) {
        let begun = waiting.prefix(count)
        waiting.removeFirst(begun.count)
        for transfer in begun { start(transfer) }
    }

    private mutating func start(_ transfer: Transfer) {
        if transfer.ticket.isCancelled { return transfer.end(.failure(.cancelled)) }
        guard let easy = unsafe idle.popLast() ?? curl_easy_init() else {
            return transfer.end(.failure(.malformed("no memory for another transfer; send fewer at once")))
        }
        live[transfer.id] = transfer
        unsafe transfer.attach(easy)
        if let fault = transfer.configure() { return end(transfer, .failure(fault)) }
        let code = unsafe curl_multi_add_handle(watch.multi, easy)
        if code != CURLM_OK {
            end(transfer, .failure(.interrupted(place: transfer.errand.place, cause: "libcurl code \(code.rawValue)")))
        }
    }

    /// Waits for what happens, and ends what is done.
    /// - Returns: how many ended.
    private mutating func advance(within limit: Duration?) -> Int {
        let (code, before) = (watch.turn(within: limit), live.count)
        guard code == CURLM_OK else {
            for transfer in live.values {
                let cause = "libcurl code \(code.rawValue)"
                end(transfer, .failure(.interrupted(place: transfer.errand.place, cause: cause)))
            }
            return before
        }
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(watch.multi, &left) {
            // The message is gone once its handle is removed: read it first.
            guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle else {
                continue
            }
            let result = unsafe cc_msg_result(message)
            if let transfer = unsafe Transfer.attached(to: easy) { end(transfer, transfer.outcome(result)) }
        }
        return before - live.count
    }

    private mutating func end(_ transfer: Transfer, _ outcome: Result<WebResponse, TransportFault>) {
        live[transfer.id] = nil
        if let easy = unsafe transfer.detach() {
            unsafe curl_multi_remove_handle(watch.multi, easy)
            if unsafe idle.count < Self.idleMax {
                unsafe curl_easy_reset(easy)
                unsafe idle.append(easy)
            } else {
                unsafe curl_easy_cleanup(easy)
            }
        }
        transfer.end(outcome)
    }

    private mutating func stop() {
        for transfer in waiting { transfer.end(.failure(.closed)) }
        for transfer in live.values { end(transfer, .failure(.closed)) }
        while let easy = unsafe idle.popLast() { unsafe curl_easy_cleanup(easy) }
        watch.end()
    }
}
