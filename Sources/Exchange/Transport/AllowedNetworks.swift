/// Which addresses may be connected to, decided on the address itself after its name was resolved.
///
/// Who can write a URL that the exchange calls must not reach through it what only the exchange's own host can.
public enum AllowedNetworks: Hashable, Sendable {
    /// Every address: for a command that its user points at an exchange of theirs.
    case any
    /// Public addresses and those in the networks that the operator named.
    ///
    /// An address of a cloud's metadata service is allowed only where it is named by itself: a wider network never
    /// means it.
    case publicOr([Network])

    /// Public addresses and no others.
    public static let publicOnly = AllowedNetworks.publicOr([])

    /// The special network that an address lies in, if it may therefore not be connected to; nil where it may.
    public func refusal(of address: NetworkAddress) -> SpecialNetwork? {
        guard case .publicOr(let named) = self, let special = SpecialNetwork(of: address) else { return nil }
        let forms = [address] + [address.embedded].compactMap { $0 }
        let isNamed = named.contains { network in
            (special.kind != .metadata || network.isSingle) && forms.contains(where: network.contains)
        }
        return isNamed ? nil : special
    }
}

/// A network whose addresses are not public, and what it is for.
///
/// After the IANA registries of special-purpose addresses (RFC 6890).
public struct SpecialNetwork: Hashable, Sendable, CustomStringConvertible {
    /// What such networks are for.
    public enum Kind: String, CaseIterable, Sendable {
        case metadata = "cloud metadata"
        case unspecified
        case loopback
        case `private` = "private"
        case linkLocal = "link-local"
        case carrierNAT = "carrier-grade NAT"
        case documentation
        case multicast
        case reserved
    }

    /// What it is for.
    public let kind: Kind
    /// Its addresses.
    public let network: Network

    /// The narrowest special network that an address, or the IPv4 address in it, lies in; nil for a public address.
    public init?(of address: NetworkAddress) {
        let seen = address.embedded ?? address
        if let special = Self.all.first(where: { $0.network.contains(seen) }) {
            self = special
        } else if seen.bytes.count == 16, !Self.globalUnicast.contains(seen) {
            self.init(.reserved, "::/0")
        } else {
            return nil
        }
    }

    private init(_ kind: Kind, _ network: String) {
        self.kind = kind
        self.network = Network(literal: network)
    }

    /// Its addresses and what they are for.
    public var description: String { "\(network), \(kind.rawValue)" }

    /// The only part of IPv6 that public addresses are given from (RFC 4291 §2.4).
    private static let globalUnicast = Network(literal: "2000::/3")

    /// Those that lie in others come first.
    static let all: [SpecialNetwork] = [
        .init(.metadata, "169.254.169.254"),
        .init(.metadata, "169.254.170.2"),
        .init(.metadata, "168.63.129.16"),
        .init(.metadata, "100.100.100.200"),
        .init(.metadata, "192.0.0.192"),
        .init(.metadata, "fd00:ec2::254"),
        .init(.metadata, "fd20:ce::254"),
        .init(.unspecified, "0.0.0.0/8"),
        .init(.loopback, "127.0.0.0/8"),
        .init(.private, "10.0.0.0/8"),
        .init(.private, "172.16.0.0/12"),
        .init(.private, "192.168.0.0/16"),
        .init(.linkLocal, "169.254.0.0/16"),
        .init(.carrierNAT, "100.64.0.0/10"),
        .init(.documentation, "192.0.2.0/24"),
        .init(.documentation, "198.51.100.0/24"),
        .init(.documentation, "203.0.113.0/24"),
        .init(.reserved, "192.0.0.0/24"),
        .init(.reserved, "192.88.99.0/24"),
        .init(.reserved, "198.18.0.0/15"),
        .init(.multicast, "224.0.0.0/4"),
        .init(.reserved, "240.0.0.0/4"),
        .init(.unspecified, "::"),
        .init(.loopback, "::1"),
        .init(.private, "fc00::/7"),
        .init(.private, "fec0::/10"),
        .init(.private, "64:ff9b:1::/48"),
        .init(.linkLocal, "fe80::/10"),
        .init(.multicast, "ff00::/8"),
        .init(.documentation, "2001:db8::/32"),
        .init(.documentation, "3fff::/20"),
        // Teredo and other protocols' own.
        .init(.reserved, "2001::/23"),
    ]
}
