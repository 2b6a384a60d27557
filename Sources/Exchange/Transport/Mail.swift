/// One message for a mail server, with its envelope and limits.
///
/// It goes by SMTP (RFC 5321) over a connection that STARTTLS has made private, or not at all.
public struct Mail: Sendable {
    /// Who sends, towards the server.
    ///
    /// Its text leaves the password out.
    public struct Login: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
        /// The name.
        public let user: String
        /// The password.
        public let password: String

        /// Puts it together from its parts.
        public init(user: String, password: String) {
            self.user = user
            self.password = password
        }

        /// The name alone.
        public var description: String { user }

        /// The name alone.
        public var debugDescription: String { description }
    }

    /// The server's name or address, an IPv6 address in brackets.
    public let host: String
    /// The server's port.
    public var port: UInt16 = 587
    /// The login; nil where the server asks for none.
    public var login: Login?
    /// The address that failures are told to.
    public let sender: String
    /// Whom it is for, at most `recipientsMax`; where one of them is refused, nobody gets it.
    public let recipients: [String]
    /// The message after RFC 5322: header fields, an empty line, the body; each line ends with CR LF.
    public let message: [UInt8]
    /// The addresses that the host may have.
    public var networks = AllowedNetworks.publicOnly
    /// The path of a PEM file of certificate authorities: these and no others are trusted.
    ///
    /// Nil trusts the system's.
    public var authorities: String?
    /// The longest that the whole may take, waiting for a free connection included.
    public var totalMax: Duration = .seconds(120)
    /// The longest that connecting may take, STARTTLS included.
    public var connectMax: Duration = .seconds(10)

    /// How many recipients one message may have: what every server takes (RFC 5321 §4.5.3.1.8).
    public static let recipientsMax = 100

    /// Makes it with default limits, to be changed as needed.
    public init(host: String, sender: String, recipients: [String], message: [UInt8]) {
        self.host = host
        self.sender = sender
        self.recipients = recipients
        self.message = message
    }

    /// Where it goes, for messages.
    public var place: String { "smtp://\(host):\(port)" }

    /// Refuses what would be passed on as something else than meant.
    public func check() throws(TransportFault) {
        if !host.isHost { throw .malformed("\(host) is no host; write a name or an address") }
        for address in [sender] + recipients where !Self.isAddress(address) {
            throw .malformed("\(address) is no mail address; write LOCAL@DOMAIN in ASCII")
        }
        if recipients.isEmpty || recipients.count > Self.recipientsMax {
            throw .malformed("a message has 1 to \(Self.recipientsMax) recipients; send several messages")
        }
        if [login?.user, login?.password, authorities].contains(where: { $0?.unicodeScalars.contains("\0") == true }) {
            throw .malformed("a user, password or path holds a NUL; take it out")
        }
        if !hasWholeLines { throw .malformed("the message has a line that does not end with CR LF, or a NUL") }
    }

    /// What the sender's host is called, for the greeting.
    public var domain: Substring { sender[sender.index(after: sender.lastIndex(of: "@") ?? sender.startIndex)...] }

    static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"<>\"\\,;:()[]".utf8.contains($0) }
        return parts.count == 2 && isPlain && !parts[0].isEmpty && String(parts[1]).isHost
    }

    private var hasWholeLines: Bool {
        var last: UInt8 = 0
        for byte in message {
            if byte == 0 || (byte == 0x0A) != (last == 0x0D) { return false }
            last = byte
        }
        return last == 0x0A
    }
}

extension String {
    /// Whether it is a host's name or address that stands in a URL as it is.
    var isHost: Bool {
        let isPlain = utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"): true
            default: false
            }
        }
        if hasPrefix("["), hasSuffix("]") { return contains(":") && NetworkAddress(dropFirst().dropLast()) != nil }
        return !isEmpty && isPlain
    }
}

/// The mail server that takes what the exchange sends, as its operator configures it.
public struct MailRelay: Hashable, Sendable {
    /// The server's name or address, an IPv6 address in brackets; it may be in any network.
    public let host: String
    /// The server's port.
    public var port: UInt16 = 587
    /// The login; nil where the server asks for none.
    public var login: Mail.Login?
    /// Whom the mail is from, and is told of failures.
    public let sender: String
    /// The path of a PEM file of the authorities that are trusted; nil trusts the system's.
    public var authorities: String?

    /// Makes it with default limits, to be changed as needed.
    public init(host: String, sender: String) {
        self.host = host
        self.sender = sender
    }

    /// A message for it to take.
    public func mail(to recipient: String, _ message: [UInt8]) -> Mail {
        var mail = Mail(host: host, sender: sender, recipients: [recipient], message: message)
        mail.port = port
        mail.login = login
        mail.authorities = authorities
        mail.networks = .any
        return mail
    }
}
