/// What an officer is shown: that a voucher is reserved for a consignment, signed by the exchange.
///
/// It is verified off line. That it was not redeemed before, the office knows itself.
public struct EntitlementToken: Hashable, Sendable {
    /// Its type, as its header tells.
    public static let type = "caveat-entitlement"

    /// Why an officer does not take it; each case is one reason.
    public enum Refusal: Error, Hashable, Sendable {
        /// It is not signed as it must be.
        case notSigned(CompactJWS.Refusal)
        /// What is signed is no entitlement.
        case content
        /// It is for another office.
        case otherOffice
        /// It is for another consignment.
        case otherConsignment
        /// It is not valid yet: a clock is wrong.
        case early
        /// It is no longer valid.
        case late

        /// The code of the reason.
        public var code: String {
            switch self {
            case .notSigned(let refusal): refusal.rawValue
            case .content: "content"
            case .otherOffice: "other-office"
            case .otherConsignment: "other-consignment"
            case .early: "not-yet-valid"
            case .late: "no-longer-valid"
            }
        }
    }

    /// Which entitlement.
    public let id: ID<Entitlement>
    /// Which office takes it.
    public let office: Name
    /// Whose it is.
    public let group: Name
    /// What it is used for.
    public let kind: Entitlement.Kind
    /// The consignment's number.
    public let consignment: String
    /// When it was signed, to the second.
    public let issued: Timestamp
    /// The first instant at which it no longer counts, to the second.
    public let expires: Timestamp

    /// The token of a reserved entitlement; nil for one in another state.
    public init?(_ entitlement: Entitlement, at now: Timestamp, _ days: PoolDays) {
        guard case .reserved(let reservation) = entitlement.state else { return nil }
        id = entitlement.id
        office = entitlement.office
        group = entitlement.group
        kind = reservation.kind
        consignment = reservation.consignment
        issued = Self.second(now.seconds)
        expires = Self.second(days.start(of: reservation.until).seconds)
    }

    /// The line that the exchange signs.
    public func signed(by signatory: some Signatory) -> String {
        let payload = CanonicalText.object([
            ("consignment", CanonicalText.string(consignment)), ("exp", "\(expires.seconds)"),
            ("group", CanonicalText.string(group.text)), ("iat", "\(issued.seconds)"),
            ("jti", CanonicalText.string(id.text)), ("kind", CanonicalText.string(kind.rawValue)),
            ("office", CanonicalText.string(office.text)),
        ])
        return CompactJWS(Array(payload.utf8), type: Self.type, by: signatory).text
    }

    /// Reads a line and verifies it, off line.
    /// - Parameters:
    ///   - office: the one that it is shown to.
    ///   - consignment: the number on the papers that it is shown with.
    /// - Throws: `Refusal`.
    public init(
        verifying text: String,
        keys: KeyRing,
        office: Name,
        consignment: String,
        at now: Timestamp
    ) throws(Refusal) {
        let line: CompactJWS
        do throws(CompactJWS.Refusal) {
            line = try CompactJWS(verifying: text, type: Self.type, keys: keys) { Self(payload: $0)?.issued }
        } catch {
            throw .notSigned(error)
        }
        guard let token = Self(payload: line.payload) else { throw .content }
        guard token.office == office else { throw .otherOffice }
        guard token.consignment == consignment else { throw .otherConsignment }
        guard token.issued <= now else { throw .early }
        guard now < token.expires else { throw .late }
        self = token
    }

    /// Which entitlement a line says that it is of, with nothing of it verified; nil for what is no token.
    public static func id(claimedBy text: String) -> ID<Entitlement>? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, text.utf8.count <= CompactJWS.bytesMax else { return nil }
        return Base64URL.bytes(parts[1]).flatMap { Self(payload: $0)?.id }
    }

    private init?(payload: [UInt8]) {
        // What is no JSON is no token.
        guard let root = (try? JSON(parsing: payload))?.root,
            let id = root["jti"]?.string.flatMap(ID<Entitlement>.init(parsing:)),
            let office = root["office"]?.string.flatMap(Name.init),
            let group = root["group"]?.string.flatMap(Name.init),
            let kind = root["kind"]?.string.flatMap(Entitlement.Kind.init), let number = root["consignment"]?.string,
            let issued = root["iat"]?.integer, let expires = root["exp"]?.integer
        else { return nil }
        self.id = id
        self.office = office
        self.group = group
        self.kind = kind
        consignment = number
        self.issued = Self.second(issued)
        self.expires = Self.second(expires)
    }

    private static func second(_ seconds: Int64) -> Timestamp {
        Timestamp(nanoseconds: 0).advanced(by: .seconds(seconds))
    }
}

extension Timestamp {
    /// Whole seconds since 1970, rounded down.
    fileprivate var seconds: Int64 {
        let quotient = nanoseconds / 1_000_000_000
        return nanoseconds % 1_000_000_000 < 0 ? quotient - 1 : quotient
    }
}

extension EntitlementToken.Refusal: CustomStringConvertible {
    /// The code, the rule, and what to do about it.
    public var description: String { "\(code): \(rule)" }

    private var rule: String {
        switch self {
        case .notSigned(.form): "is no token: three parts with points between them; scan or copy all of it again"
        case .notSigned(.header): "is not the exchange's signature for an entitlement; do not take it"
        case .notSigned(.unknownKey):
            "is signed by a key that is not the exchange's; fetch its keys anew, or do not take it"
        case .notSigned(.keyNotInForce): "is signed by a key that did not count then; have the holder show a new one"
        case .notSigned(.signature): "was changed after it was signed; do not take it"
        case .content: "is signed, but is not for this entitlement; have the holder show the right one"
        case .otherOffice: "is for another office; it is taken there alone"
        case .otherConsignment: "is for another consignment; compare the number with the papers"
        case .early: "was signed after now; set the clock"
        case .late: "its reservation is over; have the holder reserve anew"
        }
    }
}

extension KeyRing {
    /// The exchanges that have a key of their own among these.
    public var exchanges: Set<ID<Peer>> {
        all.reduce(into: []) { exchanges, key in
            if case .exchange(let exchange) = key.holder { exchanges.insert(exchange) }
        }
    }

    /// The keys of one exchange itself: those of its members, and of others, sign no entitlement.
    public func keys(of exchange: ID<Peer>) -> KeyRing { KeyRing(all.filter { $0.holder == .exchange(exchange) }) }
}
