internal import CLibcurl
internal import Exchange

/// One errand on its way.
///
/// After `carry` has handed it over, only the driver's thread touches it, and `live` of the driver keeps it alive
/// while libcurl holds its address: this is what makes it safe to send.
@safe
final class Transfer: @unchecked Sendable {
    typealias Continuation = CheckedContinuation<Result<WebResponse, TransportFault>, Never>

    let errand: any Errand
    let ticket: Ticket
    private let limits: Transport.Limits
    private let continuation: Continuation
    private let start = ContinuousClock.now

    private var easy: UnsafeMutableRawPointer?
    private var options: Options?
    let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    var headers: [(name: String, value: String)] = []
    var headerBytes = 0
    var body: [UInt8] = []
    var bodyBytes = 0
    var spool: Spool?
    /// What a callback found, whatever libcurl makes of its refusal to go on.
    var found: TransportFault?
    var refusedNetwork: SpecialNetwork?
    var socketsOpened = 0
    /// The last socket that was opened.
    var descriptor: Int32 = -1
    var uploadedBytes = 0
    /// Whom the last command to a mail server was about.
    var recipient: String?
    /// Whether the host is known under another key.
    var isHostKeyOther = false

    static let headerBytesMax = 64 << 10

    init(_ errand: any Errand, _ limits: Transport.Limits, _ ticket: Ticket, _ continuation: Continuation) {
        self.errand = errand
        self.limits = limits
        self.ticket = ticket
        self.continuation = continuation
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit { unsafe errorText.deallocate() }

    var id: ObjectIdentifier { ObjectIdentifier(ticket) }

    func attach(_ easy: UnsafeMutableRawPointer) { unsafe self.easy = easy }

    /// The transfer that configured a handle.
    static func attached(to easy: UnsafeMutableRawPointer) -> Transfer? {
        var context: UnsafeMutableRawPointer?
        unsafe cc_getinfo_ptr(easy, CURLINFO_PRIVATE, &context)
        return unsafe context.map { unsafe at($0) }
    }

    func detach() -> UnsafeMutableRawPointer? {
        defer { unsafe easy = nil }
        return unsafe easy
    }

    func end(_ outcome: Result<WebResponse, TransportFault>) {
        if case .success = outcome { spool?.keep() }
        spool = nil  // Closes the file before anybody is told of it.
        continuation.resume(returning: outcome)
    }

    /// What libcurl's result means.
    func outcome(_ code: CURLcode) -> Result<WebResponse, TransportFault> {
        if code == CURLE_OK {
            let status = unsafe CURLINFO_RESPONSE_CODE.number(of: easy)
            let opened = unsafe CURLINFO_NUM_CONNECTS.number(of: easy)
            return .success(WebResponse(status: status, headers: headers, body: body, connectionsOpened: opened))
        }
        return .failure(fault(code))
    }

    private func fault(_ code: CURLcode) -> TransportFault {
        if let found { return found }
        // Where one address may be connected to, what it answered counts.
        if let network = refusedNetwork, socketsOpened == 0 {
            return .addressRefused(place: errand.place, network: network.description)
        }
        if code == CURLE_OPERATION_TIMEDOUT, ContinuousClock.now - start < errand.totalMax {
            if unsafe CURLINFO_PRETRANSFER_TIME_T.time(of: easy) == 0 {
                return .timedOut(place: errand.place, limit: errand.connectMax)
            }
            let minimum = limits.bytesPerSecondMin
            return .stalled(place: errand.place, bytesPerSecondMin: minimum, during: limits.slownessMax)
        }
        let detail = unsafe String(cString: errorText)
        let general = unsafe String(cString: curl_easy_strerror(code))
        let seen = Seen(
            status: unsafe CURLINFO_RESPONSE_CODE.number(of: easy),
            recipient: recipient,
            isHostKeyOther: isHostKeyOther,
            cause: detail.isEmpty ? general : detail
        )
        return errand.fault(code, seen) ?? TransportFault(code, errand: errand, cause: seen.cause)
    }

    /// Sets every option of the handle; the fault says which could not be set.
    func configure() -> TransportFault? {
        guard let easy = unsafe easy else { return .closed }
        let options = unsafe Options(easy)
        self.options = options
        do throws(TransportFault) {
            if let path = errand.bodyFile { spool = try Spool(path) }
            try errand.configure(options)
        } catch {
            return error
        }
        options.set(CURLOPT_NOSIGNAL, 1)  // Never SIGALRM in a process of many threads.
        options.set(CURLOPT_PROXY, "")  // Else http_proxy and its kin in the environment decide.
        options.set(CURLOPT_TCP_KEEPALIVE, 1)
        options.set(CURLOPT_TIMEOUT_MS, errand.totalMax.milliseconds)
        options.set(CURLOPT_CONNECTTIMEOUT_MS, errand.connectMax.milliseconds)
        options.set(CURLOPT_LOW_SPEED_LIMIT, limits.bytesPerSecondMin)
        options.set(CURLOPT_LOW_SPEED_TIME, Int(limits.slownessMax.components.seconds))
        options.setLarge(CURLOPT_MAXFILESIZE_LARGE, errand.bodyBytesMax)
        options.set(CURLOPT_SSL_VERIFYPEER, 1)
        options.set(CURLOPT_SSL_VERIFYHOST, 2)
        options.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        configureCallbacks(options)
        return options.refused.map { option in
            .malformed("libcurl refuses option \(option); check the files and values named in the request")
        }
    }

    static func at(_ context: UnsafeMutableRawPointer) -> Transfer {
        unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    }
}

extension CURLINFO {
    fileprivate func number(of easy: UnsafeMutableRawPointer?) -> Int {
        var value = 0
        if let easy = unsafe easy { unsafe cc_getinfo_long(easy, self, &value) }
        return value
    }

    /// In microseconds.
    fileprivate func time(of easy: UnsafeMutableRawPointer?) -> Int {
        var value = 0
        if let easy = unsafe easy { unsafe cc_getinfo_off(easy, self, &value) }
        return value
    }
}
