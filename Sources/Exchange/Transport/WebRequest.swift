/// One HTTP exchange to be made, with its limits.
///
/// Its text leaves out header fields, body and query: they may hold secrets.
public struct WebRequest: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
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
    /// The addresses that the URL's host may have.
    public var networks = AllowedNetworks.publicOnly
    /// The path of a Unix socket to connect to instead of the URL's host.
    public var socketPath: String?
    /// The path of a PEM file of certificate authorities: these and no others are trusted.
    ///
    /// Nil trusts the system's.
    public var authorities: String?
    /// The client certificate, if any.
    ///
    /// A connection made with one serves no request without it or with another.
    public var identity: Identity?
    /// The longest that the whole exchange may take, waiting for a free connection included.
    public var totalMax: Duration = .seconds(60)
    /// The longest that connecting may take, TLS included.
    public var connectMax: Duration = .seconds(10)
    /// The largest body that is taken as an answer, counted after it was unpacked.
    public var bodyBytesMax = 64 << 20
    /// The path of a file to be made for the answer's body, whatever the status, instead of holding it in memory.
    ///
    /// A list of a gigabyte is then read from the file piece by piece, at its reader's pace, while the connection is
    /// long free again: a reader that pauses would hold a connection open and meet the server's limits. There must be
    /// no such file yet; there is none after a fault.
    public var bodyFile: String?
    /// Whether the body may come packed with gzip; it is unpacked on arrival.
    public var acceptsGzip = false
    /// Whether HTTP/2 is offered.
    ///
    /// Servers break off HTTP/2 connections more freely, so what reads (GET and HEAD) is then asked for again a few
    /// times, within the time limit.
    public var allowsHTTP2 = false

    /// Makes a request with default limits, to be changed as needed.
    public init(_ method: Method, _ url: String) {
        self.method = method
        self.url = url
    }

    /// Where the request goes, for messages: the socket's path, or the URL as far as its host and port.
    public var place: String {
        if let socketPath { return socketPath }
        let text = url.utf8
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), text[colon...].starts(with: "://".utf8) else {
            return url
        }
        let path = text[colon...].dropFirst(3).firstIndex { "/?#\\".utf8.contains($0) }
        return String(url.prefix(upTo: path ?? url.endIndex))
    }

    /// The method and the place.
    public var description: String { "\(method.rawValue) \(place)" }

    /// The method and the place.
    public var debugDescription: String { description }

    /// Refuses what would be passed on as something else than meant.
    public func check() throws(TransportFault) {
        func breaks(_ text: String) -> Bool { text.utf8.contains { $0 == 0x0d || $0 == 0x0a || $0 == 0 } }
        let line = headers.first { $0.name.isEmpty || breaks($0.name) || breaks($0.value) }
        if let line { throw .malformed("header field \(line.name) is empty or holds a line break; take it out") }
        let paths = [socketPath, authorities, identity?.certificate, identity?.key, bodyFile]
        if ([url] + paths.compactMap { $0 }).contains(where: { $0.utf8.contains(0) }) {
            throw .malformed("a URL or path holds a NUL; take it out")
        }
        // What stands before an "@" may be a password, so the place is not named either.
        if place.utf8.contains(UInt8(ascii: "@")) {
            throw .malformed("the URL holds credentials; give them as a header field")
        }
        if schemes.isEmpty { throw .malformed("no scheme is allowed; allow https") }
    }
}
