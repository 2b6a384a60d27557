extension Destination {
    /// The ways that a destination is brought its feed.
    public enum Kind: String, CaseIterable, Sendable {
        /// Messages after Standard Webhooks.
        case webhook
        /// Envelopes to a collection of a TAXII 2.1 server.
        case taxii
        /// Mail, with content only where its marking allows that.
        case mail
        /// Files in a folder that is reached by SFTP.
        case sftp
    }

    /// Where to, and what it takes to be let in there.
    public enum Address: Hashable, Sendable {
        case webhook(PushURL)
        case taxii(CollectionURL, SealedSecret)
        case mail(MailboxAddress)
        case sftp(DropFolder)

        /// The way.
        public var kind: Kind {
            switch self {
            case .webhook: .webhook
            case .taxii: .taxii
            case .mail: .mail
            case .sftp: .sftp
            }
        }

        /// The URL, which holds no secret.
        public var text: String {
            switch self {
            case .webhook(let url): url.text
            case .taxii(let collection, _): collection.text
            case .mail(let mailbox): mailbox.text
            case .sftp(let folder): folder.text
            }
        }
    }

    /// Where a member wants its feed, as it gave that; its URL says which kind it is.
    ///
    /// `https` with a credential is a TAXII collection, and without one a webhook.
    public enum Wanted: Hashable, Sendable {
        case webhook(PushURL)
        case taxii(CollectionURL, Authorization)
        case mail(MailboxAddress)
        case sftp(DropFolder)

        /// Reads what a member gave.
        public init(
            url: String,
            token: String? = nil,
            user: String? = nil,
            password: String? = nil,
            hostKey: String? = nil
        ) throws(PlaceFault) {
            let hasCredential = token != nil || user != nil || password != nil
            if url.hasPrefix(DropFolder.scheme) {
                if hasCredential { throw Self.stray(token == nil ? "user" : "token", "a TAXII collection") }
                self = .sftp(try DropFolder(url, hostKeys: hostKey ?? ""))
                return
            }
            if hostKey != nil { throw Self.stray("host_key", "a folder at sftp://") }
            if url.hasPrefix(MailboxAddress.scheme) {
                if hasCredential { throw Self.stray(token == nil ? "user" : "token", "a TAXII collection") }
                self = .mail(try MailboxAddress(url))
            } else if hasCredential {
                let collection = try CollectionURL(url)
                self = .taxii(collection, try Authorization(token: token, user: user, password: password))
            } else {
                self = .webhook(try PushURL(url))
            }
        }

        /// What is kept of it: a credential is sealed, so that only the exchange can use it, and only there.
        /// - Parameter nonce: 12 random bytes, never used before.
        public func sealed(exchangeKey: [UInt8], nonce: [UInt8]) -> Address {
            switch self {
            case .webhook(let url): .webhook(url)
            case .mail(let mailbox): .mail(mailbox)
            case .sftp(let folder): .sftp(folder)
            case .taxii(let collection, let authorization):
                .taxii(
                    collection,
                    SealedSecret(authorization.header, for: collection.text, exchangeKey: exchangeKey, nonce: nonce)
                )
            }
        }

        private static func stray(_ field: String, _ what: String) -> PlaceFault {
            PlaceFault(field, "is for \(what) alone; leave it out")
        }
    }
}

/// Why a place to push to, or to pull from, cannot be made of what was given.
public struct PlaceFault: Error, Hashable, Sendable {
    /// The field.
    public let field: String
    /// What must hold.
    public let rule: String

    /// Puts it together from its parts.
    public init(_ field: String, _ rule: String) {
        self.field = field
        self.rule = rule
    }
}

/// The URL of a TAXII collection: `https://HOST/ROOT/collections/ID/`.
public struct CollectionURL: Hashable, Sendable {
    private static let collections = "/collections/"

    /// The URL of the collection, with a slash at its end.
    public let text: String
    /// Whether it is plain `http`.
    public let isPlain: Bool

    /// Reads it, with or without `objects/` at its end.
    public init(_ text: String) throws(PlaceFault) {
        let url = try PushURL(text)
        var path = Substring(url.text)
        if path.hasSuffix("/") { path = path.dropLast() }
        if path.hasSuffix("/objects") { path = path.dropLast(8) }
        let id = path.firstRange(of: Self.collections).map { path[$0.upperBound...] } ?? ""
        guard !id.isEmpty, !id.contains("/"), !path.contains("?") else {
            throw PlaceFault(
                "url",
                "must be that of a TAXII collection where there is a credential: https://HOST/ROOT/collections/ID/"
            )
        }
        self.text = path + "/"
        isPlain = url.isPlain
    }

    /// Where envelopes are posted.
    public var objects: String { text + "objects/" }

    /// The API root.
    public var root: String {
        text.firstRange(of: Self.collections).map { String(text[...$0.lowerBound]) } ?? text
    }

    /// The status of a request.
    public func status(_ id: String) -> String { "\(root)status/\(id)/" }
}

/// What a member is let in with at its own server: the value of the header field `Authorization`.
///
/// Its text leaves the secret out.
public struct Authorization: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The value.
    public let header: String

    /// Reads a bearer token, or a user's name and password.
    public init(token: String?, user: String?, password: String?) throws(PlaceFault) {
        if let token {
            if user != nil || password != nil {
                throw PlaceFault("token", "excludes user and password; keep one of them")
            }
            guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw PlaceFault("token", "must be ASCII without spaces")
            }
            header = "Bearer \(token)"
            return
        }
        guard let user, !user.isEmpty, !user.contains(":"), user.isOneLine else {
            throw PlaceFault("user", "is needed beside password, in one line without a colon")
        }
        guard let password, !password.isEmpty, password.isOneLine else {
            throw PlaceFault("password", "is needed beside user, in one line")
        }
        header = "Basic " + Array("\(user):\(password)".utf8).base64
    }

    /// The way alone.
    public var description: String { header.hasPrefix("Bearer") ? "token" : "user and password" }

    /// The way alone.
    public var debugDescription: String { description }
}

/// An address for mail, as `mailto:LOCAL@DOMAIN`.
public struct MailboxAddress: Hashable, Sendable {
    static let scheme = "mailto:"
    /// The longest address (RFC 5321 §4.5.3.1.3, without its brackets).
    public static let charactersMax = 254

    /// The address itself.
    public let address: String

    /// Reads it.
    public init(_ text: String) throws(PlaceFault) {
        let address = String(text.dropFirst(Self.scheme.count))
        guard text.hasPrefix(Self.scheme), address.utf8.count <= Self.charactersMax, Mail.isAddress(address),
            !address.contains("?"), !address.contains("%")
        else {
            throw PlaceFault("url", "must be mailto:LOCAL@DOMAIN in ASCII, one address of 254 characters at most")
        }
        self.address = address
    }

    /// The URL.
    public var text: String { Self.scheme + address }
}

extension String {
    fileprivate var isOneLine: Bool { unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } }
}
