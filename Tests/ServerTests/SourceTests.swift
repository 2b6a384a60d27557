import NIOCore
import Testing

@testable import Server

@Suite("Sources that limits count by")
struct SourceTests {
    @Test(
        "are an IPv4 address or the network of an IPv6 address",
        arguments: [
            ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("::1", "::1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ]
    )
    func source(address: String, expected: String) throws {
        #expect(Connection.source(of: try SocketAddress(ipAddress: address, port: 1)) == expected)
    }

    @Test("are told of one connection too many, and refused when they go on")
    func counts() {
        let counts = SourceCounts(most: 2)
        let places = (0..<2 + SourceCounts.toldMax + 1).map { _ in counts.take("a") }
        #expect(places.map { $0 == .granted }.filter { $0 }.count == 2)
        #expect(places[2] == .told && places.last == .refused)
        #expect(counts.take("b") == .granted)
        for _ in 0..<SourceCounts.toldMax + 1 { counts.give("a") }
        #expect(counts.take("a") == .granted)
        #expect(counts.take("a") == .told)
    }

    @Test("of bytes are bounded, and give back what nobody holds any more")
    func budget() throws {
        let budget = ByteBudget(most: 100)
        var lease: ByteBudget.Lease? = try budget.lease(60)
        #expect(throws: HTTPFault.self) { try budget.lease(41) }
        _ = try budget.lease(40)
        withExtendedLifetime(lease) {}
        lease = nil
        _ = try budget.lease(100)
    }
}
