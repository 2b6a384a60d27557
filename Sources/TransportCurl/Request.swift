/// One HTTP exchange to be made, with its limits.
public struct Request: Sendable {
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
    var place: String {
        if let socketPath { return socketPath }
        guard let slashes = url.firstRange(of: "://") else { return url }
        return String(url.prefix(upTo: url[slashes.upperBound...].firstIndex(of: "/") ?? url.endIndex))
    }
}

/// What a server answered, whatever its status.
public struct Response: Sendable {
    /// The status code.
    public internal(set) var status = 0
    /// The header fields in the order they came, names in lower case.
    public internal(set) var headers: [(name: String, value: String)] = []
    /// The body.
    public internal(set) var body: [UInt8] = []
    /// How many connections were opened for it: 0 when one was reused.
    public internal(set) var connectionsOpened = 0

    /// The value of the first header field of a name, which is given in lower case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}
