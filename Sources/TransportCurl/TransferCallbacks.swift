internal import CLibcurl
internal import Exchange
internal import Glibc

/// What libcurl calls while a transfer is on its way, on the driver's thread.
extension Transfer {
    func configureCallbacks(_ options: Options) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe options.set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorText))
        for option in [
            CURLOPT_PRIVATE, CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_OPENSOCKETDATA, CURLOPT_PREREQDATA,
            CURLOPT_READDATA, CURLOPT_DEBUGDATA, CURLOPT_SSH_KEYDATA,
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
        unsafe options.set(trusting: { _, _, _, match, context in
            guard let context = unsafe context else { return Int32(CURLKHSTAT_REJECT.rawValue) }
            let isTrusted = unsafe Transfer.at(context).trusts(match)
            return Int32((isTrusted ? CURLKHSTAT_FINE : CURLKHSTAT_REJECT).rawValue)
        })
        if let upload = errand.upload { configureUpload(options, upload.count) }
    }

    private func configureUpload(_ options: Options, _ count: Int) {
        options.set(CURLOPT_UPLOAD, 1)
        options.setLarge(CURLOPT_INFILESIZE_LARGE, count)
        unsafe options.set(CURLOPT_READFUNCTION) { bytes, size, count, context in
            guard let context = unsafe context else { return Int(CURL_READFUNC_ABORT) }
            return unsafe Transfer.at(context).send(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
        }
        // The only way to learn which command an answer of a mail server is to. Nothing of it is logged.
        options.set(CURLOPT_VERBOSE, 1)
        unsafe options.set(telling: { _, kind, bytes, count, context in
            if kind == CURLINFO_HEADER_OUT, let context = unsafe context {
                unsafe Transfer.at(context).note(command: UnsafeRawBufferPointer(start: bytes, count: count))
            }
            return 0
        })
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
        descriptor = unsafe cc_socket(address)
        return descriptor
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
        let line = unsafe piece[..<(piece.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? 0)]
        if unsafe line.starts(with: "HTTP/".utf8) {
            headers = []  // What came before was an interim answer (1xx).
        } else if let colon = unsafe line.firstIndex(of: UInt8(ascii: ":")) {
            let value = unsafe UnsafeRawBufferPointer(rebasing: line[(colon + 1)...]).trimmed
            unsafe headers.append(
                (
                    String(decoding: line[..<colon], as: UTF8.self).lowercased(),
                    String(decoding: value, as: UTF8.self)
                )
            )
        }
        return piece.count
    }

    /// Gives the next piece of what is uploaded.
    private func send(_ room: UnsafeMutableRawBufferPointer) -> Int {
        guard let upload = errand.upload else { return 0 }
        let end = min(upload.count, uploadedBytes + room.count)
        unsafe room.copyBytes(from: upload[uploadedBytes..<end])
        defer { uploadedBytes = end }
        return end - uploadedBytes
    }

    /// Remembers whom a command to a mail server is about, and sees to it that nobody waits for its goodbye.
    private func note(command: UnsafeRawBufferPointer) {
        let line = unsafe String(decoding: command.prefix(while: { $0 != 0x0D }), as: UTF8.self)
        if line == "QUIT" {
            shutdown(descriptor, Int32(SHUT_RD))  // libcurl would wait for the answer, and every transfer with it.
        } else {
            recipient = line.hasPrefix("RCPT TO:<") ? String(line.dropFirst(9).prefix { $0 != ">" }) : nil
        }
    }

    private func trusts(_ match: curl_khmatch) -> Bool {
        isHostKeyOther = match == CURLKHMATCH_MISMATCH
        return match == CURLKHMATCH_OK
    }
}

extension UnsafeRawBufferPointer {
    /// Without white space and control characters at either end.
    fileprivate var trimmed: Slice<UnsafeRawBufferPointer> {
        let end = unsafe lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? 0
        return unsafe self[(firstIndex { $0 > 0x20 } ?? end)..<end]
    }
}
