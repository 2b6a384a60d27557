/// A system of a member's own that the exchange pushes its feed to.
///
/// It is given what the credential that it was made with may read, for the purpose of that session, and nothing once
/// that credential is no longer valid.
public struct Destination: Hashable, Sendable {
    /// How many one principal may have.
    public static let countMax = 20

    /// Its id.
    public let id: ID<Destination>
    /// Its key in the store: the tick of its making.
    public let number: Int64
    /// As whom it reads.
    public private(set) var credential: ID<Credential>
    /// What for.
    public private(set) var purpose: Purpose
    /// Where to.
    public let url: WebhookURL
    /// The number of the secret that signs, from 1 on.
    public var generation: Int
    /// Until when the secret before it signs, too; nil for a first one.
    public var overlapEnds: Timestamp?
    /// How far it has got.
    public var delivery: Delivery

    /// Puts it together from its parts.
    public init(
        id: ID<Destination>,
        number: Int64,
        credential: ID<Credential>,
        purpose: Purpose,
        url: WebhookURL,
        generation: Int = 1,
        overlapEnds: Timestamp? = nil,
        delivery: Delivery
    ) {
        self.id = id
        self.number = number
        self.credential = credential
        self.purpose = purpose
        self.url = url
        self.generation = generation
        self.overlapEnds = overlapEnds
        self.delivery = delivery
    }

    /// Goes on where it stopped, as whoever resumes it reads.
    public mutating func resume(as credential: ID<Credential>, for purpose: Purpose) {
        self.credential = credential
        self.purpose = purpose
        delivery = delivery.resumed()
    }

    /// A new secret signs from now on, and the one before for a while, too.
    public mutating func rotate(at now: Timestamp) {
        generation += 1
        overlapEnds = now.advanced(by: WebhookSecret.overlap)
    }

    /// The secrets that sign at a time, the newest first.
    public func secrets(at now: Timestamp, exchangeKey: [UInt8]) -> [WebhookSecret] {
        var generations = [generation]
        if let overlapEnds, now < overlapEnds { generations.append(generation - 1) }
        return generations.map { WebhookSecret(of: id, generation: $0, exchangeKey: exchangeKey) }
    }
}

/// The URL of a webhook: `https`, with a host, no credentials and no fragment.
///
/// `http` only to an address of the exchange's own host.
public struct WebhookURL: Hashable, Sendable, CustomStringConvertible {
    /// The longest.
    public static let charactersMax = 2_048

    /// Why a text is none.
    public struct Fault: Error, Hashable, Sendable {
        /// What must hold.
        public let rule: String
    }

    /// As it was given.
    public let text: String
    /// Whether it is plain `http`.
    public let isPlain: Bool
    /// The same, for people to read.
    public var description: String { text }

    /// Reads it.
    public init(_ text: String) throws(Fault) {
        guard text.utf8.count <= Self.charactersMax, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Fault(rule: "must have 1 to \(Self.charactersMax) characters of ASCII without spaces; encode others")
        }
        let isPlain = text.hasPrefix("http://")
        guard isPlain || text.hasPrefix("https://") else { throw Fault(rule: "must begin with https://") }
        let rest = text.dropFirst(isPlain ? 7 : 8)
        let authority = rest.prefix { !"/?".contains($0) }
        guard !authority.isEmpty, !authority.contains("@"), !text.contains("#"), !text.contains("\\") else {
            throw Fault(rule: "must name a host, without a user, a password or a fragment")
        }
        let isLocal = ["127.0.0.1", "[::1]"].contains { host in
            authority == host || (authority.hasPrefix("\(host):") && UInt16(authority.dropFirst(host.count + 1)) != nil)
        }
        guard !isPlain || isLocal else {
            throw Fault(rule: "must begin with https://; http:// is for 127.0.0.1 and [::1] alone")
        }
        self.text = text
        self.isPlain = isPlain
    }
}
