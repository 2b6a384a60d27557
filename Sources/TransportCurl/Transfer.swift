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
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var headers: [(name: String, value: String)] = []
    private var headerBytes = 0
    private var body: [UInt8] = []
    private var bodyBytes = 0
    private var spool: Spool?
    /// What a callback found, whatever libcurl makes of its refusal to go on.
    private var found: TransportFault?
    private var refusedNetwork: SpecialNetwork?
    private var socketsOpened = 0

    private static let headerBytesMax = 64 << 10

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
        return TransportFault(code, errand: errand, cause: detail.isEmpty ? general : detail)
    }

    /// Sets every option of the handle; the fault says which could not be set.
    func configure() -> TransportFault? {
        guard let easy = unsafe easy else { return .closed }
        do throws(TransportFault) {
            if let path = errand.bodyFile { spool = try Spool(path) }
        } catch {
            return error
        }
        let options = unsafe Options(easy)
        self.options = options
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
        errand.configure(options)
        configureCallbacks(options)
        return options.refused.map { option in
            .malformed("libcurl refuses option \(option); check the files and values named in the request")
        }
    }

    private func configureCallbacks(_ options: Options) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe options.set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorText))
        for option in [
            CURLOPT_PRIVATE, CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_OPENSOCKETDATA, CURLOPT_PREREQDATA,
        ] {
            unsafe options.set(option, context)
        }
        unsafe options.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let context = unsafe context else { return 0 }
            return unsafe Transfer.at(context).receive(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        unsafe options.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let context = unsafe context else { return 0 }
            return unsafe Transfer.at(context).receive(
                header: UnsafeRawBufferPointer(start: bytes, count: size * count)
            )
        }
        unsafe options.set(opening: { context, _, address in
            guard let context = unsafe context, let address = unsafe address else { return -1 }
            return unsafe Transfer.at(context).socket(to: address)
        })
        unsafe options.set(asking: { context, address, _, _, _ in
            guard let context = unsafe context, let address = unsafe address else { return CURL_PREREQFUNC_ABORT }
            let isAllowed = unsafe Transfer.at(context).allowsConnection(to: String(cString: address))
            return isAllowed ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        })
    }

    private static func at(_ context: UnsafeMutableRawPointer) -> Transfer {
        unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    }

    /// Opens a socket for an address that may be connected to: the one that is checked is the one that is used.
    private func socket(to address: UnsafeMutablePointer<curl_sockaddr>) -> Int32 {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = unsafe cc_address(address, &bytes)
        if let ip = NetworkAddress(bytes: Array(bytes.prefix(Int(count)))) {
            if let network = errand.networks.refusal(of: ip) {
                refusedNetwork = network
                return -1
            }
        } else if errand.socketPath == nil {
            return -1
        }
        socketsOpened += 1
        return unsafe cc_socket(address)
    }

    /// Checks a connection again before it is used: it may be kept from a request to which more was allowed.
    private func allowsConnection(to text: String) -> Bool {
        if errand.socketPath != nil || errand.networks == .any { return true }
        guard let address = NetworkAddress(text) else { return false }
        guard let network = errand.networks.refusal(of: address) else { return true }
        found = .addressRefused(place: errand.place, network: network.description)
        return false
    }

    /// Takes a piece of the body.
    ///
    /// Another number than its size ends the transfer.
    private func receive(_ piece: UnsafeRawBufferPointer) -> Int {
        bodyBytes += piece.count
        if bodyBytes > errand.bodyBytesMax {
            found = .tooLarge(place: errand.place, bodyBytesMax: errand.bodyBytesMax)
        } else if let spool {
            found = unsafe spool.append(piece)
        } else {
            unsafe body.append(contentsOf: piece)
        }
        return found == nil ? piece.count : 0
    }

    private func receive(header piece: UnsafeRawBufferPointer) -> Int {
        headerBytes += piece.count
        if headerBytes > Self.headerBytesMax {
            found = .tooLarge(place: errand.place, bodyBytesMax: errand.bodyBytesMax)
            return 0
        }
        let line = unsafe String(decoding: piece, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            headers = []  // What came before was an interim answer (1xx).
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
            let end = value.lastIndex { !$0.isWhitespace }.map { value.index(after: $0) } ?? value.startIndex
            headers.append((line[..<colon].lowercased(), String(value[..<end])))
        }
        return piece.count
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
