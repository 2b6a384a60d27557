internal import CLibcurl
internal import Exchange

/// What a transfer is for, with its limits: how a handle is set up for it, and what libcurl's codes mean for it.
protocol Errand: Sendable {
    var place: String { get }
    var networks: AllowedNetworks { get }
    var socketPath: String? { get }
    var totalMax: Duration { get }
    var connectMax: Duration { get }
    var bodyBytesMax: Int { get }
    var bodyFile: String? { get }
    /// What is sent piece by piece; nil for HTTP, which gives libcurl its body whole.
    var upload: [UInt8]? { get }

    /// Sets what is particular to it.
    func configure(_ options: Options) throws(TransportFault)

    /// What libcurl's code means for it in particular; nil where it means what it does for any.
    func fault(_ code: CURLcode, _ seen: Seen) -> TransportFault?
}

/// What was seen of a transfer that failed, beside libcurl's code.
struct Seen {
    /// The last status of the server; 0 where there was none.
    let status: Int
    /// Whom the last command to a mail server was about, if anybody.
    let recipient: String?
    /// Whether the host is known under another key.
    let isHostKeyOther: Bool
    /// What libcurl says.
    let cause: String
}

extension WebRequest: Errand {
    var upload: [UInt8]? { nil }

    func fault(_ code: CURLcode, _ seen: Seen) -> TransportFault? {
        identity != nil && code == CURLE_SSL_CERTPROBLEM ? .identityUnusable(cause: seen.cause) : nil
    }

    func configure(_ options: Options) throws(TransportFault) {
        options.set(CURLOPT_URL, url)
        options.set(CURLOPT_PROTOCOLS_STR, schemes.map(\.rawValue).sorted().joined(separator: ","))
        options.set(CURLOPT_FOLLOWLOCATION, 0)
        options.set(CURLOPT_PATH_AS_IS, 1)
        options.set(CURLOPT_HTTP_VERSION, Int(allowsHTTP2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1))
        if acceptsGzip { options.set(CURLOPT_ACCEPT_ENCODING, "gzip") }
        if let socketPath { options.set(CURLOPT_UNIX_SOCKET_PATH, socketPath) }
        if let authorities { options.trust(authorities) }
        if let identity {
            try options.set(CURLOPT_SSLCERT_BLOB, contentOf: identity.certificate)
            try options.set(CURLOPT_SSLKEY_BLOB, contentOf: identity.key)
            // A resumed session keeps the certificate that it began with, though the file may hold a newer one.
            options.set(CURLOPT_SSL_SESSIONID_CACHE, 0)
        }
        switch method {
        case .get where body == nil: break
        case .head: options.set(CURLOPT_NOBODY, 1)
        case .get, .delete: options.set(CURLOPT_CUSTOMREQUEST, method.rawValue)
        case .post, .put, .patch:
            if body == nil { options.set(body: []) }  // So that a Content-Length of 0 is sent.
            options.set(CURLOPT_CUSTOMREQUEST, method.rawValue)
        }
        if let body { options.set(body: body) }
        let fields = headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        options.set(CURLOPT_HTTPHEADER, fields + ["Expect:"])  // Else larger bodies wait a second for "100 Continue".
    }
}

extension Options {
    /// Trusts the authorities of a file and no others.
    func trust(_ authorities: String) {
        set(CURLOPT_CAINFO, authorities)
        clear(CURLOPT_CAPATH)  // Else the system's authorities are trusted as well.
    }
}
