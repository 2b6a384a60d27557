/// What the exchange pushes a principal's feed to: a system of its member's own, or a mailbox.
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
    public let address: Address
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
        address: Address,
        generation: Int = 1,
        overlapEnds: Timestamp? = nil,
        delivery: Delivery
    ) {
        self.id = id
        self.number = number
        self.credential = credential
        self.purpose = purpose
        self.address = address
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

    /// Whether nobody has shown yet that mail to it is read.
    public var isUnconfirmed: Bool {
        if case .paused(.unconfirmed, _) = delivery.phase { true } else { false }
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
