import Exchange
import Testing

@Suite("Networks that may be connected to")
struct AllowedNetworksTests {
    static let special: [(address: String, kind: SpecialNetwork.Kind, network: String)] = [
        ("0.0.0.0", .unspecified, "0.0.0.0/8"), ("0.255.255.255", .unspecified, "0.0.0.0/8"),
        ("10.0.0.0", .private, "10.0.0.0/8"), ("10.255.255.255", .private, "10.0.0.0/8"),
        ("100.64.0.0", .carrierNAT, "100.64.0.0/10"), ("100.127.255.255", .carrierNAT, "100.64.0.0/10"),
        ("100.100.100.200", .metadata, "100.100.100.200"),
        ("127.0.0.1", .loopback, "127.0.0.0/8"), ("127.255.255.255", .loopback, "127.0.0.0/8"),
        ("168.63.129.16", .metadata, "168.63.129.16"),
        ("169.254.0.0", .linkLocal, "169.254.0.0/16"), ("169.254.255.255", .linkLocal, "169.254.0.0/16"),
        ("169.254.169.254", .metadata, "169.254.169.254"), ("169.254.170.2", .metadata, "169.254.170.2"),
        ("172.16.0.0", .private, "172.16.0.0/12"), ("172.31.255.255", .private, "172.16.0.0/12"),
        ("192.0.0.1", .reserved, "192.0.0.0/24"), ("192.0.0.192", .metadata, "192.0.0.192"),
        ("192.0.2.1", .documentation, "192.0.2.0/24"), ("192.88.99.1", .reserved, "192.88.99.0/24"),
        ("192.168.0.0", .private, "192.168.0.0/16"), ("192.168.255.255", .private, "192.168.0.0/16"),
        ("198.18.0.0", .reserved, "198.18.0.0/15"), ("198.19.255.255", .reserved, "198.18.0.0/15"),
        ("198.51.100.255", .documentation, "198.51.100.0/24"),
        ("203.0.113.0", .documentation, "203.0.113.0/24"),
        ("224.0.0.0", .multicast, "224.0.0.0/4"), ("239.255.255.255", .multicast, "224.0.0.0/4"),
        ("240.0.0.0", .reserved, "240.0.0.0/4"), ("255.255.255.255", .reserved, "240.0.0.0/4"),
        ("::", .unspecified, "::"), ("::1", .loopback, "::1"), ("::2", .reserved, "::/0"),
        ("::7f00:1", .reserved, "::/0"),  // The old "IPv4-compatible" form of 127.0.0.1.
        ("::ffff:0:127.0.0.1", .reserved, "::/0"),  // "IPv4-translated".
        ("fc00::", .private, "fc00::/7"), ("fdff:ffff::1", .private, "fc00::/7"),
        ("fec0::1", .private, "fec0::/10"), ("64:ff9b:1::a00:1", .private, "64:ff9b:1::/48"),
        ("fd00:ec2::254", .metadata, "fd00:ec2::254"), ("fd20:ce::254", .metadata, "fd20:ce::254"),
        ("fe80::1", .linkLocal, "fe80::/10"), ("febf::1", .linkLocal, "fe80::/10"),
        ("ff02::1", .multicast, "ff00::/8"), ("100::1", .reserved, "::/0"), ("5f00::1", .reserved, "::/0"),
        ("2001::1", .reserved, "2001::/23"), ("2001:1ff:ffff::", .reserved, "2001::/23"),
        ("2001:db8::1", .documentation, "2001:db8::/32"), ("3fff:fff::1", .documentation, "3fff::/20"),
        ("::ffff:10.0.0.1", .private, "10.0.0.0/8"), ("::ffff:7f00:1", .loopback, "127.0.0.0/8"),
        ("::ffff:169.254.169.254", .metadata, "169.254.169.254"),
        ("64:ff9b::10.0.0.1", .private, "10.0.0.0/8"), ("64:ff9b::a9fe:a9fe", .metadata, "169.254.169.254"),
        ("2002:7f00:1::", .loopback, "127.0.0.0/8"), ("2002:c0a8:101::5", .private, "192.168.0.0/16"),
    ]

    @Test("a special address is refused with its network's name, and allowed where everything is", arguments: special)
    func refused(address: String, kind: SpecialNetwork.Kind, network: String) throws {
        let address = try #require(NetworkAddress(address))
        let refusal = AllowedNetworks.publicOnly.refusal(of: address)
        #expect(refusal?.kind == kind)
        #expect(refusal?.description == "\(network), \(kind.rawValue)")
        #expect(AllowedNetworks.any.refusal(of: address) == nil)
    }

    @Test(
        "a public address is allowed, also just outside of special networks and in other forms",
        arguments: [
            "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
            "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
            "191.255.255.255", "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0", "192.167.255.255",
            "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255",
            "203.0.114.0", "223.255.255.255", "8.8.8.8", "2000::", "2001:200::1", "2001:db7:ffff::1", "2001:db9::1",
            "2003::1", "2606:4700::1111", "3ffe::1", "3fff:1000::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
            "2002:808:808::1",
        ]
    )
    func allowed(address: String) throws {
        let address = try #require(NetworkAddress(address))
        #expect(AllowedNetworks.publicOnly.refusal(of: address) == nil)
    }

    @Test(
        "a named network is allowed in every form of its addresses, and its neighbours are not",
        arguments: [
            ("10.1.0.0/16", "10.1.2.3", "10.2.0.0"), ("10.1.0.0/16", "::ffff:10.1.2.3", "::ffff:10.2.0.0"),
            ("10.1.0.0/16", "64:ff9b::10.1.2.3", "64:ff9b::10.2.0.0"), ("127.0.0.1", "127.0.0.1", "127.0.0.2"),
            ("::ffff:10.1.0.0/112", "::ffff:10.1.2.3", "10.1.2.3"), ("fd00:1::/32", "fd00:1::9", "fd00:2::"),
            ("::1", "::1", "127.0.0.1"), ("::/0", "fe80::1", "10.0.0.1"), ("0.0.0.0/0", "10.0.0.1", "fe80::1"),
        ]
    )
    func named(network: String, inside: String, outside: String) throws {
        let allowed = AllowedNetworks.publicOr([try #require(Network(network))])
        #expect(allowed.refusal(of: try #require(NetworkAddress(inside))) == nil)
        #expect(allowed.refusal(of: try #require(NetworkAddress(outside))) != nil)
        #expect(allowed.refusal(of: try #require(NetworkAddress("8.8.8.8"))) == nil)
    }

    @Test("a metadata address is allowed only where it is named by itself")
    func metadata() throws {
        let address = try #require(NetworkAddress("169.254.169.254"))
        for wide in ["169.254.0.0/16", "169.254.169.254/31", "0.0.0.0/0"] {
            let allowed = AllowedNetworks.publicOr([try #require(Network(wide))])
            #expect(allowed.refusal(of: address)?.kind == .metadata)
        }
        for single in ["169.254.169.254", "169.254.169.254/32"] {
            #expect(AllowedNetworks.publicOr([try #require(Network(single))]).refusal(of: address) == nil)
        }
    }

    @Test("addresses from all over IPv4 are decided as by the table", arguments: UInt64(0)..<4)
    func sweep(seed: UInt64) throws {
        let networks = Set(Self.special.filter { !$0.network.contains(":") }.map(\.network))
            .compactMap { Network($0) }
        for step in 0..<20_000 {
            // A stride that is no multiple of a power of two visits every part of the space.
            let value = UInt32(truncatingIfNeeded: (seed * 20_000 + UInt64(step)) * 53_687 + 97)
            let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
            let address = try #require(NetworkAddress(bytes: bytes))
            let isSpecial = networks.contains { $0.contains(address) }
            #expect((AllowedNetworks.publicOnly.refusal(of: address) != nil) == isSpecial)
        }
    }
}
