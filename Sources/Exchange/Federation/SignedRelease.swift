/// One exchange that a release passed through: when, and under which terms it let it go on.
public struct Hop: Statement {
    /// The exchange.
    public let exchange: ID<Peer>
    /// When it had it, by its own clock; of the exchange that released it, when its member gave it.
    public let received: Timestamp
    /// When it let it go, by its own clock.
    public let released: Timestamp
    /// The exchange that alone it was given to; nil where it was put out for whoever may read it there.
    public let to: ID<Peer>?
    /// Under which terms.
    public let terms: PassageTerms
    /// The digest of what came before: the hop before with its signature, of the first hop the release.
    public let before: [UInt8]

    /// Puts it together from its parts.
    public init(
        exchange: ID<Peer>,
        received: Timestamp,
        released: Timestamp,
        to: ID<Peer>?,
        terms: PassageTerms,
        before: [UInt8]
    ) {
        self.exchange = exchange
        self.received = received
        self.released = released
        self.to = to
        self.terms = terms
        self.before = before
    }

    /// Reads what was written.
    public init(reading value: JSON.Value, at path: String) throws(STIXFault) {
        let reader = StatementReader(value, at: path)
        exchange = try reader.id("exchange")
        received = try reader.time("received")
        released = try reader.time("released")
        to = try reader.optional("to") { (name) throws(STIXFault) in try reader.id(name) }
        terms = PassageTerms(marking: try reader.marking("marking"), onward: try reader.boolean("onward"))
        before = try reader.bytes("before", count: Release.digestBytes)
    }

    /// The bytes that are signed.
    public var canonical: [UInt8] {
        let text = CanonicalText.object([
            ("before", CanonicalText.string(before.hexadecimal)),
            ("exchange", CanonicalText.string(exchange.text)),
            ("marking", CanonicalText.string(terms.marking.code)), ("onward", String(terms.onward)),
            ("received", CanonicalText.string(received.text)), ("released", CanonicalText.string(released.text)),
            ("to", to.map { CanonicalText.string($0.text) }),
        ])
        return Array(text.utf8)
    }
}

/// The terms under which an exchange gives something to another.
public struct PassageTerms: Hashable, Sendable, Codable {
    /// Nobody there may see it under a looser marking.
    public let marking: TLP
    /// Whether it may be passed on to further exchanges.
    public let onward: Bool

    /// Puts it together from its parts.
    public init(marking: TLP, onward: Bool) {
        self.marking = marking
        self.onward = onward
    }

    /// Whether all that the others allow is allowed here.
    func covers(_ other: PassageTerms) -> Bool { marking <= other.marking && (onward || !other.onward) }
}

/// A release, who signed it, and every exchange that it passed through.
public struct SignedRelease: Hashable, Sendable {
    /// How many exchanges a release may pass through.
    public static let hopsMax = 16

    /// What was released.
    public let signed: Signed<Release>
    /// The exchanges in their order, the one that released it first.
    public let custody: [Signed<Hop>]

    /// A release that passed through no exchange yet.
    public init(_ release: Release, by signatory: some Signatory) {
        signed = Signed(release, by: signatory)
        custody = []
    }

    /// Puts it together from its parts.
    public init(_ signed: Signed<Release>, custody: [Signed<Hop>]) {
        self.signed = signed
        self.custody = custody
    }

    /// What was released.
    public var release: Release { signed.content }

    /// The terms under which the last exchange let it go; of a release itself, those of its member.
    public var terms: PassageTerms {
        custody.last?.content.terms ?? PassageTerms(marking: release.marking, onward: true)
    }

    /// Whether it passed through an exchange.
    public func passed(_ exchange: ID<Peer>) -> Bool { custody.contains { $0.content.exchange == exchange } }

    /// The same after one more exchange.
    public func passing(
        _ exchange: ID<Peer>,
        to next: ID<Peer>?,
        under terms: PassageTerms,
        received: Timestamp,
        released: Timestamp,
        by signatory: some Signatory
    ) -> SignedRelease {
        let hop = Hop(
            exchange: exchange,
            received: received,
            released: released,
            to: next,
            terms: terms,
            before: custody.last?.digest ?? signed.digest
        )
        return SignedRelease(signed, custody: custody + [Signed(hop, by: signatory)])
    }
}
