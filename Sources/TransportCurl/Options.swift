internal import CLibcurl
internal import Exchange
internal import Foundation

/// Sets options of one handle and remembers the first that libcurl refuses.
///
/// It owns the lists that it sets, so it must live as long as the transfer.
@safe
final class Options {
    private let easy: UnsafeMutableRawPointer
    private var lists: [UnsafeMutablePointer<curl_slist>] = unsafe []
    private(set) var refused: UInt32?

    init(_ easy: UnsafeMutableRawPointer) { unsafe self.easy = easy }

    deinit {
        while let list = unsafe lists.popLast() { unsafe curl_slist_free_all(list) }
    }

    func set(_ option: CURLoption, _ value: Int) { unsafe note(option, cc_setopt_long(easy, option, value)) }

    func setLarge(_ option: CURLoption, _ value: Int) { unsafe note(option, cc_setopt_off(easy, option, value)) }

    func set(_ option: CURLoption, _ value: String) { unsafe note(option, cc_setopt_str(easy, option, value)) }

    func clear(_ option: CURLoption) { unsafe note(option, cc_setopt_str(easy, option, nil)) }

    func set(_ option: CURLoption, _ callback: cc_data_fn) { unsafe note(option, cc_setopt_fn(easy, option, callback)) }

    func set(opening callback: curl_opensocket_callback) {
        unsafe note(CURLOPT_OPENSOCKETFUNCTION, cc_setopt_opensocket(easy, callback))
    }

    func set(asking callback: curl_prereq_callback) {
        unsafe note(CURLOPT_PREREQFUNCTION, cc_setopt_prereq(easy, callback))
    }

    func set(telling callback: curl_debug_callback) {
        unsafe note(CURLOPT_DEBUGFUNCTION, cc_setopt_debug(easy, callback))
    }

    func set(trusting callback: curl_sshkeycallback) {
        unsafe note(CURLOPT_SSH_KEYFUNCTION, cc_setopt_hostkey(easy, callback))
    }

    func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) {
        unsafe note(option, cc_setopt_ptr(easy, option, value))
    }

    func set(_ option: CURLoption, _ lines: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            // On lack of memory the list stays as it was; libcurl's own allocations fail next and end the transfer.
            if let longer = unsafe curl_slist_append(list, line) { unsafe list = longer }
        }
        if let list = unsafe list { unsafe lists.append(list) }
        unsafe note(option, cc_setopt_slist(easy, option, list))
    }

    /// Sets the body of an HTTP request, which libcurl copies.
    func set(body: [UInt8]) {
        setLarge(CURLOPT_POSTFIELDSIZE_LARGE, body.count)
        let bytes = body.isEmpty ? [0] : body  // An empty array may have no address, and nil would unset the body.
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe note(CURLOPT_COPYPOSTFIELDS, cc_setopt_bytes(easy, CURLOPT_COPYPOSTFIELDS, buffer.baseAddress))
        }
    }

    /// Sets what stands in a file, as it is now: libcurl would know the file by its path alone, and go on with a
    /// connection that was made with what stood there before.
    func set(_ option: CURLoption, contentOf path: String) throws(TransportFault) {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw .identityUnusable(cause: "\(path) cannot be read")
        }
        var bytes = Array(content)
        unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe note(option, cc_setopt_blob(easy, option, buffer.baseAddress, buffer.count))
        }
    }

    private func note(_ option: CURLoption, _ code: CURLcode) {
        if code != CURLE_OK, refused == nil { refused = option.rawValue }
    }
}

extension Duration {
    /// At least one: libcurl reads 0 as "no limit".
    var milliseconds: Int {
        let whole = components.seconds.multipliedReportingOverflow(by: 1000)
        guard !whole.overflow, whole.partialValue < Int64(Int32.max) else { return Int(Int32.max) }
        return max(1, Int(whole.partialValue) + Int(components.attoseconds / 1_000_000_000_000_000))
    }
}
