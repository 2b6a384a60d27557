internal import CLibcurl
internal import Exchange

/// One request on its way.
///
/// After `perform` has handed it over, only the driver's thread touches it, and `live` of the driver keeps it alive
/// while libcurl holds its address: this is what makes it safe to send.
@safe
final class Transfer: @unchecked Sendable {
    typealias Continuation = CheckedContinuation<Result<WebResponse, TransportFault>, Never>

    let request: WebRequest
    let ticket: Ticket
    private var easy: UnsafeMutableRawPointer?

    private let continuation: Continuation
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var fields: UnsafeMutablePointer<curl_slist>?
    private var headers: [(name: String, value: String)] = []
    private var body: [UInt8] = []
    private var headerBytes = 0
    private var isOverfull = false

    private static let headerBytesMax = 64 << 10

    init(_ request: WebRequest, _ ticket: Ticket, _ continuation: Continuation) {
        self.request = request
        self.ticket = ticket
        self.continuation = continuation
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe curl_slist_free_all(fields)
        unsafe errorText.deallocate()
    }

    var id: ObjectIdentifier { ObjectIdentifier(ticket) }

    func attach(_ easy: UnsafeMutableRawPointer) { unsafe self.easy = easy }

    /// The transfer that configured a handle.
    static func attached(to easy: UnsafeMutableRawPointer) -> Transfer? {
        var context: UnsafeMutableRawPointer?
        unsafe cc_getinfo_ptr(easy, CURLINFO_PRIVATE, &context)
        return unsafe context.map { unsafe Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    func detach() -> UnsafeMutableRawPointer? {
        defer { unsafe easy = nil }
        return unsafe easy
    }

    func end(_ outcome: Result<WebResponse, TransportFault>) { continuation.resume(returning: outcome) }

    /// What libcurl's result means.
    func outcome(_ code: CURLcode) -> Result<WebResponse, TransportFault> {
        if isOverfull { return .failure(.tooLarge(place: request.place, bodyBytesMax: request.bodyBytesMax)) }
        guard code == CURLE_OK else {
            let detail = unsafe String(cString: errorText)
            let general = unsafe String(cString: curl_easy_strerror(code))
            return .failure(TransportFault(code, request: request, cause: detail.isEmpty ? general : detail))
        }
        var status = 0
        var opened = 0
        if let easy = unsafe easy {
            unsafe cc_getinfo_long(easy, CURLINFO_RESPONSE_CODE, &status)
            unsafe cc_getinfo_long(easy, CURLINFO_NUM_CONNECTS, &opened)
        }
        return .success(WebResponse(status: status, headers: headers, body: body, connectionsOpened: opened))
    }

    /// Sets every option of the handle; the fault says which could not be set.
    func configure() -> TransportFault? {
        guard let easy = unsafe easy else { return .closed }
        let options = unsafe Options(easy)
        options.set(CURLOPT_URL, request.url)
        options.set(CURLOPT_PROTOCOLS_STR, request.schemes.map(\.rawValue).sorted().joined(separator: ","))
        configureLimits(options)
        configureTrust(options)
        configureMessage(options)
        configureCallbacks(options)
        return options.refused.map { option in
            .malformed("libcurl refuses option \(option); check the files and values named in the request")
        }
    }

    private func configureLimits(_ options: Options) {
        options.set(CURLOPT_NOSIGNAL, 1)  // Never SIGALRM in a process of many threads.
        options.set(CURLOPT_FOLLOWLOCATION, 0)
        options.set(CURLOPT_PATH_AS_IS, 1)
        options.set(CURLOPT_PROXY, "")  // Else http_proxy and its kin in the environment decide.
        options.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        options.set(CURLOPT_TCP_KEEPALIVE, 1)
        options.set(CURLOPT_TIMEOUT_MS, request.totalMax.milliseconds)
        options.set(CURLOPT_CONNECTTIMEOUT_MS, request.connectMax.milliseconds)
        options.setLarge(CURLOPT_MAXFILESIZE_LARGE, request.bodyBytesMax)
        if let path = request.socketPath { options.set(CURLOPT_UNIX_SOCKET_PATH, path) }
    }

    private func configureTrust(_ options: Options) {
        options.set(CURLOPT_SSL_VERIFYPEER, 1)
        options.set(CURLOPT_SSL_VERIFYHOST, 2)
        options.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let authorities = request.authorities {
            options.set(CURLOPT_CAINFO, authorities)
            options.clear(CURLOPT_CAPATH)  // Else the system's authorities are trusted as well.
        }
        if let identity = request.identity {
            options.set(CURLOPT_SSLCERT, identity.certificate)
            options.set(CURLOPT_SSLKEY, identity.key)
        }
    }

    private func configureMessage(_ options: Options) {
        switch request.method {
        case .get where request.body == nil: break
        case .head: options.set(CURLOPT_NOBODY, 1)
        case .get, .delete: options.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        case .post, .put, .patch:
            if request.body == nil { options.set(body: []) }  // So that a Content-Length of 0 is sent.
            options.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
        if let body = request.body { options.set(body: body) }
        for (name, value) in request.headers { append(value.isEmpty ? "\(name);" : "\(name): \(value)") }
        append("Expect:")  // Else larger bodies wait a second for "100 Continue".
        unsafe options.set(CURLOPT_HTTPHEADER, fields)
    }

    private func append(_ field: String) {
        // On lack of memory the list stays as it was; libcurl's own allocations fail next and end the transfer.
        if let longer = unsafe curl_slist_append(fields, field) { unsafe fields = longer }
    }

    private func configureCallbacks(_ options: Options) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe options.set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorText))
        unsafe options.set(CURLOPT_PRIVATE, context)
        unsafe options.set(CURLOPT_WRITEDATA, context)
        unsafe options.set(CURLOPT_HEADERDATA, context)
        unsafe options.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let context = unsafe context else { return 0 }
            let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return unsafe transfer.receive(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        unsafe options.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let context = unsafe context else { return 0 }
            let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return unsafe transfer.receive(header: UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
    }

    /// Takes a piece of the body.
    ///
    /// Another number than its size ends the transfer.
    private func receive(_ piece: UnsafeRawBufferPointer) -> Int {
        if body.count + piece.count > request.bodyBytesMax {
            isOverfull = true
            return 0
        }
        unsafe body.append(contentsOf: piece)
        return piece.count
    }

    private func receive(header piece: UnsafeRawBufferPointer) -> Int {
        headerBytes += piece.count
        if headerBytes > Self.headerBytesMax {
            isOverfull = true
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

/// Sets options of one handle and remembers the first that libcurl refuses.
@safe
private final class Options {
    private let easy: UnsafeMutableRawPointer
    private(set) var refused: UInt32?

    init(_ easy: UnsafeMutableRawPointer) { unsafe self.easy = easy }

    func set(_ option: CURLoption, _ value: Int) { unsafe note(option, cc_setopt_long(easy, option, value)) }

    func setLarge(_ option: CURLoption, _ value: Int) { unsafe note(option, cc_setopt_off(easy, option, value)) }

    func set(_ option: CURLoption, _ value: String) { unsafe note(option, cc_setopt_str(easy, option, value)) }

    func clear(_ option: CURLoption) { unsafe note(option, cc_setopt_str(easy, option, nil)) }

    func set(_ option: CURLoption, _ callback: cc_data_fn) { unsafe note(option, cc_setopt_fn(easy, option, callback)) }

    func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) {
        unsafe note(option, cc_setopt_ptr(easy, option, value))
    }

    func set(_ option: CURLoption, _ list: UnsafeMutablePointer<curl_slist>?) {
        unsafe note(option, cc_setopt_slist(easy, option, list))
    }

    /// libcurl copies the body.
    func set(body: [UInt8]) {
        setLarge(CURLOPT_POSTFIELDSIZE_LARGE, body.count)
        let bytes = body.isEmpty ? [0] : body  // An empty array may have no address, and nil would unset the body.
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe note(CURLOPT_COPYPOSTFIELDS, cc_setopt_bytes(easy, CURLOPT_COPYPOSTFIELDS, buffer.baseAddress))
        }
    }

    private func note(_ option: CURLoption, _ code: CURLcode) {
        if code != CURLE_OK, refused == nil { refused = option.rawValue }
    }
}

extension Duration {
    /// At least one: libcurl reads 0 as "no limit".
    fileprivate var milliseconds: Int {
        let whole = components.seconds.multipliedReportingOverflow(by: 1000)
        guard !whole.overflow, whole.partialValue < Int64(Int32.max) else { return Int(Int32.max) }
        return max(1, Int(whole.partialValue) + Int(components.attoseconds / 1_000_000_000_000_000))
    }
}
