import Exchange
import Testing

@Suite("Networks and their addresses")
struct NetworkTests {
    @Test(
        "an address is read in each form that it may have",
        arguments: [
            ("192.0.2.1", [192, 0, 2, 1]), ("0.0.0.0", [0, 0, 0, 0]), ("255.255.255.255", [255, 255, 255, 255]),
            ("::", Array(repeating: 0, count: 16)), ("::1", Array(repeating: 0, count: 15) + [1]),
            ("2001:DB8::8:800:200c:417A", [32, 1, 13, 184, 0, 0, 0, 0, 0, 8, 8, 0, 32, 12, 65, 122]),
            ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]),
            ("1:2:3:4:5:6:7::", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0]),
            ("::2:3:4:5:6:7:8", [0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]),
            ("::ffff:192.0.2.1", Array(repeating: 0, count: 10) + [255, 255, 192, 0, 2, 1]),
            ("1:2:3:4:5:6:192.0.2.1", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 192, 0, 2, 1]),
        ] as [(String, [UInt8])]
    )
    func read(text: String, bytes: [UInt8]) {
        #expect(NetworkAddress(text)?.bytes == bytes)
    }

    @Test(
        "what is no address is not read",
        arguments: [
            "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "0x7f.0.0.1", "1.2.3.-4", "1.2.3.+4",
            "1.2..4", " 1.2.3.4", "1.2.3.4 ", "１.2.3.4", ":", ":1", "1:", ":::", "1::2::3", "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "::1:2:3:4:5:6:7:8", "12345::", "g::", "+1::", "-1::", "::1%eth0",
            "[::1]", "1.2.3.4::", "::1.2.3.4:5", "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "localhost",
        ]
    )
    func refused(text: String) {
        #expect(NetworkAddress(text) == nil)
        #expect(Network(text) == nil)
    }

    @Test("a network holds exactly the addresses that begin with its bits")
    func contains() throws {
        for bits in 0...32 {
            let network = try #require(Network("0.0.0.0/\(bits)"))
            #expect(network.isSingle == (bits == 32))
            #expect(network.contains(try #require(NetworkAddress("0.0.0.0"))))
            for bit in 0..<32 {
                let value = UInt32(1) << (31 - bit)
                let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
                let address = NetworkAddress(bytes: bytes)
                #expect(network.contains(try #require(address)) == (bit >= bits))
            }
            #expect(!network.contains(try #require(NetworkAddress("::"))))
        }
        let network = try #require(Network("fd00::/9"))
        #expect(network.contains(try #require(NetworkAddress("fd7f:ffff::1"))))
        #expect(!network.contains(try #require(NetworkAddress("fd80::1"))))
    }

    @Test(
        "a network is not read where bits follow those that are shared, or where their number is none",
        arguments: [
            "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/+8", "10.0.0.0/8/8",
            "10.0.0.0/255.0.0.0", "fd00::1/64", "::/129", "/8",
        ]
    )
    func notRead(text: String) {
        #expect(Network(text) == nil)
    }

    @Test("a network is written as it was read", arguments: ["10.0.0.0/8", "fd00::/8", "192.0.2.1", "::1"])
    func written(text: String) {
        #expect(Network(text)?.description == text)
    }

    @Test("five bytes are no address")
    func bytes() {
        #expect(NetworkAddress(bytes: [1, 2, 3, 4, 5]) == nil)
        #expect(NetworkAddress(bytes: []) == nil)
    }
}
