/// A file or folder on another host that is reached by SFTP, with who asks and the limits.
public struct RemoteFile: Sendable {
    /// How the user shows who it is; nothing else is tried.
    ///
    /// Its text leaves the password out.
    public enum Login: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
        /// With a private key, as the path of its file, without a passphrase.
        ///
        /// An Ed25519 or ECDSA key: with an RSA key libssh2 1.10 signs in a way that servers refuse (SHA-1).
        case key(file: String)
        /// With a private key, as the text that its file would have.
        case privateKey(String)
        /// With a password.
        case password(String)

        /// The way alone.
        public var description: String {
            switch self {
            case .key(let file): "key in \(file)"
            case .privateKey: "key"
            case .password: "password"
            }
        }

        /// The way alone.
        public var debugDescription: String { description }
    }

    /// The host keys that are trusted, as OpenSSH writes `known_hosts`; nothing is ever added to them.
    public enum KnownHosts: Hashable, Sendable {
        /// Those in the file at a path.
        case file(String)
        /// These lines.
        case lines(String)
    }

    /// The host's name or address, an IPv6 address in brackets.
    public let host: String
    /// The host's port.
    public var port: UInt16 = 22
    /// The absolute path there.
    public let path: String
    /// The user's name there.
    public let user: String
    /// How the user shows who it is.
    public let login: Login
    /// What the host is known by.
    public let knownHosts: KnownHosts
    /// The addresses that the host may have.
    public var networks = AllowedNetworks.publicOnly
    /// The longest that the whole may take, waiting for a free connection included.
    public var totalMax: Duration = .seconds(300)
    /// The longest that connecting may take, the login included.
    public var connectMax: Duration = .seconds(20)
    /// The largest file that is taken.
    public var bodyBytesMax = 1 << 30

    /// Names it, with default limits to be changed as needed.
    public init(host: String, path: String, user: String, login: Login, knownHosts: KnownHosts) {
        self.host = host
        self.path = path
        self.user = user
        self.login = login
        self.knownHosts = knownHosts
    }

    /// Where it is, for messages: the host and port, without the path.
    public var place: String { "sftp://\(host):\(port)" }

    /// Its address, which holds neither user nor password.
    public var url: String { place + path.percentEncodedPath }

    /// Refuses what would be passed on as something else than meant.
    public func check() throws(TransportFault) {
        if !host.isHost { throw .malformed("\(host) is no host; write a name or an address") }
        let segments = path.split(separator: "/")
        guard path.hasPrefix("/"), path.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }),
            !segments.contains("."), !segments.contains(".."), segments.first != "~"
        else {
            throw .malformed("\(path.debugDescription) is no absolute path; begin with / and leave out . and ..")
        }
        var texts = [user]
        switch knownHosts {
        case .file(let text), .lines(let text): texts.append(text)
        }
        switch login {
        case .key(let text), .privateKey(let text): texts.append(text)
        case .password(let password): texts.append(password)
        }
        if texts.contains(where: { $0.isEmpty || $0.unicodeScalars.contains("\0") }) {
            throw .malformed("a user, password or path is empty or holds a NUL")
        }
    }
}

extension String {
    fileprivate var percentEncodedPath: String {
        utf8.reduce(into: "") { text, byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            if isPlain || "/-._~".unicodeScalars.contains(scalar) {
                text.unicodeScalars.append(scalar)
            } else {
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
