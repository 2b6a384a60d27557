internal import CLibcurl
internal import Exchange

/// The loop of the transport's thread: it alone touches libcurl's handles.
@safe
struct Driver {
    private let mailbox: Mailbox
    private var live: [ObjectIdentifier: Transfer] = [:]
    private var idle: [UnsafeMutableRawPointer] = unsafe []

    /// Handles kept for reuse; more are freed.
    ///
    /// Their connections live in the multi handle, not in them.
    private static let idleMax = 32
    /// How long the thread sleeps when nothing happens; libcurl shortens it by its own timers.
    private static let sleepMilliseconds: Int32 = 10_000

    init(_ mailbox: Mailbox) { self.mailbox = mailbox }

    /// Runs until the mailbox says stop, then frees everything.
    mutating func run() {
        while true {
            for letter in mailbox.collect() {
                switch letter {
                case .start(let transfer):
                    start(transfer)
                case .cancel(let id):
                    if let transfer = live[id] { end(transfer, .failure(.cancelled)) }
                case .stop:
                    return stop()
                }
            }
            advance()
            unsafe curl_multi_poll(mailbox.multi, nil, 0, Self.sleepMilliseconds, nil)
        }
    }

    private mutating func start(_ transfer: Transfer) {
        if transfer.ticket.isCancelled { return transfer.end(.failure(.cancelled)) }
        guard let easy = unsafe idle.popLast() ?? curl_easy_init() else {
            return transfer.end(.failure(.malformed("no memory for another transfer; send fewer at once")))
        }
        live[transfer.id] = transfer
        unsafe transfer.attach(easy)
        if let fault = transfer.configure() { return end(transfer, .failure(fault)) }
        let code = unsafe curl_multi_add_handle(mailbox.multi, easy)
        if code != CURLM_OK {
            end(transfer, .failure(.interrupted(place: transfer.errand.place, cause: "libcurl code \(code.rawValue)")))
        }
    }

    private mutating func advance() {
        var running: Int32 = 0
        let code = unsafe curl_multi_perform(mailbox.multi, &running)
        guard code == CURLM_OK else {
            for transfer in live.values {
                let cause = "libcurl code \(code.rawValue)"
                end(transfer, .failure(.interrupted(place: transfer.errand.place, cause: cause)))
            }
            return
        }
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(mailbox.multi, &left) {
            // The message is gone once its handle is removed: read it first.
            guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle else {
                continue
            }
            let result = unsafe cc_msg_result(message)
            if let transfer = unsafe Transfer.attached(to: easy) { end(transfer, transfer.outcome(result)) }
        }
    }

    private mutating func end(_ transfer: Transfer, _ outcome: Result<WebResponse, TransportFault>) {
        live[transfer.id] = nil
        if let easy = unsafe transfer.detach() {
            unsafe curl_multi_remove_handle(mailbox.multi, easy)
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
        for transfer in live.values { end(transfer, .failure(.closed)) }
        while let easy = unsafe idle.popLast() { unsafe curl_easy_cleanup(easy) }
        unsafe curl_multi_cleanup(mailbox.multi)
    }
}
