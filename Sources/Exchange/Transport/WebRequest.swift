/// One HTTP exchange to be made, with its limits.
public struct WebRequest: Sendable {
    /// The HTTP methods in use.
    public enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// The URL schemes that can be allowed.
    public enum Scheme: String, Sendable {
        case https, http
    }

    /// A client certificate and its key, as paths of PEM files.
    public struct Identity: Hashable, Sendable {
        /// The path of the certificate, with its chain.
        public let certificate: String
        /// The path of the private key.
        public let key: String

        /// Names the two files; they are read for each new connection.
        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// What is asked for.
    public var method: Method
    /// An absolute URL without credentials.
    public var url: String
    /// Header fields; neither name nor value may hold a line break or NUL.
    public var headers: [(name: String, value: String)] = []
    /// What is sent; nil sends nothing.
    public var body: [UInt8]?
    /// The schemes that `url` may have.
    public var schemes: Set<Scheme> = [.https]
    /// The path of a Unix socket to connect to instead of the URL's host.
    public var socketPath: String?
    /// The path of a PEM file of certificate authorities: these and no others are trusted.
    ///
    /// Nil trusts the system's.
    public var authorities: String?
    /// The client certificate, if any.
    public var identity: Identity?
    /// The longest that the whole exchange may take, waiting for a free connection included.
    public var totalMax: Duration = .seconds(60)
    /// The longest that connecting may take, TLS included.
    public var connectMax: Duration = .seconds(10)
    /// The largest body that is taken as an answer.
    public var bodyBytesMax = 64 << 20

    /// Makes a request with default limits, to be changed as needed.
    public init(_ method: Method, _ url: String) {
        self.method = method
        self.url = url
    }

    /// Where the request goes, for messages: the socket's path, or the URL as far as its host and port.
    public var place: String {
        if let socketPath { return socketPath }
        guard let slashes = url.firstRange(of: "://") else { return url }
        let path = url[slashes.upperBound...].firstIndex { "/?#\\".contains($0) }
        return String(url.prefix(upTo: path ?? url.endIndex))
    }

    /// Refuses what would be passed on as something else than meant.
    public func check() throws(TransportFault) {
        let line = headers.first { field in
            field.name.isEmpty
                || (field.name + field.value).unicodeScalars.contains { $0 == "\r" || $0 == "\n" || $0 == "\0" }
        }
        if let line { throw .malformed("header field \(line.name) is empty or holds a line break; take it out") }
        let texts = [url, socketPath ?? "", authorities ?? "", identity?.certificate ?? "", identity?.key ?? ""]
        if texts.contains(where: { $0.unicodeScalars.contains("\0") }) {
            throw .malformed("a URL or path holds a NUL; take it out")
        }
        // What stands before an "@" may be a password, so the place is not named either.
        if place.contains("@") { throw .malformed("the URL holds credentials; give them as a header field") }
        if schemes.isEmpty { throw .malformed("no scheme is allowed; allow https") }
    }
}
