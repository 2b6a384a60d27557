import Exchange
import Foundation
import Testing

@Suite("Watch keys and notices")
struct WatchKeyTests {
    private static let exchangeKey = [UInt8](repeating: 7, count: 32)
    private static let nonce = [UInt8](repeating: 1, count: WatchKey.nonceBytesCount)
    private static let member = ID<Member>(UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)))
    private static let other = ID<Member>(UUID(uuid: (2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)))
    private static func key(_ byte: UInt8 = 3) -> WatchKey {
        WatchKey(random: [UInt8](repeating: byte, count: WatchKey.bytesCount))
    }

    @Test("a key is opened for its member and by its exchange alone")
    func key() throws {
        let sealed = Self.key().sealed(for: Self.member, exchangeKey: Self.exchangeKey, nonce: Self.nonce)
        let opened = try #require(WatchKey(sealed, of: Self.member, exchangeKey: Self.exchangeKey))
        let row = Self.key().seal(Array("row".utf8), in: "place", nonce: Self.nonce)
        #expect(opened.open(row, in: "place") == Array("row".utf8))
        #expect(WatchKey(sealed, of: Self.other, exchangeKey: Self.exchangeKey) == nil)
        #expect(WatchKey(sealed, of: Self.member, exchangeKey: [UInt8](repeating: 8, count: 32)) == nil)
    }

    @Test("a row is opened in its place and with its key alone, and as it was")
    func row() {
        let key = Self.key()
        let sealed = key.seal(Array("row".utf8), in: "place", nonce: Self.nonce)
        #expect(key.open(sealed, in: "another") == nil)
        #expect(Self.key(4).open(sealed, in: "place") == nil)
        for place in sealed.indices {
            var changed = sealed
            changed[place] ^= 1
            #expect(key.open(changed, in: "place") == nil)
        }
        #expect(key.digest(of: [1], for: "a") != key.digest(of: [1], for: "b"))
        #expect(key.digest(of: [1], for: "a") != Self.key(4).digest(of: [1], for: "a"))
    }

    @Test("a notice names what was found only where it may")
    func notice() throws {
        let (list, pool) = (try #require(Name("customers")), try #require(Name("warnings")))
        let found = WatchNotice.Found(pool: pool, object: "identity--1", advisory: "report--2")
        let whole = WatchNotice(list: list, reference: "C \"1\"", score: 912, found: found)
        #expect(
            whole.json
                == #"{"list":"customers","reference":"C \"1\"","score":0.912,"pool":"warnings","object":"identity--1","advisory":"report--2"}"#
        )
        let bare = WatchNotice(list: list, reference: "C-1", score: 1_000, found: nil)
        #expect(bare.json == #"{"list":"customers","reference":"C-1","score":1.000}"#)
        #expect(bare.line == "watch list customers, row C-1: alike to 1.000; sign in to read to whom")
        #expect(WatchNotice(list: list, reference: "", score: 7, found: nil).share == "0.007")
    }

    @Test("a mail brings a notice, and a message of one has its tick")
    func message() throws {
        let list = try #require(Name("customers"))
        let notice = WatchNotice(list: list, reference: "C-1", score: 900, found: nil)
        let item = PushMessage.Item(tick: Tick(microseconds: 5), watch: notice)
        let message = try #require(PushMessage([item], isUrgent: false))
        let body = String(decoding: message.body(at: Timestamp(microseconds: 0)), as: UTF8.self)
        #expect(body.contains(#""items":[{"tick":"5","date_added":"1970-01-01T00:00:00.000005Z","watch":{"list""#))
        let mail = MailDigest(message)
        #expect(mail.text.contains("watch list customers, row C-1") && !mail.text.contains("may not be sent"))
        #expect(message.reach == .feed(through: Tick(microseconds: 5)))
    }

    @Test("exposure of others counts from five groups on, and one's own is one's own")
    func exposure() throws {
        let groups = try (1...6).map { try #require(Name("group-\($0)")) }
        func exposure(_ watching: Int, _ hit: [Int]) -> Exposure {
            Exposure(watching: Set(groups.prefix(watching)), hit: Set(hit.map { groups[$0] }))
        }
        #expect(exposure(5, [1]).touchesOther(than: groups[5]))
        // One of five is the group's own, so there are four others.
        #expect(!exposure(5, [1]).touchesOther(than: groups[0]))
        #expect(!exposure(4, [1]).touchesOther(than: groups[5]))
        #expect(!exposure(6, [0]).touchesOther(than: groups[0]) && exposure(6, [0]).isOwn(of: groups[0]))
        #expect(!exposure(6, []).touchesOther(than: groups[0]) && !exposure(6, [1]).isOwn(of: groups[0]))
        #expect(!exposure(5, [5]).touchesOther(than: groups[1]))
    }
}
