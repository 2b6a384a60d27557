/// What an operator says of another exchange, or of any TAXII 2.1 server.
public struct PeerTerms: Hashable, Sendable, Codable {
    /// Why terms cannot be used.
    public struct Fault: Error, Hashable, Sendable {
        /// The term.
        public let field: String
        /// What must hold.
        public let rule: String
    }

    /// How many pools may be shared with one peer.
    public static let poolsMax = 20
    /// The strictest marking that may be agreed on: what is stricter is for addressees, whom another exchange does not
    /// have.
    public static let markingMax = TLP.amber

    /// The URL of its API root; nil for one that is sent nothing, and of which the key alone is known.
    public var root: String?
    /// What was agreed on.
    public var agreement: Agreement
    /// Networks that are not public and that it may be in.
    public var networks: [String] = []
    /// The path of a file with a client certificate.
    public var certificate: String?
    /// The path of a file with the private key of the certificate.
    public var key: String?
    /// The path of a file of the authorities that alone are trusted.
    public var authorities: String?

    /// Says where it is and what was agreed on; the rest is to be set.
    public init(root: String?, agreement: Agreement) {
        self.root = root
        self.agreement = agreement
    }

    /// The collection there that stands for a pool of its; nil for one that is sent nothing.
    public func collection(_ pool: Name) throws(PlaceFault) -> CollectionURL? {
        guard let root else { return nil }
        let folder = root.hasSuffix("/") ? root : root + "/"
        return try CollectionURL("\(folder)collections/\(pool)/")
    }

    /// Refuses what cannot be used.
    public func check() throws(Fault) {
        for shared in agreement.pools {
            do throws(PlaceFault) {
                _ = try collection(shared.theirs)
            } catch {
                throw Fault(field: "url", rule: "must be that of an API root: https://HOST/ROOT/ (\(error.rule))")
            }
        }
        guard root != nil || agreement.pools.isEmpty else {
            throw Fault(field: "url", rule: "is needed where a pool is shared: that of the other's API root")
        }
        guard agreement.pools.count <= Self.poolsMax else {
            throw Fault(field: "pools", rule: "must be at most \(Self.poolsMax)")
        }
        let given = agreement.pools.filter { $0.direction != .takes }
        let taken = agreement.pools.filter { $0.direction != .gives }
        guard Set(agreement.pools.map(\.ours)).count == agreement.pools.count,
            Set(given.map(\.theirs)).count == given.count, Set(taken.map(\.theirs)).count == taken.count
        else { throw Fault(field: "pools", rule: "must name each pool once, on either side") }
        for (field, marking) in [("ceiling", agreement.ceiling), ("floor", agreement.floor)]
        where marking > Self.markingMax {
            throw Fault(
                field: field,
                rule: "must be \(Self.markingMax.code) or below: what is stricter is for addressees here alone"
            )
        }
        if let stray = networks.first(where: { Network($0) == nil }) {
            throw Fault(field: "networks", rule: "\(stray) is no network such as 10.0.0.0/8 or fd00::/8")
        }
        for case (let field, let path?) in [("certificate", certificate), ("key", key), ("authorities", authorities)]
        where !path.hasPrefix("/") {
            throw Fault(field: field, rule: "must be an absolute path on the exchange's own host")
        }
        guard (certificate == nil) == (key == nil) else {
            throw Fault(field: certificate == nil ? "certificate" : "key", rule: "comes with the other; give both")
        }
    }

    /// What an ordinary TAXII server lacks as a peer, for an operator to read.
    public static let lacking = [
        "custody: what it passes on says of no exchange that it passed through, so nothing keeps what it has from "
            + "coming back",
        "recalls that are answered: it is told of them, and never says who acknowledged",
        "counts: who-saw lists it among those that have not answered",
    ]
}
